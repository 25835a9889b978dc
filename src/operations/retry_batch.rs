//! `batch retry`: once more for the teams that have failed.

use super::{App, Failure, show_batch::find_batch};

/// Puts the failed teams of a batch on the queue again, with all their tries. Answers how many.
pub async fn retry_batch(app: &App, id: &str) -> Result<usize, Failure> {
    find_batch(app, id).await?;
    let retried = app.db.retry_batch(id).await?;
    if retried == 0 {
        return Err(Failure::conflict(
            "nothing_failed",
            "no team of this batch has failed",
            "`brievenbus batch show` says where each team is; what was cancelled is submitted anew",
        ));
    }
    Ok(retried)
}
