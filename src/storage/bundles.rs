//! Bundles that are in the store: which they are, and whether somebody took them out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{
    Database, StorageError,
    batches::read_state,
    endings,
    entities::{
        bundle::{self, Column},
        team_job,
    },
    outcomes::batches_of,
    team_jobs::locked,
};
use crate::domain::{organisation::Slug, team_job::TeamJobState};

/// A bundle as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBundle {
    pub id: String,
    pub batch: String,
    pub team_job: String,
    pub file_name: String,
    pub store_key: String,
    pub bytes: u64,
    pub sha256: String,
    pub created_at: DateTime<Utc>,
    /// It is not in the store any more.
    pub removed: Option<Removed>,
}

/// When a bundle was removed, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    pub at: DateTime<Utc>,
    pub why: Removal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It was kept for as long as bundles are.
    Kept,
    /// None of its invitations was open any more.
    Closed,
}

impl Removal {
    /// `kept` or `closed`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Closed => "closed",
        }
    }
}

/// Which bundles to list; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleFilter {
    pub organisation: Option<Slug>,
    pub batch: Option<String>,
}

impl Database {
    /// The bundles of a batch, oldest first.
    pub async fn bundles(&self, batch_id: &str) -> Result<Vec<StoredBundle>, StorageError> {
        let rows = bundle::Entity::find()
            .filter(Column::BatchId.eq(batch_id))
            .order_by_asc(Column::Id)
            .all(self.connection())
            .await?;
        Ok(rows.into_iter().map(read_bundle).collect())
    }

    /// Every bundle, or those of one organisation, with the name of its team, oldest first.
    pub async fn all_bundles(
        &self,
        slug: Option<&Slug>,
    ) -> Result<Vec<(StoredBundle, String)>, StorageError> {
        let names: HashMap<String, String> = team_job::Entity::find()
            .select_only()
            .columns([team_job::Column::Id, team_job::Column::TeamName])
            .into_tuple()
            .all(self.connection())
            .await?
            .into_iter()
            .collect();
        let mut wanted = bundle::Entity::find().order_by_asc(Column::Id);
        if let Some(slug) = slug {
            wanted = wanted.filter(Column::BatchId.in_subquery(batches_of(slug)));
        }
        let rows = wanted.all(self.connection()).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let team = names.get(&row.team_job_id).cloned().unwrap_or_default();
                (read_bundle(row), team)
            })
            .collect())
    }

    /// A page of bundles with the names of their teams, oldest first, those after the bundle `after`.
    pub async fn bundles_after(
        &self,
        filter: &BundleFilter,
        after: Option<&str>,
        most: u64,
    ) -> Result<Vec<(StoredBundle, String)>, StorageError> {
        let mut wanted = bundle::Entity::find()
            .find_also_related(team_job::Entity)
            .order_by_asc(Column::Id)
            .limit(most);
        if let Some(slug) = &filter.organisation {
            wanted = wanted.filter(Column::BatchId.in_subquery(batches_of(slug)));
        }
        if let Some(id) = &filter.batch {
            wanted = wanted.filter(Column::BatchId.eq(id));
        }
        if let Some(after) = after {
            wanted = wanted.filter(Column::Id.gt(after));
        }
        let rows = wanted.all(self.connection()).await?;
        Ok(rows
            .into_iter()
            .map(|(row, job)| {
                let team = job.map(|job| job.team_name).unwrap_or_default();
                (read_bundle(row), team)
            })
            .collect())
    }

    pub async fn bundle(&self, id: &str) -> Result<Option<StoredBundle>, StorageError> {
        let row = bundle::Entity::find_by_id(id)
            .one(self.connection())
            .await?;
        Ok(row.map(read_bundle))
    }

    /// Every team job with its state and the number of its last attempt: of all keys in the store, these are ours.
    pub async fn job_attempts(&self) -> Result<Vec<(String, TeamJobState, u32)>, StorageError> {
        let rows: Vec<(String, String, i32)> = team_job::Entity::find()
            .select_only()
            .columns([
                team_job::Column::Id,
                team_job::Column::State,
                team_job::Column::Attempt,
            ])
            .into_tuple()
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|(id, state, attempt)| Ok((id, read_state(&state)?, attempt.unsigned_abs())))
            .collect()
    }

    /// Forgets a bundle that the store has lost and puts its job on the queue again, unless somebody else just has.
    ///
    /// Only one that nobody ever took out of the store: letters that may be in the post are not judged anew; and not one
    /// that was cleared away on purpose. Answers whether nobody need look for it any more, because it is made again or
    /// was cleared away.
    pub async fn remake_bundle(&self, lost: &StoredBundle) -> Result<bool, StorageError> {
        let tx = self.begin().await?;
        locked(&tx, &lost.team_job).await?;
        let forgotten = bundle::Entity::delete_many()
            .filter(Column::Id.eq(&lost.id))
            .filter(Column::CollectedAt.is_null())
            .filter(Column::RemovedAt.is_null())
            .exec(&tx)
            .await?;
        if forgotten.rows_affected == 1 {
            endings::queue_again(&tx, &lost.team_job).await?;
            tx.commit().await?;
            return Ok(true);
        }
        // Gone already: somebody else has done this, or it was cleared away meanwhile.
        let there = bundle::Entity::find_by_id(&lost.id).one(&tx).await?;
        Ok(there.is_none_or(|row| row.removed_at.is_some()))
    }

    /// Remembers that a bundle left the store; the first time counts.
    pub async fn mark_collected(&self, id: &str, now: DateTime<Utc>) -> Result<(), StorageError> {
        bundle::Entity::update_many()
            .col_expr(Column::CollectedAt, Expr::value(now))
            .filter(Column::Id.eq(id))
            .filter(Column::CollectedAt.is_null())
            .exec(self.connection())
            .await?;
        Ok(())
    }
}

pub(super) fn read_bundle(row: bundle::Model) -> StoredBundle {
    StoredBundle {
        id: row.id,
        batch: row.batch_id,
        team_job: row.team_job_id,
        file_name: row.file_name,
        store_key: row.store_key,
        bytes: row.bytes.unsigned_abs(),
        sha256: row.sha256,
        created_at: row.created_at,
        removed: row.removed_at.map(|at| Removed {
            at,
            why: match row.removed_why.as_deref() {
                Some("closed") => Removal::Closed,
                _ => Removal::Kept,
            },
        }),
    }
}
