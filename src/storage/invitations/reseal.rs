//! Sealing anew: open invitations get the hash and the seals of the key that seals now. Closed ones have nothing sealed, and
//! keep the hash of their time.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func, LockBehavior, LockType},
};

use super::letter_of;
use crate::{
    domain::invitation::InvitationState,
    storage::{
        Database, StorageError,
        entities::invitation::{self, Column},
        vault::{ID_BYTES, Vault},
    },
};

/// Invitations that are sealed anew in one transaction: others wait for it no longer than they are used to.
const AT_ONCE: u64 = 500;

impl Database {
    /// Seals some of the open invitations anew that another key has sealed. How many; those that somebody else is changing
    /// at this moment are passed over.
    pub async fn reseal_invitations(&self, vault: &Vault) -> Result<u64, StorageError> {
        let tx = self.begin().await?;
        self.hold_key(&tx).await?;
        let rows = sealed_before(vault)
            .order_by_asc(Column::Id)
            .limit(AT_ONCE)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(&tx)
            .await?;
        let resealed = rows.len() as u64;
        for row in rows {
            let id = row.id.clone();
            let letter = letter_of(row, vault)?;
            invitation::ActiveModel {
                code_hash: Set(vault.hash(&letter.code)),
                sealed_code: Set(Some(vault.seal(&letter.code, &id)?)),
                sealed_words: Set(Some(vault.seal_words(&letter.words, &id)?)),
                id: Set(id),
                ..Default::default()
            }
            .update(&tx)
            .await?;
        }
        tx.commit().await?;
        Ok(resealed)
    }

    /// How many open invitations another key has sealed.
    pub async fn sealed_before(&self, vault: &Vault) -> Result<u64, StorageError> {
        Ok(sealed_before(vault).count(self.connection()).await?)
    }
}

fn sealed_before(vault: &Vault) -> Select<invitation::Entity> {
    let length = i32::try_from(ID_BYTES).unwrap_or_default();
    let id = Func::cust("substr").args([
        Expr::col(Column::SealedCode),
        Expr::value(1_i32),
        Expr::value(length),
    ]);
    invitation::Entity::find()
        .filter(Column::State.eq(InvitationState::Open.as_str()))
        .filter(Expr::expr(id).ne(vault.id().to_vec()))
}

/// Which of these hashes belong to a code that was issued under another key.
pub async fn known_hashes(
    tx: &impl ConnectionTrait,
    hashes: &[String],
) -> Result<Vec<String>, StorageError> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(invitation::Entity::find()
        .select_only()
        .column(Column::CodeHash)
        .filter(Column::CodeHash.is_in(hashes))
        .into_tuple()
        .all(tx)
        .await?)
}
