//! Whether the service can do its work: what it depends on answers.

use std::time::Duration;

use tokio::time::timeout;

use super::App;

/// How long each may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the service depends on, and whether it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    pub database: bool,
    /// The key that we have seals; with another everything about clients is refused. Not known while the database is
    /// away.
    pub key: bool,
    pub store: bool,
}

impl Readiness {
    pub fn is_ready(self) -> bool {
        self.database && self.key && self.store
    }
}

pub async fn readiness(app: &App) -> Readiness {
    let database = async { app.db.key_seals().await.ok() };
    let store = async { app.shelf.answers().await.is_ok() };
    let (database, store) = tokio::join!(timeout(PATIENCE, database), timeout(PATIENCE, store));
    let seals = database.unwrap_or(None);
    Readiness {
        database: seals.is_some(),
        key: seals.unwrap_or(true),
        store: store.unwrap_or(false),
    }
}
