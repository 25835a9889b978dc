//! What the two databases write differently in the queue's tables, and how a sentence about them is asked.

use sea_orm::{ConnectionTrait, DbBackend, ExecResult, Statement, Value};

use crate::storage::StorageError;

/// What the two databases write differently. Both read `$1`.
pub(super) struct Dialect {
    pub(super) jobs: &'static str,
    pub(super) workers: &'static str,
    pub(super) now: &'static str,
    pub(super) no_metadata: &'static str,
}

pub(super) fn dialect(backend: DbBackend) -> Dialect {
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
    pub(super) fn later(&self, backend: DbBackend, parameter: &str) -> String {
        match backend {
            DbBackend::Postgres => format!("now() + {parameter} * interval '1 second'"),
            _ => format!("{} + {parameter}", self.now),
        }
    }

    /// The beginning of the sentence that puts tasks on the queue again, to be taken at `run_at`; its end says which tasks.
    pub(super) fn put_back(&self, run_at: &str) -> String {
        format!(
            "UPDATE {} SET status = 'Pending', lock_by = NULL, lock_at = NULL, done_at = NULL, run_at = {run_at}",
            self.jobs
        )
    }
}

pub(super) async fn execute<const N: usize>(
    db: &impl ConnectionTrait,
    sql: String,
    values: [Value; N],
) -> Result<ExecResult, StorageError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?)
}

pub(super) async fn count<const N: usize>(
    db: &impl ConnectionTrait,
    sql: String,
    values: [Value; N],
) -> Result<u64, StorageError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(statement).await?;
    let n: Option<i64> = row.map(|row| row.try_get("", "n")).transpose()?;
    Ok(n.unwrap_or_default().unsigned_abs())
}
