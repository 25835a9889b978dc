//! What can go wrong in the workshop. [`EditionError`] is the provider's to mend; [`PressError`] is ours, except that
//! [`PressError::Interrupted`] was asked for. No message holds a name, an address or a code of a client.

use std::io;

use thiserror::Error;

use super::refusal::TextError;

/// Why the letters of a team cannot be made at all: the template, the text, a setting or the logo.
#[derive(Debug, Error)]
pub enum EditionError {
    #[error("there is no letter template '{name}'")]
    UnknownTemplate { name: String, known: Vec<String> },

    #[error("letter template '{name}': {problem}")]
    Template { name: String, problem: String },

    #[error("letter text, {0}")]
    Text(TextError),

    #[error("the letter text uses [{placeholder}], but organisation.toml has no `{key}`")]
    MissingValue {
        placeholder: &'static str,
        key: &'static str,
    },

    #[error("the font has no {characters} for {place}", characters = list(.characters))]
    MissingGlyph {
        place: &'static str,
        characters: Vec<char>,
    },

    #[error("the logo {problem}")]
    Logo { problem: String, hint: String },

    /// Something that all letters share is too large for its place.
    #[error("{what} does not fit on the letter")]
    DoesNotFit {
        what: &'static str,
        hint: &'static str,
    },

    /// The layout itself is at fault.
    #[error("letter template '{template}' cannot be typeset: {problem}")]
    Layout { template: String, problem: String },
}

impl EditionError {
    pub(super) fn unreadable_logo() -> Self {
        Self::Logo {
            problem: "cannot be set on a letter".to_owned(),
            hint: "save it as plain SVG, or as PNG in RGB colours".to_owned(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTemplate { known, .. } => {
                Some(format!("the letter templates are: {}", known.join(", ")))
            }
            Self::Text(error) => Some(error.hint.clone()),
            Self::MissingValue { placeholder, key } => Some(format!(
                "add `{key}` to organisation.toml, or take [{placeholder}] out of the text"
            )),
            Self::MissingGlyph { .. } => {
                Some("write it in Latin, Greek or Cyrillic letters".to_owned())
            }
            Self::Logo { hint, .. } => Some(hint.clone()),
            Self::DoesNotFit { hint, .. } => Some((*hint).to_owned()),
            Self::Template { .. } | Self::Layout { .. } => None,
        }
    }
}

/// Why a press stopped.
#[derive(Debug, Error)]
pub enum PressError {
    /// `keep_going` answered no.
    #[error("typesetting was interrupted")]
    Interrupted,

    /// A part of the typesetter panicked while it set the letters from `first` to `last` (counted from 1).
    #[error("the typesetter broke down on letters {first} to {last}")]
    Panicked { first: usize, last: usize },

    /// The typesetter refused, or the layout breaks a rule that no letter may break.
    #[error("letters {first} to {last} cannot be typeset: {problem}")]
    Layout {
        first: usize,
        last: usize,
        problem: String,
    },

    #[error("the letters cannot be kept on disk: {0}")]
    Spool(#[source] io::Error),

    #[error("a press thread cannot be started: {0}")]
    Start(String),

    #[error("the press has stopped")]
    Stopped,
}

/// `'王' (U+738B) and '☃' (U+2603)`
fn list(characters: &[char]) -> String {
    let named: Vec<String> = characters
        .iter()
        .map(|c| match c.is_control() {
            true => format!("U+{:04X}", u32::from(*c)),
            false => format!("'{c}' (U+{:04X})", u32::from(*c)),
        })
        .collect();
    named.join(", ")
}
