//! The SQLite file as any other program could open it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use brievenbus::{domain::invitation::Code, storage::vault::Vault};
use sqlx::{
    Connection, Row, SqliteConnection, ValueRef,
    sqlite::{SqliteConnectOptions, SqliteRow},
};

/// The database of a data folder, and its key.
pub struct Rows {
    data_dir: PathBuf,
}

impl Rows {
    pub fn of(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_owned(),
        }
    }

    /// Answers with every cell as text, NULL as an empty one.
    #[track_caller]
    pub fn query(&self, sql: &'static str) -> Vec<Vec<String>> {
        let options = SqliteConnectOptions::new()
            .filename(self.data_dir.join("brievenbus.sqlite"))
            .busy_timeout(Duration::from_secs(30));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            rows.iter().map(cells).collect()
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

fn cells(row: &SqliteRow) -> Vec<String> {
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
