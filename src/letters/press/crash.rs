//! How a press process can end over a layout, a letter or a logo.

use super::{
    super::typesetter::Complaint,
    limits::{MEMORY_MB, STACK},
};

/// Why a press process gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// It used all the processor time that it was given, in seconds.
    OutOfTime(u64),
    /// It needed more memory than it may have.
    OutOfMemory,
    /// It went too deep.
    StackOverflow,
    /// A part of the typesetter panicked.
    Panicked,
    /// It ended for another reason, or did not answer for so long that it was ended.
    Ended,
}

impl Crash {
    /// What happened and what to do, said of a layout.
    pub(in crate::letters) fn complaint(self) -> Complaint {
        let (problem, hint) = match self {
            Self::OutOfTime(seconds) => (
                format!("it takes more than {seconds} s of processor time"),
                "look for a loop that goes on for ever, or that counts very far",
            ),
            Self::OutOfMemory => (
                format!("it needs more than {MEMORY_MB} MB of memory"),
                "look for a text or an array that grows in a loop",
            ),
            Self::StackOverflow => (
                format!("it goes deeper than {} MB of stack", STACK / 1024 / 1024),
                "look for content that is put into itself again and again",
            ),
            Self::Panicked => (
                "the typesetter broke down over it".to_owned(),
                "take out what was changed last, and put it back piece by piece",
            ),
            Self::Ended => (
                "the typesetter ended over it without an answer".to_owned(),
                "take out what was changed last, and put it back piece by piece",
            ),
        };
        Complaint::new(&problem, hint)
    }
}
