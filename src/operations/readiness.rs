//! Whether the service can do its work: what it depends on answers.

use std::time::Duration;

use tokio::time::timeout;

use super::App;

/// How long each may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the service depends on, and whether it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The database, and it seals with the key that we have: with another everything about clients is refused.
    pub database: bool,
    pub store: bool,
}

impl Readiness {
    pub fn is_ready(self) -> bool {
        self.database && self.store
    }
}

pub async fn readiness(app: &App) -> Readiness {
    let database = async { matches!(app.db.key_seals().await, Ok(true)) };
    let store = async { app.shelf.answers().await.is_ok() };
    let (database, store) = tokio::join!(timeout(PATIENCE, database), timeout(PATIENCE, store));
    Readiness {
        database: database.unwrap_or(false),
        store: store.unwrap_or(false),
    }
}
