//! `letter publish`: makes the draft the letter of every batch that is planned from now on.

use serde::Serialize;

use super::{App, Failure, letter_faults::LetterFault};
use crate::domain::{client::ClientId, organisation::Slug};

/// What is to be the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    Draft,
    /// What the export says, now and after every import. A draft stays.
    AsInExport,
}

/// What became of it.
#[derive(Debug, Clone)]
pub enum Publication {
    Published(Published),
    /// No letter can be made of the draft, or it is too long for everybody: it stays a draft.
    Refused {
        faults: Vec<LetterFault>,
        /// How many lines too long it is for the plainest client; 0 when something else is wrong.
        lines_too_many: u32,
    },
}

#[derive(Debug, Clone, Serialize)]
pub struct Published {
    pub number: u32,
    /// Clients of the last export to whom a letter could be written.
    pub clients: usize,
    /// Those of them whose letter does not fit.
    pub would_not_fit: usize,
    /// The first few of those.
    pub examples: Vec<ClientId>,
}

/// `revision` is that of the [`super::letter_draft::LetterOverview`] or of what was saved last.
///
/// # Errors
/// Conflict `letter_changed` when somebody else saved or published something since; not found `no_draft`.
pub async fn publish_letter(
    _app: &App,
    _slug: &Slug,
    _what: Publish,
    _revision: &str,
) -> Result<Publication, Failure> {
    Err(Failure::ours("not there yet"))
}
