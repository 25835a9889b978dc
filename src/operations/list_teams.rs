//! `team list`: the tree of locations, and where the clients of each stand with Caren.

use std::collections::BTreeMap;

use super::{App, Failure, list_clients::statuses, submit_batch::location_tree};
use crate::domain::{
    client::{ClientId, LinkStatus},
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
}

/// Every location, each below the one it belongs to, in the order of the export.
pub async fn list_teams(app: &App, slug: &Slug) -> Result<Vec<TeamLine>, Failure> {
    let statuses = statuses(app, slug).await?;
    let tree = location_tree(app, slug).await?;
    let today = app.today();
    let mut clients: BTreeMap<_, BTreeMap<ClientId, LinkStatus>> = BTreeMap::new();
    for assignment in app.db.assignments(slug).await? {
        let Some(status) = statuses.get(&assignment.client) else {
            continue;
        };
        if !assignment.in_force(today) {
            continue;
        }
        for location in tree.ancestors(&assignment.location) {
            clients
                .entry(location.id.clone())
                .or_default()
                .insert(assignment.client.clone(), *status);
        }
    }
    let none = BTreeMap::new();
    let lines = tree.in_order().into_iter().map(|location| {
        let clients = clients.get(&location.id).unwrap_or(&none);
        let count =
            |wanted: fn(&LinkStatus) -> bool| clients.values().filter(|s| wanted(s)).count();
        TeamLine {
            id: location.id.to_string(),
            name: location.name.clone(),
            depth: tree.ancestors(&location.id).count().saturating_sub(1),
            clients: clients.len(),
            linked: count(|status| matches!(status, LinkStatus::Linked)),
            not_linked: count(|status| matches!(status, LinkStatus::NotLinked)),
            invited: count(|status| matches!(status, LinkStatus::Invited { .. })),
            unknown: count(|status| matches!(status, LinkStatus::Unknown)),
        }
    });
    Ok(lines.collect())
}
