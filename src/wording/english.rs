//! English, for the terminal.

use crate::domain::client::ProblemKind;

/// `not a date such as 2026-11-21`: what is wrong with a value, without the value.
pub fn problem(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Missing => "missing",
        ProblemKind::NotADate => "not a date such as 2026-11-21",
        ProblemKind::NotANumber => "not a number in range",
        ProblemKind::NotAPostcode => "not a Dutch postcode such as 1234 AB",
        ProblemKind::UnknownValue => "not a known value",
        ProblemKind::ForbiddenCharacter => "has a control character",
        ProblemKind::TooLong => "too long",
        ProblemKind::Duplicate => "there twice, with different data",
    }
}

/// `1 letter`, `2 letters`.
pub fn count(n: usize, one: &str, more: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {more}")
    }
}
