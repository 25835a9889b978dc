//! What a provider reads when the text has something that a letter cannot have.

use pulldown_cmark::{CodeBlockKind, Tag};
use thiserror::Error;

use super::placeholder::Placeholder;
use crate::domain::letter_fault::TextProblem;

/// Characters of a text that an error repeats.
const MOST_REPEATED: usize = 40;

/// What is wrong with a text and where: line and column count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct TextError {
    pub line: usize,
    pub column: usize,
    /// The same as the problem, for who says it in another language.
    pub kind: TextProblem,
    pub problem: String,
    /// What to do about it.
    pub hint: String,
}

/// Line and column of a byte of `source`, both counted from 1, columns in characters.
pub(super) fn place(source: &str, at: usize) -> (usize, usize) {
    let before = source.get(..at).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// Makes errors for a place in a text, which is counted in bytes from its start.
#[derive(Clone, Copy)]
pub(super) struct Refusals<'a> {
    pub(super) source: &'a str,
}

impl Refusals<'_> {
    pub(super) fn error(
        self,
        at: usize,
        kind: TextProblem,
        problem: &str,
        hint: &str,
    ) -> TextError {
        let (line, column) = place(self.source, at);
        TextError {
            line,
            column,
            kind,
            problem: problem.to_owned(),
            hint: hint.to_owned(),
        }
    }

    pub(super) fn refuse(self, at: usize, kind: TextProblem, what: &str, hint: &str) -> TextError {
        let problem = format!("{what} is not possible in a letter");
        self.error(at, kind, &problem, hint)
    }

    /// What CommonMark knows and a letter does not.
    pub(super) fn tag(self, tag: &Tag<'_>, at: usize) -> TextError {
        match tag {
            Tag::Heading { .. } => self.refuse(
                at,
                TextProblem::Heading,
                "a heading",
                "remove the # or the line of = or - under it; use **bold** for emphasis",
            ),
            Tag::Emphasis => self.refuse(
                at,
                TextProblem::Italic,
                "italic",
                "use **bold**, or write \\* or \\_ to print the sign itself",
            ),
            Tag::CodeBlock(CodeBlockKind::Indented) => self.refuse(
                at,
                TextProblem::IndentedCode,
                "a code block (a line that starts with a tab or four spaces)",
                "remove the white space at the start of the line",
            ),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.refuse(
                at,
                TextProblem::FencedCode,
                "a code block",
                "remove the line of ``` or ~~~ before and after it",
            ),
            Tag::BlockQuote(_) => self.refuse(
                at,
                TextProblem::Quotation,
                "a quotation with >",
                "remove the >, or write \\> to print it",
            ),
            Tag::HtmlBlock => self.html(at),
            Tag::Link { .. } => self.link(at),
            Tag::Image { .. } => self.picture(at),
            Tag::Table(_) => self.refuse(
                at,
                TextProblem::Table,
                "a table",
                "write it as paragraphs or a list with `- `",
            ),
            Tag::FootnoteDefinition(_) => self.refuse(
                at,
                TextProblem::Footnote,
                "a footnote",
                "put it in the text itself",
            ),
            _ => self.refuse(
                at,
                TextProblem::Markup,
                "markup of this kind",
                "use paragraphs, lists with `- ` and **bold**",
            ),
        }
    }

    pub(super) fn picture(self, at: usize) -> TextError {
        self.refuse(
            at,
            TextProblem::Picture,
            "a picture",
            "remove it; a logo is set with `logo` in organisation.toml",
        )
    }

    pub(super) fn html(self, at: usize) -> TextError {
        self.refuse(
            at,
            TextProblem::Html,
            "HTML",
            "remove the tag, or write \\< to print the sign",
        )
    }

    pub(super) fn link(self, at: usize) -> TextError {
        self.refuse(
            at,
            TextProblem::Link,
            "a link",
            "write the address out, such as [PORTAL_URL] or www.caren.nl",
        )
    }

    pub(super) fn unknown_placeholder(
        self,
        at: usize,
        typed: &str,
        accepted: &[Placeholder],
    ) -> TextError {
        if let Some(known) = Placeholder::parse(typed) {
            return self.error(
                at,
                TextProblem::PlaceholderNotTaken(known.name()),
                &format!("this template does not take [{}]", known.name()),
                "leave it out, or add it to placeholders in template.toml",
            );
        }
        let nearest = Placeholder::nearest(typed, accepted);
        let hint = match nearest {
            Some(near) => format!("did you mean [{}]?", near.name()),
            None => {
                let names: Vec<String> = accepted
                    .iter()
                    .map(|known| format!("[{}]", known.name()))
                    .collect();
                format!(
                    "there are {}; write \\[ to print a square bracket",
                    names.join(" ")
                )
            }
        };
        let typed = match typed.char_indices().nth(MOST_REPEATED) {
            Some((end, _)) => format!("{}…", &typed[..end]),
            None => typed.to_owned(),
        };
        let problem = format!("there is no placeholder [{typed}]");
        let kind = TextProblem::UnknownPlaceholder {
            nearest: nearest.map(Placeholder::name),
            typed,
        };
        self.error(at, kind, &problem, &hint)
    }

    /// A `[` or `]` that no other goes with.
    pub(super) fn loose_bracket(self, at: usize, bracket: char) -> TextError {
        match bracket {
            '[' => self.error(
                at,
                TextProblem::LooseBracket('['),
                "the [ is not closed",
                "close it with ] on the same line, as [CODE], or write \\[ to print it",
            ),
            _ => self.error(
                at,
                TextProblem::LooseBracket(']'),
                "the ] closes nothing",
                "open it with [ on the same line, as [CODE], or write \\] to print it",
            ),
        }
    }

    /// A `**` that no other goes with.
    pub(super) fn loose_stars(self, at: usize) -> TextError {
        self.error(
            at,
            TextProblem::LooseStars, "there is a ** that no other ** in the paragraph goes with",
            "put ** close before the first and close after the last bold word, or write \\*\\* to print it",
        )
    }

    pub(super) fn broken_placeholder(self, at: usize) -> TextError {
        self.error(
            at,
            TextProblem::BrokenPlaceholder,
            "a placeholder is broken up by other markup",
            "write it in one piece, as **[CLIENT_NAME]**",
        )
    }
}
