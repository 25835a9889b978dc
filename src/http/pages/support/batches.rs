//! `/batches`: what was asked for, newest first.

use askama::Template;
use axum::{Router, routing::get};

use crate::{
    domain::{organisation::Slug, team_job::TeamJobState},
    http::{
        caller::{ForMembers, Visitor},
        pages::{
            fields::Asked,
            layout::{Frame, PageResult, Place, page},
        },
        service::Service,
    },
    operations::{
        list_batches::{BatchLine, batch_page},
        paging::Paging,
    },
    wording::dutch_pages::{job_state, moment, number},
};

pub fn routes() -> Router<Service> {
    Router::new().route("/batches", get(batches))
}

#[derive(Template)]
#[template(path = "pages/support/batches.html")]
struct Batches {
    frame: Frame,
    lines: Vec<Line>,
    /// Those of one organisation.
    of: Option<String>,
    /// The address of the page with what came before.
    older: Option<String>,
}

struct Line {
    id: String,
    organisation: String,
    submitted: String,
    tone: &'static str,
    state: &'static str,
    teams: String,
    letters: String,
}

impl From<BatchLine> for Line {
    fn from(line: BatchLine) -> Self {
        Self {
            tone: tone(line.state),
            state: job_state(line.state),
            submitted: moment(line.created_at),
            teams: format!("{} van {}", number(line.done), number(line.teams)),
            letters: number(line.made),
            id: line.id,
            organisation: line.organisation,
        }
    }
}

/// The colour of a state.
pub fn tone(state: TeamJobState) -> &'static str {
    match state {
        TeamJobState::Queued => "wait",
        TeamJobState::Working => "busy",
        TeamJobState::Done => "ok",
        TeamJobState::Failed => "bad",
        TeamJobState::Cancelled => "none",
    }
}

async fn batches(visitor: Visitor<ForMembers>, Asked(asked): Asked) -> PageResult {
    let app = visitor.app;
    // What is no slug is nobody's, and everything is shown.
    let slug = Slug::try_from(asked.text("organisatie").to_owned()).ok();
    let after = asked.text("na");
    let paging = Paging {
        after: Some(after.to_owned()).filter(|id| !id.is_empty()),
        limit: Paging::LINES,
    };
    let found = batch_page(&app, slug.as_ref(), &paging).await?;
    let only = slug.as_ref().map(|slug| format!("organisatie={slug}&"));
    let only = only.unwrap_or_default();
    page(&Batches {
        frame: Frame::of(&app, "Batches")
            .at(Place::Batches)
            .noticing(&app)
            .await?,
        lines: found.items.into_iter().map(Line::from).collect(),
        older: found.next.map(|id| format!("/batches?{only}na={id}")),
        of: slug.map(String::from),
    })
}
