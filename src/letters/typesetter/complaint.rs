//! What typst says is wrong, and where in the layout, in our words.

use serde::{Deserialize, Serialize};
use std::fmt;
use typst::{
    WorldExt,
    diag::SourceDiagnostic,
    syntax::{DiagSpan, Source},
};

use super::{fault::Breach, world::LetterWorld};
use crate::letters::fonts;

/// Why a layout cannot be used. What typst says may repeat the data it was given, so this is shown only of letters to
/// invented clients; of a real one only [`Complaint::place`] is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// Line and column in `layout.typ`, both from 1.
    pub place: Option<(usize, usize)>,
    pub problem: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Complaint {
    pub(in crate::letters) fn new(problem: &str, hint: &str) -> Self {
        Self {
            place: None,
            problem: problem.to_owned(),
            hint: Some(hint.to_owned()),
        }
    }

    pub(in crate::letters) fn of_breach(breach: Breach) -> Self {
        Self::new(breach.sentence(), breach.hint())
    }

    /// The first of `errors`; typst always gives one.
    pub(super) fn of_typst(
        errors: &[SourceDiagnostic],
        world: &LetterWorld,
        layout: &Source,
    ) -> Self {
        let Some(error) = errors.first() else {
            return Self {
                place: None,
                problem: "the typesetter refused".to_owned(),
                hint: None,
            };
        };
        // Where it happened may be inside typst itself; then the call that led there is the place to look.
        // The same when it was in the library that the layout imports.
        let in_layout = |span: DiagSpan| {
            (span.id() == Some(layout.id()))
                .then(|| world.range(span))
                .flatten()
        };
        let calls = error.trace.iter().map(|call| in_layout(call.span.into()));
        let place = std::iter::once(in_layout(error.span))
            .chain(calls)
            .flatten()
            .next()
            .map(|range| place_of(layout, range.start));
        Self {
            place,
            problem: one_line(&error.message),
            hint: Some(match error.hints.first() {
                Some(hint) => one_line(&hint.v),
                None => {
                    "mend it there; docs/letter-templates.md tells what a layout gets and may use"
                        .to_owned()
                }
            }),
        }
    }

    /// Where, and nothing that was in the data.
    pub(in crate::letters) fn without_data(&self) -> String {
        match self.place {
            Some((line, _)) => format!("layout.typ fails in line {line}"),
            None => "layout.typ fails".to_owned(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(
                f,
                "layout.typ, line {line}, column {column}: {}",
                self.problem
            ),
            None => write!(f, "layout.typ: {}", self.problem),
        }
    }
}

fn place_of(source: &Source, byte: usize) -> (usize, usize) {
    let lines = source.lines();
    let line = lines.byte_to_line(byte).unwrap_or_default();
    let column = lines.byte_to_column(byte).unwrap_or_default();
    (line + 1, column + 1)
}

/// What a layout may make typst say: on one line, without signs that a terminal obeys, and not endless.
fn one_line(text: &str) -> String {
    const MOST: usize = 200;
    if text.contains("report this as a bug") {
        return "the PDF cannot be made of it".to_owned();
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line: String = words
        .chars()
        .filter(|c| fonts::has(*c) || *c == ' ')
        .take(MOST)
        .collect();
    if line.chars().count() == MOST {
        line.push('…');
    }
    line
}
