//! How attempts and jobs end: done, failed, handed back, cancelled, crashed. Each in one transaction with everything
//! that follows from it: outcomes, bundle, codes, and the task on the queue.

mod batch;
mod finish;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::Expr,
};

pub use self::finish::NewBundle;
use super::{
    Database, StorageError,
    entities::{team_job, team_job_attempt},
    invitations, tasks,
    team_jobs::{StartedJob, locked},
};
use crate::domain::team_job::{AttemptOutcome, MAX_TRIES, TeamJobState};

/// Why an attempt failed.
#[derive(Debug, Clone, Copy)]
pub struct Blame<'a> {
    /// For scripts: `store`.
    pub code: &'a str,
    /// A sentence without names or codes.
    pub reason: &'a str,
    /// Trying again may end differently.
    pub may_pass: bool,
}

/// What becomes of a job after an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It waits in the queue, for this long.
    Again(TimeDelta),
    /// It has failed for good, or somebody has cancelled it meanwhile.
    Never,
}

impl Database {
    /// Ends an attempt that failed. After its last try, or when trying again cannot help, the job has failed for good,
    /// and its codes, whose letters nobody can have seen, are withdrawn; otherwise it keeps its codes and waits in the
    /// queue, longer each time.
    pub async fn fail_attempt(
        &self,
        job: &StartedJob,
        blame: Blame<'_>,
        now: DateTime<Utc>,
    ) -> Result<Next, StorageError> {
        let tx = self.begin().await?;
        let row = current(&tx, job).await?;
        let reason = Some((blame.code, blame.reason));
        end_attempt(&tx, job, AttemptOutcome::Failed, reason, now).await?;
        if row.cancel_requested {
            end_without_attempt(&tx, &job.team_job, TeamJobState::Cancelled, now).await?;
            tx.commit().await?;
            return Ok(Next::Never);
        }
        let next = if blame.may_pass && row.tries.unsigned_abs() < MAX_TRIES {
            let pause = pause_after(row.tries.unsigned_abs());
            set_state(&tx, &job.team_job, TeamJobState::Queued).await?;
            tasks::enqueue_again(&tx, &job.team_job, pause).await?;
            Next::Again(pause)
        } else {
            invitations::withdraw(&tx, &job.team_job, None, now).await?;
            set_state(&tx, &job.team_job, TeamJobState::Failed).await?;
            Next::Never
        };
        tx.commit().await?;
        Ok(next)
    }

    /// Gives a job back to the queue because its worker was told to stop. It keeps its codes, and loses no try. One that
    /// somebody has cancelled meanwhile is cancelled.
    pub async fn hand_back(
        &self,
        job: &StartedJob,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        let row = current(&tx, job).await?;
        let reason = Some(("handed_back", "its worker was told to stop"));
        end_attempt(&tx, job, AttemptOutcome::HandedBack, reason, now).await?;
        if row.cancel_requested {
            end_without_attempt(&tx, &job.team_job, TeamJobState::Cancelled, now).await?;
            tx.commit().await?;
            return Ok(());
        }
        let queued = team_job::ActiveModel {
            id: Set(row.id),
            state: Set(TeamJobState::Queued.as_str().to_owned()),
            tries: Set(row.tries - 1),
            expected: Set(0),
            made: Set(0),
            ..Default::default()
        };
        queued.update(&tx).await?;
        tasks::enqueue_again(&tx, &job.team_job, TimeDelta::zero()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends the attempt at a job that somebody has cancelled.
    pub async fn end_cancelled(
        &self,
        job: &StartedJob,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        current(&tx, job).await?;
        let reason = Some(("cancelled", "the batch was cancelled"));
        end_attempt(&tx, job, AttemptOutcome::Cancelled, reason, now).await?;
        end_without_attempt(&tx, &job.team_job, TeamJobState::Cancelled, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Puts a job that has ended on the queue again, as if it had never been tried.
pub(super) async fn queue_again(
    tx: &impl ConnectionTrait,
    team_job: &str,
) -> Result<(), StorageError> {
    let queued = team_job::ActiveModel {
        id: Set(team_job.to_owned()),
        state: Set(TeamJobState::Queued.as_str().to_owned()),
        tries: Set(0),
        expected: Set(0),
        made: Set(0),
        cancel_requested: Set(false),
        ..Default::default()
    };
    queued.update(tx).await?;
    tasks::enqueue_again(tx, team_job, TimeDelta::zero()).await
}

/// Writes down that the attempts of a job which never ended will not any more.
pub(super) async fn close_crashed(
    tx: &impl ConnectionTrait,
    team_job: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    use team_job_attempt::Column;
    team_job_attempt::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(
            Column::Outcome,
            Expr::value(AttemptOutcome::Crashed.as_str()),
        )
        .col_expr(Column::Code, Expr::value("crashed"))
        .col_expr(
            Column::Reason,
            Expr::value("its worker ended without a word: killed, or brought down by the job"),
        )
        .filter(Column::TeamJobId.eq(team_job))
        .filter(Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends a job that makes no bundle: its codes, whose letters nobody can have seen, are withdrawn.
pub(super) async fn end_without_attempt(
    tx: &impl ConnectionTrait,
    team_job: &str,
    state: TeamJobState,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    invitations::withdraw(tx, team_job, None, now).await?;
    set_state(tx, team_job, state).await
}

/// 3, 12, 48 and 120 seconds before the second to the fifth try: a store or a database that is away for a minute costs
/// no job its life.
fn pause_after(tries: u32) -> TimeDelta {
    TimeDelta::seconds(match tries {
        0 | 1 => 3,
        2 => 12,
        3 => 48,
        _ => 120,
    })
}

/// The longest pause before another try.
pub const LONGEST_PAUSE: TimeDelta = TimeDelta::seconds(120);

/// The row of a job, for the attempt that has it; a cancelled job too, which [`super::team_jobs::hold`] refuses.
async fn current(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
) -> Result<team_job::Model, StorageError> {
    let row = locked(tx, &job.team_job).await?;
    let ours =
        row.attempt.unsigned_abs() == job.attempt && row.state == TeamJobState::Working.as_str();
    if ours {
        Ok(row)
    } else {
        Err(StorageError::TakenOver)
    }
}

async fn set_state(
    tx: &impl ConnectionTrait,
    team_job: &str,
    state: TeamJobState,
) -> Result<(), StorageError> {
    let moved = team_job::ActiveModel {
        id: Set(team_job.to_owned()),
        state: Set(state.as_str().to_owned()),
        // What an attempt had made is not there.
        expected: Set(0),
        made: Set(0),
        ..Default::default()
    };
    moved.update(tx).await?;
    Ok(())
}

async fn end_attempt(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    outcome: AttemptOutcome,
    reason: Option<(&str, &str)>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let attempt = team_job_attempt::ActiveModel {
        team_job_id: Set(job.team_job.clone()),
        attempt: Set(i32::try_from(job.attempt).unwrap_or(i32::MAX)),
        ended_at: Set(Some(now)),
        outcome: Set(Some(outcome.as_str().to_owned())),
        code: Set(reason.map(|(code, _)| code.to_owned())),
        reason: Set(reason.map(|(_, reason)| reason.to_owned())),
        ..Default::default()
    };
    attempt.update(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_and_four_tries_outlast_a_minute() {
        let pauses: Vec<i64> = (1..MAX_TRIES)
            .map(|tries| pause_after(tries).num_seconds())
            .collect();
        assert!(pauses.is_sorted_by(|a, b| a < b), "{pauses:?}");
        assert!(pauses[..3].iter().sum::<i64>() > 60, "{pauses:?}");
        assert_eq!(pauses.last(), Some(&LONGEST_PAUSE.num_seconds()));
    }
}
