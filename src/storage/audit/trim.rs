//! The other end of the log: lines that were kept long enough.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Scribe, head::Head, verify::Walk};
use crate::storage::{
    Database, StorageError,
    entities::{audit, audit_client},
};

impl Database {
    /// Removes the lines from the oldest up to the first one that is not from before `before`. How many; `only_count`
    /// removes nothing.
    ///
    /// What is removed is read first: a line that somebody has made to look old is not helped to disappear.
    pub async fn trim_audit(
        &self,
        scribe: &Scribe<'_>,
        before: DateTime<Utc>,
        only_count: bool,
    ) -> Result<u64, StorageError> {
        let tx = self.begin().await?;
        let mut head = Head::locked(&tx, scribe.vault).await?;
        let kept = first_kept(&tx, before).await?.unwrap_or(head.last_seq + 1);
        if kept <= head.first_seq {
            return Ok(0);
        }
        let mut walk = Walk::new(scribe.vault, &head, None);
        walk.read_until(&tx, kept - 1).await?;
        if let Some(finding) = walk.findings.first() {
            return Err(StorageError::AuditBroken(finding.to_string()));
        }
        let removed = (kept - head.first_seq).unsigned_abs();
        if only_count {
            return Ok(removed);
        }
        let last_removed: Option<String> = audit::Entity::find_by_id(kept - 1)
            .select_only()
            .column(audit::Column::Hash)
            .into_tuple()
            .one(&tx)
            .await?;
        head.first_previous = last_removed
            .ok_or_else(|| StorageError::AuditBroken(format!("line {} is missing", kept - 1)))?;
        head.first_seq = kept;
        // First the head, whose first line the database asks when something is to be removed.
        head.save(&tx, scribe.vault).await?;
        audit_client::Entity::delete_many()
            .filter(audit_client::Column::Seq.lt(kept))
            .exec(&tx)
            .await?;
        audit::Entity::delete_many()
            .filter(audit::Column::Seq.lt(kept))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(removed)
    }
}

async fn first_kept(
    tx: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<Option<i64>, StorageError> {
    Ok(audit::Entity::find()
        .select_only()
        .column(audit::Column::Seq)
        .filter(audit::Column::At.gte(before))
        .order_by_asc(audit::Column::Seq)
        .limit(1)
        .into_tuple()
        .one(tx)
        .await?)
}
