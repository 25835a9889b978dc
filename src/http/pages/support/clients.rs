//! `/organisaties/SLUG/clienten`: why did this client get no letter, and who else did not.

use askama::Template;
use axum::{Router, routing::get};

use super::{
    batches::tone,
    reasons::{ReasonLine, reason_lines},
};
use crate::{
    domain::{eligibility::Reason, organisation::Slug},
    http::{
        caller::{ForMembers, Visitor},
        pages::{
            addresses::{SlugInPath, encoded, is_id},
            faults::Faults,
            fields::{Asked, Fields},
            layout::Frame,
            pager::{Pager, page_number},
            places::Part,
            reply::{PageResult, page},
        },
        service::Service,
    },
    operations::{
        App, Failure,
        list_batches::list_batches,
        list_left_out::list_left_out,
        show_batch::{find_batch, show_batch},
        show_client::{ClientOutcome, ClientStanding, Outcome, show_client},
        submit_batch::organisation,
    },
    wording::{
        dutch::{caren_status, explanation},
        dutch_pages::{invitation_state, job_state, moment, number, reason, remedy, short_date},
    },
};

/// Clients on a page.
const PER_PAGE: u64 = 50;
/// Batches to choose from.
const BATCHES: u64 = 25;

pub fn routes() -> Router<Service> {
    Router::new().route("/organisaties/{slug}/clienten", get(clients))
}

#[derive(Template)]
#[template(path = "pages/support/clients.html")]
struct Clients {
    frame: Frame,
    slug: Slug,
    number: String,
    faults: Faults,
    client: Option<ClientView>,
    /// Id, moment, and whether it is the one that is shown.
    batches: Vec<(String, String, bool)>,
    chosen: Option<ChosenBatch>,
}

struct ClientView {
    number: String,
    status: String,
    in_export: bool,
    locations: Vec<String>,
    /// Empty when a batch of today would write them.
    why_not: String,
    /// State, tone, letter date, last valid day.
    invitations: Vec<(&'static str, &'static str, String, String)>,
    outcomes: Vec<OutcomeLine>,
}

struct OutcomeLine {
    batch: String,
    submitted: String,
    team: String,
    tone: &'static str,
    outcome: &'static str,
    why: String,
}

/// The clients of a batch without a letter.
struct ChosenBatch {
    id: String,
    submitted: String,
    reasons: Vec<ReasonLine>,
    list: Option<ReasonList>,
}

struct ReasonList {
    code: &'static str,
    name: &'static str,
    remedy: &'static str,
    /// Client number, team, explanation.
    lines: Vec<(String, String, String)>,
    total: String,
    pager: Pager,
}

async fn clients(
    visitor: Visitor<ForMembers>,
    SlugInPath(slug): SlugInPath,
    Asked(asked): Asked,
) -> PageResult {
    let app = visitor.app;
    let stored = organisation(&app, &slug).await?;
    let mut faults = Faults::default();
    let client = match asked.text("nummer") {
        "" => None,
        number => match show_client(&app, &slug, number).await {
            Ok(client) => Some(ClientView::from(client)),
            Err(failure) if failure.code == "unknown_client" => {
                faults.add_failure("nummer", &failure);
                None
            }
            Err(failure) => return Err(failure.into()),
        },
    };
    let chosen = chosen_batch(&app, &slug, &asked).await?;
    let batches = batches(&app, &slug, chosen.as_ref()).await?;
    page(&Clients {
        frame: Frame::of(&app, "Cliënten").within(
            &app,
            &slug,
            &stored.organisation.name,
            Part::Clients,
        ),
        number: asked.text("nummer").to_owned(),
        batches,
        faults,
        client,
        chosen,
        slug,
    })
}

/// The newest batches, and the one that is shown when it is older than those.
async fn batches(
    app: &App,
    slug: &Slug,
    chosen: Option<&ChosenBatch>,
) -> Result<Vec<(String, String, bool)>, Failure> {
    let shown = chosen.map_or("", |chosen| &chosen.id);
    let newest = list_batches(app, Some(slug), BATCHES).await?;
    let mut batches: Vec<_> = newest
        .into_iter()
        .map(|batch| {
            let is_shown = batch.id == shown;
            (batch.id, moment(batch.created_at), is_shown)
        })
        .collect();
    if let Some(chosen) = chosen
        && batches.iter().all(|(_, _, is_shown)| !is_shown)
    {
        batches.push((chosen.id.clone(), chosen.submitted.clone(), true));
    }
    Ok(batches)
}

impl From<ClientStanding> for ClientView {
    fn from(client: ClientStanding) -> Self {
        Self {
            number: client.client.to_string(),
            status: caren_status(client.status),
            in_export: client.in_export,
            locations: client.locations,
            why_not: client
                .left_out
                .as_ref()
                .map(explanation)
                .unwrap_or_default(),
            invitations: client
                .invitations
                .iter()
                .map(|invitation| {
                    (
                        invitation_state(invitation.state),
                        if invitation.state.as_str() == "open" {
                            "busy"
                        } else {
                            "none"
                        },
                        short_date(invitation.letter_date),
                        short_date(invitation.valid_until),
                    )
                })
                .collect(),
            outcomes: client.outcomes.into_iter().map(OutcomeLine::from).collect(),
        }
    }
}

impl From<ClientOutcome> for OutcomeLine {
    fn from(line: ClientOutcome) -> Self {
        let (tone, outcome, why) = match &line.outcome {
            Some(Outcome::Letter(_)) => ("ok", "Brief", String::new()),
            Some(Outcome::LeftOut(left_out)) => ("none", "Geen brief", explanation(left_out)),
            None => (tone(line.state), job_state(line.state), String::new()),
        };
        Self {
            batch: line.batch,
            submitted: moment(line.submitted_at),
            team: line.team_name,
            tone,
            outcome,
            why,
        }
    }
}

async fn chosen_batch(
    app: &App,
    slug: &Slug,
    asked: &Fields,
) -> Result<Option<ChosenBatch>, Failure> {
    let id = asked.text("batch");
    if id.is_empty() {
        return Ok(None);
    }
    if !is_id(id) {
        return Err(crate::http::pages::no_such_page());
    }
    let stored = find_batch(app, id).await?;
    if stored.organisation.slug != *slug {
        return Err(crate::http::pages::no_such_page());
    }
    let summary = show_batch(app, id).await?;
    let list = match Reason::parse(asked.text("reden")) {
        Some(reason) => Some(reason_list(app, slug, id, reason, asked).await?),
        None => None,
    };
    Ok(Some(ChosenBatch {
        id: id.to_owned(),
        submitted: moment(summary.created_at),
        reasons: reason_lines(&summary.left_out()),
        list,
    }))
}

async fn reason_list(
    app: &App,
    slug: &Slug,
    batch: &str,
    why: Reason,
    asked: &Fields,
) -> Result<ReasonList, Failure> {
    let wanted = page_number(asked.text("pagina"));
    let offset = (wanted - 1) * PER_PAGE;
    let (total, clients) = list_left_out(app, batch, why, (offset, PER_PAGE)).await?;
    let address = format!(
        "/organisaties/{slug}/clienten?batch={}&reden={}&pagina=",
        encoded(batch),
        why.code()
    );
    Ok(ReasonList {
        code: why.code(),
        name: reason(why),
        remedy: remedy(why),
        lines: clients
            .into_iter()
            .map(|line| {
                (
                    line.client.to_string(),
                    line.team_name,
                    explanation(&line.left_out),
                )
            })
            .collect(),
        total: number(total),
        pager: Pager::new(wanted, PER_PAGE, total, address),
    })
}
