//! What support should know of, before anything else.

use chrono::{DateTime, Utc};

use super::{App, Failure, redeem_attempt};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// So many codes in a row were wrong that nobody may redeem any until this moment: somebody may be guessing.
    RedeemLocked { failures: u64, until: DateTime<Utc> },
}

/// Everything that should be known now; usually nothing.
pub async fn notices(app: &App) -> Result<Vec<Notice>, Failure> {
    let (failures, locked) = app.db.failures_in_a_row(redeem_attempt::NAME).await?;
    Ok(locked
        .filter(|until| *until > app.now())
        .map(|until| Notice::RedeemLocked { failures, until })
        .into_iter()
        .collect())
}
