//! What is said between a press thread and its process.

use serde::{Deserialize, Serialize};

use crate::{
    domain::organisation::LogoFormat,
    letters::{
        content::PostedLetter,
        logo::{ArtworkFormat, LogoFault},
        plate::{Plate, PlateId},
        typesetter::{
            Complaint, Fault, chunk::Unfit, forme::Steps, picture::Size, sketch::Measure,
        },
    },
};

/// One thing to do, and the seconds of processor time for it.
#[derive(Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) seconds: u64,
    pub(super) task: Task,
}

#[derive(Serialize, Deserialize)]
pub(super) enum Task {
    /// Keep a plate for later tasks. Its logo, if any, is the file. Not answered.
    Keep(Box<Plate>),
    /// Set letters in one document.
    Set {
        plate: PlateId,
        letters: Vec<PostedLetter>,
        steps: Vec<Steps>,
        /// The clients are invented, so what typst says of their letters may go out whole.
        invented: bool,
    },
    /// Set letters and say whether they would do.
    Try {
        plate: PlateId,
        letters: Vec<PostedLetter>,
        steps: Steps,
    },
    /// Draw one letter.
    Draw {
        plate: PlateId,
        letter: Box<PostedLetter>,
        steps: Steps,
        dpi: f64,
    },
    /// Measure letters, and draw one of them as an example.
    Sketch {
        plate: PlateId,
        letters: Vec<PostedLetter>,
        /// Which letter, and at how many dots per inch.
        drawn: Option<(usize, f64)>,
        /// As of [`Task::Set`].
        invented: bool,
    },
    /// Make a logo ready; it is the file.
    Logo { format: LogoFormat },
}

#[derive(Serialize, Deserialize)]
pub(super) enum Answer {
    /// The file to print, then each letter as a file.
    Whole {
        steps: Vec<Steps>,
    },
    Unfit(Unfit),
    Tried(Option<Fault>),
    /// The picture is the file.
    Drawn(Option<Fault>),
    /// The picture, if one was asked for, is the file.
    Sketched {
        measures: Vec<Measure>,
        size: Size,
    },
    /// The logo is the file.
    Artwork {
        format: ArtworkFormat,
        width: f64,
    },
    LogoFault(LogoFault),
    Complaint(Complaint),
}

/// Plates that both sides remember, the newest last: the press thread knows without asking which its process has.
pub(super) const PLATES: usize = 4;
