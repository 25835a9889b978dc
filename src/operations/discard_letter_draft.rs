//! `letter discard`: throws the draft away.

use super::{App, Failure};
use crate::domain::organisation::Slug;

/// Removes the draft for good.
///
/// # Errors
/// Conflict `letter_changed` when somebody else changed it since; not found `no_draft`.
pub async fn discard_letter_draft(
    _app: &App,
    _slug: &Slug,
    _revision: &str,
) -> Result<(), Failure> {
    Err(Failure::ours("not there yet"))
}
