//! What can go wrong in the workshop. [`EditionError`] is the provider's to mend; [`PressError`] is ours, except that
//! [`PressError::Interrupted`] was asked for. No message holds a name, an address or a code of a client.

use std::{fmt, io};

use thiserror::Error;
use unicode_normalization::char::is_combining_mark;

use super::{refusal::TextError, typesetter::Complaint, typography};
use crate::domain::letter_fault::{LogoProblem, Printed, Tight};

/// Why the letters of a team cannot be made at all: the template, the text, a setting or the logo.
#[derive(Debug, Error)]
pub enum EditionError {
    #[error("there is no letter template '{name}'")]
    UnknownTemplate { name: String, known: Vec<String> },

    #[error("letter template '{name}', {fault}")]
    Template { name: String, fault: TemplateFault },

    #[error("{file}, {error}")]
    Text { file: String, error: Box<TextError> },

    #[error("{file} uses [{placeholder}], but organisation.toml has no `{key}`")]
    MissingValue {
        file: String,
        placeholder: &'static str,
        key: &'static str,
    },

    #[error("{file}: the font has no {characters} for {what}", characters = named_characters(.characters))]
    MissingGlyph {
        file: String,
        /// Of the first of them, line and column, both from 1.
        place: Option<(usize, usize)>,
        whose: Printed,
        what: &'static str,
        characters: Vec<char>,
    },

    #[error("the logo {problem}")]
    Logo {
        kind: LogoProblem,
        problem: String,
        hint: String,
    },

    /// Something that all letters share is too large for its place.
    #[error("{file}: {what} does not fit on the letter")]
    DoesNotFit {
        file: String,
        kind: Tight,
        what: &'static str,
        hint: &'static str,
    },

    /// The layout itself is at fault.
    #[error("letter template '{template}', {complaint}")]
    Layout {
        template: String,
        complaint: Complaint,
    },

    /// Not the provider's to mend.
    #[error(transparent)]
    Press(#[from] PressError),
}

/// What is wrong with a file of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    pub file: String,
    /// Line and column, both from 1.
    pub place: Option<(usize, usize)>,
    pub problem: String,
    pub hint: String,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, problem, .. } = self;
        match self.place {
            Some((line, column)) => write!(f, "{file}, line {line}, column {column}: {problem}"),
            None => write!(f, "{file}: {problem}"),
        }
    }
}

/// Where something has to be changed, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    /// A file of the template, or of the organisation.
    pub file: String,
    /// Line and column, both from 1.
    pub place: Option<(usize, usize)>,
    pub problem: String,
}

/// Where an organisation says everything but its text.
pub(super) const ORGANISATION: &str = "organisation.toml";

impl EditionError {
    /// The same as the sentence, in parts.
    pub fn located(&self) -> Located {
        let (file, place, problem) = match self {
            Self::Template { fault, .. } => (&*fault.file, fault.place, fault.problem.clone()),
            Self::Text { file, error } => (
                &**file,
                Some((error.line, error.column)),
                error.problem.clone(),
            ),
            Self::Layout { complaint, .. } => {
                ("layout.typ", complaint.place, complaint.problem.clone())
            }
            Self::MissingValue {
                file, placeholder, ..
            } => (
                &**file,
                None,
                format!("[{placeholder}] has no value in {ORGANISATION}"),
            ),
            Self::MissingGlyph {
                file,
                place,
                what,
                characters,
                ..
            } => (
                &**file,
                *place,
                format!(
                    "the font has no {} for {what}",
                    named_characters(characters)
                ),
            ),
            Self::DoesNotFit { file, what, .. } => {
                (&**file, None, format!("{what} does not fit on the letter"))
            }
            other => (ORGANISATION, None, other.to_string()),
        };
        Located {
            file: file.to_owned(),
            place,
            problem,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTemplate { known, .. } => {
                Some(format!("the letter templates are: {}", known.join(", ")))
            }
            Self::Text { error, .. } => Some(error.hint.clone()),
            Self::MissingValue {
                placeholder, key, ..
            } => Some(format!(
                "add `{key}` to organisation.toml, or take [{placeholder}] out of the text"
            )),
            Self::MissingGlyph { characters, .. } => {
                let unseen = characters.iter().any(|c| typography::is_instruction(*c));
                Some(match unseen {
                    true => {
                        "type it again: there is something in it that cannot be seen".to_owned()
                    }
                    false => "write it in Latin, Greek or Cyrillic letters".to_owned(),
                })
            }
            Self::Logo { hint, .. } => Some(hint.clone()),
            Self::DoesNotFit { hint, .. } => Some((*hint).to_owned()),
            Self::Template { fault, .. } => Some(fault.hint.clone()),
            Self::Layout { complaint, .. } => complaint.hint.clone(),
            Self::Press(_) => None,
        }
    }
}

/// Why a press stopped.
#[derive(Debug, Error)]
pub enum PressError {
    /// `keep_going` answered no.
    #[error("typesetting was interrupted")]
    Interrupted,

    /// The layout cannot set some letters, counted from 1, and they are too many to be left out one by one.
    #[error("letter template '{template}' cannot set letters {first} to {last}: {problem}")]
    Layout {
        template: String,
        first: usize,
        last: usize,
        problem: String,
    },

    #[error("the letters cannot be kept on disk: {0}")]
    Spool(#[source] io::Error),

    #[error("a press process cannot be started: {0}")]
    Start(String),

    /// The program that was started as a press is not one, or is of another version.
    #[error("a press process gave an answer to another question")]
    Confused,

    #[error("the press has stopped")]
    Stopped,
}

/// `'王' (U+738B), U+202E`: a sign that cannot be seen, or that sits on the one before it, is not shown.
pub fn named_characters(characters: &[char]) -> String {
    let named: Vec<String> = characters
        .iter()
        .map(
            |c| match typography::is_instruction(*c) || is_combining_mark(*c) {
                true => format!("U+{:04X}", u32::from(*c)),
                false => format!("'{c}' (U+{:04X})", u32::from(*c)),
            },
        )
        .collect();
    named.join(", ")
}
