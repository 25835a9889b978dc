//! Who asks for something, and whose things they may see.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::organisation::Slug;

/// What somebody is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Nedap support: everything.
    Support,
    /// Somebody of a care provider: its own organisation and no other.
    Provider,
    /// The portal: redeems codes, and nothing else.
    Caren,
    /// A pipeline that checks letters: previews, and nothing else.
    Ci,
    /// Whoever has a shell on the machine, and with it the database and the key.
    Operator,
    /// The program itself, working on the queue or clearing away.
    Worker,
}

impl Role {
    /// The roles that a token may have.
    pub const OF_TOKENS: [Self; 4] = [Self::Support, Self::Provider, Self::Caren, Self::Ci];

    /// `support`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Provider => "provider",
            Self::Caren => "caren",
            Self::Ci => "ci",
            Self::Operator => "operator",
            Self::Worker => "worker",
        }
    }

    /// The other way round, for the roles that a token may have.
    pub fn of_token(text: &str) -> Option<Self> {
        Self::OF_TOKENS
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who does something: what the audit log says of them, and what decides which organisations exist for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `token 01KB…`, `jan@support.example` or `os:root`. Never a client.
    pub user: String,
    pub role: Role,
    /// The one organisation that exists for them; absent: all do.
    pub organisation: Option<Slug>,
    /// Where they ask from: `cli`, an address on the network, or `worker`.
    pub source: String,
}

impl Actor {
    /// Somebody at the command line of this machine. They can call themselves what they like; `uid` is what the system
    /// knows them by.
    pub fn operator(user: &str, uid: u32) -> Self {
        Self {
            user: format!("os:{user}"),
            role: Role::Operator,
            organisation: None,
            source: format!("cli uid {uid}"),
        }
    }

    /// The program itself.
    pub fn worker() -> Self {
        Self {
            user: "brievenbus".to_owned(),
            role: Role::Worker,
            organisation: None,
            source: "worker".to_owned(),
        }
    }

    /// Whether an organisation exists for them: what is another's is never told from what is not there.
    pub fn sees(&self, organisation: &str) -> bool {
        self.organisation
            .as_ref()
            .is_none_or(|own| own.as_str() == organisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_sees_its_own_organisation_and_support_sees_all() {
        let provider = Actor {
            user: "token 1".to_owned(),
            role: Role::Provider,
            organisation: Slug::try_from("zorg".to_owned()).ok(),
            source: "cli".to_owned(),
        };
        assert!(provider.sees("zorg"));
        assert!(!provider.sees("andere-zorg"));
        assert!(Actor::operator("root", 0).sees("andere-zorg"));
    }

    #[test]
    fn a_token_is_never_an_operator() {
        for role in Role::OF_TOKENS {
            assert_eq!(Role::of_token(role.as_str()), Some(role));
        }
        assert_eq!(Role::of_token("operator"), None);
        assert_eq!(Role::of_token("worker"), None);
    }
}
