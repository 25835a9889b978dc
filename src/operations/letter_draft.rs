//! `letter show`: what an editor of a provider's letter begins with.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{App, Failure};
use crate::domain::{
    letter_setup::{LetterSetup, VersionState},
    organisation::Slug,
};

/// A provider's letter as it is, and what may be made of it.
#[derive(Debug, Clone, Serialize)]
pub struct LetterOverview {
    pub organisation: Slug,
    pub organisation_name: String,
    /// What an editor starts with: the draft, or else what batches use now.
    pub current: LetterSetup,
    /// To be handed in with what is saved or published: when somebody else has changed something since, that is a
    /// conflict and nothing is lost.
    pub revision: String,
    pub draft: Option<LetterVersion>,
    /// What batches that are planned now use; absent: what the export says.
    pub published: Option<LetterVersion>,
    /// What the last export says.
    pub export: LetterSetup,
    pub export_has_logo: bool,
    pub placeholders: Vec<PlaceholderHelp>,
    pub templates: Vec<TemplateChoice>,
    /// Logos that were uploaded, the newest first.
    pub logos: Vec<UploadedLogo>,
}

/// A version of a letter.
#[derive(Debug, Clone, Serialize)]
pub struct LetterVersion {
    /// From 1; a draft gets its final number when it is published.
    pub number: u32,
    pub state: VersionState,
    /// Absent: as the export has it.
    pub setup: Option<LetterSetup>,
    /// Who saved it last; never a client.
    pub author: String,
    pub created_at: DateTime<Utc>,
    pub published_at: Option<DateTime<Utc>>,
}

/// What may stand between square brackets in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceholderHelp {
    /// Without the brackets: `TELEPHONE`.
    pub name: &'static str,
    /// One sentence in Dutch.
    pub explanation: &'static str,
}

/// A template that the letter can be set with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateChoice {
    pub name: String,
    /// One sentence in Dutch.
    pub description: String,
    /// It came with the provider's export, and not with the product.
    pub own: bool,
    /// What the letter says when it has no text of its own.
    pub standard_text: String,
    /// Names of the placeholders that its text may use.
    pub placeholders: Vec<&'static str>,
}

/// A logo that was uploaded for the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UploadedLogo {
    /// SHA-256 of its bytes in hexadecimal digits: what [`crate::domain::letter_setup::LogoChoice::Uploaded`] takes.
    pub hash: String,
    /// As whoever uploaded it called it.
    pub file_name: String,
    pub uploaded_by: String,
    pub uploaded_at: DateTime<Utc>,
}

pub async fn letter_draft(_app: &App, _slug: &Slug) -> Result<LetterOverview, Failure> {
    Err(Failure::ours("not there yet"))
}
