//! A client of a care provider, and the contact who may receive the letter instead.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{address::PostalAddress, name::PersonName};

/// Ons `identificationNo`: what people in care call the client number (*cliëntnummer*).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// Longest client number that still makes a safe file name.
    pub const MAX_CHARS: usize = 40;

    /// `None` when the number is empty, longer than [`Self::MAX_CHARS`] or has other characters than
    /// ASCII letters, digits, `-`, `_` and `.`: it is part of file names on every system.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let ok = !text.is_empty()
            && text.len() <= Self::MAX_CHARS
            && text.bytes().all(safe)
            && text.bytes().any(|b| b.is_ascii_alphanumeric());
        ok.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    Male,
    Female,
    /// Not recorded, not specified, or another: nothing is guessed from it.
    Other,
}

/// Whether the client is connected to Caren, as the export says it (*Carenstatus*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// *Actieve koppeling*
    Linked,
    /// *Niet gekoppeld*
    NotLinked,
    /// *Uitnodiging is nog N dagen geldig*
    Invited { days_left: u32 },
    /// *Onbekend*, or no status at all: Caren was out of reach, or is not used.
    Unknown,
}

/// What we know of a client's invitation beside the export: the newest that left the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnInvitation {
    /// Open, and valid until this day.
    Open(NaiveDate),
    /// Its code was used, on this day.
    Redeemed(NaiveDate),
}

impl LinkStatus {
    /// The status today. `self` is what the export of `exported` said; an invitation of ours that came later knows
    /// better. An invitation that the export knew of counts down and ends by itself.
    #[must_use]
    pub fn on(self, today: NaiveDate, exported: NaiveDate, own: Option<OwnInvitation>) -> Self {
        match (self, own) {
            (Self::Linked, _) => Self::Linked,
            (_, Some(OwnInvitation::Redeemed(day))) if day >= exported => Self::Linked,
            (_, Some(OwnInvitation::Open(until))) if until >= today => Self::Invited {
                days_left: days_between(today, until),
            },
            (Self::Invited { days_left }, _) => {
                match days_left.checked_sub(days_between(exported, today)) {
                    Some(days_left) => Self::Invited { days_left },
                    None => Self::NotLinked,
                }
            }
            (status, _) => status,
        }
    }
}

/// Whole days; none when `to` comes first.
fn days_between(from: NaiveDate, to: NaiveDate) -> u32 {
    u32::try_from((to - from).num_days()).unwrap_or(0)
}

/// A client as the last export that had them described them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Client {
    pub id: ClientId,
    pub gender: Gender,
    pub name: PersonName,
    pub address: PostalAddress,
    pub death_date: Option<NaiveDate>,
    /// The address is confidential; no letter is sent.
    pub secret: bool,
    pub status: LinkStatus,
    /// Values of the export that could not be read; a client with one gets no letter.
    pub problems: Vec<Problem>,
    /// Who receives the letter for the client, if not the client.
    pub recipient: Option<Contact>,
    /// Was in the last export of the organisation.
    pub in_export: bool,
}

/// A representative (*vertegenwoordiger*), guardian or first contact who receives the letter for the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub role: String,
    pub gender: Gender,
    pub name: PersonName,
    pub address: PostalAddress,
}

/// Whom a letter is addressed to: the client, or the contact who receives it.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    pub gender: Gender,
    pub name: &'a PersonName,
    pub address: &'a PostalAddress,
}

impl Client {
    /// A client of whom only the number is known.
    pub fn number_only(id: ClientId) -> Self {
        Self {
            id,
            gender: Gender::Other,
            name: PersonName::default(),
            address: PostalAddress::default(),
            death_date: None,
            secret: false,
            status: LinkStatus::Unknown,
            problems: Vec::new(),
            recipient: None,
            in_export: false,
        }
    }

    pub fn recipient(&self) -> Recipient<'_> {
        match &self.recipient {
            Some(contact) => Recipient {
                gender: contact.gender,
                name: &contact.name,
                address: &contact.address,
            },
            None => Recipient {
                gender: self.gender,
                name: &self.name,
                address: &self.address,
            },
        }
    }
}

/// A value of an export that is missing or could not be read, in terms of the export.
///
/// It names the column and what is wrong, never the value, which may be a name or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Column name as in the contract, `home_number`; a contact's has `contact.` before it.
    pub field: String,
    pub kind: ProblemKind,
}

impl Problem {
    pub fn new(field: &str, kind: ProblemKind) -> Self {
        Self {
            field: field.to_owned(),
            kind,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    Missing,
    /// Not `2026-11-21` or `21-11-2026`.
    NotADate,
    /// Not a whole number in the range that the field allows.
    NotANumber,
    /// Not `[1-9][0-9]{3} ?[A-Z]{2}`, or one that is never issued (SA, SD, SS).
    NotAPostcode,
    /// Not one of the values that the field allows.
    UnknownValue,
    /// Has a control character, or one that reverses the direction of text.
    ForbiddenCharacter,
    /// Has a question mark beside its letters, which programs write for a letter that their encoding lacks: `?sselstein`.
    LostCharacter,
    TooLong,
    /// The row is there twice, with different values.
    Duplicate,
}

/// A client is in care of a location from `begin` to `end`, both inclusive †.
///
/// Whether Ons means an end date inclusively is documented nowhere; [`Assignment::in_force`] is the one
/// place that decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub client: ClientId,
    pub location: super::location::LocationId,
    /// `MAIN`, `STANDARD`, …; the MAIN one decides which team sends the letter.
    pub main: bool,
    pub begin: Option<NaiveDate>,
    pub end: Option<NaiveDate>,
}

impl Assignment {
    pub fn in_force(&self, day: NaiveDate) -> bool {
        self.begin.is_none_or(|begin| begin <= day) && self.end.is_none_or(|end| day <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_is_known_is_the_status() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (today, exported) = (day("2026-11-21"), day("2026-11-11"));
        let invited = |days_left| LinkStatus::Invited { days_left };
        let until = Some(OwnInvitation::Open(day("2026-12-01")));
        let ended = Some(OwnInvitation::Open(day("2026-11-20")));
        let used = Some(OwnInvitation::Redeemed(day("2026-11-15")));
        let used_before = Some(OwnInvitation::Redeemed(day("2026-11-01")));
        for (export, own, status) in [
            (LinkStatus::NotLinked, None, LinkStatus::NotLinked),
            (LinkStatus::NotLinked, until, invited(10)),
            (LinkStatus::Unknown, until, invited(10)),
            (LinkStatus::NotLinked, ended, LinkStatus::NotLinked),
            (LinkStatus::NotLinked, used, LinkStatus::Linked),
            // The export is newer: the link has ended.
            (LinkStatus::NotLinked, used_before, LinkStatus::NotLinked),
            (invited(12), None, invited(2)),
            (invited(10), None, invited(0)),
            (invited(9), None, LinkStatus::NotLinked),
            (LinkStatus::Linked, until, LinkStatus::Linked),
            (LinkStatus::Unknown, None, LinkStatus::Unknown),
        ] {
            assert_eq!(
                export.on(today, exported, own),
                status,
                "{export:?} {own:?}"
            );
        }
    }
}
