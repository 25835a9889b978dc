//! `/tokens`

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    fields::{Id, IdPath, Limit},
    listing::{ListInput, Listing, paged},
    optional,
    refusals::{InTheWay, NotPossible, NotThere},
};
use crate::{
    answers::{
        self,
        token::{NewToken as Created, Token},
    },
    domain::{actor::Role, organisation::Slug},
    http::{
        caller::{Caller, ForSupport},
        input::{JsonInput, PathInput},
        problem::Problem,
        service::Service,
    },
    operations::{
        self, Failure,
        create_token::{self, DEFAULT_DAYS},
        list_tokens::token_page,
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TokensQuery {
    /// Lines of the page.
    #[param(inline)]
    limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(inline)]
    after: Option<Id>,
}

paged!(TokensQuery);

/// List tokens.
///
/// The oldest first, also those that work no more; never a secret.
#[utoipa::path(
    get,
    path = "/tokens",
    operation_id = "list_tokens",
    tag = "tokens",
    params(TokensQuery),
    responses((status = 200, description = "A page of tokens.", body = Listing<Token>))
)]
async fn list(
    caller: Caller<ForSupport>,
    list: ListInput<TokensQuery>,
) -> Result<Response, Problem> {
    let page = token_page(&caller.app, &list.paging).await?;
    let now = caller.app.now();
    Ok(list.answer(page, |token| Token::new(token, now)))
}

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    #[schema(schema_with = answers::role)]
    role: Role,
    /// Whose; a provider's token has one, the others none.
    #[schema(schema_with = optional::slug)]
    organisation: Option<Slug>,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 100, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    label: String,
    /// Days that it works.
    #[serde(default = "days")]
    #[schema(minimum = 1, maximum = 3650)]
    days: u32,
}

fn days() -> u32 {
    DEFAULT_DAYS
}

/// Create a token.
///
/// Its secret is in the answer and nowhere else.
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "create_token",
    tag = "tokens",
    request_body = NewToken,
    responses(
        (status = 201, description = "The token with its secret.", body = inline(Created<'_>)),
        NotThere, NotPossible
    )
)]
async fn create(
    caller: Caller<ForSupport>,
    JsonInput(new): JsonInput<NewToken>,
) -> Result<Response, Problem> {
    if !Role::OF_TOKENS.contains(&new.role) {
        return Err(Failure::input(
            "unknown_role",
            format!("a token cannot be for {}", new.role),
            "choose support, provider, caren or ci",
        )
        .into());
    }
    let new = create_token::NewToken {
        role: new.role,
        organisation: new.organisation,
        label: new.label,
        days: new.days,
    };
    let (token, secret) = create_token::create_token(&caller.app, new).await?;
    let created = Created {
        token: Token::new(token, caller.app.now()),
        secret: &secret,
    };
    Ok((StatusCode::CREATED, Json(created)).into_response())
}

/// Revoke a token.
///
/// It works no more, at once, and neither does a session that was begun with it.
#[utoipa::path(
    post,
    path = "/tokens/{id}/revoke",
    operation_id = "revoke_token",
    tag = "tokens",
    params(IdPath),
    responses((status = 200, description = "The token as it is now.", body = Token), NotThere, InTheWay)
)]
async fn revoke(
    caller: Caller<ForSupport>,
    PathInput(IdPath { id }): PathInput<IdPath>,
) -> Result<Json<Token>, Problem> {
    let app = &caller.app;
    let mut token = operations::revoke_token::revoke_token(app, id.as_str()).await?;
    token.revoked_at = Some(app.now());
    Ok(Json(Token::new(token, app.now())))
}
