//! A client of the team with the words that a letter to them has.

use crate::{
    domain::{
        client::{Client, ClientId, Problem},
        invitation::Code,
        organisation::LetterPreferences,
    },
    letters::LetterContent,
};

pub struct Candidate {
    pub client: Client,
    /// Name of the team of the same batch that writes this client.
    pub written_by: Option<String>,
    addressee: String,
    address_lines: Vec<String>,
    salutation: String,
    client_name: String,
}

impl Candidate {
    pub fn new(
        client: Client,
        written_by: Option<String>,
        preferences: &LetterPreferences,
    ) -> Self {
        let recipient = client.recipient();
        let style = preferences.name_style;
        Self {
            addressee: recipient.name.addressee(recipient.gender, style),
            // Whoever has no usable address is left out as incomplete before a line of it is printed.
            address_lines: recipient
                .address
                .lines(preferences.address_style)
                .unwrap_or_default(),
            salutation: format!(
                "Geachte {}",
                recipient.name.salutation(recipient.gender, style)
            ),
            client_name: client.name.addressee(client.gender, style),
            client,
            written_by,
        }
    }

    pub fn id(&self) -> &ClientId {
        &self.client.id
    }

    /// Who the client is, as the letter's "Code voor" says it.
    pub fn name(&self) -> &str {
        &self.client_name
    }

    /// Whom the letter goes to, when that is not the client.
    pub fn contact(&self) -> Option<&str> {
        self.client
            .recipient
            .as_ref()
            .map(|_| self.addressee.as_str())
    }

    /// The address in one line; empty when it is incomplete, and when it is or may be secret: the overview goes round.
    pub fn address(&self) -> String {
        let unreadable = |problem: &Problem| problem.field == "secret_client";
        if self.client.secret || self.client.problems.iter().any(unreadable) {
            return String::new();
        }
        self.address_lines.join(", ")
    }

    /// All words that are printed of this client.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.addressee, &self.salutation, &self.client_name]
            .into_iter()
            .chain(&self.address_lines)
            .map(String::as_str)
    }

    pub fn letter(&self, code: Code) -> LetterContent {
        LetterContent {
            addressee: self.addressee.clone(),
            address_lines: self.address_lines.clone(),
            salutation: self.salutation.clone(),
            client_name: self.client_name.clone(),
            code,
        }
    }
}
