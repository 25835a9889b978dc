//! `/batches/ID`: how far a batch is, team by team, and what to do when one has failed.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};

use super::{
    batches::tone,
    reasons::{ReasonLine, in_short, reason_lines},
};
use crate::{
    domain::{actor::Role, calendar::long_date, organisation::Slug, team_job::TeamJobState},
    http::{
        caller::{ForMembers, ForSupport, Visitor},
        pages::{
            addresses::IdInPath,
            layout::Frame,
            places::Place,
            reply::{PageResult, Told, done, page},
        },
        service::Service,
    },
    operations::{
        cancel_batch::cancel_batch,
        retry_batch::retry_batch,
        show_batch::{BatchSummary, TeamSummary, find_batch, show_batch},
    },
    wording::{
        dutch_failures,
        dutch_pages::{
            Done, attempt_outcome, count, job_state, logo, moment, number, order, size, unit,
            window,
        },
    },
};

/// Seconds after which a browser without JavaScript looks again.
const LOOK_AGAIN: u32 = 5;

pub fn routes() -> Router<Service> {
    Router::new()
        .route("/batches/{id}", get(batch))
        .route("/batches/{id}/annuleren", get(ask_to_cancel).post(cancel))
        .route("/batches/{id}/opnieuw", post(retry))
}

#[derive(Template)]
#[template(path = "pages/support/batch.html")]
struct Batch {
    frame: Frame,
    id: String,
    slug: Slug,
    tone: &'static str,
    state: &'static str,
    /// Teams are still to be worked on.
    under_way: bool,
    made: u64,
    expected: u64,
    so_far: String,
    /// What there is, and what it counts.
    figures: Vec<(String, &'static str)>,
    facts: Vec<(&'static str, String)>,
    teams: Vec<TeamLine>,
    reasons: Vec<ReasonLine>,
    failed: usize,
    /// Support may cancel and retry.
    manages: bool,
}

struct TeamLine {
    id: String,
    name: String,
    tone: &'static str,
    state: &'static str,
    made: u32,
    expected: u32,
    /// `130 van 1.400`; empty when it has not begun.
    so_far: String,
    letters: String,
    left_out: String,
    why: String,
    bundle: Bundle,
    attempts: Vec<AttemptLine>,
    /// There is something to tell of the attempts.
    told: bool,
}

/// What became of a team's bundle.
enum Bundle {
    /// Id and size.
    There(String, String),
    /// It was, under this id.
    Removed(String),
    NotYet,
    /// Nor will there be one.
    Never,
}

impl Bundle {
    fn of(team: &TeamSummary) -> Self {
        match (&team.bundle, team.state) {
            (Some(bundle), _) if bundle.removed.is_some() => Self::Removed(bundle.id.clone()),
            (Some(bundle), _) => Self::There(bundle.id.clone(), size(bundle.bytes)),
            (None, TeamJobState::Failed | TeamJobState::Cancelled) => Self::Never,
            (None, _) => Self::NotYet,
        }
    }
}

struct AttemptLine {
    number: u32,
    started: String,
    outcome: &'static str,
    why: String,
    /// The sentence of the program, which names file and line.
    exactly: String,
}

impl From<TeamSummary> for TeamLine {
    fn from(team: TeamSummary) -> Self {
        let cancelling = team.cancelling && team.state == TeamJobState::Working;
        let attempts: Vec<AttemptLine> = team
            .attempts
            .iter()
            .map(|attempt| AttemptLine {
                number: attempt.number,
                started: moment(attempt.started_at),
                outcome: attempt_outcome(attempt.outcome),
                why: attempt
                    .code
                    .as_deref()
                    .and_then(dutch_failures::sentence)
                    .map(|sentence| format!("{} {}", sentence.what, sentence.to_do))
                    .unwrap_or_default(),
                exactly: attempt.reason.clone().unwrap_or_default(),
            })
            .collect();
        Self {
            tone: tone(team.state),
            state: if cancelling {
                "Wordt geannuleerd"
            } else {
                job_state(team.state)
            },
            so_far: match team.expected {
                0 => String::new(),
                expected => format!("{} van {}", number(team.made), number(expected)),
            },
            made: team.made,
            expected: team.expected,
            letters: number(team.letters),
            left_out: number(team.clients - team.letters),
            why: in_short(&team.left_out),
            bundle: Bundle::of(&team),
            told: attempts.len() > 1 || team.state == TeamJobState::Failed,
            attempts,
            id: team.team_id,
            name: team.team_name,
        }
    }
}

async fn batch(visitor: Visitor<ForMembers>, IdInPath(id): IdInPath, told: Told) -> PageResult {
    let app = visitor.app;
    let stored = find_batch(&app, &id).await?;
    let summary = show_batch(&app, &id).await?;
    let under_way = summary.teams.iter().any(|team| !team.state.is_final());
    let title = format!("Batch van {}", moment(summary.created_at));
    let made = summary.teams.iter().map(|team| u64::from(team.made)).sum();
    let expected = summary
        .teams
        .iter()
        .map(|team| u64::from(team.expected))
        .sum();
    let reasons = summary.left_out();
    let (clients, letters) = (summary.clients(), summary.letters());
    page(&Batch {
        frame: Frame::of(&app, title)
            .among_batches(&app, &stored.organisation.slug, &stored.organisation.name)
            .below("Batches", "/batches")
            .saying(told)
            .refreshed_after(under_way.then_some(LOOK_AGAIN)),
        slug: stored.organisation.slug.clone(),
        tone: tone(summary.state),
        state: job_state(summary.state),
        under_way,
        made,
        expected,
        so_far: so_far(&summary, made, expected),
        figures: vec![
            (number(clients), unit(clients, "cliënt", "cliënten")),
            (number(letters), unit(letters, "brief", "brieven")),
            (number(clients - letters), "zonder brief"),
        ],
        facts: vec![
            ("Organisatie", stored.organisation.name.clone()),
            ("Datum op de brief", long_date(summary.letter_date)),
            ("Code werkt tot en met", long_date(summary.valid_until)),
            ("Venster", window(stored.options.address_window).to_owned()),
            ("Logo", logo(stored.options.with_logo).to_owned()),
            (
                "Volgorde",
                order(stored.organisation.letter.order).to_owned(),
            ),
        ],
        reasons: reason_lines(&reasons),
        failed: in_state(&summary, TeamJobState::Failed),
        manages: app.actor.role == Role::Support,
        teams: summary.teams.into_iter().map(TeamLine::from).collect(),
        id,
    })
}

fn in_state(summary: &BatchSummary, state: TeamJobState) -> usize {
    summary
        .teams
        .iter()
        .filter(|team| team.state == state)
        .count()
}

/// `2 van 5 teams klaar, 130 van 400 brieven gemaakt`
fn so_far(summary: &BatchSummary, made: u64, expected: u64) -> String {
    let ready = in_state(summary, TeamJobState::Done);
    let teams = count(summary.teams.len(), "team", "teams");
    if expected == 0 {
        return format!("{} van {teams} klaar", number(ready));
    }
    format!(
        "{} van {teams} klaar, {} van {} brieven gemaakt",
        number(ready),
        number(made),
        number(expected)
    )
}

#[derive(Template)]
#[template(path = "pages/support/cancel_batch.html")]
struct CancelBatch {
    frame: Frame,
    id: String,
    name: String,
    /// Teams that are not ready.
    open: usize,
    ready: usize,
}

async fn ask_to_cancel(visitor: Visitor<ForSupport>, IdInPath(id): IdInPath) -> PageResult {
    let app = visitor.app;
    let stored = find_batch(&app, &id).await?;
    let summary = show_batch(&app, &id).await?;
    let open = summary
        .teams
        .iter()
        .filter(|team| !team.state.is_final())
        .count();
    if open == 0 {
        // Its own page says how it ended.
        return Ok(Redirect::to(&format!("/batches/{id}")).into_response());
    }
    page(&CancelBatch {
        frame: Frame::of(&app, "Batch annuleren?")
            .at(Place::Batches)
            .below("Batches", "/batches")
            .below(
                format!("Batch van {}", moment(summary.created_at)),
                format!("/batches/{id}"),
            ),
        name: stored.organisation.name,
        open,
        ready: in_state(&summary, TeamJobState::Done),
        id,
    })
}

async fn cancel(visitor: Visitor<ForSupport>, IdInPath(id): IdInPath) -> PageResult {
    cancel_batch(&visitor.app, &id).await?;
    Ok(done(&format!("/batches/{id}"), Done::BatchCancelled).into_response())
}

async fn retry(visitor: Visitor<ForSupport>, IdInPath(id): IdInPath) -> PageResult {
    retry_batch(&visitor.app, &id).await?;
    Ok(done(&format!("/batches/{id}"), Done::BatchRetried).into_response())
}
