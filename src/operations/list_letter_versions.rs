//! `letter versions`

use super::{App, Failure, letter_desk::Desk, letter_draft::LetterVersion};
use crate::domain::organisation::Slug;

/// Every version, the newest first; none when nobody has changed the letter of the export.
pub async fn list_letter_versions(app: &App, slug: &Slug) -> Result<Vec<LetterVersion>, Failure> {
    Desk::open(app, slug).await?;
    let versions = app.db.letter_versions(slug).await?;
    Ok(versions.into_iter().map(LetterVersion::from).collect())
}
