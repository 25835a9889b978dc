//! `/invitations`

use axum::{
    Json,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    fields::{Binary, ClientNumber, Id, IdPath, Limit, Line},
    listing::{ListInput, Listing, paged},
    refusals::{InTheWay, NotThere},
};
use crate::{
    answers::invitation::Invitation,
    domain::{invitation::InvitationState, organisation::Slug},
    http::{
        attachments,
        caller::{Caller, ForMembers},
        input::PathInput,
        problem::Problem,
        service::Service,
    },
    operations::{
        self,
        list_invitations::{InvitationFilter, invitation_page, show_invitation},
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(letter))
        .routes(routes!(cancel))
        .routes(routes!(reissue))
}

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InvitationsQuery {
    /// Only those of this organisation.
    #[param(inline)]
    organisation: Option<Slug>,
    /// Only those of this client.
    #[param(inline)]
    client: Option<ClientNumber>,
    /// Only those that this team wrote: its id, or its name without regard to case.
    #[param(inline)]
    team: Option<Line>,
    /// Only those that are in this state today.
    #[param(inline)]
    state: Option<InvitationState>,
    /// Lines of the page.
    #[param(inline)]
    limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(inline)]
    after: Option<Id>,
}

paged!(InvitationsQuery);

/// List invitations.
///
/// The oldest first. One whose letter never came to be is not among them.
#[utoipa::path(
    get,
    path = "/invitations",
    operation_id = "list_invitations",
    tag = "invitations",
    params(InvitationsQuery),
    responses((status = 200, description = "A page of invitations.", body = Listing<Invitation>), NotThere)
)]
async fn list(
    caller: Caller<ForMembers>,
    list: ListInput<InvitationsQuery>,
) -> Result<Response, Problem> {
    let filter = InvitationFilter {
        organisation: list.wanted.organisation.clone(),
        client: list.wanted.client.clone().map(String::from),
        team: list.wanted.team.clone().map(|team| team.0),
        state: list.wanted.state,
    };
    let page = invitation_page(&caller.app, &filter, &list.paging).await?;
    let today = caller.app.today();
    Ok(list.answer(page, |invitation| Invitation::new(invitation, today)))
}

/// Show an invitation.
#[utoipa::path(
    get,
    path = "/invitations/{id}",
    operation_id = "show_invitation",
    tag = "invitations",
    params(IdPath),
    responses((status = 200, description = "The invitation.", body = Invitation), NotThere)
)]
async fn show(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
) -> Result<Json<Invitation>, Problem> {
    let invitation = show_invitation(&caller.app, id.as_str()).await?;
    Ok(Json(Invitation::new(invitation, caller.app.today())))
}

/// Print a letter again.
///
/// The letter of an open invitation, the same to the byte as in its bundle.
#[utoipa::path(
    get,
    path = "/invitations/{id}/letter.pdf",
    operation_id = "print_letter",
    tag = "invitations",
    params(IdPath),
    responses(
        (status = 200, description = "The letter.", body = Binary, content_type = "application/pdf"),
        NotThere, InTheWay
    )
)]
async fn letter(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
    method: Method,
) -> Result<Response, Problem> {
    let shown = HeaderValue::from_static("inline; filename=\"brief.pdf\"");
    Ok(attachments::letter(&caller.app, id.as_str(), &method, shown).await?)
}

/// Cancel an invitation.
///
/// Its code works no more. The client counts as invited before.
#[utoipa::path(
    post,
    path = "/invitations/{id}/cancel",
    operation_id = "cancel_invitation",
    tag = "invitations",
    params(IdPath),
    responses((status = 200, description = "The invitation as it is now.", body = Invitation), NotThere, InTheWay)
)]
async fn cancel(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
) -> Result<Json<Invitation>, Problem> {
    let id = id.as_str();
    operations::cancel_invitation::cancel_invitation(&caller.app, id).await?;
    let now = show_invitation(&caller.app, id).await?;
    Ok(Json(Invitation::new(now, caller.app.today())))
}

/// Reissue an invitation.
///
/// A new invitation with a new code in place of this one, which stops working in the same moment.
#[utoipa::path(
    post,
    path = "/invitations/{id}/reissue",
    operation_id = "reissue_invitation",
    tag = "invitations",
    params(IdPath),
    responses(
        (status = 201, description = "The new invitation.", body = Invitation,
            headers(("Location" = String, description = "Where the new invitation is"))),
        NotThere, InTheWay
    )
)]
async fn reissue(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
) -> Result<Response, Problem> {
    let new = operations::reissue_invitation::reissue_invitation(&caller.app, id.as_str()).await?;
    let location = format!("/api/v1/invitations/{}", new.id);
    let invitation = Invitation::new(new, caller.app.today());
    let location = [(header::LOCATION, location)];
    Ok((StatusCode::CREATED, location, Json(invitation)).into_response())
}
