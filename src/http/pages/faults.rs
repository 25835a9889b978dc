//! What is wrong with a form.

use crate::operations::Failure;

/// What is wrong with a form, for the list above it and beside each field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The `id` of the field; empty when it is about the whole form.
    pub field: String,
    /// What is wrong and what to do, in whole sentences.
    pub text: String,
}

impl Faults {
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        self.0.push(Fault {
            field: field.to_owned(),
            text: text.into(),
        });
    }

    /// A failure of an operation, said beside the field that it is about.
    pub fn add_failure(&mut self, field: &str, failure: &Failure) {
        self.add(field, super::failure::said(failure));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> &[Fault] {
        &self.0
    }

    /// What is wrong with one field; empty when nothing is.
    pub fn of(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|fault| fault.field == field)
            .map_or("", |fault| &fault.text)
    }
}
