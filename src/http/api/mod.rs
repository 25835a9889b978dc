//! The routes for scripts, and the OpenAPI document that is made of them. A file a resource.

#![allow(
    unused_qualifications,
    reason = "the derived places in the document have them"
)]

mod batch_events;
mod batches;
mod bundles;
mod codes;
mod fields;
mod imports;
mod invitations;
mod key;
mod letters;
mod listing;
mod optional;
mod organisations;
mod previews;
mod refusals;
mod tokens;

use axum::{Json, Router, http::StatusCode, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

pub use self::batch_events::Followers;
use super::{input::unknown_address, problem::Problem, service::Service};

/// The head of the document; the routes add themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "brievenbus",
        description = "Batches of invitation letters for the client portal Caren.\n\n\
            Errors are `application/problem+json` (RFC 9457) with a stable `code`. What belongs to another \
            organisation is never told from what is not there. Lists come in pages: `next`, and the header `Link`, \
            say where the next one begins."
    ),
    servers((url = "/api/v1")),
    security(("token" = [])),
    components(schemas(Problem)),
    tags(
        (name = "batches", description = "Letters for the teams of an organisation: ask for them, and follow them."),
        (name = "bundles", description = "All letters of a team in a zip."),
        (name = "invitations", description = "One letter to one client."),
        (name = "codes", description = "For Caren, the portal."),
        (name = "letters", description = "The letter of a provider, and how it looks."),
        (name = "organisations", description = "Care providers, their teams and their clients."),
        (name = "tokens", description = "Who may ask."),
    ),
    modifiers(&Tokens)
)]
struct Head;

/// How to sign in.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("`brievenbus token create` makes one"))
            .build();
        document
            .components
            .get_or_insert_with(Components::new)
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

pub fn routes() -> Router<Service> {
    let (router, document) = described();
    router
        .route("/openapi.json", get(async move || Json(document)))
        .fallback(async || unknown_address())
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this address does not take this method",
                Some("the header `Allow` names those that it takes"),
            )
        })
}

fn described() -> (Router<Service>, Document) {
    let (router, mut document) = OpenApiRouter::with_openapi(Head::openapi())
        .merge(batches::routes())
        .merge(bundles::routes())
        .merge(invitations::routes())
        .merge(codes::routes())
        .merge(previews::routes())
        .merge(letters::routes())
        .merge(organisations::routes())
        .merge(imports::routes())
        .merge(tokens::routes())
        .split_for_parts();
    refusals::add_common(&mut document);
    (router, document)
}
