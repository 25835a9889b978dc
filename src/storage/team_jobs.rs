//! The life of a team job: how attempts start, and how far they are. How they end is in [`super::endings`].
//!
//! Each attempt has a number. Whoever writes for a job names the number it was given, and is refused when a later
//! attempt has started: a worker that was thought dead can wake up, but cannot write.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};

use super::{
    Database, StorageError,
    batches::{StoredBatch, read_batch, read_state},
    endings,
    entities::{batch, team_job, team_job_attempt},
};
use crate::domain::team_job::{AttemptOutcome, MAX_TRIES, TeamJobState};

/// An attempt at a team job that has started.
#[derive(Debug, Clone)]
pub struct StartedJob {
    pub team_job: String,
    pub attempt: u32,
    pub team_id: String,
    pub team_name: String,
    /// What the letters call the team.
    pub letter_name: String,
    pub batch: StoredBatch,
}

/// What [`Database::start_attempt`] found.
#[derive(Debug)]
pub enum Start {
    Started(Box<StartedJob>),
    /// Done, failed or cancelled: nothing is left to do.
    Final,
    /// It ended just now, without another attempt: cancelled while its worker was dead, or given up because it ended
    /// its workers too often. What its attempts left in the store is of no use any more.
    Ended(Box<StartedJob>),
}

/// An attempt as it is kept for whoever asks what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub number: u32,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Absent while it runs.
    pub outcome: Option<AttemptOutcome>,
    pub code: Option<String>,
    pub reason: Option<String>,
}

impl Database {
    /// Begins the next attempt, unless the job is final, was cancelled, or has had all its tries.
    pub async fn start_attempt(
        &self,
        team_job: &str,
        worker: &str,
        now: DateTime<Utc>,
    ) -> Result<Start, StorageError> {
        let tx = self.begin().await?;
        let job = locked(&tx, team_job).await?;
        // Whoever has an old key could finish nothing, and would cost the job its tries.
        self.hold_key(&tx).await?;
        if read_state(&job.state)?.is_final() {
            return Ok(Start::Final);
        }
        let batch = batch::Entity::find_by_id(&job.batch_id).one(&tx).await?;
        let batch = read_batch(batch.ok_or_else(|| {
            StorageError::Unexpected(format!("team job {team_job} without its batch"))
        })?)?;
        endings::close_crashed(&tx, team_job, now).await?;
        let given_up = match () {
            () if job.cancel_requested => Some(TeamJobState::Cancelled),
            () if job.tries.unsigned_abs() >= MAX_TRIES => Some(TeamJobState::Failed),
            () => None,
        };
        let attempt = job.attempt + i32::from(given_up.is_none());
        let started = Box::new(StartedJob {
            team_job: job.id,
            attempt: attempt.unsigned_abs(),
            team_id: job.team_id,
            team_name: job.team_name,
            letter_name: job.letter_name,
            batch,
        });
        if let Some(state) = given_up {
            endings::end_without_attempt(&tx, team_job, state, now).await?;
            tx.commit().await?;
            return Ok(Start::Ended(started));
        }
        let begun = team_job::ActiveModel {
            id: Set(started.team_job.clone()),
            state: Set(TeamJobState::Working.as_str().to_owned()),
            attempt: Set(attempt),
            tries: Set(job.tries + 1),
            made: Set(0),
            ..Default::default()
        };
        begun.update(&tx).await?;
        team_job_attempt::Entity::insert(team_job_attempt::ActiveModel {
            team_job_id: Set(started.team_job.clone()),
            attempt: Set(attempt),
            worker: Set(worker.to_owned()),
            started_at: Set(now),
            ended_at: Set(None),
            outcome: Set(None),
            code: Set(None),
            reason: Set(None),
        })
        .exec_without_returning(&tx)
        .await?;
        tx.commit().await?;
        Ok(Start::Started(started))
    }

    /// Says how far an attempt is, for whoever watches.
    pub async fn report_progress(
        &self,
        job: &StartedJob,
        expected: usize,
        made: usize,
    ) -> Result<(), StorageError> {
        use team_job::Column;
        let count = |n: usize| Expr::value(i32::try_from(n).unwrap_or(i32::MAX));
        team_job::Entity::update_many()
            .col_expr(Column::Expected, count(expected))
            .col_expr(Column::Made, count(made))
            .filter(Column::Id.eq(&job.team_job))
            .filter(Column::Attempt.eq(i64::from(job.attempt)))
            .filter(Column::State.eq(TeamJobState::Working.as_str()))
            .exec(self.connection())
            .await?;
        Ok(())
    }

    /// Why an attempt should not go on: somebody cancelled the job, or a later attempt has it.
    pub async fn called_off(&self, job: &StartedJob) -> Result<Option<StorageError>, StorageError> {
        let row = team_job::Entity::find_by_id(&job.team_job)
            .one(self.connection())
            .await?;
        Ok(row.map_or(Some(StorageError::TakenOver), |row| {
            refusal(&row, job.attempt)
        }))
    }

    /// All attempts of a team job, first to last.
    pub async fn attempts(&self, team_job: &str) -> Result<Vec<Attempt>, StorageError> {
        let rows = team_job_attempt::Entity::find()
            .filter(team_job_attempt::Column::TeamJobId.eq(team_job))
            .order_by_asc(team_job_attempt::Column::Attempt)
            .all(self.connection())
            .await?;
        rows.into_iter().map(read_attempt).collect()
    }

    /// All attempts at the team jobs of a batch, with the job of each, first to last.
    pub async fn attempts_of_batch(
        &self,
        batch_id: &str,
    ) -> Result<Vec<(String, Attempt)>, StorageError> {
        let rows = team_job_attempt::Entity::find()
            .filter(team_job_attempt::Column::TeamJobId.in_subquery(jobs_of(batch_id)))
            .order_by_asc(team_job_attempt::Column::Attempt)
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|row| Ok((row.team_job_id.clone(), read_attempt(row)?)))
            .collect()
    }

    /// Jobs that nobody has ended yet, of all batches.
    pub async fn jobs_left(&self) -> Result<u64, StorageError> {
        Ok(team_job::Entity::find()
            .filter(
                team_job::Column::State.is_in(TeamJobState::UNDER_WAY.map(TeamJobState::as_str)),
            )
            .count(self.connection())
            .await?)
    }
}

/// The ids of the team jobs of a batch.
pub(super) fn jobs_of(batch_id: &str) -> SelectStatement {
    team_job::Entity::find()
        .select_only()
        .column(team_job::Column::Id)
        .filter(team_job::Column::BatchId.eq(batch_id))
        .into_query()
}

fn read_attempt(row: team_job_attempt::Model) -> Result<Attempt, StorageError> {
    let outcome = row.outcome.map(|text| {
        AttemptOutcome::parse(&text)
            .ok_or_else(|| StorageError::Unexpected(format!("the outcome '{text}'")))
    });
    Ok(Attempt {
        number: row.attempt.unsigned_abs(),
        started_at: row.started_at,
        ended_at: row.ended_at,
        outcome: outcome.transpose()?,
        code: row.code,
        reason: row.reason,
    })
}

/// The row of a team job, which nobody else changes until the transaction ends.
pub(super) async fn locked(
    tx: &impl ConnectionTrait,
    team_job: &str,
) -> Result<team_job::Model, StorageError> {
    team_job::Entity::find_by_id(team_job)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(|| StorageError::Unexpected(format!("a task without team job {team_job}")))
}

/// Refuses whoever is not the current attempt at a job that is being worked on, and whoever's job was cancelled. Until
/// the transaction ends nobody else changes the job.
pub(super) async fn hold(tx: &impl ConnectionTrait, job: &StartedJob) -> Result<(), StorageError> {
    let row = locked(tx, &job.team_job).await?;
    refusal(&row, job.attempt).map_or(Ok(()), Err)
}

fn refusal(row: &team_job::Model, attempt: u32) -> Option<StorageError> {
    if row.attempt.unsigned_abs() != attempt || row.state != TeamJobState::Working.as_str() {
        Some(StorageError::TakenOver)
    } else if row.cancel_requested {
        Some(StorageError::Cancelled)
    } else {
        None
    }
}
