//! `letter draft`: keeps what somebody wrote, whether a letter can be made of it yet or not.

use super::{App, Failure, letter_faults::LetterFault};
use crate::domain::{letter_setup::LetterChanges, organisation::Slug};

/// What became of a draft.
#[derive(Debug, Clone)]
pub struct SavedDraft {
    pub number: u32,
    /// To be handed in with what comes next.
    pub revision: String,
    /// What stands in the way of publishing it; it is kept all the same.
    pub faults: Vec<LetterFault>,
}

/// Saves `changes` to the draft; without one, to what batches use now. `revision` is that of the
/// [`super::letter_draft::LetterOverview`] or of what was saved last.
///
/// # Errors
/// Conflict `letter_changed` when somebody else saved or published something since. Input `letter_value` when a value is
/// none that a letter can have at all: nothing is saved.
pub async fn save_letter_draft(
    _app: &App,
    _slug: &Slug,
    _changes: &LetterChanges,
    _revision: &str,
) -> Result<SavedDraft, Failure> {
    Err(Failure::ours("not there yet"))
}
