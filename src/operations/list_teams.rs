//! `team list`: the tree of locations, and where the clients of each stand with Caren.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    App, Failure,
    list_clients::clients_with_status,
    submit_batch::{location_tree, organisation},
};
use crate::domain::{
    client::{Client, ClientId, LinkStatus},
    eligibility::{Facts, Rules, judge},
    organisation::Slug,
};

/// A location with the clients assigned today to it or to a location below it, each counted once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamLine {
    pub id: String,
    pub name: String,
    /// Steps below the top of the tree.
    pub depth: usize,
    pub clients: usize,
    pub linked: usize,
    pub not_linked: usize,
    pub invited: usize,
    pub unknown: usize,
    /// Would get a letter today, if it fits.
    pub eligible: usize,
}

/// What is counted of a client.
#[derive(Clone, Copy)]
struct Standing {
    status: LinkStatus,
    eligible: bool,
}

/// Every location, each below the one it belongs to, in the order of the export.
pub async fn list_teams(app: &App, slug: &Slug) -> Result<Vec<TeamLine>, Failure> {
    let tree = location_tree(app, slug).await?;
    let today = app.today();
    let mut in_care = app.db.assignments(slug).await?;
    in_care.retain(|assignment| assignment.in_force(today));
    let standings = standings(app, slug).await?;
    let mut clients: BTreeMap<_, BTreeMap<ClientId, Standing>> = BTreeMap::new();
    for assignment in in_care {
        let Some(standing) = standings.get(&assignment.client) else {
            continue;
        };
        for location in tree.ancestors(&assignment.location) {
            clients
                .entry(location.id.clone())
                .or_default()
                .insert(assignment.client.clone(), *standing);
        }
    }
    let none = BTreeMap::new();
    let lines = tree.in_order().into_iter().map(|location| {
        let clients = clients.get(&location.id).unwrap_or(&none);
        let count = |wanted: fn(&LinkStatus) -> bool| {
            clients.values().filter(|s| wanted(&s.status)).count()
        };
        TeamLine {
            id: location.id.to_string(),
            name: location.name.clone(),
            depth: tree.ancestors(&location.id).count().saturating_sub(1),
            clients: clients.len(),
            linked: count(|status| matches!(status, LinkStatus::Linked)),
            not_linked: count(|status| matches!(status, LinkStatus::NotLinked)),
            invited: count(|status| matches!(status, LinkStatus::Invited { .. })),
            unknown: count(|status| matches!(status, LinkStatus::Unknown)),
            eligible: clients.values().filter(|s| s.eligible).count(),
        }
    });
    Ok(lines.collect())
}

/// Everybody of the last export, judged as a batch of today with nothing special would, given that they are in care.
async fn standings(app: &App, slug: &Slug) -> Result<HashMap<ClientId, Standing>, Failure> {
    let style = organisation(app, slug)
        .await?
        .organisation
        .letter
        .address_style;
    let clients = clients_with_status(app, slug).await?;
    let ids: Vec<ClientId> = clients
        .iter()
        .map(|(client, _)| client.id.clone())
        .collect();
    let last = app.db.last_invitations(slug, None, &ids).await?;
    let again = BTreeSet::new();
    let rules = Rules {
        letter_date: app.today(),
        again: &again,
        accept_unknown: false,
        address_style: style,
    };
    let eligible = |client: &Client| {
        let facts = Facts {
            client,
            in_care: true,
            last_invitation: last.get(&client.id).copied(),
            other_team: None,
        };
        judge(&facts, &rules).is_none()
    };
    Ok(clients
        .into_iter()
        .map(|(client, status)| {
            let eligible = eligible(&client);
            (client.id, Standing { status, eligible })
        })
        .collect())
}
