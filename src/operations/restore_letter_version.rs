//! `letter restore`: a draft with what an older version said.

use super::{
    App, Failure,
    letter_desk::Desk,
    save_letter_draft::{SavedDraft, keep},
};
use crate::domain::organisation::Slug;

/// The draft becomes what version `number` is; it is published by nobody yet. A version that was as the export has it
/// becomes a draft of what the export says now.
///
/// # Errors
/// As [`super::save_letter_draft::save_letter_draft`]; not found `unknown_version`.
pub async fn restore_letter_version(
    app: &App,
    slug: &Slug,
    number: u32,
    revision: &str,
) -> Result<SavedDraft, Failure> {
    let desk = Desk::open(app, slug).await?;
    let versions = app.db.letter_versions(slug).await?;
    let version = versions
        .into_iter()
        .find(|version| version.number == number)
        .ok_or_else(|| {
            Failure::not_found(
                "unknown_version",
                format!("there is no version {number} of this letter"),
                "see which there are with `brievenbus letter versions`",
            )
        })?;
    let setup = version.setup.unwrap_or_else(|| desk.export_setup());
    keep(app, &desk, &setup, revision).await
}
