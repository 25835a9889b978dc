//! The queue's own tables, as far as we write them ourselves.
//!
//! A task holds the id of a team job and nothing else: whoever may see the queue sees no client. It is inserted in the
//! transaction that saves the batch, because a batch without its tasks would wait for ever and a task without its
//! batch would find nothing.
//!
//! The queue reads the clock of the database, so we do too: with several machines, theirs may differ.

mod dialect;
mod forget;
mod leases;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

use self::dialect::{Dialect, count, dialect, execute};
pub use self::leases::Lease;
use super::{Database, StorageError, new_id};

/// Name of the queue in apalis' `job_type`.
pub const QUEUE: &str = "team-jobs";

/// The payload of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamJobTask {
    pub team_job: String,
}

/// Puts a team job on the queue; of two that are due, the one with the higher priority is first. A second task for the
/// same job is not made.
pub(super) async fn enqueue(
    tx: &impl ConnectionTrait,
    team_job: &str,
    priority: i32,
) -> Result<(), StorageError> {
    let payload = serde_json::to_vec(&TeamJobTask {
        team_job: team_job.to_owned(),
    })?;
    let Dialect {
        jobs,
        now,
        no_metadata,
        ..
    } = dialect(tx.get_database_backend());
    execute(
        tx,
        format!(
            "INSERT INTO {jobs} (job, id, job_type, status, attempts, max_attempts, run_at, priority, metadata, idempotency_key) \
             VALUES ($1, $2, $3, 'Pending', 0, $4, {now}, $5, {no_metadata}, $6) \
             ON CONFLICT (job_type, idempotency_key) DO NOTHING"
        ),
        [
            payload.into(),
            new_id().into(),
            QUEUE.into(),
            // Our own count decides; apalis also counts tries that never began.
            i32::MAX.into(),
            priority.into(),
            team_job.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Puts the task of a team job, whatever became of it, on the queue again, to be taken after `pause`.
pub(super) async fn enqueue_again(
    tx: &impl ConnectionTrait,
    team_job: &str,
    pause: TimeDelta,
) -> Result<(), StorageError> {
    let backend = tx.get_database_backend();
    let dialect = dialect(backend);
    let put_back = dialect.put_back(&dialect.later(backend, "$3"));
    let again = execute(
        tx,
        format!("{put_back} WHERE job_type = $1 AND idempotency_key = $2"),
        [QUEUE.into(), team_job.into(), pause.num_seconds().into()],
    )
    .await?;
    if again.rows_affected() == 0 {
        // Its job ended so long ago that the task was cleared away.
        enqueue(tx, team_job, priority_of(tx, team_job).await?).await?;
    }
    Ok(())
}

async fn priority_of(tx: &impl ConnectionTrait, team_job: &str) -> Result<i32, StorageError> {
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(
            tx.get_database_backend(),
            "SELECT b.priority AS priority FROM team_job t JOIN batch b ON b.id = t.batch_id WHERE t.id = $1",
            [team_job.into()],
        ))
        .await?;
    match row {
        Some(row) => Ok(row.try_get("", "priority")?),
        None => Ok(0),
    }
}

/// Takes the task of a job that was cancelled before anybody began with it off the queue.
pub(super) async fn kill(tx: &impl ConnectionTrait, team_job: &str) -> Result<(), StorageError> {
    let Dialect { jobs, now, .. } = dialect(tx.get_database_backend());
    execute(
        tx,
        format!(
            "UPDATE {jobs} SET status = 'Killed', done_at = {now} \
             WHERE job_type = $1 AND idempotency_key = $2 AND status IN ('Pending', 'Failed')"
        ),
        [QUEUE.into(), team_job.into()],
    )
    .await?;
    Ok(())
}

impl Database {
    /// Puts the next try of a task off for `pause`.
    pub async fn delay_task(&self, team_job: &str, pause: TimeDelta) -> Result<(), StorageError> {
        let db = self.connection();
        let backend = db.get_database_backend();
        let dialect = dialect(backend);
        let (jobs, later) = (dialect.jobs, dialect.later(backend, "$3"));
        execute(
            db,
            format!(
                "UPDATE {jobs} SET run_at = {later} WHERE job_type = $1 AND idempotency_key = $2"
            ),
            [QUEUE.into(), team_job.into(), pause.num_seconds().into()],
        )
        .await?;
        Ok(())
    }

    /// Tasks that wait for a time further away than any pause of ours: the clock was set back since. They are due.
    pub async fn hasten_tasks(&self, longest: TimeDelta) -> Result<u64, StorageError> {
        let db = self.connection();
        let backend = db.get_database_backend();
        let dialect = dialect(backend);
        let (jobs, now, later) = (dialect.jobs, dialect.now, dialect.later(backend, "$2"));
        let result = execute(
            db,
            format!(
                "UPDATE {jobs} SET run_at = {now} \
                 WHERE job_type = $1 AND status IN ('Pending', 'Failed') AND run_at > {later}"
            ),
            [QUEUE.into(), longest.num_seconds().into()],
        )
        .await?;
        Ok(result.rows_affected())
    }
}

/// How many tasks are due since more than `overdue`, and how many workers said within `recent` that they live. A worker that
/// is busy says nothing here: its jobs do.
pub(super) async fn queue_signs(
    db: &impl ConnectionTrait,
    overdue: TimeDelta,
    recent: TimeDelta,
) -> Result<(u64, u64), StorageError> {
    let backend = db.get_database_backend();
    let dialect = dialect(backend);
    let (jobs, workers) = (dialect.jobs, dialect.workers);
    let since = dialect.later(backend, "$1");
    let waiting = count(
        db,
        format!(
            "SELECT count(*) AS n FROM {jobs} WHERE run_at < {since} AND job_type = $2 AND status IN ('Pending', 'Failed')"
        ),
        [(-overdue.num_seconds()).into(), QUEUE.into()],
    );
    let alive = count(
        db,
        format!("SELECT count(*) AS n FROM {workers} WHERE last_seen > {since}"),
        [(-recent.num_seconds()).into()],
    );
    Ok((waiting.await?, alive.await?))
}
