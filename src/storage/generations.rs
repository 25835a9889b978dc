//! Generations of the key: which one seals is said by the database, in the same breath as anything is sealed.
//!
//! Whoever seals, or looks a code up, holds on to the mark of its key until its transaction ends. A process that still
//! has an old key file is refused there, before it could seal something that nobody opens, or take a code for one that
//! was never issued. A key is written into the key file before the database knows of it, so no crash leaves a database
//! whose key is in no file.

use std::{collections::HashMap, path::Path};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    entities::key_generation::{self, Column},
    key_file::{KeyFile, key_error},
    vault::Vault,
};
use crate::domain::audit::Access;

impl Database {
    /// When each generation of the key began to seal, by its mark.
    pub async fn key_dates(&self) -> Result<HashMap<String, DateTime<Utc>>, StorageError> {
        let rows = key_generation::Entity::find()
            .all(self.connection())
            .await?;
        Ok(rows.into_iter().map(|row| (row.mark, row.since)).collect())
    }

    /// Whether our own key still seals; it does not when another process has changed the key.
    pub async fn key_seals(&self) -> Result<bool, StorageError> {
        seals(self.connection(), self.key_mark()).await
    }

    /// From now on `new` seals, and nothing that our own key seals is taken any more; unless ours has been replaced
    /// already. The audit log has it.
    pub async fn switch_key(
        &self,
        new: &Vault,
        scribe: &Scribe<'_>,
        access: &Access,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        let ours = key_generation::Entity::find()
            .filter(Column::Mark.eq(self.key_mark()))
            .filter(Column::Seals.eq(true))
            .lock_exclusive()
            .one(&tx)
            .await?;
        if ours.is_none() {
            return Err(StorageError::KeyRotated);
        }
        key_generation::Entity::update_many()
            .col_expr(Column::Seals, Expr::value(false))
            .filter(Column::Seals.eq(true))
            .exec(&tx)
            .await?;
        insert(&tx, new, scribe.now).await?;
        audit::change_key(&tx, scribe.vault, new).await?;
        let scribe = Scribe {
            vault: new,
            ..*scribe
        };
        audit::append(&tx, &scribe, access).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Refuses whoever's key does not seal any more. Until the transaction ends no other key does.
    pub(super) async fn hold_key(&self, tx: &impl ConnectionTrait) -> Result<(), StorageError> {
        hold_key(tx, self.key_mark()).await
    }

    /// Opens the key file that belongs to this database, or makes one on first use.
    ///
    /// A key that is gone or another is an error: a new one would open nothing, and could issue codes that were used
    /// before. So is one that lacks a generation, for the same reason.
    pub(super) async fn open_vault(
        &self,
        key_file: &Path,
        now: DateTime<Utc>,
    ) -> Result<Vault, StorageError> {
        let tx = self.begin().await?;
        let generations = Generations::all(&tx).await?;
        if generations.is_empty() {
            let vault = Vault::newest(&KeyFile::open_or_make(key_file)?)?;
            insert(&tx, &vault, now).await?;
            tx.commit().await?;
            return Ok(vault);
        }
        generations.vault(key_file)
    }
}

/// The generations of the key that a database knows, the newest first.
pub struct Generations(Vec<key_generation::Model>);

impl Generations {
    pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Self, StorageError> {
        let rows = key_generation::Entity::find().order_by_desc(Column::Number);
        Ok(Self(rows.all(db).await?))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mark of the one that seals.
    pub fn sealing(&self) -> Option<String> {
        let sealing = self.0.iter().find(|row| row.seals);
        sealing.map(|row| row.mark.clone())
    }

    /// The key file, opened with the generation that seals; an error says why it cannot be the one of this database.
    pub fn vault(&self, key_file: &Path) -> Result<Vault, StorageError> {
        let known = &self.0;
        let vault = Vault::newest(&KeyFile::open(key_file)?)?;
        let on_file = vault.on_file();
        let lacking = |row: &key_generation::Model| !on_file.iter().any(|key| key.mark == row.mark);
        let sealing = known.iter().find(|row| row.seals);
        let reduced =
            sealing.is_some_and(|row| on_file.iter().any(|key| key.mark == row.mark && !key.opens));
        let current = sealing.and_then(|row| vault.sealing_with(&row.mark));
        match current {
            Some(vault) if !known.iter().any(lacking) => Ok(vault),
            Some(_) => Err(key_error(key_file, "lacks an older generation of the key")),
            // A backup from before a rotation, with the key file from after it.
            None if reduced => Err(key_error(
                key_file,
                "is newer than this database, and opens nothing of its time any more",
            )),
            None if known.iter().all(lacking) => Err(key_error(
                key_file,
                "is not the one that this database was made with",
            )),
            None => Err(StorageError::KeyRotated),
        }
    }
}

/// As [`Database::hold_key`], for the key with this mark.
pub(super) async fn hold_key(tx: &impl ConnectionTrait, mark: &str) -> Result<(), StorageError> {
    let ours = key_generation::Entity::find()
        .filter(Column::Mark.eq(mark))
        .filter(Column::Seals.eq(true))
        .lock_shared()
        .one(tx)
        .await?;
    ours.map(drop).ok_or(StorageError::KeyRotated)
}

/// Whether the key with this mark seals at this moment; holds nobody up.
pub(super) async fn seals(tx: &impl ConnectionTrait, mark: &str) -> Result<bool, StorageError> {
    let ours = key_generation::Entity::find()
        .filter(Column::Mark.eq(mark))
        .filter(Column::Seals.eq(true))
        .one(tx)
        .await?;
    Ok(ours.is_some())
}

async fn insert(
    tx: &impl ConnectionTrait,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    key_generation::Entity::insert(key_generation::ActiveModel {
        mark: Set(vault.mark().to_owned()),
        number: Set(i32::try_from(vault.number()).unwrap_or(i32::MAX)),
        seals: Set(true),
        since: Set(now),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}
