//! Numbers for whoever watches over the service.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect};

use super::{
    Database, StorageError,
    batches::read_state,
    entities::{batch, team_job},
};
use crate::domain::team_job::TeamJobState;

impl Database {
    /// Team jobs by the state that they are in; states without any are absent.
    pub async fn jobs_by_state(&self) -> Result<Vec<(TeamJobState, u64)>, StorageError> {
        let rows: Vec<(String, i64)> = team_job::Entity::find()
            .select_only()
            .column(team_job::Column::State)
            .column_as(team_job::Column::Id.count(), "jobs")
            .group_by(team_job::Column::State)
            .into_tuple()
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|(state, jobs)| Ok((read_state(&state)?, jobs.unsigned_abs())))
            .collect()
    }

    /// When the batch was asked for of which a team waits longest.
    pub async fn waiting_since(&self) -> Result<Option<DateTime<Utc>>, StorageError> {
        let batch_of_job = team_job::Entity::belongs_to(batch::Entity)
            .from(team_job::Column::BatchId)
            .to(batch::Column::Id)
            .into();
        let since: Option<Option<DateTime<Utc>>> = team_job::Entity::find()
            .select_only()
            .column_as(batch::Column::CreatedAt.min(), "since")
            .join(JoinType::InnerJoin, batch_of_job)
            .filter(team_job::Column::State.eq(TeamJobState::Queued.as_str()))
            .into_tuple()
            .one(self.connection())
            .await?;
        Ok(since.flatten())
    }
}
