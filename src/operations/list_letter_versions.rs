//! `letter versions`

use super::{App, Failure, letter_draft::LetterVersion};
use crate::domain::organisation::Slug;

/// Every version, the newest first; none when nobody has changed the letter of the export.
pub async fn list_letter_versions(_app: &App, _slug: &Slug) -> Result<Vec<LetterVersion>, Failure> {
    Err(Failure::ours("not there yet"))
}
