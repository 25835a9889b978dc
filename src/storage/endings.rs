//! How attempts and jobs end: done, failed, handed back, cancelled, crashed. Each in one transaction with everything
//! that follows from it: outcomes, bundle, codes, and the task on the queue.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    batches::{StoredBatch, read_state},
    entities::{bundle, team_client, team_job, team_job_attempt},
    invitations, new_id,
    outcomes::{self, Outcome},
    tasks,
    team_jobs::{StartedJob, hold, locked},
};
use crate::domain::{
    audit::{Access, Action},
    client::ClientId,
    team_job::{AttemptOutcome, MAX_TRIES, TeamJobState},
};

/// A bundle that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBundle {
    pub file_name: String,
    pub store_key: String,
    pub bytes: u64,
    pub sha256: String,
}

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
    /// Ends the job well, in one transaction: every client's outcome, the bundle, the state. Invitations of clients
    /// who turned out to get no letter are withdrawn.
    pub async fn finish_team_job(
        &self,
        job: &StartedJob,
        outcomes: &[(ClientId, Outcome)],
        new_bundle: &NewBundle,
        scribe: &Scribe<'_>,
    ) -> Result<(), StorageError> {
        let now = scribe.now;
        let tx = self.begin().await?;
        hold(&tx, job).await?;
        // The bundle was sealed with our key: it opens, or will be sealed anew, when that is the one still.
        self.hold_key(&tx).await?;
        outcomes::save(&tx, &job.team_job, outcomes).await?;
        let left_out: Vec<&ClientId> = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::LeftOut(_)))
            .map(|(client, _)| client)
            .collect();
        invitations::withdraw(&tx, &job.team_job, Some(&left_out), now).await?;
        let letters = outcomes.len() - left_out.len();
        conserve(&tx, job, outcomes.len(), letters).await?;
        let bundle_id = new_id();
        bundle::Entity::insert(bundle::ActiveModel {
            id: Set(bundle_id.clone()),
            team_job_id: Set(job.team_job.clone()),
            batch_id: Set(job.batch.id.clone()),
            file_name: Set(new_bundle.file_name.clone()),
            store_key: Set(new_bundle.store_key.clone()),
            bytes: Set(i64::try_from(new_bundle.bytes).unwrap_or(i64::MAX)),
            sha256: Set(new_bundle.sha256.clone()),
            created_at: Set(now),
            collected_at: Set(None),
            removed_at: Set(None),
            removed_why: Set(None),
        })
        .exec_without_returning(&tx)
        .await?;
        end_attempt(&tx, job, AttemptOutcome::Done, None, now).await?;
        let count = i32::try_from(letters).unwrap_or(i32::MAX);
        let done = team_job::ActiveModel {
            id: Set(job.team_job.clone()),
            state: Set(TeamJobState::Done.as_str().to_owned()),
            // Progress on the way may have been missed, and not every letter that was expected fits.
            expected: Set(count),
            made: Set(count),
            ..Default::default()
        };
        done.update(&tx).await?;
        let in_bundle = |action| {
            let access = Access::done(action);
            access
                .of(&job.batch.organisation.slug)
                .with("bundle", &bundle_id)
        };
        let written = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Letter(_)))
            .map(|(client, _)| client.clone());
        let made = in_bundle(Action::LettersMade).to_clients(written);
        audit::append(&tx, scribe, &made).await?;
        if !left_out.is_empty() {
            let named = in_bundle(Action::ClientsLeftOut).to_clients(left_out.into_iter().cloned());
            audit::append(&tx, scribe, &named).await?;
        }
        tx.commit().await?;
        Ok(())
    }

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

/// The row of a job, for the attempt that has it; a cancelled job too, which [`hold`] refuses.
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
