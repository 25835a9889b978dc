//! Who gets a letter, and the one reason why somebody does not.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    address::AddressStyle,
    client::{Client, LinkStatus, Problem},
    invitation::InvitationState,
};

/// Why a client got no letter. The codes are stable; other people's scripts read them.
///
/// The variants stand in the order in which they are tried: the first that holds is the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Was in an earlier export, or is only mentioned in this one.
    NotInExport,
    Deceased,
    /// No assignment on the letter date.
    NotInCare,
    /// Already connected to Caren.
    Linked,
    /// The export says that an invitation is open.
    InvitedElsewhere,
    /// We have an open invitation.
    OpenInvitation,
    /// We invited before: expired, cancelled or used.
    InvitedBefore,
    /// The export does not know whether the client is connected.
    StatusUnknown,
    /// The address is secret.
    Secret,
    /// Gets its letter in another team of this batch.
    OtherTeam,
    /// Not enough for a letter, or a value that could not be read.
    Incomplete,
    /// The letter is longer than one A4, or the address larger than the window.
    DoesNotFit,
    /// A character of the name or address is in no font we print with.
    MissingGlyph,
}

impl Reason {
    pub const ALL: [Self; 13] = [
        Self::NotInExport,
        Self::Deceased,
        Self::NotInCare,
        Self::Linked,
        Self::InvitedElsewhere,
        Self::OpenInvitation,
        Self::InvitedBefore,
        Self::StatusUnknown,
        Self::Secret,
        Self::OtherTeam,
        Self::Incomplete,
        Self::DoesNotFit,
        Self::MissingGlyph,
    ];

    /// The stable code, `not_in_export`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInExport => "not_in_export",
            Self::Deceased => "deceased",
            Self::NotInCare => "not_in_care",
            Self::Linked => "linked",
            Self::InvitedElsewhere => "invited_elsewhere",
            Self::OpenInvitation => "open_invitation",
            Self::InvitedBefore => "invited_before",
            Self::StatusUnknown => "status_unknown",
            Self::Secret => "secret",
            Self::OtherTeam => "other_team",
            Self::Incomplete => "incomplete",
            Self::DoesNotFit => "does_not_fit",
            Self::MissingGlyph => "missing_glyph",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// A reason with what the reader needs to mend it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    pub reason: Reason,
    pub detail: Detail,
}

/// What belongs to a reason; never a name, an address or a code.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    #[default]
    None,
    /// `incomplete`: each field and what is wrong with it.
    Problems(Vec<Problem>),
    /// `open_invitation`: the last valid day.
    ValidUntil(NaiveDate),
    /// `invited_before`: how that invitation ended.
    Ended(InvitationState),
    /// `invited_elsewhere`: days that the export gives it.
    DaysLeft(u32),
    /// `other_team`: the name of that team.
    Team(String),
    /// `missing_glyph`: the characters, each once.
    Characters(Vec<char>),
    /// `does_not_fit`: lines that the text is too long.
    LinesTooLong(u32),
    /// `does_not_fit`: the address is too wide or too tall for the window.
    AddressTooLarge,
    /// `does_not_fit`: a word, such as a name without spaces, is wider than a line of the letter.
    WordTooWide,
    /// `does_not_fit`: the layout of the letter fails on this client's words.
    CannotBeSet,
}

impl LeftOut {
    pub fn new(reason: Reason, detail: Detail) -> Self {
        Self { reason, detail }
    }
}

impl From<Reason> for LeftOut {
    fn from(reason: Reason) -> Self {
        Self::new(reason, Detail::None)
    }
}

/// `--again`: the ends of an earlier invitation after which a client may be written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Again {
    Expired,
    Cancelled,
}

/// The newest invitation of a client that left the house (replaced and withdrawn ones do not count).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastInvitation {
    pub state: InvitationState,
    pub valid_until: NaiveDate,
    /// Issued by the very batch that asks: a job that is tried again keeps its own letters, and whoever another team
    /// of the batch wrote first is `other_team` all the same.
    pub ours: bool,
}

/// Everything that decides about one client.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub client: &'a Client,
    /// Has an assignment in force on the letter date.
    pub in_care: bool,
    pub last_invitation: Option<LastInvitation>,
    /// Name of the team of the same batch that writes this client.
    pub other_team: Option<&'a str>,
}

/// The rules of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    pub letter_date: NaiveDate,
    pub again: &'a std::collections::BTreeSet<Again>,
    pub accept_unknown: bool,
    pub address_style: AddressStyle,
}

/// The reason to leave a client out, or `None` for a letter. Only `does_not_fit` and `missing_glyph` come later,
/// from the letter workshop.
pub fn judge(facts: &Facts<'_>, rules: &Rules<'_>) -> Option<LeftOut> {
    let client = facts.client;
    if !client.in_export {
        return Some(Reason::NotInExport.into());
    }
    if client.death_date.is_some() {
        return Some(Reason::Deceased.into());
    }
    if !facts.in_care {
        return Some(Reason::NotInCare.into());
    }
    match client.status {
        LinkStatus::Linked => return Some(Reason::Linked.into()),
        LinkStatus::Invited { days_left } if !is_ours(facts) => {
            return Some(LeftOut::new(
                Reason::InvitedElsewhere,
                Detail::DaysLeft(days_left),
            ));
        }
        _ => {}
    }
    if let Some(left_out) = invited_already(facts, rules) {
        return Some(left_out);
    }
    if client.status == LinkStatus::Unknown && !rules.accept_unknown {
        return Some(Reason::StatusUnknown.into());
    }
    if client.secret {
        return Some(Reason::Secret.into());
    }
    let problems = problems(client, rules.address_style);
    match facts.other_team {
        // With a problem the other team writes no letter either, and saying so would hide it.
        Some(team) if problems.is_empty() => Some(LeftOut::new(
            Reason::OtherTeam,
            Detail::Team(team.to_owned()),
        )),
        _ if problems.is_empty() => None,
        _ => Some(LeftOut::new(Reason::Incomplete, Detail::Problems(problems))),
    }
}

fn is_ours(facts: &Facts<'_>) -> bool {
    facts.last_invitation.is_some_and(|last| last.ours)
}

fn invited_already(facts: &Facts<'_>, rules: &Rules<'_>) -> Option<LeftOut> {
    let last = facts.last_invitation?;
    let state = last.state.on(rules.letter_date, last.valid_until);
    match state {
        InvitationState::Open if last.ours => None,
        InvitationState::Open => Some(LeftOut::new(
            Reason::OpenInvitation,
            Detail::ValidUntil(last.valid_until),
        )),
        InvitationState::Expired if rules.again.contains(&Again::Expired) => None,
        InvitationState::Cancelled if rules.again.contains(&Again::Cancelled) => None,
        ended => Some(LeftOut::new(Reason::InvitedBefore, Detail::Ended(ended))),
    }
}

/// What keeps the letter from being written: values that could not be read, and what it cannot do without.
fn problems(client: &Client, style: AddressStyle) -> Vec<Problem> {
    let recipient = client.recipient();
    let mut needed = recipient.name.problems();
    needed.extend(recipient.address.lines(style).err().unwrap_or_default());
    if client.recipient.is_some() {
        for problem in &mut needed {
            problem.field = format!("contact.{}", problem.field);
        }
        // The letter says "Code voor" with the client's own name.
        needed.extend(client.name.problems());
    }
    let mut problems = client.problems.clone();
    for problem in needed {
        // A value that could not be read is also missing; once is enough.
        if !problems.iter().any(|known| known.field == problem.field) {
            problems.push(problem);
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{
        address::PostalAddress,
        client::{ClientId, Contact, Gender, ProblemKind},
        name::PersonName,
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn client() -> Client {
        Client {
            id: ClientId::new("1").unwrap(),
            gender: Gender::Female,
            name: PersonName {
                initials: "C.".into(),
                birth_name: "Vries".into(),
                ..Default::default()
            },
            address: PostalAddress {
                street: "Sesamstraat".into(),
                house_number: Some(1),
                postcode: "1234 AB".into(),
                city: "Enschede".into(),
                ..Default::default()
            },
            death_date: None,
            secret: false,
            status: LinkStatus::NotLinked,
            problems: Vec::new(),
            recipient: None,
            in_export: true,
        }
    }

    fn invitation(state: InvitationState, valid_until: &str, ours: bool) -> LastInvitation {
        LastInvitation {
            state,
            valid_until: day(valid_until),
            ours,
        }
    }

    fn reason(
        client: &Client,
        last: Option<LastInvitation>,
        again: &[Again],
        change: impl FnOnce(&mut Facts<'_>, &mut Rules<'_>),
    ) -> Option<LeftOut> {
        let again: BTreeSet<Again> = again.iter().copied().collect();
        let mut facts = Facts {
            client,
            in_care: true,
            last_invitation: last,
            other_team: None,
        };
        let mut rules = Rules {
            letter_date: day("2026-11-21"),
            again: &again,
            accept_unknown: false,
            address_style: AddressStyle::Ons,
        };
        change(&mut facts, &mut rules);
        judge(&facts, &rules)
    }

    fn plain(client: &Client) -> Option<Reason> {
        reason(client, None, &[], |_, _| {}).map(|l| l.reason)
    }

    /// A client for whom all is wrong at once; mending the first reason brings the next to light. `other_team` needs a
    /// client who is complete, since nobody gets a letter from another team otherwise.
    #[test]
    fn the_first_reason_that_holds_is_the_reason_in_the_order_of_the_contract() {
        let mut client = client();
        client.in_export = false;
        client.death_date = Some(day("2026-01-01"));
        client.status = LinkStatus::Linked;
        client.secret = true;
        client.address.postcode = String::new();
        let mut in_care = false;
        let mut last = Some(invitation(InvitationState::Open, "2026-11-21", false));
        let other_team = Some("Zuid");
        for expected in Reason::ALL.iter().take(9) {
            let found = reason(&client, last, &[], |facts, _| {
                facts.in_care = in_care;
                facts.other_team = other_team;
            });
            assert_eq!(found.map(|l| l.reason), Some(*expected));
            match expected {
                Reason::NotInExport => client.in_export = true,
                Reason::Deceased => client.death_date = None,
                Reason::NotInCare => in_care = true,
                Reason::Linked => client.status = LinkStatus::Invited { days_left: 3 },
                Reason::InvitedElsewhere => client.status = LinkStatus::Unknown,
                Reason::OpenInvitation => {
                    last = Some(invitation(InvitationState::Redeemed, "2026-11-21", false));
                }
                Reason::InvitedBefore => last = None,
                Reason::StatusUnknown => client.status = LinkStatus::NotLinked,
                _ => client.secret = false,
            }
        }
        let with_team = |client: &Client| {
            reason(client, None, &[], |facts, _| {
                facts.other_team = Some("Zuid")
            })
            .map(|l| l.reason)
        };
        assert_eq!(with_team(&client), Some(Reason::Incomplete));
        client.address.postcode = "1234 AB".into();
        assert_eq!(with_team(&client), Some(Reason::OtherTeam));
        assert_eq!(plain(&client), None);
    }

    #[test]
    fn an_ended_invitation_lets_a_client_in_again_only_when_asked_for() {
        use InvitationState::{Cancelled, Expired, Open, Redeemed};
        let client = client();
        let cases = [
            (Open, "2026-11-21", &[][..], Some(Reason::OpenInvitation)),
            (
                Open,
                "2026-11-21",
                &[Again::Expired],
                Some(Reason::OpenInvitation),
            ),
            (Open, "2026-11-20", &[], Some(Reason::InvitedBefore)),
            (Open, "2026-11-20", &[Again::Expired], None),
            (
                Expired,
                "2026-11-20",
                &[Again::Cancelled],
                Some(Reason::InvitedBefore),
            ),
            (
                Cancelled,
                "2027-11-20",
                &[Again::Expired],
                Some(Reason::InvitedBefore),
            ),
            (Cancelled, "2027-11-20", &[Again::Cancelled], None),
            (
                Redeemed,
                "2026-11-20",
                &[Again::Expired, Again::Cancelled],
                Some(Reason::InvitedBefore),
            ),
        ];
        for (state, until, again, expected) in cases {
            let last = Some(invitation(state, until, false));
            let found = reason(&client, last, again, |_, _| {}).map(|l| l.reason);
            assert_eq!(found, expected, "{state:?} {until} {again:?}");
        }
    }

    #[test]
    fn a_job_that_is_tried_again_keeps_its_own_letters() {
        let mut client = client();
        client.status = LinkStatus::Invited { days_left: 42 };
        let ours = Some(invitation(InvitationState::Open, "2027-01-02", true));
        assert_eq!(reason(&client, ours, &[], |_, _| {}), None);
        let theirs = Some(invitation(InvitationState::Open, "2027-01-02", false));
        let left_out = reason(&client, theirs, &[], |_, _| {}).unwrap();
        assert_eq!(left_out.reason, Reason::InvitedElsewhere);
    }

    #[test]
    fn every_missing_field_is_named_once_and_a_contacts_as_the_contacts() {
        let mut client = client();
        client.name = PersonName::default();
        client.problems = vec![Problem::new("home_number", ProblemKind::NotANumber)];
        client.address = PostalAddress::default();
        let fields = |client: &Client| match reason(client, None, &[], |_, _| {}).unwrap().detail {
            Detail::Problems(problems) => {
                let mut fields: Vec<String> = problems.into_iter().map(|p| p.field).collect();
                fields.sort();
                fields
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(
            fields(&client),
            ["birth_name", "city", "home_number", "street", "zipcode"]
        );
        client.problems.clear();
        client.recipient = Some(Contact {
            role: "curator".into(),
            gender: Gender::Other,
            name: PersonName {
                birth_name: "Jansen".into(),
                ..Default::default()
            },
            address: PostalAddress::default(),
        });
        assert_eq!(
            fields(&client),
            [
                "birth_name",
                "contact.city",
                "contact.home_number",
                "contact.street",
                "contact.zipcode"
            ]
        );
    }
}
