//! The routes for scripts, and the OpenAPI document that is made of them.

mod organisations;

use axum::{Json, Router, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use super::service::Service;

/// The head of the document; the routes add themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "brievenbus",
        description = "Batches of invitation letters for the client portal Caren."
    ),
    servers((url = "/api/v1")),
    security(("token" = [])),
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
    let (router, document) = OpenApiRouter::with_openapi(Head::openapi())
        .merge(organisations::routes())
        .split_for_parts();
    router.route("/openapi.json", get(async move || Json(document)))
}
