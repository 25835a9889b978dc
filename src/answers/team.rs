//! A location: what `team list` says, and `/organisations/SLUG/teams`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::list_teams::TeamLine;

/// A location with the clients assigned today to it or to a location below it, each counted once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Team {
    id: String,
    name: String,
    /// Steps below the top of the tree.
    depth: usize,
    clients: usize,
    linked: usize,
    not_linked: usize,
    invited: usize,
    unknown: usize,
}

impl From<TeamLine> for Team {
    fn from(line: TeamLine) -> Self {
        Self {
            id: line.id,
            name: line.name,
            depth: line.depth,
            clients: line.clients,
            linked: line.linked,
            not_linked: line.not_linked,
            invited: line.invited,
            unknown: line.unknown,
        }
    }
}
