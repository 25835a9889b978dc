//! `/organisations/SLUG/…`

use axum::{Json, extract::Path};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    domain::organisation::Slug,
    http::{
        caller::{Caller, ForMembers},
        problem::Problem,
        service::Service,
    },
    operations::list_teams::{TeamLine, list_teams},
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(teams))
}

/// A location with the clients assigned today to it or to a location below it, each counted once.
#[derive(Debug, Serialize, ToSchema)]
struct Team {
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

/// The tree of locations, each below the one it belongs to, with where their clients stand.
#[utoipa::path(
    get,
    path = "/organisations/{slug}/teams",
    params(("slug" = String, Path, description = "Of the organisation")),
    responses(
        (status = 200, body = [Team]),
        (status = "default", body = Problem, content_type = "application/problem+json")
    )
)]
async fn teams(
    caller: Caller<ForMembers>,
    Path(slug): Path<Slug>,
) -> Result<Json<Vec<Team>>, Problem> {
    let teams = list_teams(&caller.app, &slug).await?;
    Ok(Json(teams.into_iter().map(Team::from).collect()))
}
