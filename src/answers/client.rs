//! A client by number: where they stand, and what the last batch made of them.

use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::{
    domain::{
        client::{ClientId, LinkStatus},
        eligibility::Reason,
    },
    operations::list_clients::{ClientStanding, Outcome, PastOutcome},
    wording::{dutch::caren_status, english},
};

/// A client of an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Client {
    #[schema(schema_with = words::client_number)]
    client_id: ClientId,
    /// In the last export.
    in_export: bool,
    /// As Caren names it, in Dutch: `Actieve koppeling`, `Niet gekoppeld`, `Uitnodiging is nog 12 dagen geldig`, `Onbekend`.
    status: String,
    link: Link,
    /// Days that an open invitation still works.
    days_left: Option<u32>,
    /// What the last batch made of them; absent when no batch has decided about them.
    last_batch: Option<LastBatch>,
}

/// Whether a client is connected to Caren.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    Linked,
    NotLinked,
    Invited,
    Unknown,
}

/// What a batch made of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastBatch {
    #[schema(schema_with = words::id)]
    batch: String,
    /// The name of the team.
    team: String,
    /// The number of the letter in the bundle, from 1; absent for who got none.
    letter: Option<u32>,
    left_out: Option<ClientLeftOut>,
}

/// Why a client got no letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientLeftOut {
    #[schema(schema_with = words::reason)]
    reason: Reason,
    /// The same in a few words.
    explanation: &'static str,
    /// For `incomplete`: the fields and what is wrong with each.
    problems: Vec<String>,
}

impl From<ClientStanding> for Client {
    fn from(standing: ClientStanding) -> Self {
        let (link, days_left) = match standing.status {
            LinkStatus::Linked => (Link::Linked, None),
            LinkStatus::NotLinked => (Link::NotLinked, None),
            LinkStatus::Invited { days_left } => (Link::Invited, Some(days_left)),
            LinkStatus::Unknown => (Link::Unknown, None),
        };
        Self {
            client_id: standing.client,
            in_export: standing.in_export,
            status: caren_status(standing.status),
            link,
            days_left,
            last_batch: standing.last.map(LastBatch::from),
        }
    }
}

impl From<PastOutcome> for LastBatch {
    fn from(past: PastOutcome) -> Self {
        let (letter, left_out) = match past.outcome {
            Outcome::Letter(number) => (Some(number), None),
            Outcome::LeftOut(left_out) => (
                None,
                Some(ClientLeftOut {
                    reason: left_out.reason,
                    explanation: english::reason(left_out.reason),
                    problems: english::problems(&left_out.detail),
                }),
            ),
        };
        Self {
            batch: past.batch,
            team: past.team_name,
            letter,
            left_out,
        }
    }
}
