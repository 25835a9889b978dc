//! What the layout gets to see: `letters.json`, made of what all letters share and one entry a letter.

use serde::{Deserialize, Serialize};

use crate::domain::{
    address::PostalAddress,
    client::{Client, Gender},
    invitation::Code,
    name::PersonName,
    organisation::LetterPreferences,
};

use super::{
    fonts, kix,
    logo::ArtworkFormat,
    placeholder::Placeholder,
    text::{Block, LetterText, Span},
    typography,
};

/// The words that one letter has for itself.
#[derive(Clone, Serialize, Deserialize)]
pub struct LetterWords {
    /// The name line of the address.
    pub addressee: String,
    /// The lines under the name line, top to bottom.
    pub address_lines: Vec<String>,
    /// `Geachte mevrouw …` without the comma.
    pub salutation: String,
    /// Who the code is for.
    pub client_name: String,
    /// What the KIX barcode says, when there is one: `1231FZ13XHS`.
    pub kix: Option<String>,
}

/// Whom a letter is for and to, as far as the letter says it.
#[derive(Clone, Copy)]
pub struct Addressee<'a> {
    /// Who receives the letter.
    pub gender: Gender,
    pub name: &'a PersonName,
    pub address: &'a PostalAddress,
    /// Whose code it is.
    pub client_gender: Gender,
    pub client_name: &'a PersonName,
}

impl<'a> From<&'a Client> for Addressee<'a> {
    fn from(client: &'a Client) -> Self {
        let recipient = client.recipient();
        Self {
            gender: recipient.gender,
            name: recipient.name,
            address: recipient.address,
            client_gender: client.gender,
            client_name: &client.name,
        }
    }
}

impl LetterWords {
    /// In the styles that the organisation prefers. An address that is incomplete has no lines: whoever asks leaves
    /// such a client out.
    pub fn new(addressee: Addressee<'_>, preferences: &LetterPreferences) -> Self {
        let style = preferences.name_style;
        let Addressee {
            gender,
            name,
            address,
            ..
        } = addressee;
        Self {
            addressee: name.addressee(gender, style),
            address_lines: address.lines(preferences.address_style).unwrap_or_default(),
            salutation: format!("Geachte {}", name.salutation(gender, style)),
            client_name: addressee
                .client_name
                .addressee(addressee.client_gender, style),
            kix: preferences.kix.then(|| address.kix()).flatten(),
        }
    }

    /// All of them that are printed as words.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.addressee, &self.salutation, &self.client_name]
            .into_iter()
            .chain(&self.address_lines)
            .map(String::as_str)
    }
}

/// What one letter has for itself.
#[derive(Clone)]
pub struct LetterContent {
    pub words: LetterWords,
    pub code: Code,
}

/// A letter on its way to a press process: the one place where a code leaves its type, through a pipe to a process of
/// our own.
#[derive(Serialize, Deserialize)]
pub(super) struct PostedLetter {
    words: LetterWords,
    code: String,
}

impl From<&LetterContent> for PostedLetter {
    fn from(letter: &LetterContent) -> Self {
        Self {
            words: letter.words.clone(),
            code: letter.code.digits().to_owned(),
        }
    }
}

impl TryFrom<PostedLetter> for LetterContent {
    type Error = &'static str;

    fn try_from(posted: PostedLetter) -> Result<Self, Self::Error> {
        let code = Code::parse(&posted.code).ok_or("a letter came without its code")?;
        Ok(Self {
            words: posted.words,
            code,
        })
    }
}

/// What all letters of an edition share, as the layout reads it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct EditionData {
    pub(super) window: String,
    pub(super) fold_marks: bool,
    pub(super) logo: Option<LogoData>,
    pub(super) qr: Option<QrData>,
    pub(super) sender: SenderData,
    #[serde(rename = "return")]
    pub(super) return_line: ReturnData,
    pub(super) date_line: String,
    pub(super) valid_until: String,
    pub(super) portal_url: String,
    pub(super) blocks: Vec<BlockData>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct QrData {
    pub(super) alt: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct LogoData {
    pub(super) format: ArtworkFormat,
    /// Millimetres.
    pub(super) width: f64,
    pub(super) alt: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SenderData {
    pub(super) name: String,
    pub(super) address: Vec<String>,
    pub(super) contact: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ReturnData {
    pub(super) line: String,
    /// Points.
    pub(super) size: f64,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum BlockData {
    Paragraph { spans: Vec<SpanData> },
    List { items: Vec<Vec<SpanData>> },
}

/// A stretch of text: a `text`, the letter's own `field`, or neither for a line break.
#[derive(Clone, Serialize, Deserialize, Default)]
pub(super) struct SpanData {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    bold: bool,
    /// No line ends inside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    keep: bool,
}

impl SpanData {
    /// What is printed of it on `letter`; empty for a line break.
    fn printed<'a>(&'a self, letter: &'a LetterData) -> &'a str {
        match (&self.text, self.field.as_deref()) {
            (Some(text), _) => text,
            (None, Some("addressee")) => &letter.addressee,
            (None, Some("salutation")) => &letter.salutation,
            (None, Some("client")) => &letter.client,
            (None, Some("code")) => &letter.code,
            _ => "",
        }
    }
}

/// The words of each paragraph and list item, as they are printed on `letter`.
pub(super) fn paragraphs_of(blocks: &[BlockData], letter: &LetterData) -> Vec<String> {
    let printed = |spans: &Vec<SpanData>| spans.iter().map(|span| span.printed(letter)).collect();
    blocks
        .iter()
        .flat_map(|block| match block {
            BlockData::Paragraph { spans } => std::slice::from_ref(spans),
            BlockData::List { items } => items.as_slice(),
        })
        .map(printed)
        .collect()
}

/// One letter as the layout reads it, in the characters that are printed.
#[derive(Serialize, Clone)]
pub(super) struct LetterData {
    addressee: String,
    address: Vec<String>,
    salutation: String,
    client: String,
    code: String,
    /// The bars of the barcode under the address: `T`, `A`, `D` and `F`.
    kix: Option<String>,
    /// Points.
    size: f64,
    /// Points.
    address_size: f64,
}

/// Bars of a barcode that is as wide as the narrower window, 63.5 mm. A longer one is left out.
const MOST_BARS: usize = 60;

impl LetterData {
    pub(super) fn new(
        letter: &LetterContent,
        size: f64,
        address_size: f64,
        with_kix: bool,
    ) -> Self {
        let words = &letter.words;
        let kix_payload = words.kix.as_deref().filter(|_| with_kix);
        let addressee = typography::value(&words.addressee);
        let lines = words
            .address_lines
            .iter()
            .map(|line| typography::value(line));
        Self {
            address: std::iter::once(addressee.clone()).chain(lines).collect(),
            addressee,
            salutation: typography::value(&words.salutation),
            client: typography::value(&words.client_name),
            code: letter.code.digits().to_owned(),
            kix: kix_payload
                .and_then(kix::bars)
                .filter(|bars| bars.len() <= MOST_BARS),
            size,
            address_size,
        }
    }

    /// The lines of the address, the name line first.
    pub(super) fn address(&self) -> &[String] {
        &self.address
    }

    pub(super) fn addressee(&self) -> &str {
        &self.addressee
    }

    pub(super) fn client(&self) -> &str {
        &self.client
    }

    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// Of the body, in points.
    pub(super) fn size(&self) -> f64 {
        self.size
    }

    pub(super) fn has_kix(&self) -> bool {
        self.kix.is_some()
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
                        field: field.map(str::to_owned),
                        bold: *bold,
                        keep: short && placeholder.stays_on_one_line(),
                    }
                }
            })
        })
        .collect()
}
