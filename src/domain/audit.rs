//! What the audit log says of an access to client data (NEN 7513): what was done, how it ended, and whose data it was.
//!
//! Who asked, in which role and from where is said by [`super::actor::Actor`].

use std::fmt;

use super::{client::ClientId, organisation::Slug};

/// Something that is done with client data, or that decides who may. The codes are stable: they are in the log for years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// An export was taken in; its clients.
    Import,
    /// Clients and where they stand were listed, or one was searched.
    ClientsListed,
    /// Invitations were listed.
    InvitationsListed,
    /// A batch was only tried; the clients of its teams.
    BatchTried,
    /// A batch was asked for; its letters follow as [`Self::LettersMade`].
    BatchSubmitted,
    BatchCancelled,
    BatchRetried,
    /// The letters of a team were made; their clients.
    LettersMade,
    /// Clients of the team who got no letter: the overview of its bundle names them.
    ClientsLeftOut,
    /// A bundle left the store. Its clients are those of [`Self::LettersMade`] and [`Self::ClientsLeftOut`] with the same
    /// bundle: a bundle may be asked for in a hundred parts, and has thousands of clients.
    BundleDownloaded,
    /// The letter of an invitation was printed again.
    LetterPrinted,
    /// A letter was looked at with the data of a real client.
    LetterPreviewed,
    CodeRedeemed,
    InvitationCancelled,
    InvitationReissued,
    /// An organisation's logo, preferences or text were changed.
    OrganisationChanged,
    TokenCreated,
    TokenRevoked,
    SignedIn,
    SignedOut,
    /// The audit log was read.
    AuditListed,
    /// What was kept long enough was cleared away.
    Purged,
    /// A bundle was removed from the store.
    BundleRemoved,
    /// Clients who were in no export for long lost their names and addresses.
    ClientsAnonymised,
    /// The keys that data is sealed with were changed.
    KeyRotated,
    /// Everything was copied into a folder.
    BackedUp,
}

impl Action {
    pub const ALL: [Self; 26] = [
        Self::Import,
        Self::ClientsListed,
        Self::InvitationsListed,
        Self::BatchTried,
        Self::BatchSubmitted,
        Self::BatchCancelled,
        Self::BatchRetried,
        Self::LettersMade,
        Self::ClientsLeftOut,
        Self::BundleDownloaded,
        Self::LetterPrinted,
        Self::LetterPreviewed,
        Self::CodeRedeemed,
        Self::InvitationCancelled,
        Self::InvitationReissued,
        Self::OrganisationChanged,
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::SignedIn,
        Self::SignedOut,
        Self::AuditListed,
        Self::Purged,
        Self::BundleRemoved,
        Self::ClientsAnonymised,
        Self::KeyRotated,
        Self::BackedUp,
    ];

    /// `bundle_downloaded`
    pub fn code(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::ClientsListed => "clients_listed",
            Self::InvitationsListed => "invitations_listed",
            Self::BatchTried => "batch_tried",
            Self::BatchSubmitted => "batch_submitted",
            Self::BatchCancelled => "batch_cancelled",
            Self::BatchRetried => "batch_retried",
            Self::LettersMade => "letters_made",
            Self::ClientsLeftOut => "clients_left_out",
            Self::BundleDownloaded => "bundle_downloaded",
            Self::LetterPrinted => "letter_printed",
            Self::LetterPreviewed => "letter_previewed",
            Self::CodeRedeemed => "code_redeemed",
            Self::InvitationCancelled => "invitation_cancelled",
            Self::InvitationReissued => "invitation_reissued",
            Self::OrganisationChanged => "organisation_changed",
            Self::TokenCreated => "token_created",
            Self::TokenRevoked => "token_revoked",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::AuditListed => "audit_listed",
            Self::Purged => "purged",
            Self::BundleRemoved => "bundle_removed",
            Self::ClientsAnonymised => "clients_anonymised",
            Self::KeyRotated => "key_rotated",
            Self::BackedUp => "backed_up",
        }
    }

    /// The other way round.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Nothing was handed out or changed; the code of the failure.
    Refused(String),
}

impl Outcome {
    /// `done`, or `refused:unknown_code`
    pub fn code(&self) -> String {
        match self {
            Self::Done => "done".to_owned(),
            Self::Refused(why) => format!("refused:{why}"),
        }
    }
}

/// An access to client data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub action: Action,
    pub outcome: Outcome,
    /// Whose clients they are; absent when that is not known, as with a code that nobody has.
    pub organisation: Option<Slug>,
    pub clients: Vec<ClientId>,
    /// What it was done with: `bundle 01KB…`, `batch 01KB…`, `invitation 01KB…`, `token 01KB…`, `key 0f3a…`. Never a code,
    /// never a name of a client.
    pub object: Option<String>,
}

impl Access {
    pub fn done(action: Action) -> Self {
        Self {
            action,
            outcome: Outcome::Done,
            organisation: None,
            clients: Vec::new(),
            object: None,
        }
    }

    /// It was not to be; `code` is that of the failure.
    pub fn refused(action: Action, code: &str) -> Self {
        Self {
            outcome: Outcome::Refused(code.to_owned()),
            ..Self::done(action)
        }
    }

    #[must_use]
    pub fn of(self, organisation: &Slug) -> Self {
        Self {
            organisation: Some(organisation.clone()),
            ..self
        }
    }

    #[must_use]
    pub fn to_clients(self, clients: impl IntoIterator<Item = ClientId>) -> Self {
        Self {
            clients: clients.into_iter().collect(),
            ..self
        }
    }

    /// With an id of ours behind what it is: 26 characters, of a key 16 hexadecimal digits, as `key show` tells it. Whatever
    /// else somebody has typed in its place, a code perhaps, is left out.
    #[must_use]
    pub fn with(self, kind: &str, id: &str) -> Self {
        let ours = match kind {
            "key" => id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()),
            _ => id.len() == 26 && id.bytes().all(|b| b.is_ascii_alphanumeric()),
        };
        Self {
            object: Some(match ours {
                true => format!("{kind} {id}"),
                false => kind.to_owned(),
            }),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> = Action::ALL.iter().map(|action| action.code()).collect();
        assert_eq!(codes.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(Action::parse(action.code()), Some(action));
        }
        assert_eq!(Action::parse("looked_out_of_the_window"), None);
    }

    #[test]
    fn what_was_typed_is_an_object_only_when_it_is_an_id() {
        let access = |id| {
            Access::done(Action::LetterPrinted)
                .with("invitation", id)
                .object
        };
        assert_eq!(
            access("01KB0000000000000000000000").as_deref(),
            Some("invitation 01KB0000000000000000000000")
        );
        assert_eq!(access("0012345678").as_deref(), Some("invitation"));
        assert_eq!(
            access("Mevr. C. de Vries - Heemsber").as_deref(),
            Some("invitation")
        );
        let key = |id| Access::done(Action::KeyRotated).with("key", id).object;
        assert_eq!(
            key("0123456789abcdef").as_deref(),
            Some("key 0123456789abcdef")
        );
        assert_eq!(key("0012345678").as_deref(), Some("key"));
    }
}
