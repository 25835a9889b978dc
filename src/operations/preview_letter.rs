//! `POST /previews`: a letter as a picture while somebody writes it, and how full its sheet is.

use serde::{Deserialize, Serialize};

use super::{App, Failure, letter_faults::LetterFault};
use crate::domain::{client::ClientId, letter_setup::LetterChanges, organisation::Slug};

/// Dots per inch of a preview when nobody asks for others.
pub const PREVIEW_DPI: u16 = 100;

/// What somebody wants to see.
#[derive(Debug, Clone)]
pub struct PreviewLetter {
    /// Whose letter; absent: an invented organisation's.
    pub organisation: Option<Slug>,
    /// To the draft; without one, to what batches use now.
    pub changes: LetterChanges,
    pub whom: Whom,
    /// From 40 to 200; others are brought inside.
    pub dpi: u16,
}

/// To whom a preview is addressed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// An invented client with a short name and address.
    #[default]
    Plain,
    /// An invented client with a name and an address as long as they come.
    Longest,
    /// A client of the organisation: whoever looks at it sees their data.
    Client(ClientId),
}

/// What comes of it.
#[derive(Debug, Clone)]
pub enum Preview {
    Drawn(Box<LetterPreview>),
    /// No letter can be set with this.
    Faults(Vec<LetterFault>),
}

#[derive(Debug, Clone, Serialize)]
pub struct LetterPreview {
    /// The page, marked as an example across it, and with a code that is nobody's.
    #[serde(skip)]
    pub png: Vec<u8>,
    /// Pixels.
    pub width: u32,
    pub height: u32,
    /// What the picture shows, in Dutch, in a sentence or two.
    pub alt: String,
    /// All that is on the letter, in Dutch, a paragraph an entry, for who cannot see the picture.
    pub text: Vec<String>,
    /// For a client with a short name and address.
    pub plainest: Meter,
    /// For one with a name and an address as long as they come.
    pub longest: Meter,
}

/// How a letter fits on its one sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meter {
    pub fits: bool,
    /// How full the room for the text is at the first size; above 100 it is set smaller, or does not fit.
    pub percent: u8,
    /// Points: the size at which it fits, or the smallest.
    pub size_pt: f64,
    /// At the smallest size; 0 when it fits, or when something else than the length is wrong.
    pub lines_too_many: u32,
    /// There is no smaller size to try.
    pub smallest_size: bool,
    /// The same in Dutch, a whole sentence.
    pub sentence: String,
}

/// # Errors
/// Not found `unknown_organisation`, `unknown_client`; conflict `no_letter_possible` when the client can get no letter.
pub async fn preview_letter(_app: &App, _request: &PreviewLetter) -> Result<Preview, Failure> {
    Err(Failure::ours("not there yet"))
}
