//! A client of the team with the words that a letter to them has.

use crate::{
    domain::{
        client::{Client, ClientId, Problem},
        invitation::Code,
        organisation::{LetterOrder, LetterPreferences},
    },
    letters::{Addressee, LetterContent, LetterWords},
    operations::Failure,
};

/// Of thousands no more is kept in memory than a letter and the overview need.
pub struct Candidate {
    id: ClientId,
    rank: Rank,
    /// The letter goes to a contact.
    to_contact: bool,
    /// Nobody but the letter may know the address.
    secret: bool,
    words: LetterWords,
}

/// Where a letter comes among those of the team: by what the organisation orders them, then by client number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Name(String),
    Address((String, String, u32, String)),
    ClientId,
}

impl Rank {
    fn new(client: &Client, order: LetterOrder) -> Self {
        match order {
            LetterOrder::Name => Self::Name(client.name.sort_key()),
            LetterOrder::Address => Self::Address(client.recipient().address.sort_key()),
            LetterOrder::ClientId => Self::ClientId,
        }
    }
}

impl Candidate {
    pub fn new(client: &Client, preferences: &LetterPreferences) -> Self {
        let unreadable = |problem: &Problem| problem.field == "secret_client";
        Self {
            id: client.id.clone(),
            rank: Rank::new(client, preferences.order),
            to_contact: client.recipient.is_some(),
            secret: client.secret || client.problems.iter().any(unreadable),
            // Whoever has no usable address is left out as incomplete before a line of it is printed.
            words: LetterWords::new(Addressee::from(client), preferences),
        }
    }

    pub fn id(&self) -> &ClientId {
        &self.id
    }

    pub fn rank(&self) -> &Rank {
        &self.rank
    }

    /// Who the client is, as the letter's "Code voor" says it.
    pub fn name(&self) -> &str {
        &self.words.client_name
    }

    /// Whom the letter goes to, when that is not the client.
    pub fn contact(&self) -> Option<&str> {
        self.to_contact.then_some(self.words.addressee.as_str())
    }

    /// The address in one line; empty when it is incomplete, and when it is or may be secret: the overview goes round.
    pub fn address(&self) -> String {
        if self.secret {
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
