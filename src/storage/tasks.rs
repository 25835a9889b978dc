//! The queue's own tables, as far as we write them ourselves.
//!
//! A task holds the id of a team job and nothing else: whoever may see the queue sees no client. It is inserted in the
//! transaction that saves the batch, because a batch without its tasks would wait for ever and a task without its
//! batch would find nothing.
//!
//! The queue reads the clock of the database, so we do too: with several machines, theirs may differ.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, ExecResult, Statement, Value};
use serde::{Deserialize, Serialize};

use super::{Database, StorageError, new_id};

/// Name of the queue in apalis' `job_type`.
pub const QUEUE: &str = "team-jobs";

/// The payload of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamJobTask {
    pub team_job: String,
}

/// A task that is not there for the taking, with the signs of life of the attempt behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    pub team_job: String,
    /// The name in the queue of the worker that has it, or had it last; empty when nobody ever did.
    pub worker: String,
    /// The number of the last attempt that started.
    pub attempt: u32,
    /// Goes up for as long as the attempt lives.
    pub beat: i64,
}

/// What the two databases write differently. Both read `$1`.
struct Dialect {
    jobs: &'static str,
    workers: &'static str,
    now: &'static str,
    no_metadata: &'static str,
}

fn dialect(backend: DbBackend) -> Dialect {
    match backend {
        DbBackend::Postgres => Dialect {
            jobs: "apalis.jobs",
            workers: "apalis.workers",
            now: "now()",
            no_metadata: "''::hstore",
        },
        _ => Dialect {
            jobs: "Jobs",
            workers: "Workers",
            now: "CAST(strftime('%s', 'now') AS INTEGER)",
            no_metadata: "'{}'",
        },
    }
}

impl Dialect {
    /// The time `parameter` seconds from now.
    fn later(&self, backend: DbBackend, parameter: &str) -> String {
        match backend {
            DbBackend::Postgres => format!("now() + {parameter} * interval '1 second'"),
            _ => format!("{} + {parameter}", self.now),
        }
    }
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
    let (jobs, later) = (dialect.jobs, dialect.later(backend, "$3"));
    let again = execute(
        tx,
        format!(
            "UPDATE {jobs} SET status = 'Pending', lock_by = NULL, lock_at = NULL, done_at = NULL, run_at = {later} \
             WHERE job_type = $1 AND idempotency_key = $2"
        ),
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
    /// Says that these attempts are alive: team job and number.
    ///
    /// Also when there are none, something is asked of the database that only a database which can be written answers:
    /// whoever cannot beat may not call others dead.
    pub async fn beat(&self, attempts: &[(String, u32)]) -> Result<(), StorageError> {
        let db = self.connection();
        for (team_job, attempt) in attempts {
            execute(
                db,
                "UPDATE team_job SET beat = beat + 1 WHERE id = $1 AND attempt = $2".to_owned(),
                [team_job.as_str().into(), i64::from(*attempt).into()],
            )
            .await?;
        }
        if attempts.is_empty() {
            execute(
                db,
                "UPDATE team_job SET beat = beat WHERE id = $1".to_owned(),
                ["none".into()],
            )
            .await?;
        }
        Ok(())
    }

    /// Every task that a worker has, or that the queue thinks is done with though its job is not.
    pub async fn leases(&self) -> Result<Vec<Lease>, StorageError> {
        let db = self.connection();
        let backend = db.get_database_backend();
        let Dialect { jobs, .. } = dialect(backend);
        let lease = format!(
            "SELECT t.id AS team_job, COALESCE(j.lock_by, '') AS worker, t.attempt AS attempt, t.beat AS beat \
             FROM {jobs} j JOIN team_job t ON t.id = j.idempotency_key"
        );
        let rows = db
            .query_all_raw(Statement::from_sql_and_values(
                backend,
                format!(
                    "{lease} WHERE j.job_type = $1 AND j.status IN ('Running', 'Queued') \
                     UNION ALL \
                     {lease} WHERE j.job_type = $1 AND j.status IN ('Done', 'Killed') AND t.state IN ('queued', 'working')"
                ),
                [QUEUE.into()],
            ))
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Lease {
                    team_job: row.try_get("", "team_job")?,
                    worker: row.try_get("", "worker")?,
                    attempt: row.try_get::<i32>("", "attempt")?.unsigned_abs(),
                    beat: row.try_get("", "beat")?,
                })
            })
            .collect()
    }

    /// Gives a task whose worker is dead back to the queue, unless there has been a sign of life since.
    pub async fn release(&self, lease: &Lease) -> Result<bool, StorageError> {
        let db = self.connection();
        let Dialect { jobs, now, .. } = dialect(db.get_database_backend());
        let result = execute(
            db,
            format!(
                "UPDATE {jobs} SET status = 'Pending', lock_by = NULL, lock_at = NULL, done_at = NULL, run_at = {now} \
                 WHERE job_type = $1 AND idempotency_key = $2 AND COALESCE(lock_by, '') = $3 \
                 AND status IN ('Running', 'Queued', 'Done', 'Killed') \
                 AND EXISTS (SELECT 1 FROM team_job WHERE id = $2 AND attempt = $4 AND beat = $5)"
            ),
            [
                QUEUE.into(),
                lease.team_job.as_str().into(),
                lease.worker.as_str().into(),
                i64::from(lease.attempt).into(),
                lease.beat.into(),
            ],
        )
        .await?;
        Ok(result.rows_affected() > 0)
    }

    /// Gives the tasks of a worker that is certainly dead back to the queue, and returns how many.
    pub async fn release_tasks_of(&self, worker: &str) -> Result<u64, StorageError> {
        let db = self.connection();
        let Dialect { jobs, now, .. } = dialect(db.get_database_backend());
        let result = execute(
            db,
            format!(
                "UPDATE {jobs} SET status = 'Pending', lock_by = NULL, lock_at = NULL, done_at = NULL, run_at = {now} \
                 WHERE lock_by = $1 AND status IN ('Running', 'Queued')"
            ),
            [worker.into()],
        )
        .await?;
        Ok(result.rows_affected())
    }

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

    /// Forgets workers that hold no task and were last seen before `age`; the queue never does.
    pub async fn forget_workers(&self, age: TimeDelta) -> Result<u64, StorageError> {
        let db = self.connection();
        let backend = db.get_database_backend();
        let dialect = dialect(backend);
        let (jobs, workers) = (dialect.jobs, dialect.workers);
        let before = dialect.later(backend, "$1");
        // A task that has ended keeps the name of the worker that ended it, which nobody asks for.
        execute(
            db,
            format!(
                "UPDATE {jobs} SET lock_by = NULL WHERE status IN ('Done', 'Killed') AND lock_by IN \
                 (SELECT id FROM {workers} WHERE last_seen < {before})"
            ),
            [(-age.num_seconds()).into()],
        )
        .await?;
        let result = execute(
            db,
            format!(
                "DELETE FROM {workers} WHERE last_seen < {before} \
                 AND id NOT IN (SELECT lock_by FROM {jobs} WHERE lock_by IS NOT NULL)"
            ),
            [(-age.num_seconds()).into()],
        )
        .await?;
        Ok(result.rows_affected())
    }

    /// How many workers [`Database::forget_workers`] would forget.
    pub async fn count_forgotten_workers(&self, age: TimeDelta) -> Result<u64, StorageError> {
        let db = self.connection();
        let backend = db.get_database_backend();
        let dialect = dialect(backend);
        let (jobs, workers) = (dialect.jobs, dialect.workers);
        let before = dialect.later(backend, "$1");
        let sql = format!(
            "SELECT COUNT(*) AS n FROM {workers} WHERE last_seen < {before} AND id NOT IN \
             (SELECT lock_by FROM {jobs} WHERE lock_by IS NOT NULL AND status NOT IN ('Done', 'Killed'))"
        );
        count(db, sql, [(-age.num_seconds()).into()]).await
    }

    /// Forgets tasks that ended before `age`, of jobs that have ended too. How many.
    pub async fn forget_tasks(&self, age: TimeDelta) -> Result<u64, StorageError> {
        let db = self.connection();
        let (jobs, ended) = ended_tasks(db.get_database_backend());
        let sql = format!("DELETE FROM {jobs} WHERE {ended}");
        let values = [QUEUE.into(), (-age.num_seconds()).into()];
        Ok(execute(db, sql, values).await?.rows_affected())
    }

    /// How many tasks [`Database::forget_tasks`] would forget.
    pub async fn count_forgotten_tasks(&self, age: TimeDelta) -> Result<u64, StorageError> {
        let db = self.connection();
        let (jobs, ended) = ended_tasks(db.get_database_backend());
        let sql = format!("SELECT COUNT(*) AS n FROM {jobs} WHERE {ended}");
        count(db, sql, [QUEUE.into(), (-age.num_seconds()).into()]).await
    }
}

/// The table of tasks, and which of them nobody asks for any more: done or killed, and so is their job.
fn ended_tasks(backend: DbBackend) -> (&'static str, String) {
    let dialect = dialect(backend);
    let jobs = dialect.jobs;
    let before = dialect.later(backend, "$2");
    let ended = format!(
        "job_type = $1 AND status IN ('Done', 'Killed', 'Failed') AND done_at < {before} AND NOT EXISTS \
         (SELECT 1 FROM team_job t WHERE t.id = {jobs}.idempotency_key AND t.state IN ('queued', 'working'))"
    );
    (jobs, ended)
}

async fn count<const N: usize>(
    db: &impl ConnectionTrait,
    sql: String,
    values: [Value; N],
) -> Result<u64, StorageError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(statement).await?;
    let n: Option<i64> = row.map(|row| row.try_get("", "n")).transpose()?;
    Ok(n.unwrap_or_default().unsigned_abs())
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

async fn execute<const N: usize>(
    db: &impl ConnectionTrait,
    sql: String,
    values: [Value; N],
) -> Result<ExecResult, StorageError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?)
}
