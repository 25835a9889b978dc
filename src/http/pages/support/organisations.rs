//! `/organisaties`: whose exports were taken in.

use askama::Template;
use axum::{Router, response::Redirect, routing::get};

use crate::{
    domain::actor::Role,
    http::{
        caller::{ForMembers, ForSupport, Visitor},
        pages::{
            PageFailure,
            layout::Frame,
            places::Place,
            reply::{PageResult, Told, page},
        },
        service::Service,
    },
    operations::organisation_numbers::{OrganisationLine, organisation_numbers},
    wording::dutch_pages::{moment, number},
};

pub fn routes() -> Router<Service> {
    Router::new()
        .route("/", get(first_page))
        .route("/organisaties", get(organisations))
}

/// Sends everybody to where their work is.
async fn first_page(visitor: Visitor<ForMembers>) -> Redirect {
    let actor = &visitor.app.actor;
    match (&actor.organisation, actor.role) {
        (Some(own), Role::Provider) => Redirect::to(&format!("/organisaties/{own}")),
        _ => Redirect::to("/organisaties"),
    }
}

#[derive(Template)]
#[template(path = "pages/support/organisations.html")]
struct Organisations {
    frame: Frame,
    lines: Vec<Line>,
}

struct Line {
    slug: String,
    name: String,
    clients: String,
    open_batches: u64,
    imported: String,
}

impl From<OrganisationLine> for Line {
    fn from(line: OrganisationLine) -> Self {
        Self {
            slug: line.slug.to_string(),
            name: line.name,
            clients: number(line.clients),
            open_batches: line.open_batches,
            imported: moment(line.imported_at),
        }
    }
}

async fn organisations(visitor: Visitor<ForSupport>, told: Told) -> PageResult {
    let app = visitor.app;
    let lines = organisation_numbers(&app)
        .await
        .map_err(PageFailure::from)?;
    page(&Organisations {
        frame: Frame::of(&app, "Organisaties")
            .at(Place::Organisations)
            .saying(told)
            .noticing(&app)
            .await?,
        lines: lines.into_iter().map(Line::from).collect(),
    })
}
