//! What can be wrong with a letter: as it was set, in the rules that its layout must keep, and at its smallest size.

use serde::{Deserialize, Serialize};

/// Why a client gets no letter although there is something to send: it cannot be set so that it may be posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Misfit {
    /// About so many lines too long at the smallest size.
    LinesTooLong(u32),
    /// The address does not fit in the window at the smallest size.
    AddressTooLarge,
    /// A word of the client's data, such as a name without spaces, is wider than the line.
    WordTooWide,
    /// Characters that the font does not have, sorted, each once.
    MissingGlyph(Vec<char>),
    /// The layout cannot set this one letter: the press process ended over it, or typst refused.
    CannotBeSet,
}

impl Misfit {
    /// What a fault at the smallest size comes to.
    pub(in crate::letters) fn of(fault: Fault) -> Self {
        match fault {
            Fault::TooLong(lines) => Self::LinesTooLong(lines),
            Fault::WordTooWide => Self::WordTooWide,
            Fault::AddressTooLarge => Self::AddressTooLarge,
            Fault::Layout(_) => Self::CannotBeSet,
        }
    }
}

/// What is wrong with a letter as it was set; some faults go away at a smaller size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::letters) enum Fault {
    TooLong(u32),
    AddressTooLarge,
    WordTooWide,
    /// A rule that the layout itself must keep, whatever the data.
    Layout(Breach),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::letters) enum Breach {
    NotA4,
    NoPages,
    AddressMissing,
    TextMissing,
    CodeMissing,
    KixMissing,
    AddressDiffers,
    TextDiffers,
    CodeDiffers,
    NearWindow,
    OffSheet,
    PageBreak,
    Clipped,
    TooSmall,
    TooPale,
    NotDutch,
    QrMissing,
    OthersCode,
    OthersName,
    SenderTooWide,
    ReturnLineTooWide,
}

impl Breach {
    pub(in crate::letters) fn sentence(self) -> &'static str {
        match self {
            Self::NotA4 => "a page is not A4",
            Self::NoPages => "the pages cannot be told apart as letters",
            Self::AddressMissing => "the address is missing from a letter",
            Self::TextMissing => "the text is missing from a letter",
            Self::CodeMissing => "the block with the code is missing from a letter",
            Self::KixMissing => "the barcode is missing from under the address",
            Self::AddressDiffers => "the address on a letter is not the one that went in",
            Self::TextDiffers => "the text on a letter is not all that went in",
            Self::CodeDiffers => "the block with the code does not have the client and the code",
            Self::NearWindow => {
                "something other than the address comes within 5 mm of the address window"
            }
            Self::OffSheet => "something lies outside the sheet",
            Self::PageBreak => "a letter takes two pages although its text would fit on one",
            Self::Clipped => "something is cut off by a block that clips",
            Self::TooSmall => "the address, the text or the code is smaller than it may be",
            Self::TooPale => "the address, the text or the code is not dark",
            Self::NotDutch => "the text is not marked as Dutch",
            Self::QrMissing => "the QR code is missing from a letter",
            Self::OthersCode => "a letter has the code of another",
            Self::OthersName => "the title or the author of the document has what is on a letter",
            Self::SenderTooWide => "a line of the sender's details is too long",
            Self::ReturnLineTooWide => "the return address is wider than the window",
        }
    }

    /// What to change in `layout.typ`.
    pub(in crate::letters) fn hint(self) -> &'static str {
        match self {
            Self::NotA4 => "set the page with `paper: \"a4\"`",
            Self::NoPages => {
                "start every letter of input.letters on a page of its own, with one block labelled <address> on its first page"
            }
            Self::AddressMissing => "set letter.address in a block labelled <address>",
            Self::TextMissing => "set edition.blocks in a block labelled <body>",
            Self::CodeMissing => "set the code in a block labelled <code>",
            Self::KixMissing => "draw letter.kix in a block labelled <kix>",
            Self::AddressDiffers => {
                "set every line of letter.address and nothing else in the block labelled <address>"
            }
            Self::TextDiffers => {
                "set every span of edition.blocks, in order, in the block labelled <body>"
            }
            Self::CodeDiffers => {
                "set letter.client and letter.code of the same letter in the block labelled <code>"
            }
            Self::NearWindow => {
                "the window is x 35-105 mm (left) or 109-175 mm (right), y 55-85 mm; keep 5 mm around it free"
            }
            Self::OffSheet => "keep everything between 0 and 210 by 297 mm",
            Self::PageBreak => "take out the page break, or the space, that comes before the code",
            Self::Clipped => {
                "leave out `clip: true`, make the block larger, and give a picture its width alone"
            }
            Self::TooSmall => {
                "set them at letter.address_size and letter.size; an address is at least 8 points, a text 9.5, a code 12"
            }
            Self::TooPale => "set them in black, or in a dark colour",
            Self::NotDutch => "set `text(lang: \"nl\")` above everything else",
            Self::QrMissing => "set `qr(26mm)`, which is a block labelled <qr>",
            Self::OthersCode => "take from input.letters only the letter that is being set",
            Self::OthersName => {
                "all letters of a team share the title and the author: set them to what they share"
            }
            Self::SenderTooWide => "make the block labelled <sender> wider, or its type smaller",
            Self::ReturnLineTooWide => {
                "set edition.return.line at edition.return.size in a block as wide as the window, labelled <return-line>"
            }
        }
    }
}
