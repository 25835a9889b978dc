//! The letter workshop: from an organisation's text and a list of clients to proved one-page letters as PDF.
//!
//! An [`Edition`] is everything the letters of one team share; building it checks the template, the provider's text,
//! the values and the logo. A [`Press`] sets the letters of an edition in processes of their own: each is laid out,
//! proved from the finished frames (exactly one A4, the address inside the window, all the words that went in) and only
//! then exported.
//!
//! Typst is known here and nowhere else, and runs only in [`typesetter`], which is what a press process does.

mod bisect;
mod compare;
mod contact_sheet;
mod content;
mod edition;
mod error;
mod fonts;
mod invented;
mod kix;
mod logo;
mod misfits;
mod placeholder;
mod plate;
mod press;
mod qr;
mod refusal;
mod sample;
mod shared;
mod sketch;
mod specimen;
mod template;
mod text;
mod trial;
mod typeset;
mod typesetter;
mod typography;

pub use compare::{Change, compare};
pub use contact_sheet::{ContactSheet, SheetPicture, SheetRow, SheetTemplate};
pub use content::{Addressee, LetterContent, LetterWords};
pub use edition::{Edition, EditionSpec};
pub use error::{EditionError, Located, PressError, TemplateFault, named_characters};
pub use fonts::typeface_gaps;
pub use placeholder::Placeholder;
pub use press::{Crash, PRESS_COMMAND, Press, PressProgram, serve};
pub use refusal::TextError;
pub use sample::{Sample, SampleOutcome};
pub use sketch::{Measured, Model, Sketch, Sketched, SketchedPage};
pub use specimen::{Picture, Verdict};
pub use template::Template;
pub use text::MOST_CHARACTERS;
pub use typeset::{LETTERS_PER_PRINT, Piece, Typeset};
pub use typesetter::{Complaint, Misfit};
