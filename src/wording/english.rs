//! English, for the terminal.

use crate::domain::{
    client::ProblemKind,
    eligibility::{Detail, Reason},
};

/// Why somebody gets no letter, in a few words.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotInExport => "not in the last export",
        Reason::Deceased => "deceased",
        Reason::NotInCare => "not in care today",
        Reason::Linked => "linked already",
        Reason::InvitedElsewhere => "invited elsewhere",
        Reason::OpenInvitation => "has an open invitation",
        Reason::InvitedBefore => "invited before",
        Reason::StatusUnknown => "not known whether linked",
        Reason::Secret => "the address is secret",
        Reason::OtherTeam => "written by another team of the batch",
        Reason::Incomplete => "name or address is incomplete",
        Reason::DoesNotFit => "the letter does not fit",
        Reason::MissingGlyph => "a character cannot be printed",
    }
}

/// `not a date such as 2026-11-21`: what is wrong with a value, without the value.
pub fn problem(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Missing => "missing",
        ProblemKind::NotADate => "not a date such as 2026-11-21",
        ProblemKind::NotANumber => "not a number in range",
        ProblemKind::NotAPostcode => "not a Dutch postcode such as 1234 AB",
        ProblemKind::UnknownValue => "not a known value",
        ProblemKind::ForbiddenCharacter => "has a control character",
        ProblemKind::LostCharacter => "has a ? in the place of a letter",
        ProblemKind::TooLong => "too long",
        ProblemKind::Duplicate => "there twice, with different data",
    }
}

/// `home_number: not a number in range`, for every field that makes a client incomplete.
pub fn problems(detail: &Detail) -> Vec<String> {
    let Detail::Problems(problems) = detail else {
        return Vec::new();
    };
    problems
        .iter()
        .map(|found| format!("{}: {}", found.field, problem(found.kind)))
        .collect()
}

/// `1 letter`, `2 letters`.
pub fn count(n: usize, one: &str, more: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {more}")
    }
}
