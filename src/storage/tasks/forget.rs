//! Forgets what the queue keeps for ever: workers that are gone, and tasks that have ended.

use chrono::TimeDelta;
use sea_orm::DbBackend;

use super::{
    QUEUE,
    dialect::{count, dialect, execute},
};
use crate::storage::{Database, StorageError};

impl Database {
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
