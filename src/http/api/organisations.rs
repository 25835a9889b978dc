//! `/organisations`

use axum::{Json, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    fields::{ClientNumber, Limit, Line},
    listing::{ListInput, Listing, paged},
    refusals::{NotPossible, NotThere},
};
use crate::{
    answers::{client::Client, organisation::Organisation, team::Team},
    domain::organisation::Slug,
    http::{
        caller::{Caller, ForMembers},
        input::PathInput,
        problem::Problem,
        service::Service,
    },
    operations::{
        list_clients::{ClientFilter, client_page},
        list_organisations::list_organisations,
        list_teams::list_teams,
        submit_batch::organisation,
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(teams))
        .routes(routes!(clients))
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OrganisationsQuery {
    /// Lines of the page.
    #[param(inline)]
    limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(inline)]
    after: Option<Slug>,
}

paged!(OrganisationsQuery);

/// List organisations.
///
/// Those whose export was taken in, by slug. A provider sees its own.
#[utoipa::path(
    get,
    path = "/organisations",
    operation_id = "list_organisations",
    tag = "organisations",
    params(OrganisationsQuery),
    responses((status = 200, description = "A page of organisations.", body = Listing<Organisation>))
)]
async fn list(
    caller: Caller<ForMembers>,
    list: ListInput<OrganisationsQuery>,
) -> Result<Response, Problem> {
    let page = list_organisations(&caller.app, &list.paging).await?;
    Ok(list.answer(page, Organisation::from))
}

/// Which organisation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OrganisationPath {
    /// Of the organisation.
    #[param(inline)]
    pub slug: Slug,
}

/// Show an organisation.
///
/// As its last export left it.
#[utoipa::path(
    get,
    path = "/organisations/{slug}",
    operation_id = "show_organisation",
    tag = "organisations",
    params(OrganisationPath),
    responses((status = 200, description = "The organisation.", body = Organisation), NotThere)
)]
async fn show(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
) -> Result<Json<Organisation>, Problem> {
    Ok(Json(organisation(&caller.app, &path.slug).await?.into()))
}

/// List the teams of an organisation.
///
/// The whole tree of locations on one page, each below the one it belongs to, with where their clients stand today.
#[utoipa::path(
    get,
    path = "/organisations/{slug}/teams",
    operation_id = "list_teams",
    tag = "organisations",
    params(OrganisationPath),
    responses((status = 200, description = "All teams.", body = Listing<Team>), NotThere)
)]
async fn teams(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
) -> Result<Json<Listing<Team>>, Problem> {
    let teams = list_teams(&caller.app, &path.slug).await?;
    Ok(Listing::whole(teams.into_iter().map(Team::from).collect()))
}

/// Which clients.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ClientsQuery {
    /// Only the client with this number, in the last export or not.
    #[param(inline)]
    client: Option<ClientNumber>,
    /// Only those assigned today to this team (its id or its name) or to a location below it.
    #[param(inline)]
    team: Option<Line>,
    /// Lines of the page.
    #[param(inline)]
    limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(inline)]
    after: Option<ClientNumber>,
}

paged!(ClientsQuery);

/// List the clients of an organisation.
///
/// By number: where each stands with Caren, and what the last batch made of them. No names and no addresses.
#[utoipa::path(
    get,
    path = "/organisations/{slug}/clients",
    operation_id = "list_clients",
    tag = "organisations",
    params(OrganisationPath, ClientsQuery),
    responses(
        (status = 200, description = "A page of clients.", body = Listing<Client>),
        NotThere, NotPossible
    )
)]
async fn clients(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
    list: ListInput<ClientsQuery>,
) -> Result<Response, Problem> {
    let filter = ClientFilter {
        client: list.wanted.client.clone().map(|number| number.0),
        team: list.wanted.team.clone().map(|team| team.0),
    };
    let page = client_page(&caller.app, &path.slug, &filter, &list.paging).await?;
    Ok(list.answer(page, Client::from))
}
