//! `batch cancel`: stops what can still be stopped. Teams whose bundle is there keep it, and their codes work.

use super::{App, Failure, record_access::or_refused, show_batch::find_batch};
use crate::domain::audit::{Access, Action};

/// Cancels the teams of a batch that are not done: queued ones at once, others as soon as their worker notices, between
/// two chunks of letters. Their codes, whose letters nobody could have, are withdrawn. Answers how many.
pub async fn cancel_batch(app: &App, id: &str) -> Result<usize, Failure> {
    let access = Access::done(Action::BatchCancelled).with("batch", id);
    or_refused(app, &access, cancel(app, id)).await
}

async fn cancel(app: &App, id: &str) -> Result<usize, Failure> {
    let batch = find_batch(app, id).await?;
    let cancelled = app.db.cancel_batch(&batch, &app.scribe()).await?;
    if cancelled == 0 {
        return Err(Failure::conflict(
            "batch_has_ended",
            "no team of this batch waits or is being worked on",
            "an invitation whose letter has been made is cancelled with `brievenbus invitation cancel`",
        ));
    }
    Ok(cancelled)
}
