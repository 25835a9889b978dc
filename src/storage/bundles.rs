//! Bundles that are in the store: which they are, and whether somebody took them out.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use super::{
    Database, StorageError,
    entities::bundle::{self, Column},
};

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
