//! The database as any other program could open it: SQLite's file, or PostgreSQL's server.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use brievenbus::{domain::invitation::Code, storage::vault::Vault};
use sqlx::{
    AssertSqlSafe, Column, Connection, Executor, PgConnection, Row, SqliteConnection, TypeInfo,
    ValueRef,
    postgres::PgRow,
    sqlite::{SqliteConnectOptions, SqliteRow},
};

use super::postgres;

/// The two databases that everything is promised for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

pub const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

impl Kind {
    /// The address of a new, empty database; none for the file in the data folder.
    pub fn fresh(self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(postgres::shared().fresh_database()),
        }
    }
}

/// Does the same on both.
#[expect(
    clippy::print_stdout,
    reason = "the test runner shows it when the journey fails"
)]
pub async fn on_both(journey: impl AsyncFn(Kind)) {
    for kind in BOTH {
        println!("on {kind:?}:");
        journey(kind).await;
    }
}

/// The database of a data folder, and its key.
#[derive(Clone)]
pub struct Rows {
    data_dir: PathBuf,
    server: Option<String>,
}

impl Rows {
    /// The file in a data folder.
    pub fn of(data_dir: &Path) -> Self {
        Self::at(None, data_dir)
    }

    /// A server, or without one the file in the data folder.
    pub fn at(server: Option<&str>, data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
            server: server.map(str::to_owned),
        }
    }

    /// Answers with every cell as text, NULL as an empty one, true and false as 1 and 0.
    #[track_caller]
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        self.try_query(sql).unwrap()
    }

    /// The same, or why the database would not.
    pub fn try_query(&self, sql: &str) -> Result<Vec<Vec<String>>, sqlx::Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            // The simple protocol, in which PostgreSQL answers with text as well.
            let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
            match &self.server {
                None => {
                    let options = SqliteConnectOptions::new()
                        .filename(self.data_dir.join("brievenbus.sqlite"))
                        .busy_timeout(Duration::from_secs(30));
                    let mut connection = SqliteConnection::connect_with(&options).await?;
                    let rows = connection.fetch_all(query).await?;
                    connection.close().await?;
                    Ok(rows.iter().map(sqlite_cells).collect())
                }
                Some(url) => {
                    let mut connection = PgConnection::connect(url).await?;
                    let rows = connection.fetch_all(query).await?;
                    connection.close().await?;
                    Ok(rows.iter().map(postgres_cells).collect())
                }
            }
        })
    }

    /// The hash of the code of each client's open invitation; two for one client are a failure.
    #[track_caller]
    pub fn open_code_hashes(&self) -> BTreeMap<String, String> {
        let rows = self.query("SELECT client_id, code_hash FROM invitation WHERE state = 'open'");
        let hashes: BTreeMap<String, String> = rows
            .iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect();
        assert_eq!(
            hashes.len(),
            rows.len(),
            "a client has two open invitations"
        );
        hashes
    }

    /// The printed codes are exactly the ones of the open invitations.
    #[track_caller]
    pub fn assert_codes_are_the_open_ones(&self, printed: &BTreeMap<String, String>) {
        let vault = Vault::open(&self.data_dir.join("key")).unwrap();
        let hashes: BTreeMap<String, String> = printed
            .iter()
            .map(|(client, code)| (client.clone(), vault.hash(&Code::parse(code).unwrap())))
            .collect();
        // No assert_eq: it would print thousands of lines.
        assert!(
            hashes == self.open_code_hashes(),
            "printed codes and open invitations differ"
        );
    }
}

fn sqlite_cells(row: &SqliteRow) -> Vec<String> {
    (0..row.len())
        .map(|index| {
            let value = row.try_get_raw(index).unwrap();
            if value.is_null() {
                String::new()
            } else {
                String::from_utf8_lossy(&row.get_unchecked::<Vec<u8>, _>(index)).into_owned()
            }
        })
        .collect()
}

fn postgres_cells(row: &PgRow) -> Vec<String> {
    (0..row.len())
        .map(|index| {
            let value = row.try_get_raw(index).unwrap();
            if value.is_null() {
                return String::new();
            }
            let text = value.as_str().unwrap();
            match (row.column(index).type_info().name(), text) {
                ("BOOL", "t") => "1".to_owned(),
                ("BOOL", _) => "0".to_owned(),
                _ => text.to_owned(),
            }
        })
        .collect()
}
