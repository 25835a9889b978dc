//! What somebody asks of a batch as a whole: to cancel what is left of it, or to try again what has failed.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{end_without_attempt, queue_again};
use crate::{
    domain::{
        audit::{Access, Action},
        team_job::TeamJobState,
    },
    storage::{
        Database, StorageError,
        audit::{self, Scribe},
        batches::{StoredBatch, read_state},
        entities::team_job,
        tasks,
    },
};

impl Database {
    /// Cancels what is left of a batch: queued teams at once, teams that are being worked on as soon as their worker
    /// notices. Teams that have ended stay as they are. Returns how many were cancelled or will be.
    pub async fn cancel_batch(
        &self,
        batch: &StoredBatch,
        scribe: &Scribe<'_>,
    ) -> Result<usize, StorageError> {
        let tx = self.begin().await?;
        let mut cancelled = 0;
        for row in jobs_of(&tx, &batch.id).await? {
            match read_state(&row.state)? {
                TeamJobState::Queued => {
                    end_without_attempt(&tx, &row.id, TeamJobState::Cancelled, scribe.now).await?;
                    tasks::kill(&tx, &row.id).await?;
                    cancelled += 1;
                }
                TeamJobState::Working => {
                    team_job::Entity::update_many()
                        .col_expr(team_job::Column::CancelRequested, Expr::value(true))
                        .filter(team_job::Column::Id.eq(&row.id))
                        .exec(&tx)
                        .await?;
                    cancelled += 1;
                }
                _ => {}
            }
        }
        if cancelled > 0 {
            let access = of_batch(Action::BatchCancelled, batch);
            audit::append(&tx, scribe, &access).await?;
        }
        tx.commit().await?;
        Ok(cancelled)
    }

    /// Puts the teams of a batch that have failed on the queue again, with all their tries. Returns how many.
    pub async fn retry_batch(
        &self,
        batch: &StoredBatch,
        scribe: &Scribe<'_>,
    ) -> Result<usize, StorageError> {
        let tx = self.begin().await?;
        let mut retried = 0;
        for row in jobs_of(&tx, &batch.id).await? {
            if read_state(&row.state)? == TeamJobState::Failed {
                queue_again(&tx, &row.id).await?;
                retried += 1;
            }
        }
        if retried > 0 {
            let access = of_batch(Action::BatchRetried, batch);
            audit::append(&tx, scribe, &access).await?;
        }
        tx.commit().await?;
        Ok(retried)
    }
}

fn of_batch(action: Action, batch: &StoredBatch) -> Access {
    let slug = &batch.organisation.slug;
    Access::done(action).of(slug).with("batch", &batch.id)
}

async fn jobs_of(
    tx: &impl ConnectionTrait,
    batch_id: &str,
) -> Result<Vec<team_job::Model>, StorageError> {
    Ok(team_job::Entity::find()
        .filter(team_job::Column::BatchId.eq(batch_id))
        .order_by_asc(team_job::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?)
}
