//! Bundles that are in the store: which they are, and whether somebody took them out.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use super::{
    Database, StorageError,
    entities::{
        bundle::{self, Column},
        team_job,
    },
    tasks,
};
use crate::domain::batch::TeamJobState;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBundle {
    pub id: String,
    pub team_job: String,
    pub file_name: String,
    pub store_key: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Database {
    /// The bundles of a batch, oldest first.
    pub async fn bundles(&self, batch_id: &str) -> Result<Vec<StoredBundle>, StorageError> {
        let rows = bundle::Entity::find()
            .filter(Column::BatchId.eq(batch_id))
            .order_by_asc(Column::Id)
            .all(self.connection())
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| StoredBundle {
                id: row.id,
                team_job: row.team_job_id,
                file_name: row.file_name,
                store_key: row.store_key,
                bytes: row.bytes.unsigned_abs(),
                sha256: row.sha256,
            })
            .collect())
    }

    /// Forgets a bundle that the store has lost and puts its job on the queue again, unless somebody else just has.
    pub async fn remake_bundle(
        &self,
        lost: &StoredBundle,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        let forgotten = bundle::Entity::delete_by_id(&lost.id).exec(&tx).await?;
        if forgotten.rows_affected == 1 {
            team_job::Entity::update_many()
                .col_expr(
                    team_job::Column::State,
                    Expr::value(TeamJobState::Queued.as_str()),
                )
                .filter(team_job::Column::Id.eq(&lost.team_job))
                .exec(&tx)
                .await?;
            tasks::enqueue_again(&tx, &lost.team_job, now).await?;
        }
        tx.commit().await?;
        Ok(())
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
