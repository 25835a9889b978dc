//! Reads the cells of one row as values, and gathers a problem for each that is not one.

use chrono::NaiveDate;

use crate::domain::{
    calendar,
    client::{Problem, ProblemKind},
};

use super::{
    table::{Column, Row},
    values::{clean_text, has_lost_character, read_flag, read_number},
};

pub(super) struct Cells<'r, 't> {
    row: &'r Row<'t>,
    /// What stands before the column in the problem's field: `contact.`, or nothing.
    prefix: &'static str,
    pub problems: Vec<Problem>,
}

impl<'r, 't> Cells<'r, 't> {
    pub(super) fn new(row: &'r Row<'t>, prefix: &'static str) -> Self {
        Self {
            row,
            prefix,
            problems: Vec::new(),
        }
    }

    pub(super) fn problem(&mut self, column: Column, kind: ProblemKind) {
        let field = format!("{}{}", self.prefix, column.name);
        self.problems.push(Problem { field, kind });
    }

    /// The trimmed cell itself.
    pub(super) fn raw(&self, column: Column) -> &'r str {
        self.row.get(column)
    }

    /// Text for a letter; see `clean_text`.
    pub(super) fn text(&mut self, column: Column) -> String {
        let clean = clean_text(self.row.get(column));
        if clean.had_forbidden {
            self.problem(column, ProblemKind::ForbiddenCharacter);
        }
        if clean.was_too_long {
            self.problem(column, ProblemKind::TooLong);
        }
        clean.text
    }

    /// Text of a name or an address, which nobody can guess when a letter of it was lost.
    pub(super) fn printed(&mut self, column: Column) -> String {
        let text = self.text(column);
        if has_lost_character(&text) {
            self.problem(column, ProblemKind::LostCharacter);
        }
        text
    }

    pub(super) fn number(&mut self, column: Column) -> Option<u32> {
        self.value(column, ProblemKind::NotANumber, read_number)
            .flatten()
    }

    pub(super) fn date(&mut self, column: Column) -> Option<NaiveDate> {
        self.value(column, ProblemKind::NotADate, calendar::parse_date)
    }

    /// Empty is no.
    pub(super) fn flag(&mut self, column: Column) -> bool {
        self.value(column, ProblemKind::UnknownValue, read_flag)
            .unwrap_or(false)
    }

    /// What `read` makes of the cell; `None` when it is empty, or has no such value, which is a problem of `kind`.
    pub(super) fn value<T>(
        &mut self,
        column: Column,
        kind: ProblemKind,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.row.get(column);
        if text.is_empty() {
            return None;
        }
        let value = read(text);
        if value.is_none() {
            self.problem(column, kind);
        }
        value
    }
}
