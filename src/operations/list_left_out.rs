//! The clients of a batch who got no letter, some at a time.

use super::{
    App, Failure,
    record_access::{or_refused, record_access},
    show_batch::find_batch,
};
use crate::domain::{
    audit::{Access, Action},
    eligibility::Reason,
};
pub use crate::storage::overviews::LeftOutClient;

/// How many there are for this reason, and `most` of them from `offset` on, by client number.
pub async fn list_left_out(
    app: &App,
    batch: &str,
    reason: Reason,
    (offset, most): (u64, u64),
) -> Result<(u64, Vec<LeftOutClient>), Failure> {
    let access = Access::done(Action::ClientsListed).with("batch", batch);
    let stored = or_refused(app, &access, find_batch(app, batch)).await?;
    let (total, clients) = app
        .db
        .left_out_of_batch(batch, reason, (offset, most))
        .await?;
    let seen = clients.iter().map(|line| line.client.clone());
    let access = access.of(&stored.organisation.slug).to_clients(seen);
    record_access(app, access).await?;
    Ok((total, clients))
}
