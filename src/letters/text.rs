//! The provider's text: paragraphs, `- ` lists and `**bold**`, with placeholders in square brackets.
//!
//! It is parsed as CommonMark, and what CommonMark knows beyond that is refused with line, column and a hint, so that
//! nobody finds a stray `#` or a lost link in a printed letter. Square brackets are taken out of the parser's sight
//! beforehand: a placeholder is never half a link. Values come in after parsing, as data; nothing is expanded twice.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{
    placeholder::Placeholder,
    refusal::{Refusals, TextError},
    typography,
};
use crate::domain::letter_fault::TextProblem;

/// Far above what one A4 holds; it bounds the work that a text can cause.
pub const MOST_CHARACTERS: usize = 20_000;

/// Stand in for the brackets of a placeholder while the parser looks: one byte each, so positions stay, and
/// refused in the source, so they can't be there already.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

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
    let (masked, loose_bracket) = mask_placeholders(&source);
    let parser = Parser::new_ext(&masked, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
    let mut reader = Reader {
        refusals,
        masked: &masked,
        loose_bracket,
        accepted,
        blocks: Vec::new(),
        items: None,
        spans: None,
        run: Vec::new(),
        bold: 0,
    };
    let mut events = parser.into_offset_iter();
    let definition = events
        .reference_definitions()
        .iter()
        .map(|(_, def)| def.span.start)
        .min();
    for (event, range) in events.by_ref() {
        // A definition leaves no event of its own; it is met in the order of the text.
        if let Some(at) = definition.filter(|at| *at < range.start) {
            return Err(refusals.link(at));
        }
        reader.take(event, range.start, range.end)?;
    }
    if let Some(at) = definition {
        return Err(refusals.link(at));
    }
    let mut blocks = reader.blocks;
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

/// Faults that are told at once; whoever mends so many looks again anyway.
const MOST_FAULTS: usize = 10;

/// Everything that is wrong with a text, in its order: each fault is covered up, and what is left read again.
pub(super) fn faults(source: &str, accepted: &[Placeholder]) -> Vec<TextError> {
    let mut source = source
        .strip_prefix('\u{feff}')
        .unwrap_or(source)
        .replace("\r\n", "\n");
    let mut faults: Vec<TextError> = Vec::new();
    while faults.len() < MOST_FAULTS {
        let Err(fault) = parse(&source, accepted) else {
            break;
        };
        let rest = cover_up(&source, &fault);
        faults.push(fault);
        match rest {
            Some(rest) if rest != source => source = rest,
            _ => break,
        }
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults
}

/// The text with plain letters in place of what is at fault: its placeholder or character, or else its paragraph. `None`
/// when it is the whole text.
fn cover_up(source: &str, fault: &TextError) -> Option<String> {
    let lines: Vec<&str> = source.split('\n').collect();
    let at = fault.line - 1;
    let cover = |line: &str, from: usize, to: usize| -> String {
        let covered = |(place, c): (usize, char)| match (from..to).contains(&place) {
            true => 'x',
            false => c,
        };
        line.chars().enumerate().map(covered).collect()
    };
    let column = fault.column - 1;
    let (first, last, from, to) = match fault.kind {
        TextProblem::TooManyCharacters(_) | TextProblem::Empty => return None,
        TextProblem::InvisibleCharacter(_) => (at, at, column, column + 1),
        TextProblem::UnknownPlaceholder { .. } | TextProblem::PlaceholderNotTaken(_) => {
            let length = lines.get(at)?.chars().skip(column).position(|c| c == ']')?;
            (at, at, column, column + length + 1)
        }
        _ => {
            let blank = |line: &&str| line.trim().is_empty();
            let first = lines[..at]
                .iter()
                .rposition(blank)
                .map_or(0, |blank| blank + 1);
            let last = lines[at..]
                .iter()
                .position(blank)
                .map_or(lines.len(), |blank| at + blank);
            (first, last.max(at + 1) - 1, 0, usize::MAX)
        }
    };
    let rest =
        lines
            .iter()
            .enumerate()
            .map(|(place, line)| match (first..=last).contains(&place) {
                true => cover(line, from, to),
                false => (*line).to_owned(),
            });
    Some(rest.collect::<Vec<_>>().join("\n"))
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

/// Replaces the brackets of every `[…]` that stands on one line and has no bracket inside; those that are escaped with
/// a backslash are left alone. Answers also where the first bracket is that has no other.
fn mask_placeholders(source: &str) -> (String, Option<usize>) {
    let mut masked: Vec<u8> = source.as_bytes().to_vec();
    let mut open: Option<usize> = None;
    let mut loose = Vec::new();
    let mut backslashes = 0_usize;
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            b'[' if backslashes.is_multiple_of(2) => loose.extend(open.replace(at)),
            b']' if backslashes.is_multiple_of(2) => match open.take() {
                Some(start) => {
                    masked[start] = OPEN as u8;
                    masked[at] = CLOSE as u8;
                }
                None => loose.push(at),
            },
            b'\n' => loose.extend(open.take()),
            _ => {}
        }
        backslashes = if byte == b'\\' { backslashes + 1 } else { 0 };
    }
    loose.extend(open);
    // ASCII was replaced by ASCII, so this is the same text to UTF-8; lossy only to have no way to panic.
    (
        String::from_utf8_lossy(&masked).into_owned(),
        loose.first().copied(),
    )
}

/// Turns the parser's events into blocks.
struct Reader<'a> {
    refusals: Refusals<'a>,
    masked: &'a str,
    /// The first bracket that has no other.
    loose_bracket: Option<usize>,
    accepted: &'a [Placeholder],
    blocks: Vec<Block>,
    /// The items of the list that is open.
    items: Option<Vec<Vec<Span>>>,
    /// The paragraph or item that is open.
    spans: Option<Vec<Span>>,
    /// Characters and where they stand, until something other than text comes: the parser cuts text at every
    /// character that might have meant something.
    run: Vec<(usize, char)>,
    bold: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, start: usize, end: usize) -> Result<(), TextError> {
        match event {
            // The source and not the event's text: an HTML entity stays as it was typed.
            Event::Text(_) => {
                let characters = self.masked[start..end].char_indices();
                self.run.extend(characters.map(|(at, c)| (start + at, c)));
            }
            Event::SoftBreak => self.run.push((start, ' ')),
            Event::HardBreak => {
                self.end_run()?;
                self.spans.get_or_insert_default().push(Span::LineBreak);
            }
            Event::Start(tag) => self.start(&tag, start)?,
            Event::End(tag) => self.end(tag)?,
            Event::Code(_) => {
                return Err(self.refusals.refuse(
                    start,
                    TextProblem::Code,
                    "code",
                    "remove the backticks (`)",
                ));
            }
            Event::InlineHtml(_) | Event::Html(_) => return Err(self.refusals.html(start)),
            Event::Rule => {
                return Err(self.refusals.refuse(
                    start,
                    TextProblem::DividingLine,
                    "a dividing line",
                    "remove it; an empty line parts paragraphs",
                ));
            }
            Event::FootnoteReference(_) => {
                return Err(self.refusals.refuse(
                    start,
                    TextProblem::Footnote,
                    "a footnote",
                    "put it in the text itself",
                ));
            }
            // Not switched on in the parser.
            Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>, at: usize) -> Result<(), TextError> {
        match tag {
            Tag::Paragraph if self.items.is_some() => {
                self.end_run()?;
                if self.spans.as_ref().is_some_and(|spans| !spans.is_empty()) {
                    return Err(self.refusals.refuse(
                        at,
                        TextProblem::SecondParagraphInItem,
                        "a second paragraph in a list item",
                        "make it one paragraph, or start a new item with `- `",
                    ));
                }
            }
            Tag::Paragraph => self.spans = Some(Vec::new()),
            Tag::List(None) if self.items.is_some() => {
                return Err(self.refusals.refuse(
                    at,
                    TextProblem::ListInList,
                    "a list in a list",
                    "make it one list",
                ));
            }
            Tag::List(None) => self.items = Some(Vec::new()),
            Tag::List(Some(_)) => {
                return Err(self.refusals.refuse(
                    at,
                    TextProblem::NumberedList,
                    "a numbered list",
                    "start each item with `- `, or write `1\\.` to print the number",
                ));
            }
            Tag::Item if !self.masked[at..].starts_with('-') => {
                return Err(self.refusals.refuse(
                    at,
                    TextProblem::OtherBullet,
                    "a list item with `*` or `+`",
                    "start it with `- `",
                ));
            }
            Tag::Item => self.spans = Some(Vec::new()),
            Tag::Strong if !self.masked[at..].starts_with("**") => {
                return Err(self.refusals.refuse(
                    at,
                    TextProblem::UnderscoreBold,
                    "`__bold__`",
                    "write `**bold**`",
                ));
            }
            Tag::Strong => {
                self.end_run()?;
                self.bold += 1;
            }
            other => return Err(self.refusals.tag(other, at)),
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), TextError> {
        self.end_run()?;
        match tag {
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Paragraph if self.items.is_none() => {
                let spans = self.spans.take().unwrap_or_default();
                self.blocks.push(Block::Paragraph(spans));
            }
            TagEnd::Item => {
                let spans = self.spans.take().unwrap_or_default();
                self.items.get_or_insert_default().push(spans);
            }
            TagEnd::List(_) => {
                let items = self.items.take().unwrap_or_default();
                self.blocks.push(Block::List(items));
            }
            _ => {}
        }
        Ok(())
    }

    /// Cuts the characters that came in a row into text and placeholders.
    fn end_run(&mut self) -> Result<(), TextError> {
        let bold = self.bold > 0;
        let mut text = String::new();
        let mut name: Option<(usize, String)> = None;
        let mut star = None;
        for (at, c) in std::mem::take(&mut self.run) {
            if self.loose_bracket == Some(at) {
                return Err(self.refusals.loose_bracket(at, c));
            }
            if c == '*' && star.replace(at).is_some_and(|star| star + 1 == at) {
                return Err(self.refusals.loose_stars(at - 1));
            }
            match (c, &mut name) {
                (OPEN, _) => name = Some((at, String::new())),
                (CLOSE, open) => {
                    let Some((start, typed)) = open.take() else {
                        return Err(self.refusals.broken_placeholder(at));
                    };
                    let placeholder = self.placeholder(start, at, &typed)?;
                    let spans = self.spans.get_or_insert_default();
                    push_text(spans, std::mem::take(&mut text), bold);
                    spans.push(Span::Value { placeholder, bold });
                }
                (_, Some((_, typed))) => typed.push(c),
                (_, None) => text.push(c),
            }
        }
        if let Some((at, _)) = name {
            return Err(self.refusals.broken_placeholder(at));
        }
        push_text(self.spans.get_or_insert_default(), text, bold);
        Ok(())
    }

    fn placeholder(&self, start: usize, end: usize, typed: &str) -> Result<Placeholder, TextError> {
        let typed = typography::composed(typed);
        let known = Placeholder::parse(&typed).filter(|known| self.accepted.contains(known));
        if let Some(known) = known {
            return Ok(known);
        }
        if self.masked[end + 1..].starts_with('(') {
            if self.masked[..start].ends_with('!') {
                return Err(self.refusals.picture(start - 1));
            }
            return Err(self.refusals.link(start));
        }
        Err(self
            .refusals
            .unknown_placeholder(start, &typed, self.accepted))
    }
}

fn push_text(spans: &mut Vec<Span>, text: String, bold: bool) {
    if !text.is_empty() {
        spans.push(Span::Text { text, bold });
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
    fn any_text_is_read_or_refused_without_a_panic() {
        use proptest::prelude::*;
        proptest!(|(source in "([-*#>\\[\\]()_`~|<!&;\"'\\\\ \n\ta-cé0-9.:]|\\[CODE\\]){0,80}")| {
            let first = read(&source).err();
            let all = faults(&source, &Placeholder::ALL);
            prop_assert_eq!(first.is_some(), !all.is_empty());
        });
    }

    #[test]
    fn all_faults_are_told_in_their_order() {
        let faults = |source: &str| -> Vec<(usize, usize)> {
            let faults = faults(source, &Placeholder::ALL);
            faults
                .iter()
                .map(|fault| (fault.line, fault.column))
                .collect()
        };
        assert_eq!(faults("[SALUTATION],\n\nGoed."), []);
        assert_eq!(
            faults("[X] en [Y],\n\n# Kop\n\nmet *nadruk*\n\nen [Z]"),
            [(1, 1), (1, 8), (3, 1), (5, 5), (7, 4)]
        );
        assert_eq!(faults("a\u{7}b\u{7}"), [(1, 2), (1, 4)]);
        assert_eq!(faults(""), [(1, 1)]);
        assert_eq!(faults(&"[X] ".repeat(50)).len(), MOST_FAULTS);
        assert_eq!(faults(&"[X]\n\n".repeat(1_000_000)).len(), 1);
    }

    #[test]
    fn a_text_that_never_fits_is_refused() {
        let error = read(&"a".repeat(MOST_CHARACTERS + 1)).unwrap_err();
        assert!(error.problem.contains("longer than"), "{error}");
    }
}
