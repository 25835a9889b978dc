//! The queue's own table, as far as we write it ourselves.
//!
//! A task holds the id of a team job and nothing else: whoever may see the queue sees no client. It is inserted in the
//! transaction that saves the batch, because a batch without its tasks would wait for ever and a task without its
//! batch would find nothing.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use serde::{Deserialize, Serialize};

use super::{Database, StorageError, new_id};

/// Name of the queue in apalis' `job_type`.
pub const QUEUE: &str = "team-jobs";

/// Attempts that a team job gets before it has failed for good.
pub const MAX_ATTEMPTS: u32 = 5;

/// The payload of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamJobTask {
    pub team_job: String,
}

/// Puts a team job on the queue. A second task for the same job is not made.
pub(super) async fn enqueue(
    tx: &impl ConnectionTrait,
    team_job: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let payload = serde_json::to_vec(&TeamJobTask {
        team_job: team_job.to_owned(),
    })?;
    let values: [Value; 6] = [
        payload.into(),
        new_id().into(),
        QUEUE.into(),
        // Our own count decides; apalis also counts tries that never began.
        i64::from(i32::MAX).into(),
        now.timestamp().into(),
        team_job.into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(
        DbBackend::Sqlite,
        "INSERT INTO Jobs (job, id, job_type, status, attempts, max_attempts, run_at, priority, metadata, idempotency_key) \
         VALUES (?, ?, ?, 'Pending', 0, ?, ?, 0, '{}', ?) \
         ON CONFLICT (job_type, idempotency_key) DO NOTHING",
        values,
    ))
    .await?;
    Ok(())
}

/// Puts a team job that was done on the queue again.
pub(super) async fn enqueue_again(
    tx: &impl ConnectionTrait,
    team_job: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    tx.execute_raw(Statement::from_sql_and_values(
        DbBackend::Sqlite,
        "UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL, done_at = NULL, run_at = ? \
         WHERE job_type = ? AND idempotency_key = ?",
        [now.timestamp().into(), QUEUE.into(), team_job.into()],
    ))
    .await?;
    Ok(())
}

impl Database {
    /// Tells the queue that this worker is alive. Needed beside apalis' own heartbeat, which falls silent while a
    /// handler is busy; the queue would then give the job to somebody else as well.
    pub async fn beat(&self, worker: &str) -> Result<(), StorageError> {
        self.connection()
            .execute_raw(Statement::from_sql_and_values(
                DbBackend::Sqlite,
                "UPDATE Workers SET last_seen = strftime('%s', 'now') WHERE id = ?",
                [worker.into()],
            ))
            .await?;
        Ok(())
    }

    /// Gives the tasks of a worker that is certainly dead back to the queue, and returns how many.
    pub async fn release_tasks_of(&self, worker: &str) -> Result<u64, StorageError> {
        let result = self
            .connection()
            .execute_raw(Statement::from_sql_and_values(
                DbBackend::Sqlite,
                "UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL, done_at = NULL, attempts = attempts + 1 \
                 WHERE lock_by = ? AND status IN ('Running', 'Queued')",
                [worker.into()],
            ))
            .await?;
        Ok(result.rows_affected())
    }

    /// Puts the next try of a failed task off until `at`.
    pub async fn delay_task(&self, team_job: &str, at: DateTime<Utc>) -> Result<(), StorageError> {
        self.connection()
            .execute_raw(Statement::from_sql_and_values(
                DbBackend::Sqlite,
                "UPDATE Jobs SET run_at = ? WHERE job_type = ? AND idempotency_key = ?",
                [at.timestamp().into(), QUEUE.into(), team_job.into()],
            ))
            .await?;
        Ok(())
    }
}
