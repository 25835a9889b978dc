//! Who has a task, and whether they live: the signs of life of attempts, and giving back the tasks of the dead.

use sea_orm::{ConnectionTrait, Statement};

use super::{
    QUEUE,
    dialect::{Dialect, dialect, execute},
};
use crate::storage::{Database, StorageError};

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
        let dialect = dialect(db.get_database_backend());
        let put_back = dialect.put_back(dialect.now);
        let result = execute(
            db,
            format!(
                "{put_back} WHERE job_type = $1 AND idempotency_key = $2 AND COALESCE(lock_by, '') = $3 \
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
        let dialect = dialect(db.get_database_backend());
        let put_back = dialect.put_back(dialect.now);
        let result = execute(
            db,
            format!("{put_back} WHERE lock_by = $1 AND status IN ('Running', 'Queued')"),
            [worker.into()],
        )
        .await?;
        Ok(result.rows_affected())
    }
}
