//! `letter restore`: a draft with what an older version said.

use super::{App, Failure, save_letter_draft::SavedDraft};
use crate::domain::organisation::Slug;

/// The draft becomes what version `number` is; it is published by nobody yet.
///
/// # Errors
/// As [`super::save_letter_draft::save_letter_draft`]; not found `unknown_version`.
pub async fn restore_letter_version(
    _app: &App,
    _slug: &Slug,
    _number: u32,
    _revision: &str,
) -> Result<SavedDraft, Failure> {
    Err(Failure::ours("not there yet"))
}
