//! What the layout gets to see: `letters.json`, made of what all letters share and one entry a letter.

use serde::Serialize;

use crate::domain::invitation::Code;

use super::{
    fonts,
    logo::ArtworkFormat,
    placeholder::Placeholder,
    text::{Block, LetterText, Span},
    typography,
};

/// What one letter has for itself.
#[derive(Clone)]
pub struct LetterContent {
    /// The name line of the address.
    pub addressee: String,
    /// The lines under the name line, top to bottom.
    pub address_lines: Vec<String>,
    /// `Geachte mevrouw …` without the comma.
    pub salutation: String,
    /// Who the code is for.
    pub client_name: String,
    pub code: Code,
}

impl LetterContent {
    /// All words of the letter that are its own.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.addressee, &self.salutation, &self.client_name]
            .into_iter()
            .chain(&self.address_lines)
            .map(String::as_str)
    }
}

/// What all letters of an edition share, as the layout reads it.
#[derive(Serialize)]
pub(super) struct EditionData {
    pub(super) window: &'static str,
    pub(super) logo: Option<LogoData>,
    pub(super) sender: SenderData,
    #[serde(rename = "return")]
    pub(super) return_line: ReturnData,
    pub(super) date_line: String,
    pub(super) valid_until: String,
    pub(super) portal_url: String,
    pub(super) blocks: Vec<BlockData>,
}

#[derive(Serialize)]
pub(super) struct LogoData {
    pub(super) format: ArtworkFormat,
    /// Millimetres.
    pub(super) width: f64,
    pub(super) alt: String,
}

#[derive(Serialize)]
pub(super) struct SenderData {
    pub(super) name: String,
    pub(super) address: Vec<String>,
    pub(super) contact: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ReturnData {
    pub(super) line: String,
    /// Points.
    pub(super) size: f64,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum BlockData {
    Paragraph { spans: Vec<SpanData> },
    List { items: Vec<Vec<SpanData>> },
}

/// A stretch of text: a `text`, the letter's own `field`, or neither for a line break.
#[derive(Serialize, Default)]
pub(super) struct SpanData {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    bold: bool,
    /// No line ends inside it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    keep: bool,
}

/// One letter as the layout reads it, in the characters that are printed.
#[derive(Serialize, Clone)]
pub(super) struct LetterData {
    addressee: String,
    address: Vec<String>,
    salutation: String,
    client: String,
    code: String,
    /// Points.
    size: f64,
    /// Points.
    address_size: f64,
}

impl LetterData {
    pub(super) fn new(letter: &LetterContent, size: f64, address_size: f64) -> Self {
        let addressee = typography::value(&letter.addressee);
        let lines = letter
            .address_lines
            .iter()
            .map(|line| typography::value(line));
        Self {
            address: std::iter::once(addressee.clone()).chain(lines).collect(),
            addressee,
            salutation: typography::value(&letter.salutation),
            client: typography::value(&letter.client_name),
            code: letter.code.digits().to_owned(),
            size,
            address_size,
        }
    }
}

/// The characters of `texts` that no face has, sorted, each once.
pub(super) fn missing_glyphs<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<char> {
    let mut missing: Vec<char> = texts
        .flat_map(str::chars)
        .filter(|c| !fonts::has(*c))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}

/// Puts the values that all letters share into the text; `value` answers with the printed value of a placeholder.
pub(super) fn fill<E>(
    text: &LetterText,
    value: &impl Fn(Placeholder) -> Result<String, E>,
) -> Result<Vec<BlockData>, E> {
    text.blocks
        .iter()
        .map(|block| {
            Ok(match block {
                Block::Paragraph(spans) => BlockData::Paragraph {
                    spans: fill_spans(spans, value)?,
                },
                Block::List(items) => BlockData::List {
                    items: items
                        .iter()
                        .map(|spans| fill_spans(spans, value))
                        .collect::<Result<_, _>>()?,
                },
            })
        })
        .collect()
}

/// All text of the blocks that does not differ between letters.
pub(super) fn texts_of(blocks: &[BlockData]) -> impl Iterator<Item = &str> {
    blocks
        .iter()
        .flat_map(|block| match block {
            BlockData::Paragraph { spans } => std::slice::from_ref(spans),
            BlockData::List { items } => items.as_slice(),
        })
        .flatten()
        .filter_map(|span| span.text.as_deref())
}

/// Characters that surely fit on one line of the letter.
const MOST_KEPT: usize = 40;

fn fill_spans<E>(
    spans: &[Span],
    value: &impl Fn(Placeholder) -> Result<String, E>,
) -> Result<Vec<SpanData>, E> {
    spans
        .iter()
        .map(|span| {
            Ok(match span {
                Span::Text { text, bold } => SpanData {
                    text: Some(text.clone()),
                    bold: *bold,
                    ..SpanData::default()
                },
                Span::LineBreak => SpanData::default(),
                Span::Value { placeholder, bold } => {
                    let field = placeholder.letter_field();
                    let text = if field.is_none() {
                        Some(value(*placeholder)?)
                    } else {
                        None
                    };
                    let short = text
                        .as_ref()
                        .is_none_or(|text| text.chars().count() <= MOST_KEPT);
                    SpanData {
                        text,
                        field,
                        bold: *bold,
                        keep: short && placeholder.stays_on_one_line(),
                    }
                }
            })
        })
        .collect()
}
