//! The provider's text: paragraphs, `- ` lists and `**bold**`, with placeholders in square brackets.
//!
//! It is parsed as CommonMark, and what CommonMark knows beyond that is refused with line, column and a hint, so that
//! nobody finds a stray `#` or a lost link in a printed letter. Square brackets are taken out of the parser's sight
//! beforehand: a placeholder is never half a link. Values come in after parsing, as data; nothing is expanded twice.

pub(super) mod faults;
mod reader;

use self::reader::read_blocks;
use super::{
    placeholder::Placeholder,
    refusal::{Refusals, TextError},
    typography,
};
use crate::domain::letter_fault::TextProblem;

/// Far above what one A4 holds; it bounds the work that a text can cause.
pub const MOST_CHARACTERS: usize = 20_000;

/// A text that was read and may be printed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LetterText {
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Paragraph(Vec<Span>),
    List(Vec<Vec<Span>>),
}

/// A stretch of a paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Span {
    Text {
        text: String,
        bold: bool,
    },
    Value {
        placeholder: Placeholder,
        bold: bool,
    },
    LineBreak,
}

impl Block {
    fn spans(&self) -> impl Iterator<Item = &Span> {
        self.paragraphs().iter().flatten()
    }

    /// The spans of a paragraph, or of each item.
    fn paragraphs(&self) -> &[Vec<Span>] {
        match self {
            Self::Paragraph(spans) => std::slice::from_ref(spans),
            Self::List(items) => items,
        }
    }
}

impl Span {
    /// Whether it leaves no ink.
    fn is_blank(&self) -> bool {
        match self {
            Self::Text { text, .. } => text.trim().is_empty(),
            Self::Value { .. } => false,
            Self::LineBreak => true,
        }
    }
}

/// Reads a text in which the placeholders in `accepted` may be used.
///
/// # Errors
/// The first thing that is wrong with it, in the order of the text.
pub(super) fn parse(source: &str, accepted: &[Placeholder]) -> Result<LetterText, TextError> {
    let source = source
        .strip_prefix('\u{feff}')
        .unwrap_or(source)
        .replace("\r\n", "\n");
    let refusals = Refusals { source: &source };
    check_characters(refusals)?;
    let mut blocks = read_blocks(refusals, accepted)?;
    set_typography(&mut blocks);
    if blocks.iter().flat_map(Block::spans).all(Span::is_blank) {
        return Err(refusals.error(
            0,
            TextProblem::Empty,
            "the text is empty",
            "write the letter, or leave out `text` to use the template's standard text",
        ));
    }
    Ok(LetterText { blocks })
}

fn check_characters(refusals: Refusals<'_>) -> Result<(), TextError> {
    let source = refusals.source;
    if let Some((at, _)) = source.char_indices().nth(MOST_CHARACTERS) {
        return Err(refusals.error(
            at,
            TextProblem::TooManyCharacters(MOST_CHARACTERS),
            &format!("the text is longer than {MOST_CHARACTERS} characters"),
            "a letter is one A4: shorten the text",
        ));
    }
    match source
        .char_indices()
        .find(|(_, c)| typography::is_instruction(*c) && !matches!(c, '\n' | '\t'))
    {
        Some((at, c)) => Err(refusals.error(
            at,
            TextProblem::InvisibleCharacter(c),
            &format!(
                "there is an invisible character in the text that is no part of it (U+{:04X})",
                u32::from(c)
            ),
            "remove it: type the words around it again, or save the text as plain UTF-8 text",
        )),
        None => Ok(()),
    }
}

/// Quotes depend on what stands before them, which may be in the span before.
fn set_typography(blocks: &mut [Block]) {
    let paragraphs = blocks.iter_mut().flat_map(|block| match block {
        Block::Paragraph(spans) => std::slice::from_mut(spans).iter_mut(),
        Block::List(items) => items.iter_mut(),
    });
    for spans in paragraphs {
        let mut before = None;
        for span in spans {
            before = match span {
                Span::Text { text, .. } => {
                    let composed = typography::composed(text);
                    *text = typography::quotes(&composed, before);
                    composed.chars().last().or(before)
                }
                Span::Value { .. } => Some('x'),
                Span::LineBreak => None,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<LetterText, TextError> {
        parse(source, &Placeholder::ALL)
    }

    fn text(text: &str) -> Span {
        Span::Text {
            text: text.into(),
            bold: false,
        }
    }

    fn bold(text: &str) -> Span {
        Span::Text {
            text: text.into(),
            bold: true,
        }
    }

    fn value(placeholder: Placeholder) -> Span {
        Span::Value {
            placeholder,
            bold: false,
        }
    }

    #[test]
    fn paragraphs_lists_bold_and_placeholders_are_read() {
        let read = read("[salutation],\n\nEen **vette [Client_Name]** regel\nloopt door.\n\n- een\n- twee **drie**\n\nEinde").unwrap();
        assert_eq!(
            read.blocks,
            [
                Block::Paragraph(vec![value(Placeholder::Salutation), text(",")]),
                Block::Paragraph(vec![
                    text("Een "),
                    bold("vette "),
                    Span::Value {
                        placeholder: Placeholder::ClientName,
                        bold: true
                    },
                    text(" regel loopt door."),
                ]),
                Block::List(vec![vec![text("een")], vec![text("twee "), bold("drie")]]),
                Block::Paragraph(vec![text("Einde")]),
            ]
        );
    }

    #[test]
    fn a_loose_list_is_the_same_list_and_a_line_break_is_kept() {
        let loose = read("- een\n\n- twee").unwrap();
        assert_eq!(
            loose.blocks,
            [Block::List(vec![vec![text("een")], vec![text("twee")]])]
        );
        let broken = read("Groet,\\\nJan").unwrap();
        assert_eq!(
            broken.blocks,
            [Block::Paragraph(vec![
                text("Groet,"),
                Span::LineBreak,
                text("Jan")
            ])]
        );
    }

    #[test]
    fn signs_that_mean_nothing_are_printed_as_they_stand() {
        for plain in [
            "3 * 4 # 5 $x$ @y ~z~ &amp; a_b_c",
            "1 < 2 && a > b",
            "#set page(height: 1pt)",
            "€ 5,-",
            "2026",
        ] {
            let read = read(plain).unwrap();
            assert_eq!(read.blocks, [Block::Paragraph(vec![text(plain)])]);
        }
        let escaped = read(r"\*niet\* \[TELEPHONE\] \[\[ \] \# \<b> \*\*").unwrap();
        assert_eq!(
            escaped.blocks,
            [Block::Paragraph(vec![text(
                "*niet* [TELEPHONE] [[ ] # <b> **"
            )])]
        );
        let spaced = read("een\ttwee").unwrap();
        assert_eq!(spaced.blocks, [Block::Paragraph(vec![text("een twee")])]);
    }

    #[test]
    fn quotes_are_set_across_spans() {
        let read = read("\"**Ja**\" \"[TEAM_NAME]\" zo'n").unwrap();
        assert_eq!(
            read.blocks,
            [Block::Paragraph(vec![
                text("“"),
                bold("Ja"),
                text("” “"),
                value(Placeholder::TeamName),
                text("” zo’n")
            ])]
        );
    }

    #[test]
    fn other_markup_is_refused_with_its_place() {
        let cases = [
            ("Hallo\n\n# Kop", 3, 1, "a heading"),
            ("Kop\n===", 1, 1, "a heading"),
            ("a *b* c", 1, 3, "italic"),
            ("a _b_ c", 1, 3, "italic"),
            ("a `b`", 1, 3, "code"),
            ("tekst\n\n    vier", 3, 5, "a code block"),
            ("```\nx\n```", 1, 1, "a code block"),
            ("zie [de site](http://x.nl)", 1, 5, "a link"),
            ("zie <http://x.nl>", 1, 5, "a link"),
            ("hallo\n\n[TELEPHONE] x [a]: b", 3, 15, "placeholder"),
            ("![x](y)", 1, 1, "a picture"),
            ("a <b>b</b>", 1, 3, "HTML"),
            ("<div>\nx\n</div>", 1, 1, "HTML"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", 1, 1, "a table"),
            ("> citaat", 1, 1, "a quotation"),
            ("1. een\n2. twee", 1, 1, "a numbered list"),
            ("* een", 1, 1, "a list item"),
            ("- een\n  - twee", 2, 3, "a list in a list"),
            ("- een\n\n  twee", 3, 3, "a second paragraph"),
            ("een\n\n---\n\ntwee", 3, 1, "a dividing line"),
            ("__vet__", 1, 1, "`__bold__`"),
            ("[CLIENT **NAME** X]", 1, 1, "broken up"),
            ("  \n\n ", 1, 1, "empty"),
            ("a\u{7}b", 1, 2, "U+0007"),
            ("a\u{202e}b", 1, 2, "U+202E"),
            ("a\n\u{2028}b", 2, 1, "U+2028"),
            ("\u{200b}\u{a0}\n\n-\n-", 1, 1, "empty"),
            ("een **vet woord\n\nen meer", 1, 5, "**"),
            ("een ** vet ** woord", 1, 5, "**"),
            ("een **vet** woord**", 1, 18, "**"),
            ("uw code:\n[CODE is 10 cijfers", 2, 1, "[ is not closed"),
            ("[CODE\n]", 1, 1, "[ is not closed"),
            ("[[CODE]]", 1, 1, "[ is not closed"),
            ("[CODE\\]", 1, 1, "[ is not closed"),
            ("CODE] en [X]", 1, 5, "] closes nothing"),
            ("[X] en CODE]", 1, 1, "placeholder [X]"),
            ("tekst\n\n\tvier", 3, 2, "a tab or four spaces"),
        ];
        for (source, line, column, what) in cases {
            let error = read(source).expect_err(source);
            assert_eq!(
                (error.line, error.column),
                (line, column),
                "{source:?}: {error}"
            );
            assert!(error.problem.contains(what), "{source:?}: {error}");
            assert!(!error.hint.is_empty());
        }
    }

    #[test]
    fn a_placeholder_is_never_swallowed_as_a_link() {
        let read = read("[TELEPHONE]: 0123\n\n[CODE]\n[EMAIL]").unwrap();
        assert_eq!(
            read.blocks,
            [
                Block::Paragraph(vec![value(Placeholder::Telephone), text(": 0123")]),
                Block::Paragraph(vec![
                    value(Placeholder::Code),
                    text(" "),
                    value(Placeholder::Email)
                ]),
            ]
        );
    }

    #[test]
    fn an_unknown_placeholder_gets_its_nearest_name() {
        let error = read("Hallo\nbel é [TELEFONE]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 2, column 7: there is no placeholder [TELEFONE]"
        );
        assert_eq!(error.hint, "did you mean [TELEPHONE]?");
        let unlike = read("[xyzzy]").unwrap_err();
        assert!(
            unlike.hint.contains("[PORTAL_URL]") && unlike.hint.contains("\\["),
            "{}",
            unlike.hint
        );
        let not_taken = parse("[CODE]", &[Placeholder::Telephone]).unwrap_err();
        assert!(not_taken.problem.contains("[CODE]"));
    }

    #[test]
    fn a_text_that_never_fits_is_refused() {
        let error = read(&"a".repeat(MOST_CHARACTERS + 1)).unwrap_err();
        assert!(error.problem.contains("longer than"), "{error}");
    }
}
