//! The database, asked in SQL of our own.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection, ValueRef,
    postgres::PgRow,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use tokio::runtime::Runtime;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

pub struct Rows {
    place: Place,
    runtime: Runtime,
}

/// SQLite's write lock, held until it is released.
pub struct Lock {
    connection: SqliteConnection,
    runtime: Runtime,
}

impl Rows {
    pub fn of_sqlite(file: &Path) -> Self {
        Self {
            place: Place::Sqlite(file.to_owned()),
            runtime: runtime(),
        }
    }

    pub fn of_postgres(url: &str) -> Self {
        Self {
            place: Place::Postgres(url.to_owned()),
            runtime: runtime(),
        }
    }

    /// Answers with every cell as text, NULL as `None`.
    pub fn query(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, String> {
        let answer = async {
            match &self.place {
                Place::Sqlite(file) => {
                    let mut connection = open(file, PATIENCE / 2).await?;
                    let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                        .fetch_all(&mut connection)
                        .await?;
                    connection.close().await?;
                    Ok(rows.iter().map(sqlite_cells).collect())
                }
                Place::Postgres(url) => {
                    let mut connection = PgConnection::connect(url).await?;
                    // Unprepared, so that every cell comes as text.
                    let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                        .fetch_all(&mut connection)
                        .await?;
                    connection.close().await?;
                    Ok(rows.iter().map(postgres_cells).collect())
                }
            }
        };
        let in_time = self
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, answer).await });
        match in_time {
            Ok(answer) => answer.map_err(|error: sqlx::Error| format!("{sql}: {error}")),
            Err(_) => Err(format!("{sql}: no answer after {PATIENCE:?}")),
        }
    }

    /// As `query`, with NULL as an empty text.
    pub fn texts(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        let rows = self.query(sql)?.into_iter();
        Ok(rows
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect())
    }

    /// Takes the write lock of SQLite. `None` when others keep it for themselves.
    pub fn lock(&self) -> Option<Lock> {
        let Place::Sqlite(file) = &self.place else {
            panic!("PostgreSQL has no lock for all that is written");
        };
        let runtime = runtime();
        let connection = runtime.block_on(async {
            let mut connection = open(file, PATIENCE / 2).await?;
            sqlx::raw_sql("BEGIN IMMEDIATE")
                .execute(&mut connection)
                .await?;
            Ok::<_, sqlx::Error>(connection)
        });
        let connection = connection.ok()?;
        Some(Lock {
            connection,
            runtime,
        })
    }
}

impl Lock {
    pub fn release(self) {
        let Self {
            mut connection,
            runtime,
        } = self;
        runtime.block_on(async {
            sqlx::raw_sql("ROLLBACK")
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        });
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

async fn open(file: &Path, busy: Duration) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(busy);
    SqliteConnection::connect_with(&options).await
}

fn sqlite_cells(row: &SqliteRow) -> Vec<Option<String>> {
    (0..row.len())
        .map(|index| {
            let is_null = row.try_get_raw(index).unwrap().is_null();
            let text =
                || String::from_utf8_lossy(row.get_unchecked::<&[u8], _>(index)).into_owned();
            (!is_null).then(text)
        })
        .collect()
}

fn postgres_cells(row: &PgRow) -> Vec<Option<String>> {
    (0..row.len())
        .map(|index| {
            let value = row.try_get_raw(index).unwrap();
            (!value.is_null()).then(|| value.as_str().unwrap().to_owned())
        })
        .collect()
}
