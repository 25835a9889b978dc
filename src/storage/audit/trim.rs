//! The other end of the log: lines that were kept long enough.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, ExprTrait, Query},
};

use super::{NAMES_A_BUNDLES_CLIENTS, Scribe, head::Head, verify::Walk};
use crate::{
    domain::audit::Action,
    storage::{
        Database, StorageError,
        entities::{audit, audit_client},
    },
};

impl Database {
    /// Removes the lines from the oldest up to the first one that is not from before `before`, or that says whose data is
    /// in a bundle which such a line is about. How many; `only_count` removes nothing.
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
    let first = |lines: Select<audit::Entity>| {
        lines
            .select_only()
            .column(audit::Column::Seq)
            .order_by_asc(audit::Column::Seq)
            .limit(1)
            .into_tuple::<i64>()
            .one(tx)
    };
    let young = first(audit::Entity::find().filter(audit::Column::At.gte(before))).await?;
    let leant_on = first(leant_on(before)).await?;
    Ok(young.into_iter().chain(leant_on).min())
}

/// Old lines that say whose data is in a bundle which a younger line is about.
fn leant_on(before: DateTime<Utc>) -> Select<audit::Entity> {
    let young = Alias::new("young");
    let of = |column: audit::Column| Expr::col((young.clone(), column));
    let later = Query::select()
        .expr(Expr::val(1))
        .from_as(audit::Entity, young.clone())
        .and_where(of(audit::Column::Object).equals((audit::Entity, audit::Column::Object)))
        .and_where(of(audit::Column::At).gte(before))
        .to_owned();
    audit::Entity::find()
        .filter(audit::Column::At.lt(before))
        .filter(audit::Column::Action.is_in(NAMES_A_BUNDLES_CLIENTS.map(Action::code)))
        .filter(Expr::exists(later))
}
