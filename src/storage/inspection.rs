//! Looks at a database without changing it: nothing is made, no step is taken, and what is tried is taken back.
//!
//! [`Database::open`](super::Database::open) makes what is missing, which is what everybody wants but `doctor`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, SqlxPostgresConnector, SqlxSqliteConnector, Statement,
    TransactionTrait, TryGetable,
};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use sqlx::{
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{
    StorageError,
    bundles::StoredBundle,
    database::Address,
    entities::{batch, bundle, team_job, team_job_attempt},
    generations::Generations,
    migrations::Migrator,
    tasks::queue_signs,
};
use crate::domain::team_job::TeamJobState;

/// How long to wait for whoever writes, and for a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// One for each thing that is asked at the same time.
const CONNECTIONS: u32 = 4;
/// A task that is due for longer than this waits for a worker that is not there.
const OVERDUE: TimeDelta = TimeDelta::seconds(60);
/// A worker with nothing to do says so every 30 seconds.
const RECENT: TimeDelta = TimeDelta::seconds(40);

/// A database that is there.
#[derive(Clone)]
pub struct Inspection {
    connection: DatabaseConnection,
}

/// Which of the steps of `migrations` a database has been through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    pub done: usize,
    /// Steps of this program that it has not been through.
    pub missing: Vec<String>,
    /// Steps that this program does not know: a newer one has been here.
    pub unknown: Vec<String>,
}

/// What waits, and who is there to do it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueState {
    pub queued: u64,
    pub working: u64,
    /// Due for more than a minute.
    pub overdue: u64,
    /// Team jobs that failed for good, of batches of the last so many days.
    pub failed: u64,
    /// Workers that lately told a server that they live. Those of a file are all on this machine, where their locks say so
    /// exactly.
    pub workers: u64,
    /// Changes for as long as anybody works: attempts that have begun, and beats of those that last.
    pub signs_of_life: (u64, i64),
}

impl Inspection {
    /// Connects. `None`: there is no such file, so nothing was ever kept here.
    pub async fn begin(address: &Address) -> Result<Option<Self>, StorageError> {
        let connection = match address {
            Address::File(file) => {
                if !file.exists() {
                    return Ok(None);
                }
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .create_if_missing(false)
                    .busy_timeout(PATIENCE);
                let pool = SqlitePoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .connect_with(options)
                    .await?;
                SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
            }
            Address::Server(options) => {
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .connect_with((**options).clone())
                    .await?;
                SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
            }
        };
        Ok(Some(Self { connection }))
    }

    /// `SQLite 3.51.0` or `PostgreSQL 17.6`.
    pub async fn engine(&self) -> Result<String, StorageError> {
        let (name, sql) = match self.connection.get_database_backend() {
            DbBackend::Postgres => ("PostgreSQL", "SHOW server_version"),
            _ => ("SQLite", "SELECT sqlite_version()"),
        };
        let version: String = self.cell(sql).await?;
        // Debian's server tells its package too.
        let number = version.split(' ').next().unwrap_or_default();
        Ok(format!("{name} {number}"))
    }

    pub async fn steps(&self) -> Result<Steps, StorageError> {
        steps_of(&self.connection).await
    }

    /// SQLite's way of keeping readers and writers apart: `wal`, unless somebody changed it. `None` on PostgreSQL.
    pub async fn journal(&self) -> Result<Option<String>, StorageError> {
        match self.connection.get_database_backend() {
            DbBackend::Postgres => Ok(None),
            _ => Ok(Some(self.cell("PRAGMA journal_mode").await?)),
        }
    }

    /// What SQLite finds wrong in its file; `None` when it finds nothing, and on PostgreSQL, which sees to it by itself.
    pub async fn damage(&self) -> Result<Option<String>, StorageError> {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            return Ok(None);
        }
        let found: String = self.cell("PRAGMA quick_check(1)").await?;
        Ok((found != "ok").then_some(found))
    }

    /// Makes a table and takes it back, which fails where nothing may be written.
    pub async fn try_to_write(&self) -> Result<(), StorageError> {
        let tx = self.connection.begin().await?;
        tx.execute_unprepared("CREATE TABLE doctor_was_here (visits INTEGER)")
            .await?;
        tx.rollback().await?;
        Ok(())
    }

    /// Nothing was ever kept here, as in the database that somebody has just made for us.
    pub async fn is_new(&self) -> Result<bool, StorageError> {
        Ok(self.steps().await?.done == 0)
    }

    /// Of the key that seals in this database; `None` when it was never opened with one.
    pub async fn key_mark(&self) -> Result<Option<String>, StorageError> {
        let generations = self.generations().await?;
        Ok(generations.and_then(|generations| generations.sealing()))
    }

    /// The keys of this database; `None` when it was never opened with one.
    pub async fn generations(&self) -> Result<Option<Generations>, StorageError> {
        if self.is_new().await? {
            return Ok(None);
        }
        let generations = Generations::all(&self.connection).await?;
        Ok(Some(generations).filter(|generations| !generations.is_empty()))
    }

    /// What time the database thinks it is.
    pub async fn clock(&self) -> Result<DateTime<Utc>, StorageError> {
        let milliseconds: i64 = self
            .cell(match self.connection.get_database_backend() {
                DbBackend::Postgres => {
                    "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
                }
                _ => "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
            })
            .await?;
        DateTime::from_timestamp_millis(milliseconds)
            .ok_or_else(|| StorageError::Unexpected("a time that is none".to_owned()))
    }

    /// When the newest batch was submitted, by the clock of whoever did.
    pub async fn newest_batch(&self) -> Result<Option<DateTime<Utc>>, StorageError> {
        if self.is_new().await? {
            return Ok(None);
        }
        Ok(batch::Entity::find()
            .select_only()
            .column(batch::Column::CreatedAt)
            .order_by_desc(batch::Column::CreatedAt)
            .limit(1)
            .into_tuple()
            .one(&self.connection)
            .await?)
    }

    /// `since`: batches older than this have failed too long ago to speak of.
    pub async fn queue(&self, since: DateTime<Utc>) -> Result<QueueState, StorageError> {
        if self.is_new().await? {
            return Ok(QueueState::default());
        }
        let db = &self.connection;
        let in_state = |state: TeamJobState| {
            team_job::Entity::find().filter(team_job::Column::State.eq(state.as_str()))
        };
        let recent = batch::Entity::find()
            .select_only()
            .column(batch::Column::Id)
            .filter(batch::Column::CreatedAt.gte(since));
        let failed = in_state(TeamJobState::Failed)
            .filter(team_job::Column::BatchId.in_subquery(sea_orm::QueryTrait::into_query(recent)));
        let beats: Vec<i64> = team_job::Entity::find()
            .select_only()
            .column(team_job::Column::Beat)
            .filter(team_job::Column::State.eq(TeamJobState::Working.as_str()))
            .into_tuple()
            .all(db)
            .await?;
        let attempts = team_job_attempt::Entity::find().count(db).await?;
        let (overdue, seen) = queue_signs(db, OVERDUE, RECENT).await?;
        let is_server = db.get_database_backend() == DbBackend::Postgres;
        Ok(QueueState {
            queued: in_state(TeamJobState::Queued).count(db).await?,
            working: in_state(TeamJobState::Working).count(db).await?,
            overdue,
            failed: failed.count(db).await?,
            workers: if is_server { seen } else { 0 },
            signs_of_life: (attempts, beats.iter().sum()),
        })
    }

    /// Every bundle that should be in the store, oldest first.
    pub async fn bundles(&self) -> Result<Vec<StoredBundle>, StorageError> {
        if self.is_new().await? {
            return Ok(Vec::new());
        }
        let rows = bundle::Entity::find()
            .filter(bundle::Column::RemovedAt.is_null())
            .order_by_asc(bundle::Column::Id)
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(super::bundles::read_bundle).collect())
    }

    pub async fn close(self) {
        // The answers are in; a connection that does not close goes with the process.
        let _ = self.connection.close().await;
    }

    async fn cell<T: TryGetable>(&self, sql: &'static str) -> Result<T, StorageError> {
        let backend = self.connection.get_database_backend();
        let row = self
            .connection
            .query_one_raw(Statement::from_string(backend, sql))
            .await?
            .ok_or_else(|| StorageError::Unexpected("no answer".to_owned()))?;
        Ok(row.try_get_by_index(0)?)
    }
}

/// Which steps the database has been through.
pub(super) async fn steps_of(connection: &DatabaseConnection) -> Result<Steps, StorageError> {
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|step| step.name().to_owned())
        .collect();
    let table = "seaql_migrations";
    if !SchemaManager::new(connection).has_table(table).await? {
        return Ok(Steps {
            missing: known,
            ..Steps::default()
        });
    }
    let rows = connection
        .query_all_raw(Statement::from_string(
            connection.get_database_backend(),
            format!("SELECT version FROM {table}"),
        ))
        .await?;
    let done: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?;
    let not_in = |these: &[String], others: &[String]| -> Vec<String> {
        let mut rest = these.to_vec();
        rest.retain(|step| !others.contains(step));
        rest
    };
    Ok(Steps {
        done: done.len(),
        missing: not_in(&known, &done),
        unknown: not_in(&done, &known),
    })
}
