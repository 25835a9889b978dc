//! The life of a team job: attempts, progress, and the one transaction in which it is done.
//!
//! Each attempt has a number. Whoever writes for a job names the number it was given, and is refused when a later
//! attempt has started: a worker that was thought dead can wake up, but cannot write.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, sea_query::Expr,
};

use super::{
    Database, StorageError,
    batches::{StoredBatch, read_state},
    entities::{bundle, team_client, team_job, team_job_attempt},
    invitations, new_id,
    outcomes::{self, Outcome},
};
use crate::domain::{batch::TeamJobState, client::ClientId};

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
    /// The job has begun `attempts` times and never ended: something in it kills its worker.
    Poisoned {
        attempts: u32,
    },
}

/// A bundle that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBundle {
    pub file_name: String,
    pub store_key: String,
    pub bytes: u64,
    pub sha256: String,
}

/// An attempt as it is kept for whoever asks what went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub number: u32,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
}

impl Database {
    /// Begins the next attempt, unless the job is final or has had all its tries.
    pub async fn start_attempt(
        &self,
        team_job: &str,
        worker: &str,
        max_attempts: u32,
        now: DateTime<Utc>,
    ) -> Result<Start, StorageError> {
        let tx = self.begin().await?;
        let job = team_job::Entity::find_by_id(team_job)
            .one(&tx)
            .await?
            .ok_or_else(|| {
                StorageError::Unexpected(format!("a task without team job {team_job}"))
            })?;
        if read_state(&job.state)?.is_final() {
            return Ok(Start::Final);
        }
        let attempts = job.attempt.unsigned_abs();
        if attempts >= max_attempts {
            return Ok(Start::Poisoned { attempts });
        }
        let attempt = job.attempt + 1;
        let started = team_job::ActiveModel {
            id: Set(job.id.clone()),
            state: Set(TeamJobState::Working.as_str().to_owned()),
            attempt: Set(attempt),
            made: Set(0),
            ..Default::default()
        };
        started.update(&tx).await?;
        team_job_attempt::Entity::insert(team_job_attempt::ActiveModel {
            team_job_id: Set(job.id.clone()),
            attempt: Set(attempt),
            worker: Set(worker.to_owned()),
            started_at: Set(now),
            ended_at: Set(None),
            reason: Set(None),
        })
        .exec_without_returning(&tx)
        .await?;
        tx.commit().await?;
        let batch = self.batch(&job.batch_id).await?.ok_or_else(|| {
            StorageError::Unexpected(format!("team job {team_job} without its batch"))
        })?;
        Ok(Start::Started(Box::new(StartedJob {
            team_job: job.id,
            attempt: attempt.unsigned_abs(),
            team_id: job.team_id,
            team_name: job.team_name,
            letter_name: job.letter_name,
            batch,
        })))
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
            .exec(self.connection())
            .await?;
        Ok(())
    }

    /// Ends the job well, in one transaction: every client's outcome, the bundle, the state. Invitations of clients
    /// who turned out to get no letter are withdrawn.
    pub async fn finish_team_job(
        &self,
        job: &StartedJob,
        outcomes: &[(ClientId, Outcome)],
        new_bundle: &NewBundle,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        hold(&tx, job).await?;
        outcomes::save(&tx, &job.team_job, outcomes).await?;
        let left_out: Vec<&ClientId> = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::LeftOut(_)))
            .map(|(client, _)| client)
            .collect();
        invitations::withdraw(&tx, &job.team_job, Some(&left_out), now).await?;
        conserve(&tx, job, outcomes.len(), outcomes.len() - left_out.len()).await?;
        bundle::Entity::insert(bundle::ActiveModel {
            id: Set(new_id()),
            team_job_id: Set(job.team_job.clone()),
            batch_id: Set(job.batch.id.clone()),
            file_name: Set(new_bundle.file_name.clone()),
            store_key: Set(new_bundle.store_key.clone()),
            bytes: Set(i64::try_from(new_bundle.bytes).unwrap_or(i64::MAX)),
            sha256: Set(new_bundle.sha256.clone()),
            created_at: Set(now),
            collected_at: Set(None),
        })
        .exec_without_returning(&tx)
        .await?;
        end_attempt(&tx, job, TeamJobState::Done, None, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends an attempt that failed. `last`: the job has failed for good, and its codes, whose letters nobody can have
    /// seen, are withdrawn; otherwise it waits in the queue again and keeps its codes.
    pub async fn fail_attempt(
        &self,
        job: &StartedJob,
        reason: &str,
        last: bool,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        hold(&tx, job).await?;
        let state = if last {
            invitations::withdraw(&tx, &job.team_job, None, now).await?;
            TeamJobState::Failed
        } else {
            TeamJobState::Queued
        };
        end_attempt(&tx, job, state, Some(reason), now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives up a job that killed its worker on every try.
    pub async fn fail_poisoned(
        &self,
        team_job: &str,
        attempts: u32,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        let failed = team_job::Entity::update_many()
            .col_expr(
                team_job::Column::State,
                Expr::value(TeamJobState::Failed.as_str()),
            )
            .filter(team_job::Column::Id.eq(team_job))
            .filter(team_job::Column::Attempt.eq(i64::from(attempts)))
            .filter(team_job::Column::State.is_in([
                TeamJobState::Queued.as_str(),
                TeamJobState::Working.as_str(),
            ]))
            .exec(&tx)
            .await?;
        if failed.rows_affected == 0 {
            // The last attempt was alive after all, and has ended by itself.
            return Ok(());
        }
        team_job_attempt::Entity::update_many()
            .col_expr(team_job_attempt::Column::EndedAt, Expr::value(now))
            .col_expr(team_job_attempt::Column::Reason, Expr::value(reason))
            .filter(team_job_attempt::Column::TeamJobId.eq(team_job))
            .filter(team_job_attempt::Column::EndedAt.is_null())
            .exec(&tx)
            .await?;
        invitations::withdraw(&tx, team_job, None, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// All attempts of a team job, first to last.
    pub async fn attempts(&self, team_job: &str) -> Result<Vec<Attempt>, StorageError> {
        let rows = team_job_attempt::Entity::find()
            .filter(team_job_attempt::Column::TeamJobId.eq(team_job))
            .order_by_asc(team_job_attempt::Column::Attempt)
            .all(self.connection())
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| Attempt {
                number: row.attempt.unsigned_abs(),
                started_at: row.started_at,
                ended_at: row.ended_at,
                reason: row.reason,
            })
            .collect())
    }
}

/// Refuses whoever is not the current attempt at a job that is being worked on.
pub(super) async fn hold(tx: &impl ConnectionTrait, job: &StartedJob) -> Result<(), StorageError> {
    let row = team_job::Entity::find_by_id(&job.team_job).one(tx).await?;
    let ours = row.is_some_and(|row| {
        row.attempt.unsigned_abs() == job.attempt && row.state == TeamJobState::Working.as_str()
    });
    if ours {
        Ok(())
    } else {
        Err(StorageError::TakenOver)
    }
}

/// Refuses an end that would lose a client, or leave a letter without a code that works.
async fn conserve(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    outcomes: usize,
    letters: usize,
) -> Result<(), StorageError> {
    let planned = team_client::Entity::find()
        .filter(team_client::Column::TeamJobId.eq(&job.team_job))
        .count(tx)
        .await?;
    let open = invitations::open_of_job(tx, &job.team_job).await?;
    if planned == outcomes as u64 && open == letters as u64 {
        return Ok(());
    }
    Err(StorageError::Unexpected(format!(
        "{planned} clients with {outcomes} outcomes, and {open} open invitations for {letters} letters"
    )))
}

async fn end_attempt(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    state: TeamJobState,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let ended = team_job::ActiveModel {
        id: Set(job.team_job.clone()),
        state: Set(state.as_str().to_owned()),
        ..Default::default()
    };
    ended.update(tx).await?;
    let attempt = team_job_attempt::ActiveModel {
        team_job_id: Set(job.team_job.clone()),
        attempt: Set(i32::try_from(job.attempt).unwrap_or(i32::MAX)),
        ended_at: Set(Some(now)),
        reason: Set(reason.map(str::to_owned)),
        ..Default::default()
    };
    attempt.update(tx).await?;
    Ok(())
}
