//! Opening the data folder: the lock, the database, its migrations and the queue's tables.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use apalis_sqlite::SqliteStorage;
use sea_orm::{
    ActiveValue::Set, DatabaseConnection, DatabaseTransaction, EntityTrait, SqliteTransactionMode,
    SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{StorageError, entities::vault_mark, migrations::Migrator, vault::Vault};

/// How long a writer waits for another one before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Workers, heartbeat, progress and a door or two, each with a connection of its own.
const CONNECTIONS: u32 = 16;

/// An open database with all tables in place. Cloning shares the pool.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    pool: SqlitePool,
    worker_locks: PathBuf,
}

impl Database {
    /// The SQLite file that `url` means; without one, a file in the data folder.
    pub fn file(url: Option<&str>, data_dir: &Path) -> Result<PathBuf, StorageError> {
        match url {
            None => Ok(data_dir.join("brievenbus.sqlite")),
            Some(url) => url
                .strip_prefix("sqlite:")
                .map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
                .filter(|path| !path.as_os_str().is_empty())
                .ok_or_else(|| StorageError::UnknownUrl(without_password(url))),
        }
    }

    /// Opens the database in `file`, and makes it on first use.
    ///
    /// Safe to call from several processes at once: migrations run under a lock on the data folder.
    pub async fn open(file: &Path, data_dir: &Path) -> Result<Self, StorageError> {
        let in_data_dir = |source| StorageError::DataFolder {
            path: data_dir.to_owned(),
            source,
        };
        let worker_locks = data_dir.join("workers");
        fs::create_dir_all(&worker_locks).map_err(in_data_dir)?;
        let lock = File::create(data_dir.join("migrate.lock")).map_err(in_data_dir)?;
        lock.lock().map_err(in_data_dir)?;

        let pool = open_sqlite(file).await?;
        let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone());
        Migrator::up(&connection, None).await?;
        // `SqliteStorage::setup` would also switch `synchronous` off on one of our connections.
        SqliteStorage::<()>::migrations().run(&pool).await?;
        drop(lock);
        Ok(Self {
            connection,
            pool,
            worker_locks,
        })
    }

    /// Opens the key file that belongs to this database, and makes one when there is none yet.
    ///
    /// A mark that only this key makes is kept with the first opening. A key that is gone or another is an error then:
    /// a new one would open no code, and could issue codes that were used before.
    pub async fn open_vault(&self, key_file: &Path) -> Result<Vault, StorageError> {
        let tx = self.begin().await?;
        let stored = vault_mark::Entity::find().one(&tx).await?;
        let vault = match &stored {
            None => Vault::open_or_make(key_file)?,
            Some(_) => Vault::open(key_file)?,
        };
        match stored {
            Some(row) if row.mark == vault.mark() => {}
            Some(_) => {
                return Err(StorageError::Key {
                    path: key_file.to_owned(),
                    reason: "is not the one that this database was made with".to_owned(),
                });
            }
            None => {
                let row = vault_mark::ActiveModel {
                    mark: Set(vault.mark()),
                };
                vault_mark::Entity::insert(row)
                    .exec_without_returning(&tx)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(vault)
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// For the queue, which shares our pool.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Folder with a file a live worker process, locked for as long as it lives.
    pub fn worker_locks(&self) -> &Path {
        &self.worker_locks
    }

    pub(super) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// A transaction that writes. SQLite takes the write lock at once, because one that reads first and writes later
    /// is refused, without waiting, when another has written in between.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, StorageError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        Ok(self.connection.begin_with_options(options).await?)
    }
}

/// A database address may hold a password, which belongs in no error.
fn without_password(url: &str) -> String {
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
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // A wiped code is overwritten, not left in a free page.
        .pragma("secure_delete", "ON");
    Ok(SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(BUSY_TIMEOUT)
        .after_release(|connection, _| Box::pin(has_no_transaction(connection)))
        .connect_with(options)
        .await?)
}
