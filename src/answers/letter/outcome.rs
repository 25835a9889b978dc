//! What came of saving or publishing a letter, and what stands in the way.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    answers::words,
    domain::{client::ClientId, letter_fault::LetterField},
    operations::{
        letter_faults::LetterFault as Fault, publish_letter::Published,
        save_letter_draft::SavedDraft,
    },
};

/// A draft that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterDraft {
    number: u32,
    /// To be handed in with what comes next.
    revision: String,
    /// What stands in the way of publishing it.
    faults: Vec<LetterFault>,
    /// How many lines too long it is for everybody.
    lines_too_many: u32,
}

/// A letter that was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterPublished {
    number: u32,
    /// Clients of the last export to whom a letter could be written.
    clients: usize,
    /// Those of them whose letter does not fit.
    would_not_fit: usize,
    /// The first few of those.
    #[schema(schema_with = words::client_numbers)]
    examples: Vec<ClientId>,
}

/// One thing to mend before a letter can be printed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LetterFault {
    /// What of the editor it is about.
    #[schema(value_type = String)]
    field: LetterField,
    /// In the text, from 1.
    line: Option<usize>,
    /// Characters from 1.
    column: Option<usize>,
    problem: String,
    hint: Option<String>,
    /// The same in Dutch.
    sentence: String,
}

impl From<SavedDraft> for LetterDraft {
    fn from(draft: SavedDraft) -> Self {
        Self {
            number: draft.number,
            revision: draft.revision,
            faults: draft.faults.into_iter().map(LetterFault::from).collect(),
            lines_too_many: draft.lines_too_many,
        }
    }
}

impl From<Published> for LetterPublished {
    fn from(published: Published) -> Self {
        Self {
            number: published.number,
            clients: published.clients,
            would_not_fit: published.would_not_fit,
            examples: published.examples,
        }
    }
}

impl From<Fault> for LetterFault {
    fn from(fault: Fault) -> Self {
        Self {
            field: fault.field,
            line: fault.line,
            column: fault.column,
            problem: fault.problem,
            hint: fault.hint,
            sentence: fault.sentence,
        }
    }
}
