//! A letter that nobody gets, to look at.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::preview_letter::{LetterPreview, Meter};

/// A letter as a picture, and how it fits on its sheet.
#[derive(Serialize, ToSchema)]
pub struct LetterPicture {
    /// The page as PNG in base64.
    // Not at the command line, where it is a file; over HTTP it is always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        value_type = String,
        required = true,
        content_encoding = "base64",
        content_media_type = "image/png"
    )]
    png: Option<String>,
    /// In dots.
    width: u32,
    height: u32,
    /// What the picture shows, in Dutch.
    alt: String,
    /// All that is on the letter, in Dutch, a paragraph an entry.
    text: Vec<String>,
    /// For a client with a short name and address.
    plainest: LetterMeter,
    /// For one with a name and an address as long as they come.
    longest: LetterMeter,
    /// For the one in the picture.
    drawn: LetterMeter,
}

/// How a letter fits on its one sheet.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterMeter {
    fits: bool,
    /// How full the room for the text is at the first size; above 100 it is set smaller, or does not fit.
    percent: u8,
    /// Points: the size at which it fits, or the smallest.
    size_pt: f64,
    lines_too_many: u32,
    /// There is no smaller size to try.
    smallest_size: bool,
    /// The same in Dutch.
    sentence: String,
}

impl LetterPicture {
    /// `png`: the picture in base64.
    pub fn new(preview: LetterPreview, png: String) -> Self {
        Self {
            png: Some(png),
            ..Self::beside_its_file(preview)
        }
    }

    /// Of a picture that was written to a file.
    pub fn beside_its_file(preview: LetterPreview) -> Self {
        Self {
            png: None,
            width: preview.width,
            height: preview.height,
            alt: preview.alt,
            text: preview.text,
            plainest: preview.plainest.into(),
            longest: preview.longest.into(),
            drawn: preview.drawn.into(),
        }
    }
}

impl From<Meter> for LetterMeter {
    fn from(meter: Meter) -> Self {
        Self {
            fits: meter.fits,
            percent: meter.percent,
            size_pt: meter.size_pt,
            lines_too_many: meter.lines_too_many,
            smallest_size: meter.smallest_size,
            sentence: meter.sentence,
        }
    }
}
