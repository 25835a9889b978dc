//! A client of the team with the words that a letter to them has.

use crate::{
    domain::{
        client::{Client, ClientId, Problem},
        invitation::Code,
        organisation::LetterPreferences,
    },
    letters::{Addressee, LetterContent, LetterWords},
    operations::Failure,
};

pub struct Candidate {
    pub client: Client,
    /// Name of the team of the same batch that writes this client.
    pub written_by: Option<String>,
    words: LetterWords,
}

impl Candidate {
    pub fn new(
        client: Client,
        written_by: Option<String>,
        preferences: &LetterPreferences,
    ) -> Self {
        Self {
            // Whoever has no usable address is left out as incomplete before a line of it is printed.
            words: LetterWords::new(Addressee::from(&client), preferences),
            client,
            written_by,
        }
    }

    pub fn id(&self) -> &ClientId {
        &self.client.id
    }

    /// Who the client is, as the letter's "Code voor" says it.
    pub fn name(&self) -> &str {
        &self.words.client_name
    }

    /// Whom the letter goes to, when that is not the client.
    pub fn contact(&self) -> Option<&str> {
        self.client
            .recipient
            .as_ref()
            .map(|_| self.words.addressee.as_str())
    }

    /// The address in one line; empty when it is incomplete, and when it is or may be secret: the overview goes round.
    pub fn address(&self) -> String {
        let unreadable = |problem: &Problem| problem.field == "secret_client";
        if self.client.secret || self.client.problems.iter().any(unreadable) {
            return String::new();
        }
        self.words.address_lines.join(", ")
    }

    pub fn words(&self) -> &LetterWords {
        &self.words
    }

    /// All words that are printed of this client.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.words.texts()
    }

    /// The words as they are kept with the invitation.
    pub fn written_words(&self) -> Result<String, Failure> {
        serde_json::to_string(&self.words)
            .map_err(|_| Failure::ours("the words of a letter cannot be written down"))
    }

    /// Takes the words that were kept with the invitation.
    pub fn keep_words(&mut self, written: &str) -> Result<(), Failure> {
        self.words = read_words(written)?;
        Ok(())
    }

    pub fn letter(&self, code: Code) -> LetterContent {
        LetterContent {
            words: self.words.clone(),
            code,
        }
    }
}

/// The words of a letter as they were kept with its invitation.
pub fn read_words(written: &str) -> Result<LetterWords, Failure> {
    // Without serde's own sentence, which quotes values.
    serde_json::from_str(written).map_err(|_| Failure::ours("a stored letter cannot be read"))
}
