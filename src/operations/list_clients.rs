//! `client list`: where each client stands with Caren, as Caren names it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    App, Failure,
    record_access::{or_refused, record_access},
    submit_batch::{location_tree, organisation, unknown_team},
};
use crate::{
    domain::{
        audit::{Access, Action},
        calendar::day_in_amsterdam,
        client::{Client, ClientId, LinkStatus, OwnInvitation},
        invitation::InvitationState,
        organisation::Slug,
    },
    storage::invitations::InvitationFilter,
};

/// A client and where they stand today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientLine {
    pub client: ClientId,
    pub status: LinkStatus,
}

/// The clients of the last export, or those of one team (assigned to it today, or to a location below it), by number.
pub async fn list_clients(
    app: &App,
    slug: &Slug,
    team: Option<&str>,
) -> Result<Vec<ClientLine>, Failure> {
    let access = Access::done(Action::ClientsListed).of(slug);
    let lines = or_refused(app, &access, lines(app, slug, team)).await?;
    let clients = lines.iter().map(|line| line.client.clone());
    record_access(app, access.to_clients(clients)).await?;
    Ok(lines)
}

async fn lines(app: &App, slug: &Slug, team: Option<&str>) -> Result<Vec<ClientLine>, Failure> {
    let statuses = statuses(app, slug).await?;
    let wanted = match team {
        None => None,
        Some(team) => Some(clients_of(app, slug, team).await?),
    };
    Ok(statuses
        .into_iter()
        .filter(|(client, _)| wanted.as_ref().is_none_or(|wanted| wanted.contains(client)))
        .map(|(client, status)| ClientLine { client, status })
        .collect())
}

async fn clients_of(app: &App, slug: &Slug, team: &str) -> Result<HashSet<ClientId>, Failure> {
    let tree = location_tree(app, slug).await?;
    let team = tree
        .find(team)
        .map_err(|error| unknown_team(team, error))?
        .id
        .clone();
    let today = app.today();
    let assignments = app.db.assignments(slug).await?;
    Ok(assignments
        .into_iter()
        .filter(|assignment| assignment.in_force(today))
        .filter(|assignment| tree.distance(&assignment.location, &team).is_some())
        .map(|assignment| assignment.client)
        .collect())
}

/// The status today of every client of the last export.
pub(super) async fn statuses(
    app: &App,
    slug: &Slug,
) -> Result<BTreeMap<ClientId, LinkStatus>, Failure> {
    let clients = clients_with_status(app, slug).await?;
    Ok(clients
        .into_iter()
        .map(|(client, status)| (client.id, status))
        .collect())
}

/// Every client of the last export with the status today, by number.
pub(super) async fn clients_with_status(
    app: &App,
    slug: &Slug,
) -> Result<Vec<(Client, LinkStatus)>, Failure> {
    let exported = day_in_amsterdam(organisation(app, slug).await?.imported_at);
    let today = app.today();
    let own = own_invitations(app, slug, None).await?;
    let clients = app.db.clients_in_export(slug).await?;
    Ok(clients
        .into_iter()
        .map(|client| {
            let known = own.get(&client.id).copied();
            let status = client.status.on(today, exported, known);
            (client, status)
        })
        .collect())
}

/// What our own invitations say of everybody, or of one client.
pub(super) async fn own_invitations(
    app: &App,
    slug: &Slug,
    client: Option<&ClientId>,
) -> Result<HashMap<ClientId, OwnInvitation>, Failure> {
    let filter = InvitationFilter {
        organisation: Some(slug.clone()),
        client: client.map(ClientId::to_string),
        ..InvitationFilter::default()
    };
    let today = app.today();
    let mut own = HashMap::new();
    // Oldest first, so that the newest that says something is the one that stays.
    for invitation in app.db.invitations(&filter, today).await? {
        let known = match (invitation.state_on(today), invitation.closed_at) {
            (InvitationState::Open, _) => OwnInvitation::Open(invitation.valid_until),
            (InvitationState::Redeemed, Some(at)) => OwnInvitation::Redeemed(day_in_amsterdam(at)),
            _ => continue,
        };
        own.insert(invitation.client, known);
    }
    Ok(own)
}
