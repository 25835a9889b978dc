//! `batch retry`: once more for the teams that have failed.

use super::{App, Failure, record_access::or_refused, show_batch::find_batch};
use crate::domain::audit::{Access, Action};

/// Puts the failed teams of a batch on the queue again, with all their tries. Answers how many.
pub async fn retry_batch(app: &App, id: &str) -> Result<usize, Failure> {
    let access = Access::done(Action::BatchRetried).with("batch", id);
    or_refused(app, &access, retry(app, id)).await
}

async fn retry(app: &App, id: &str) -> Result<usize, Failure> {
    let batch = find_batch(app, id).await?;
    let retried = app.db.retry_batch(&batch, &app.scribe()).await?;
    if retried == 0 {
        return Err(Failure::conflict(
            "nothing_failed",
            "no team of this batch has failed",
            "`brievenbus batch show` says where each team is; what was cancelled is submitted anew",
        ));
    }
    Ok(retried)
}
