//! The letter workshop: from an organisation's text and a list of clients to proved one-page letters as PDF.
//!
//! An [`Edition`] is everything the letters of one team share; building it checks the template, the provider's text,
//! the values and the logo. A [`Press`] sets the letters of an edition: each is laid out, proved from the finished
//! frames (exactly one A4, the address inside the window) and only then exported.
//!
//! Typst is known here and nowhere else.

mod chunk;
mod content;
mod edition;
mod error;
mod fonts;
mod logo;
mod placeholder;
mod press;
mod proof;
mod refusal;
mod shared;
mod template;
mod text;
mod trial;
mod typeset;
mod typography;
mod window;
mod world;

pub use content::LetterContent;
pub use edition::{Edition, EditionSpec};
pub use error::{EditionError, PressError};
pub use placeholder::Placeholder;
pub use press::Press;
pub use proof::Misfit;
pub use refusal::TextError;
pub use template::Template;
pub use typeset::{LETTERS_PER_PRINT, Piece, Typeset};

#[cfg(test)]
mod tests;
