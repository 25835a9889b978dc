//! `team list`: the tree of locations, and where the clients of each stand with Caren.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::{
    App, Failure,
    list_clients::{AT_A_TIME, own_invitations},
    submit_batch::{location_tree, organisation},
};
use crate::domain::{
    address::AddressStyle,
    calendar::day_in_amsterdam,
    client::{Client, ClientId, LinkStatus},
    eligibility::{Facts, Rules, judge},
    location::{LocationId, LocationTree},
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

/// Every location, each below the one it belongs to, in the order of the export.
pub async fn list_teams(app: &App, slug: &Slug) -> Result<Vec<TeamLine>, Failure> {
    let stored = organisation(app, slug).await?;
    let tree = location_tree(app, slug).await?;
    let day = Day {
        today: app.today(),
        exported: day_in_amsterdam(stored.imported_at),
        address_style: stored.organisation.letter.address_style,
    };
    let mut counted = count_clients(app, slug, &tree, &day).await?;
    let lines = tree.in_order().into_iter().map(|location| {
        let counted = counted.remove(&location.id).unwrap_or_default();
        TeamLine {
            id: location.id.to_string(),
            name: location.name.clone(),
            depth: tree.ancestors(&location.id).count().saturating_sub(1),
            clients: counted.clients,
            linked: counted.linked,
            not_linked: counted.not_linked,
            invited: counted.invited,
            unknown: counted.unknown,
            eligible: counted.eligible,
        }
    });
    Ok(lines.collect())
}

async fn count_clients<'a>(
    app: &App,
    slug: &Slug,
    tree: &'a LocationTree,
    day: &Day,
) -> Result<HashMap<&'a LocationId, Counted>, Failure> {
    let mut counted: HashMap<&LocationId, Counted> = HashMap::new();
    let mut after: Option<ClientId> = None;
    loop {
        // A thousand at a time: the records of all would take more memory than the rest of the program. An import in
        // between shows in the numbers of some, until somebody looks again.
        let most = AT_A_TIME as u64;
        let clients = app.db.clients_in_export(slug, after.as_ref(), most).await?;
        let Some(last) = clients.last() else {
            return Ok(counted);
        };
        after = Some(last.id.clone());
        let standings = standings(app, slug, day, clients).await?;
        let ids: Vec<ClientId> = standings.keys().cloned().collect();
        let mut homes: HashMap<ClientId, BTreeSet<&LocationId>> = HashMap::new();
        for assignment in app.db.assignments_of(slug, &ids).await? {
            if assignment.in_force(day.today) {
                let above = tree.ancestors(&assignment.location);
                let homes = homes.entry(assignment.client).or_default();
                homes.extend(above.map(|location| &location.id));
            }
        }
        for (client, locations) in homes {
            let Some(standing) = standings.get(&client) else {
                continue;
            };
            for location in locations {
                counted.entry(location).or_default().add(standing);
            }
        }
    }
}

/// The clients of a location.
#[derive(Default)]
struct Counted {
    clients: usize,
    linked: usize,
    not_linked: usize,
    invited: usize,
    unknown: usize,
    eligible: usize,
}

impl Counted {
    fn add(&mut self, standing: &Standing) {
        self.clients += 1;
        self.eligible += usize::from(standing.eligible);
        *match standing.status {
            LinkStatus::Linked => &mut self.linked,
            LinkStatus::NotLinked => &mut self.not_linked,
            LinkStatus::Invited { .. } => &mut self.invited,
            LinkStatus::Unknown => &mut self.unknown,
        } += 1;
    }
}

/// What is counted of a client.
struct Standing {
    status: LinkStatus,
    eligible: bool,
}

/// What everybody is judged by.
struct Day {
    today: NaiveDate,
    exported: NaiveDate,
    address_style: AddressStyle,
}

/// Clients judged as a batch of today with nothing special would, given that they are in care.
async fn standings(
    app: &App,
    slug: &Slug,
    day: &Day,
    clients: Vec<Client>,
) -> Result<HashMap<ClientId, Standing>, Failure> {
    let again = BTreeSet::new();
    let rules = Rules {
        letter_date: day.today,
        again: &again,
        accept_unknown: false,
        address_style: day.address_style,
    };
    let ids: Vec<ClientId> = clients.iter().map(|client| client.id.clone()).collect();
    let own = own_invitations(app, slug, &ids).await?;
    let last = app.db.last_invitations(slug, None, &ids).await?;
    let standing = |client: Client| {
        let facts = Facts {
            client: &client,
            in_care: true,
            last_invitation: last.get(&client.id).copied(),
            other_team: None,
        };
        let known = own.get(&client.id).copied();
        let standing = Standing {
            status: client.status.on(day.today, day.exported, known),
            eligible: judge(&facts, &rules).is_none(),
        };
        (client.id, standing)
    };
    Ok(clients.into_iter().map(standing).collect())
}
