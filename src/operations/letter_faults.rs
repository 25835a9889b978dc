//! What is wrong with a letter that somebody writes: each fault with its place, in English for scripts and in Dutch for the
//! page.

use serde::Serialize;

use crate::domain::letter_fault::LetterField;

/// One thing to mend before the letter can be printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterFault {
    /// What of the editor it is about.
    pub field: LetterField,
    /// In the text, from 1.
    pub line: Option<usize>,
    /// Characters from 1.
    pub column: Option<usize>,
    /// Without a full stop, in English.
    pub problem: String,
    pub hint: Option<String>,
    /// What is wrong and what to do about it, in Dutch, one or two whole sentences.
    pub sentence: String,
}
