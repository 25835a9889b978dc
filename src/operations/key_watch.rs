//! Who works for long finds out that the key was changed meanwhile.

use std::time::Duration;

use super::{App, Failure};
use crate::storage::StorageError;

/// How often the database is asked.
const LOOK: Duration = Duration::from_secs(3);

/// Waits until another key seals than the one that this process began with, and answers with what to say then. From
/// there on every page about a client and every letter is refused, so a process ends of itself: whoever starts it again
/// has it read the key file that is there by now.
pub async fn key_was_changed(app: &App) -> Failure {
    loop {
        tokio::time::sleep(LOOK).await;
        match app.db.key_seals().await {
            Ok(true) => {}
            Ok(false) => return StorageError::KeyRotated.into(),
            // It may come back, and then it is asked again.
            Err(error) => tracing::debug!(%error, "not looked which key seals"),
        }
    }
}
