//! `/batches`: what was asked for, newest first.

use askama::Template;
use axum::{Router, routing::get};

use crate::{
    domain::{actor::Role, team_job::TeamJobState},
    http::{
        caller::{ForMembers, Visitor},
        pages::{
            addresses::is_id,
            fields::Asked,
            layout::Frame,
            no_such_page,
            places::Place,
            provider::slug_of,
            reply::{PageResult, page},
        },
        service::Service,
    },
    operations::{
        App, Failure,
        list_batches::{BatchLine, batch_page},
        paging::Paging,
        submit_batch::organisation,
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
    /// There are newer ones than those that are asked for.
    newer: bool,
    /// Support asks for batches.
    asks: bool,
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
    let slug = match asked.text("organisatie") {
        "" => None,
        text => Some(slug_of(text)?),
    };
    let after = match asked.text("na") {
        "" => None,
        id if is_id(id) => Some(id.to_owned()),
        _ => return Err(no_such_page().into()),
    };
    let newer = after.is_some();
    let paging = Paging {
        after,
        limit: Paging::LINES,
    };
    let found = batch_page(&app, slug.as_ref(), &paging).await?;
    let only = slug.as_ref().map(|slug| format!("organisatie={slug}&"));
    let only = only.unwrap_or_default();
    page(&Batches {
        frame: frame(&app).await?.noticing(&app).await?,
        newer,
        asks: app.actor.role == Role::Support,
        lines: found.items.into_iter().map(Line::from).collect(),
        older: found.next.map(|id| format!("/batches?{only}na={id}")),
        of: slug.map(String::from),
    })
}

async fn frame(app: &App) -> Result<Frame, Failure> {
    let frame = Frame::of(app, "Batches");
    let Some(own) = &app.actor.organisation else {
        return Ok(frame.at(Place::Batches));
    };
    let stored = organisation(app, own).await?;
    Ok(frame.among_batches(app, own, &stored.organisation.name))
}
