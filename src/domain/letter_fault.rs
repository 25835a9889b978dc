//! What can be wrong with a letter that a provider writes, by kind: each language has its own sentence for it.

use serde::{Deserialize, Serialize};

/// What a text has that a letter cannot have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextProblem {
    Heading,
    Italic,
    Code,
    /// A line that starts with a tab or four spaces.
    IndentedCode,
    FencedCode,
    Quotation,
    Html,
    Link,
    Picture,
    Table,
    Footnote,
    /// Something else that CommonMark knows.
    Markup,
    DividingLine,
    SecondParagraphInItem,
    ListInList,
    NumberedList,
    /// A list item with `*` or `+`.
    OtherBullet,
    UnderscoreBold,
    /// A name in brackets that is none, cut to what an error repeats, and the known name that it resembles.
    UnknownPlaceholder {
        typed: String,
        nearest: Option<&'static str>,
    },
    /// A placeholder that this template does not take.
    PlaceholderNotTaken(&'static str),
    /// A `[` that is not closed, or a `]` that closes nothing.
    LooseBracket(char),
    LooseStars,
    BrokenPlaceholder,
    Empty,
    /// More characters than this.
    TooManyCharacters(usize),
    /// A character that cannot be seen and is no part of a text.
    InvisibleCharacter(char),
}

/// What is wrong with a value that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueProblem {
    /// One that cannot be seen.
    ForbiddenCharacter,
    TooLong,
    /// No whole number of days, or not one that a code may work.
    Days,
    /// There is to be a logo, and there is none.
    NoLogo,
}

/// What is wrong with a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogoProblem {
    TooManyBytes,
    DrawingTooLarge,
    NotUtf8,
    /// A script, a link, a picture in a drawing, ….
    ActiveContent,
    NestsTooDeep,
    /// Not a picture of its kind that can be read.
    Unreadable,
    TooManyPixels,
    Animated,
    /// Too many bytes on every letter, once it is ready.
    TooHeavy,
    /// Empty, or far from any shape that a logo has.
    Shape,
    /// Of a PDF: not exactly one page.
    Pages,
    /// It was read, and cannot be set on a letter.
    CannotBeSet,
    /// What is in the file is not what its name says.
    NotThisFormat,
    /// The name of the file says of no picture that a logo may be.
    UnknownFormat,
    /// It was chosen, and is not there.
    Unknown,
}

/// What all letters share and that has too little room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tight {
    /// A line of the sender's details.
    Sender,
    ReturnLine,
    /// A word of the text, wider than the line.
    Word,
    /// The address of the portal in a QR code.
    QrCode,
}

/// Whose characters the font does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Printed {
    Sender,
    Text,
    PortalUrl,
}

/// What of the editor a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterField {
    Text,
    Template,
    Logo,
    WithLogo,
    ValidityDays,
    PortalUrl,
    Telephone,
    Email,
    Website,
    /// The name or the office's address, which only an export changes.
    Sender,
}
