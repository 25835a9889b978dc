//! A line, and the one way to write it down before it is sealed.

use chrono::{DateTime, Utc};

use crate::storage::{entities::audit, vault::Vault};

/// What the MAC of a line is made for.
const LABEL: &str = "audit line v1";

/// A line as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    pub seq: u64,
    pub at: DateTime<Utc>,
    /// The code of a [`crate::domain::audit::Action`]; as text, since a later version may know more of them.
    pub action: String,
    /// `done`, or `refused:` and the code of the failure.
    pub outcome: String,
    pub user: String,
    pub role: String,
    pub source: String,
    pub organisation: Option<String>,
    pub clients: Vec<String>,
    pub object: Option<String>,
    pub hash: String,
}

impl From<audit::Model> for AuditLine {
    fn from(row: audit::Model) -> Self {
        Self {
            seq: row.seq.unsigned_abs(),
            at: row.at,
            action: row.action,
            outcome: row.outcome,
            user: row.actor,
            role: row.role,
            source: row.source,
            organisation: row.organisation,
            // Somebody who has changed it is found by `verify`; a reader sees what can be read.
            clients: serde_json::from_str(&row.clients).unwrap_or_default(),
            object: row.object,
            hash: row.hash,
        }
    }
}

/// The MAC of all fields of a line but the MAC itself.
pub(super) fn seal(line: &audit::Model, vault: &Vault) -> String {
    vault.mac(LABEL, &encoding(line))
}

/// Whether the line is as it was sealed.
pub(super) fn is_sealed(line: &audit::Model, vault: &Vault) -> bool {
    vault.was_mac(LABEL, &encoding(line), &line.hash)
}

fn encoding(line: &audit::Model) -> Vec<u8> {
    Encoding::default()
        .number(line.seq)
        .number(line.at.timestamp_micros())
        .text(&line.action)
        .text(&line.outcome)
        .text(&line.actor)
        .text(&line.role)
        .text(&line.source)
        .optional(line.organisation.as_deref())
        .text(&line.clients)
        .optional(line.object.as_deref())
        .text(&line.previous_hash)
        .bytes()
}

/// Fields one after the other, each with its length, so that no two lists of fields are the same bytes.
#[derive(Default)]
pub(super) struct Encoding(Vec<u8>);

impl Encoding {
    pub fn number(mut self, number: i64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    pub fn text(mut self, text: &str) -> Self {
        self.0.extend((text.len() as u64).to_be_bytes());
        self.0.extend(text.as_bytes());
        self
    }

    /// Nothing is not the same as an empty text.
    pub fn optional(mut self, text: Option<&str>) -> Self {
        self.0.push(u8::from(text.is_some()));
        self.text(text.unwrap_or_default())
    }

    pub fn bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lists_of_fields_are_the_same_bytes() {
        let texts = |texts: &[&str]| {
            let begun = Encoding::default();
            texts.iter().fold(begun, |e, text| e.text(text)).bytes()
        };
        assert_ne!(texts(&["ab", "c"]), texts(&["a", "bc"]));
        assert_ne!(texts(&["", "a"]), texts(&["a", ""]));
        let optional = |text| Encoding::default().optional(text).bytes();
        assert_ne!(optional(None), optional(Some("")));
    }
}
