//! `/codes`

use axum::{Extension, Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::refusals::{InTheWay, NotPossible, NotThere};
use crate::{
    answers::invitation::Redemption,
    http::{
        access::address::ClientAddress,
        caller::{Caller, ForPortal},
        input::JsonInput,
        problem::Problem,
        service::Service,
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(redeem))
}

// No `Debug`.
/// The code of a letter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TypedCode {
    /// As it was typed: spaces and hyphens between its ten digits do not matter.
    #[schema(min_length = 10, max_length = 40)]
    code: String,
}

/// Redeem a code.
///
/// Connects the client whose letter has the code. Of any number of tries with one code, one succeeds.
#[utoipa::path(
    post,
    path = "/codes/redeem",
    operation_id = "redeem_code",
    tag = "codes",
    request_body = TypedCode,
    responses(
        (status = 200, description = "The client is connected.", body = Redemption),
        NotThere, InTheWay, NotPossible
    )
)]
async fn redeem(
    State(service): State<Service>,
    caller: Caller<ForPortal>,
    Extension(from): Extension<ClientAddress>,
    JsonInput(typed): JsonInput<TypedCode>,
) -> Result<Json<Redemption>, Problem> {
    let redeemed = service
        .guesses
        .redeem(&caller.app, from.for_guesses(), &typed.code)
        .await?;
    Ok(Json(redeemed.into()))
}
