//! What is wrong with a letter that somebody writes: each fault with its place, in English for scripts and in Dutch for the
//! page.

use super::Failure;
use crate::{
    domain::{
        letter_fault::{LetterField, LogoProblem, Printed, TextProblem, Tight, ValueProblem},
        organisation::Organisation,
    },
    letters::{EditionError, Template, TextError, named_characters},
    wording::{dutch_letter, english::count},
};

/// One thing to mend before the letter can be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterFault {
    /// What of the editor it is about.
    pub field: LetterField,
    /// In the text, from 1.
    pub line: Option<usize>,
    /// Characters from 1.
    pub column: Option<usize>,
    /// Without a full stop, in English.
    pub problem: String,
    pub hint: Option<String>,
    /// What is wrong and what to do about it, in Dutch, one or two whole sentences.
    pub sentence: String,
}

impl LetterFault {
    fn new(field: LetterField, problem: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self {
            field,
            line: None,
            column: None,
            problem: problem.into(),
            hint: None,
            sentence: sentence.into(),
        }
    }

    /// A value that was typed and cannot be.
    pub(super) fn of_value(field: LetterField, problem: ValueProblem) -> Self {
        let in_english = match problem {
            ValueProblem::ForbiddenCharacter => "it has a character that cannot be seen",
            ValueProblem::TooLong => "it is longer than 200 characters",
            ValueProblem::Days => "it is no whole number from 1 to 365",
            ValueProblem::NoLogo => "the letter is to have a logo, and there is none",
        };
        Self::new(field, in_english, dutch_letter::bad_value(field, problem))
    }

    pub(super) fn of_template(name: &str) -> Self {
        let problem = format!("there is no letter template '{name}'");
        Self::new(
            LetterField::Template,
            problem,
            dutch_letter::unknown_template(name),
        )
    }

    pub(super) fn of_logo(problem: LogoProblem) -> Self {
        let in_english = match problem {
            LogoProblem::UnknownFormat => "a logo is a file that ends in .svg, .png, .jpg or .pdf",
            LogoProblem::NotThisFormat => "what is in the file is not what its name says",
            LogoProblem::TooManyBytes => "the logo file is larger than 8 MB",
            LogoProblem::Unknown => "there is no such logo",
            _ => "the logo cannot be set on a letter",
        };
        Self::new(
            LetterField::Logo,
            in_english,
            dutch_letter::logo_problem(problem),
        )
    }

    /// Something that is wrong with all of a text.
    pub(super) fn of_whole_text(problem: &TextProblem) -> Self {
        let in_english = match problem {
            TextProblem::TooManyCharacters(most) => {
                format!("the text is longer than {most} characters")
            }
            _ => "the text cannot be read".to_owned(),
        };
        Self::new(
            LetterField::Text,
            in_english,
            dutch_letter::text_problem(problem),
        )
    }

    /// A text that is too long for everybody.
    pub(super) fn of_length(lines: u32) -> Self {
        let in_english = format!(
            "the text is {} too long for one A4",
            count(lines as usize, "line", "lines")
        );
        Self::new(LetterField::Text, in_english, dutch_letter::too_long(lines))
    }

    fn of_text(error: &TextError) -> Self {
        Self {
            line: Some(error.line),
            column: Some(error.column),
            hint: Some(error.hint.clone()),
            ..Self::new(
                LetterField::Text,
                error.problem.clone(),
                dutch_letter::text_problem(&error.kind),
            )
        }
    }
}

/// Why no letter can be made for `organisation`: all faults of its text, or else the first of what is wrong.
///
/// # Errors
/// What is not the writer's to mend.
pub(super) fn faults_of(
    error: EditionError,
    organisation: &Organisation,
) -> Result<Vec<LetterFault>, Failure> {
    if let EditionError::Text { error, .. } = &error {
        return Ok(faults_of_text(error, organisation));
    }
    let (field, place, sentence) = match &error {
        EditionError::Press(_) => return Err(error.into()),
        EditionError::UnknownTemplate { name, .. } => (
            LetterField::Template,
            None,
            dutch_letter::unknown_template(name),
        ),
        EditionError::MissingValue {
            placeholder, key, ..
        } => {
            let field = field_of(key);
            (field, None, dutch_letter::missing_value(placeholder, field))
        }
        EditionError::MissingGlyph {
            whose,
            place,
            characters,
            ..
        } => {
            let field = match whose {
                Printed::Sender => LetterField::Sender,
                Printed::Text => LetterField::Text,
                Printed::PortalUrl => LetterField::PortalUrl,
            };
            let signs = named_characters(characters);
            (
                field,
                *place,
                dutch_letter::missing_characters(*whose, &signs),
            )
        }
        EditionError::Logo { kind, .. } => (
            LetterField::Logo,
            None,
            dutch_letter::logo_problem(*kind).to_owned(),
        ),
        EditionError::DoesNotFit { kind, .. } => {
            let field = match kind {
                Tight::Sender | Tight::ReturnLine => LetterField::Sender,
                Tight::Word => LetterField::Text,
                Tight::QrCode => LetterField::PortalUrl,
            };
            (field, None, dutch_letter::tight(*kind).to_owned())
        }
        EditionError::Text { .. } | EditionError::Template { .. } | EditionError::Layout { .. } => {
            (
                LetterField::Template,
                None,
                dutch_letter::LAYOUT_FAILS.to_owned(),
            )
        }
    };
    Ok(vec![LetterFault {
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        hint: error.hint(),
        ..LetterFault::new(field, error.located().problem, sentence)
    }])
}

/// The first is always told; the others when they can be found.
fn faults_of_text(first: &TextError, organisation: &Organisation) -> Vec<LetterFault> {
    let letter = &organisation.letter;
    let all = match (Template::of(letter), &letter.text) {
        (Ok(template), Some(text)) => template.faults_of_text(&text.content),
        (Ok(template), None) => template.faults_of_text(template.standard_text()),
        (Err(_), _) => Vec::new(),
    };
    match all.is_empty() {
        true => vec![LetterFault::of_text(first)],
        false => all.iter().map(LetterFault::of_text).collect(),
    }
}

fn field_of(key: &str) -> LetterField {
    match key {
        "telephone" => LetterField::Telephone,
        "email" => LetterField::Email,
        "website" => LetterField::Website,
        "portal_url" => LetterField::PortalUrl,
        _ => LetterField::Sender,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_that_is_there_is_not_said_to_be_missing() {
        let problem = |problem| LetterFault::of_logo(problem).problem;
        assert_eq!(problem(LogoProblem::Unknown), "there is no such logo");
        let set = "the logo cannot be set on a letter";
        assert_eq!(problem(LogoProblem::CannotBeSet), set);
    }
}
