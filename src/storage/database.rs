//! Opening the database: its migrations, the queue's tables, the key that belongs to it.
//!
//! SQLite and PostgreSQL are one code path: what is different between them is how a pool is opened ([`Address`]), the
//! queue's tables ([`super::tasks`]), and who waits for whom. SQLite has one writer at a time; on PostgreSQL whoever
//! changes a row locks it first, with `FOR UPDATE`, which SQLite has no need of.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use chrono::{DateTime, Utc};
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, IsolationLevel, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use sqlx::{
    Connection, PgConnection, PgPool, SqliteConnection, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{StorageError, inspection::steps_of, migrations::Migrator, vault::Vault};

/// How long a writer waits for another one before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Workers, leases, progress and a door or two, each with a connection of its own.
const CONNECTIONS: u32 = 16;
/// What each connection to SQLite keeps of the file, in KiB as SQLite counts it: the system keeps the rest, once for all.
const PAGE_CACHE: &str = "-1024";
/// Statements that each connection to SQLite keeps ready. Each takes tens of kilobytes, and there are many kinds.
const STATEMENTS: usize = 24;
/// Number of the lock under which processes that start together make the tables, one after the other: "brief".
const MIGRATION_LOCK: i64 = 0x62_72_69_65_66;

/// Where the database is.
#[derive(Clone)]
pub enum Address {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(Box<PgConnectOptions>),
}

impl Address {
    /// `sqlite:FILE` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; without one, a file in the data folder.
    pub fn read(url: Option<&str>, data_dir: &Path) -> Result<Self, StorageError> {
        let Some(url) = url else {
            return Ok(Self::File(data_dir.join("brievenbus.sqlite")));
        };
        let unknown = || StorageError::UnknownUrl(without_password(url));
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url).map_err(|_| unknown())?;
            return Ok(Self::Server(Box::new(
                options.application_name("brievenbus"),
            )));
        }
        url.strip_prefix("sqlite:")
            .map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
            .filter(|path| !path.as_os_str().is_empty())
            .map(Self::File)
            .ok_or_else(unknown)
    }
}

/// The connections, for the queue, which shares them.
#[derive(Clone)]
pub enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// An open database with all tables in place. Cloning shares the pool.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    pool: Pool,
    worker_locks: PathBuf,
    /// Of the key that this process seals with.
    key_mark: Arc<str>,
}

impl Database {
    /// Opens the database, and makes it on first use; opens the key file that belongs to it too.
    ///
    /// Safe to call from several processes at once: the tables are made under a lock.
    pub async fn open(
        address: &Address,
        data_dir: &Path,
        key_file: &Path,
        now: DateTime<Utc>,
    ) -> Result<(Self, Vault), StorageError> {
        let in_data_dir = |source| StorageError::DataFolder {
            path: data_dir.to_owned(),
            source,
        };
        let worker_locks = data_dir.join("workers");
        fs::create_dir_all(&worker_locks).map_err(in_data_dir)?;
        match address {
            Address::File(file) => {
                let lock = File::create(data_dir.join("migrate.lock")).map_err(in_data_dir)?;
                lock.lock().map_err(in_data_dir)?;
                let pool = open_sqlite(file).await?;
                let db = Self {
                    connection: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone()),
                    pool: Pool::Sqlite(pool.clone()),
                    worker_locks,
                    key_mark: Arc::from(""),
                };
                db.take_steps().await?;
                // `SqliteStorage::setup` would also switch `synchronous` off on one of our connections.
                SqliteStorage::<()>::migrations().run(&pool).await?;
                let vault = db.open_vault(key_file, now).await?;
                drop(lock);
                Ok((db.with_key(&vault), vault))
            }
            Address::Server(options) => {
                let pool = open_postgres(options).await?;
                // A connection of its own: the lock belongs to it, and goes when it goes.
                let mut lock = PgConnection::connect_with(options).await?;
                sqlx::query("SELECT pg_advisory_lock($1)")
                    .bind(MIGRATION_LOCK)
                    .execute(&mut lock)
                    .await?;
                let db = Self {
                    connection: SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone()),
                    pool: Pool::Postgres(pool.clone()),
                    worker_locks,
                    key_mark: Arc::from(""),
                };
                db.take_steps().await?;
                PostgresStorage::<()>::migrations().run(&pool).await?;
                let vault = db.open_vault(key_file, now).await?;
                lock.close().await?;
                Ok((db.with_key(&vault), vault))
            }
        }
    }

    /// Brings the tables to today's shape, unless a newer program has been here.
    async fn take_steps(&self) -> Result<(), StorageError> {
        let steps = steps_of(&self.connection).await?;
        if !steps.unknown.is_empty() {
            return Err(StorageError::Newer(steps.unknown));
        }
        Ok(Migrator::up(&self.connection, None).await?)
    }

    /// The same database for whoever seals with this vault.
    #[must_use]
    pub fn with_key(&self, vault: &Vault) -> Self {
        Self {
            key_mark: Arc::from(vault.mark()),
            ..self.clone()
        }
    }

    /// The mark of the key that this process seals with.
    pub(super) fn key_mark(&self) -> &str {
        &self.key_mark
    }

    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Folder with a file a live worker process of this machine, locked for as long as it lives.
    pub fn worker_locks(&self) -> &Path {
        &self.worker_locks
    }

    pub(super) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// A transaction that writes. SQLite takes the write lock at once, because one that reads first and writes later
    /// is refused, without waiting, when another has written in between. On PostgreSQL it is an ordinary transaction.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, StorageError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: match self.pool {
                Pool::Sqlite(_) => Some(SqliteTransactionMode::Immediate),
                Pool::Postgres(_) => None,
            },
            ..Default::default()
        };
        Ok(self.connection.begin_with_options(options).await?)
    }

    /// A transaction that reads, and sees the database as it was when it began, whoever writes in the meantime.
    pub(super) async fn begin_reading(&self) -> Result<DatabaseTransaction, StorageError> {
        let options = match self.pool {
            // What SQLite always does.
            Pool::Sqlite(_) => TransactionOptions::default(),
            Pool::Postgres(_) => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
        };
        Ok(self.connection.begin_with_options(options).await?)
    }
}

/// A database address may hold a password, which belongs in no error.
pub fn without_password(url: &str) -> String {
    // As a parameter too: `?password=`.
    let url = url.split('?').next().unwrap_or(url);
    match (url.find("://"), url.rfind('@')) {
        (Some(start), Some(end)) if start + 3 < end => {
            format!("{}…{}", &url[..start + 3], &url[end..])
        }
        _ => url.to_owned(),
    }
}

/// Whether a connection may go back to the pool; otherwise it is closed. When the disk is full, SQLite rolls back by
/// itself, sqlx goes on counting the transaction, and the connection would hold the write lock for ever.
async fn has_no_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Everything that was asked of it before has been done when it answers.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn open_sqlite(file: &Path) -> Result<SqlitePool, StorageError> {
    // SQLite would make it for everybody to read, whom only the folder may keep out; its journal takes after it. One that
    // is there stays as it is, and where none can be made SQLite says why.
    let _ = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // A wiped code is overwritten, not left in a free page.
        .pragma("secure_delete", "ON")
        .pragma("cache_size", PAGE_CACHE)
        .statement_cache_capacity(STATEMENTS);
    Ok(SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(BUSY_TIMEOUT)
        .after_release(|connection, _| Box::pin(has_no_transaction(connection)))
        .connect_with(options)
        .await?)
}

/// A session of a machine that was cut off holds its locks for as long as the server keeps it, and everybody else waits:
/// not for longer than the living are called dead.
const SESSION: [(&str, &str); 4] = [
    ("idle_in_transaction_session_timeout", "15s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];

async fn open_postgres(options: &PgConnectOptions) -> Result<PgPool, StorageError> {
    let options = options.clone().options(SESSION);
    Ok(PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(BUSY_TIMEOUT)
        .connect_with(options)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_file_or_a_server_and_an_error_never_shows_a_password() {
        let folder = Path::new("/data");
        let file = |url| match Address::read(url, folder) {
            Ok(Address::File(path)) => path,
            _ => panic!("{url:?} is no file"),
        };
        assert_eq!(file(None), folder.join("brievenbus.sqlite"));
        assert_eq!(file(Some("sqlite:x.db")), Path::new("x.db"));
        assert_eq!(file(Some("sqlite:///srv/x.db")), Path::new("/srv/x.db"));
        for url in [
            "postgres://ons@db.example/brieven",
            "postgresql://127.0.0.1",
        ] {
            assert!(matches!(
                Address::read(Some(url), folder),
                Ok(Address::Server(_))
            ));
        }
        for url in [
            "mysql://root:geheim@db/x",
            "postgres://u:geheim@h:port/x",
            "mysql://h/x?password=geheim",
            "sqlite:",
            "",
        ] {
            let error = Address::read(Some(url), folder).err().unwrap().to_string();
            assert!(!error.contains("geheim"), "{error}");
        }
    }
}
