//! `/organisaties/SLUG/batches/nieuw`: choices, then a trial, then the batch; a row of plain forms.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{check::check_page, choice::Choice};
use crate::{
    domain::organisation::Slug,
    http::{
        attachments::png,
        caller::{ForSupport, Visitor},
        pages::{
            PageFailure,
            addresses::{SlugInPath, is_id},
            faults::Faults,
            fields::{Asked, Fields, Sent},
            layout::Frame,
            no_such_page,
            places::Part,
            reply::{PageResult, done, page_or_mend},
        },
        service::Service,
    },
    operations::{
        App, Failure,
        list_teams::list_teams,
        preview_batch_letter::preview_batch_letter,
        preview_letter::Preview,
        submit_batch::{
            Prepared, Submission, new_batch_id, organisation, prepare_batch, submit_batch,
            submitted_before,
        },
    },
    wording::dutch_pages::{Done, count, number},
};

/// Dots per inch of the letter beside the choices.
const DPI: u16 = 110;

pub fn routes() -> Router<Service> {
    Router::new()
        .route(
            "/organisaties/{slug}/batches/nieuw",
            get(first_choices).post(next_step),
        )
        .route(
            "/organisaties/{slug}/batches/nieuw/voorbeeld.png",
            get(letter),
        )
}

#[derive(Template)]
#[template(path = "pages/support/new_batch.html")]
struct Choices {
    frame: Frame,
    slug: Slug,
    choice: Choice,
    /// Empty when nothing was chosen yet, or nothing that is there.
    teams: Vec<TeamBox>,
    faults: Faults,
    has_logo: bool,
    validity_days: u16,
}

impl Choices {
    /// Whoever comes without a location is sent to the tree; a form that was filled in is kept.
    fn is_begun(&self) -> bool {
        !self.faults.is_empty() || !self.choice.teams.is_empty() || !self.choice.others.is_empty()
    }
}

struct TeamBox {
    id: String,
    name: String,
    chosen: bool,
    /// `1 cliënt`
    clients: String,
    eligible: String,
}

async fn first_choices(
    visitor: Visitor<ForSupport>,
    SlugInPath(slug): SlugInPath,
    Asked(asked): Asked,
) -> PageResult {
    let app = visitor.app;
    let choice = read_choice(&app, &slug, &asked).await?;
    choices(&app, &slug, choice, Faults::default()).await
}

async fn next_step(
    visitor: Visitor<ForSupport>,
    SlugInPath(slug): SlugInPath,
    Sent(sent): Sent,
) -> PageResult {
    let app = visitor.app;
    let mut choice = read_choice(&app, &slug, &sent).await?;
    if sent.text("stap") == "kiezen" {
        return choices(&app, &slug, choice, Faults::default()).await;
    }
    if sent.text("stap") == "aanvragen"
        && let Ok(request) = choice.request()
    {
        match submitted_before(&app, &slug, &request, Some(&key_of(&choice))).await {
            Ok(None) => {}
            Ok(Some(id)) => {
                return Ok(done(&format!("/batches/{id}"), Done::BatchThere).into_response());
            }
            // Somebody went back and chose something else: that is another batch, if they want one.
            Err(failure) if failure.code == "idempotency_key_used" => {
                let mut faults = Faults::default();
                faults.add_failure("", &failure);
                choice.key = new_batch_id();
                return choices(&app, &slug, choice, faults).await;
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    let prepared = match prepare(&app, &slug, &choice).await {
        Ok(prepared) => prepared,
        Err(faults) => return choices(&app, &slug, choice, faults?).await,
    };
    match sent.text("stap") {
        "aanvragen" => submit(&app, &prepared, &choice).await,
        _ => check_page(&app, &slug, &prepared, choice).await,
    }
}

/// What was chosen; the provider's preferences when nothing was.
async fn read_choice(app: &App, slug: &Slug, fields: &Fields) -> Result<Choice, PageFailure> {
    let stored = organisation(app, slug).await?;
    let letter = &stored.organisation.letter;
    let mut choice = if fields.text("venster").is_empty() {
        Choice::preferred(letter, stored.logo_hash.is_some(), fields.all("team"))
    } else {
        Choice::read(fields, letter)
    };
    // Whatever else stands there is not from our form.
    if !is_id(&choice.key) {
        choice.key = new_batch_id();
    }
    Ok(choice)
}

/// The batch as it would be; otherwise what is to be mended in the form, or a failure that no form mends.
async fn prepare(
    app: &App,
    slug: &Slug,
    choice: &Choice,
) -> Result<Prepared, Result<Faults, PageFailure>> {
    let request = choice.request().map_err(Ok)?;
    prepare_batch(app, slug, &request).await.map_err(|failure| {
        let field = match failure.code {
            "invalid_dates" => "geldig",
            "no_logo" => "logo",
            "unknown_team" | "no_teams" => "team-1",
            "letter_not_possible" | "layout_fails" => "",
            _ => return Err(PageFailure(failure)),
        };
        let mut faults = Faults::default();
        faults.add_failure(field, &failure);
        Ok(faults)
    })
}

async fn choices(app: &App, slug: &Slug, choice: Choice, faults: Faults) -> PageResult {
    let stored = organisation(app, slug).await?;
    let teams = list_teams(app, slug).await?;
    let template = Choices {
        frame: Frame::of(app, "Nieuwe batch").within(
            app,
            slug,
            &stored.organisation.name,
            Part::Locations,
        ),
        teams: teams
            .into_iter()
            .filter(|team| choice.offers(&team.id))
            .map(|team| TeamBox {
                chosen: choice.has_team(&team.id),
                clients: count(team.clients, "cliënt", "cliënten"),
                eligible: number(team.eligible),
                id: team.id,
                name: team.name,
            })
            .collect(),
        slug: slug.clone(),
        has_logo: stored.logo_hash.is_some(),
        validity_days: stored.organisation.letter.validity_days,
        choice,
        faults,
    };
    page_or_mend(&template, &template.faults)
}

/// A form that is sent twice is one request.
fn key_of(choice: &Choice) -> String {
    format!("page:{}", choice.key)
}

async fn submit(app: &App, prepared: &Prepared, choice: &Choice) -> PageResult {
    let new = new_batch_id();
    let key = key_of(choice);
    let submission = Submission {
        id: &new,
        run_home: None,
        idempotency_key: Some(&key),
    };
    let id = submit_batch(app, prepared, &submission).await?;
    let what = if id == new {
        Done::BatchSubmitted
    } else {
        Done::BatchThere
    };
    Ok(done(&format!("/batches/{id}"), what).into_response())
}

/// The letter to the first client who would get one, with what is chosen so far.
async fn letter(
    visitor: Visitor<ForSupport>,
    SlugInPath(slug): SlugInPath,
    Asked(asked): Asked,
) -> Result<Response, PageFailure> {
    let app = visitor.app;
    let choice = read_choice(&app, &slug, &asked).await?;
    let request = choice.request().map_err(|_| no_such_page())?;
    let letter = preview_batch_letter(&app, &slug, &request, DPI).await?;
    match letter.map(|letter| letter.preview) {
        Some(Preview::Drawn(drawn)) => Ok(png(drawn.png)),
        Some(Preview::Faults(_)) => Err(Failure::input(
            "letter_not_possible",
            "no letter can be set with this text",
            "mend the letter first",
        )
        .into()),
        None => Err(no_such_page().into()),
    }
}
