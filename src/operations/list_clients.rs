//! `client list`: where each client stands with Caren, as Caren names it.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::{
    App, Failure,
    paging::{Page, Paging},
    record_access::{or_refused, record_access},
    submit_batch::{location_tree, organisation, unknown_team},
};
pub use crate::storage::outcomes::{Outcome, PastOutcome};
use crate::{
    domain::{
        audit::{Access, Action},
        calendar::day_in_amsterdam,
        client::{Client, ClientId, LinkStatus, OwnInvitation},
        invitation::InvitationState,
        organisation::Slug,
    },
    storage::invitations::StoredInvitation,
};

/// Clients whose standing is looked up at a time: each is a variable of a query, and a database takes so many.
pub(super) const AT_A_TIME: usize = 1_000;

/// The clients of the last export, or those of one team (assigned to it today, or to a location below it), by number.
pub async fn list_clients(
    app: &App,
    slug: &Slug,
    team: Option<&str>,
) -> Result<Vec<ClientStanding>, Failure> {
    let access = Access::done(Action::ClientsListed).of(slug);
    let standings = or_refused(app, &access, all_standings(app, slug, team)).await?;
    let clients = standings.iter().map(|standing| standing.client.clone());
    record_access(app, access.to_clients(clients)).await?;
    Ok(standings)
}

async fn all_standings(
    app: &App,
    slug: &Slug,
    team: Option<&str>,
) -> Result<Vec<ClientStanding>, Failure> {
    let filter = ClientFilter {
        client: None,
        team: team.map(str::to_owned),
    };
    let mut paging = Paging {
        after: None,
        limit: AT_A_TIME,
    };
    let mut all = Vec::new();
    loop {
        let page = standing_page(app, slug, &filter, &paging).await?;
        // Who is in the team still, and in the export no more, stands nowhere with Caren.
        all.extend(page.items.into_iter().filter(|client| client.in_export));
        paging.after = page.next;
        if paging.after.is_none() {
            return Ok(all);
        }
    }
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

/// What our own invitations say of these clients.
pub(super) async fn own_invitations(
    app: &App,
    slug: &Slug,
    clients: &[ClientId],
) -> Result<HashMap<ClientId, OwnInvitation>, Failure> {
    Ok(newest(
        app.db.invitations_of(slug, clients).await?,
        app.today(),
    ))
}

/// What the newest invitation of each client says. `invitations`: oldest first.
fn newest(
    invitations: Vec<StoredInvitation>,
    today: NaiveDate,
) -> HashMap<ClientId, OwnInvitation> {
    let mut own = HashMap::new();
    // Oldest first, so that the newest that says something is the one that stays.
    for invitation in invitations {
        let known = match (invitation.state_on(today), invitation.closed_at) {
            (InvitationState::Open, _) => OwnInvitation::Open(invitation.valid_until),
            (InvitationState::Redeemed, Some(at)) => OwnInvitation::Redeemed(day_in_amsterdam(at)),
            _ => continue,
        };
        own.insert(invitation.client, known);
    }
    own
}

/// Which clients to list; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientFilter {
    /// This very client, in the last export or not.
    pub client: Option<ClientId>,
    /// Id or name of the team that they are assigned to today, or that is above it.
    pub team: Option<String>,
}

/// A client, where they stand today, and what the last batch made of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientStanding {
    pub client: ClientId,
    /// In the last export.
    pub in_export: bool,
    pub status: LinkStatus,
    /// Absent when no batch has come as far as to decide about them.
    pub last: Option<PastOutcome>,
}

/// A page of clients, by number: those of the last export, of a team, or a single one.
pub async fn client_page(
    app: &App,
    slug: &Slug,
    filter: &ClientFilter,
    paging: &Paging,
) -> Result<Page<ClientStanding>, Failure> {
    let access = Access::done(Action::ClientsListed).of(slug);
    let page = or_refused(app, &access, standing_page(app, slug, filter, paging)).await?;
    let clients = page.items.iter().map(|standing| standing.client.clone());
    record_access(app, access.to_clients(clients)).await?;
    Ok(page)
}

async fn standing_page(
    app: &App,
    slug: &Slug,
    filter: &ClientFilter,
    paging: &Paging,
) -> Result<Page<ClientStanding>, Failure> {
    let imported_at = organisation(app, slug).await?.imported_at;
    let wanted = match &filter.team {
        Some(team) => Some(clients_of(app, slug, team).await?),
        None => None,
    };
    let numbers = match (&filter.client, wanted) {
        (Some(client), wanted) => {
            let matches = wanted.is_none_or(|wanted| wanted.contains(client));
            let one = Some(client.clone()).filter(|_| matches && paging.after.is_none());
            one.into_iter().collect()
        }
        (None, Some(wanted)) => {
            let mut numbers: Vec<ClientId> = wanted.into_iter().collect();
            numbers.sort_unstable();
            let after = |client: &ClientId| paging.after().is_none_or(|a| client.as_str() > a);
            numbers.retain(after);
            numbers.truncate(paging.limit + 1);
            numbers
        }
        (None, None) => {
            app.db
                .client_numbers(slug, paging.after(), paging.most())
                .await?
        }
    };
    let page = Page::cut(numbers, paging, ToString::to_string);
    Ok(Page {
        items: standings(app, slug, &page.items, day_in_amsterdam(imported_at)).await?,
        next: page.next,
    })
}

/// Where these clients stand, in this order; one that there is not is left out.
async fn standings(
    app: &App,
    slug: &Slug,
    numbers: &[ClientId],
    exported: NaiveDate,
) -> Result<Vec<ClientStanding>, Failure> {
    let today = app.today();
    let own = own_invitations(app, slug, numbers).await?;
    let mut last: HashMap<ClientId, PastOutcome> = HashMap::new();
    // The newest first, so that the first is the one that stays.
    for outcome in app.db.outcomes_of_clients(slug, numbers).await? {
        last.entry(outcome.client.clone()).or_insert(outcome);
    }
    let mut clients: HashMap<ClientId, Client> = HashMap::new();
    for client in app.db.clients(slug, numbers).await? {
        clients.insert(client.id.clone(), client);
    }
    let standing = |number: &ClientId| {
        let client = clients.remove(number)?;
        Some(ClientStanding {
            status: client.status.on(today, exported, own.get(number).copied()),
            in_export: client.in_export,
            last: last.remove(number),
            client: client.id,
        })
    };
    Ok(numbers.iter().filter_map(standing).collect())
}
