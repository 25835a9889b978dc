//! Where the log begins and ends, sealed as well: without it, lines could be cut off at either end.
//!
//! It is sealed anew when the key is changed, so whoever has got hold of an old key can make lines that look well, and
//! still no log that ends in them.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QuerySelect,
};

use super::line::Encoding;
use crate::storage::{
    StorageError,
    entities::{audit, audit_head},
    generations::hold_key,
    vault::Vault,
};

/// What the MAC of a head is made for.
const LABEL: &str = "audit head v1";
/// The hash of the line before the first one of all.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A line of the log by its number and its hash: to be noted elsewhere, and compared with later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    pub seq: u64,
    /// 64 hexadecimal digits.
    pub hash: String,
}

impl AuditHead {
    /// `SEQ:HASH`, as it is shown.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.split_once(':')?;
        let ok = hash.len() == NOTHING.len() && hash.bytes().all(|b| b.is_ascii_hexdigit());
        Some(Self {
            seq: seq.parse().ok()?,
            hash: ok.then(|| hash.to_ascii_lowercase())?,
        })
    }
}

impl std::fmt::Display for AuditHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub first_seq: i64,
    /// The hash of the line before the first.
    pub first_previous: String,
    pub last_seq: i64,
    pub last_hash: String,
}

impl Head {
    /// The head of a log without lines.
    pub fn of_nothing() -> Self {
        Self {
            first_seq: 1,
            first_previous: NOTHING.to_owned(),
            last_seq: 0,
            last_hash: NOTHING.to_owned(),
        }
    }

    /// The head, which nobody else moves until the transaction ends. One that is not ours is refused: going on from it
    /// would seal what somebody has changed.
    pub async fn locked(tx: &impl ConnectionTrait, vault: &Vault) -> Result<Self, StorageError> {
        for _ in 0..3 {
            let row = audit_head::Entity::find().lock_exclusive().one(tx).await?;
            if let Some(row) = row {
                let Some(head) = Self::read(&row, vault) else {
                    // It may be well, and ours the old key.
                    hold_key(tx, vault.mark()).await?;
                    return Err(StorageError::AuditBroken("its head".to_owned()));
                };
                return Ok(head);
            }
            // There are lines, so there was a head: somebody has begun the log this moment, or somebody has removed it.
            if audit::Entity::find().count(tx).await? > 0 {
                continue;
            }
            let nothing = Self::of_nothing().row(vault).into_active_model();
            audit_head::Entity::insert(nothing)
                // Of two who begin at the same time one is first, and the other goes on from there.
                .on_conflict_do_nothing()
                .exec_without_returning(tx)
                .await?;
        }
        Err(StorageError::AuditBroken("its head is gone".to_owned()))
    }

    /// `None`: it is not as we left it, with the key that seals.
    pub fn read(row: &audit_head::Model, vault: &Vault) -> Option<Self> {
        let head = Self {
            first_seq: row.first_seq,
            first_previous: row.first_previous.clone(),
            last_seq: row.last_seq,
            last_hash: row.last_hash.clone(),
        };
        vault
            .is_mac(LABEL, &head.encoding(), &row.mac)
            .then_some(head)
    }

    pub async fn save(&self, tx: &impl ConnectionTrait, vault: &Vault) -> Result<(), StorageError> {
        let row = self.row(vault).into_active_model();
        row.reset_all().update(tx).await?;
        Ok(())
    }

    fn row(&self, vault: &Vault) -> audit_head::Model {
        audit_head::Model {
            id: 1,
            first_seq: self.first_seq,
            first_previous: self.first_previous.clone(),
            last_seq: self.last_seq,
            last_hash: self.last_hash.clone(),
            mac: vault.mac(LABEL, &self.encoding()),
        }
    }

    fn encoding(&self) -> Vec<u8> {
        Encoding::default()
            .number(self.first_seq)
            .text(&self.first_previous)
            .number(self.last_seq)
            .text(&self.last_hash)
            .bytes()
    }
}
