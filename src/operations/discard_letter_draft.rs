//! `letter discard`: throws the draft away.

use super::{
    App, Failure,
    letter_desk::{Desk, changed_meanwhile, no_draft},
};
use crate::{
    domain::organisation::Slug,
    storage::letter_versions::{Change, Changed},
};

/// Removes the draft for good.
///
/// # Errors
/// Conflict `letter_changed` when somebody else changed it since; not found `no_draft`.
pub async fn discard_letter_draft(app: &App, slug: &Slug, revision: &str) -> Result<(), Failure> {
    Desk::open(app, slug).await?;
    let change = Change {
        slug,
        seen: revision,
        by: &app.actor.user,
        now: app.now(),
    };
    match app.db.discard_letter_draft(change).await? {
        Changed::Done(()) => Ok(()),
        Changed::Meanwhile => Err(changed_meanwhile()),
        Changed::NoDraft => Err(no_draft()),
    }
}
