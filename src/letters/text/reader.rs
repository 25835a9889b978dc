//! From CommonMark to blocks: what a letter knows is read, and the rest is refused where it stands.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Block, Span};
use crate::{
    domain::letter_fault::TextProblem,
    letters::{
        placeholder::Placeholder,
        refusal::{Refusals, TextError},
        typography,
    },
};

/// Stand in for the brackets of a placeholder while the parser looks: one byte each, so positions stay, and
/// refused in the source, so they can't be there already.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// The blocks of the text that `refusals` is about, in which the placeholders in `accepted` may be used.
///
/// # Errors
/// The first thing in it that a letter cannot have, in the order of the text.
pub(super) fn read_blocks(
    refusals: Refusals<'_>,
    accepted: &[Placeholder],
) -> Result<Vec<Block>, TextError> {
    let (masked, loose_bracket) = mask_placeholders(refusals.source);
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
    Ok(reader.blocks)
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
