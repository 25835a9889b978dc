//! A client by number: where they stand, and why they did or did not get a letter.

use std::collections::BTreeSet;

use super::{
    App, Failure,
    list_clients::own_invitations,
    record_access::{or_refused, record_access},
    submit_batch::{location_tree, organisation},
};
pub use crate::storage::{outcomes::Outcome, overviews::ClientOutcome};
use crate::{
    domain::{
        audit::{Access, Action},
        calendar::day_in_amsterdam,
        client::{ClientId, LinkStatus},
        eligibility::{Facts, LeftOut, Rules, judge},
        organisation::Slug,
    },
    storage::invitations::{InvitationFilter, StoredInvitation},
};

/// The newest batches that are looked at.
const BATCHES: u64 = 50;

/// A client without name or address.
#[derive(Debug, Clone)]
pub struct ClientStanding {
    pub client: ClientId,
    pub in_export: bool,
    pub status: LinkStatus,
    /// Where they are in care today, each with the locations above it: `Noord, Team Zon`.
    pub locations: Vec<String>,
    /// Why they would get no letter today; absent: they would, if it fits.
    pub left_out: Option<LeftOut>,
    /// Those that left the house, newest first.
    pub invitations: Vec<StoredInvitation>,
    /// Newest batch first.
    pub outcomes: Vec<ClientOutcome>,
}

pub async fn show_client(app: &App, slug: &Slug, number: &str) -> Result<ClientStanding, Failure> {
    let stored = organisation(app, slug).await?;
    let unknown = || {
        Failure::not_found(
            "unknown_client",
            "there is no client with this number",
            "see that the number is the one of Ons, and of this organisation",
        )
    };
    let id = ClientId::new(number).ok_or_else(unknown)?;
    let ids = std::slice::from_ref(&id);
    let access = Access::done(Action::ClientsListed)
        .of(slug)
        .to_clients([id.clone()]);
    let found = app.db.clients(slug, ids).await?.into_iter().next();
    let found = async { found.ok_or_else(unknown) };
    let client = or_refused(app, &access, found).await?;
    record_access(app, access).await?;

    let today = app.today();
    let tree = location_tree(app, slug).await?;
    let mut in_care = app.db.assignments_of(slug, ids).await?;
    in_care.retain(|assignment| assignment.in_force(today));
    let own = own_invitations(app, slug, ids).await?;
    let last = app.db.last_invitations(slug, None, ids).await?;
    let left_out = judge(
        &Facts {
            client: &client,
            in_care: !in_care.is_empty(),
            last_invitation: last.get(&id).copied(),
            other_team: None,
        },
        &Rules {
            letter_date: today,
            again: &BTreeSet::new(),
            accept_unknown: false,
            address_style: stored.organisation.letter.address_style,
        },
    );
    let locations: BTreeSet<String> = in_care
        .iter()
        .map(|assignment| {
            let mut names: Vec<&str> = tree
                .ancestors(&assignment.location)
                .map(|location| location.name.as_str())
                .collect();
            names.reverse();
            names.join(", ")
        })
        .collect();
    let exported = day_in_amsterdam(stored.imported_at);
    Ok(ClientStanding {
        in_export: client.in_export,
        status: client.status.on(today, exported, own.get(&id).copied()),
        locations: locations.into_iter().collect(),
        left_out,
        invitations: invitations(app, slug, &id).await?,
        outcomes: app.db.outcomes_of_client(slug, &id, BATCHES).await?,
        client: id,
    })
}

async fn invitations(
    app: &App,
    slug: &Slug,
    client: &ClientId,
) -> Result<Vec<StoredInvitation>, Failure> {
    let filter = InvitationFilter {
        organisation: Some(slug.clone()),
        client: Some(client.to_string()),
        ..InvitationFilter::default()
    };
    let mut found = app.db.invitations(&filter, app.today()).await?;
    found.retain(|invitation| !invitation.withdrawn);
    found.reverse();
    Ok(found)
}
