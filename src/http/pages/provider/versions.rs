//! `/organisaties/SLUG/brief/versies`: earlier letters, and taking one up again.

use askama::Template;
use axum::{
    Form, Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{
    Member, Place,
    letter::{Seen, text_of},
    letter_changes::described,
    picture::{self, draw, picture},
    slug_of,
};
use crate::{
    domain::letter_setup::VersionState,
    http::{
        pages::{
            PageFailure,
            layout::Frame,
            no_such_page,
            places::Part,
            reply::{PageResult, Told, done, page},
        },
        service::Service,
    },
    operations::{
        Failure,
        letter_draft::{LetterVersion, letter_draft},
        list_letter_versions::list_letter_versions,
        preview_letter::Whom,
        restore_letter_version::restore_letter_version,
    },
    wording::{
        dutch_pages::{Done, moment},
        dutch_provider::{version_state, who},
    },
};

pub(super) fn routes() -> Router<Service> {
    let versions = "/organisaties/{slug}/brief/versies";
    Router::new()
        .route(versions, get(list))
        .route(&format!("{versions}/{{number}}"), get(look))
        .route(&format!("{versions}/{{number}}/terugzetten"), post(restore))
}

#[derive(Template)]
#[template(path = "pages/provider/letter_versions.html")]
struct VersionsPage {
    frame: Frame,
    address: String,
    rows: Vec<Row>,
    /// Batches use what the export says.
    as_in_export: bool,
}

struct Row {
    number: u32,
    state: &'static str,
    tone: &'static str,
    is_draft: bool,
    saved: String,
    author: String,
    published: Option<String>,
    /// It says to follow the export.
    as_in_export: bool,
}

impl Row {
    fn of(version: &LetterVersion, reader: &str) -> Self {
        Self {
            number: version.number,
            state: version_state(version.state),
            tone: match version.state {
                VersionState::Draft => "wait",
                VersionState::Published => "ok",
                VersionState::Superseded => "none",
            },
            is_draft: version.state == VersionState::Draft,
            saved: moment(version.created_at),
            author: who(&version.author, reader),
            published: version.published_at.map(moment),
            as_in_export: version.setup.is_none(),
        }
    }
}

async fn list(visitor: Member, Path(slug): Path<String>, told: Told) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Letter, "Versies van de brief").await?;
    let versions = list_letter_versions(app, &place.slug).await?;
    let address = Part::Letter.address(&place.slug);
    let published = versions
        .iter()
        .find(|version| version.state == VersionState::Published);
    page(&VersionsPage {
        frame: place.frame.below("Brief", &address).saying(told),
        as_in_export: published.is_none_or(|version| version.setup.is_none()),
        rows: versions
            .iter()
            .map(|version| Row::of(version, &app.actor.user))
            .collect(),
        address,
    })
}

#[derive(Template)]
#[template(path = "pages/provider/letter_version.html")]
struct VersionPage {
    frame: Frame,
    address: String,
    revision: String,
    row: Row,
    text: String,
    preferences: Vec<(&'static str, String)>,
    picture: Option<(String, String)>,
    /// A draft would be written over.
    has_draft: bool,
}

async fn look(visitor: Member, Path((slug, number)): Path<(String, String)>) -> PageResult {
    let app = &visitor.app;
    let number = version_number(&number)?;
    let title = format!("Versie {number} van de brief");
    let place = Place::find(app, &slug, Part::Letter, &title).await?;
    let version = picture::version(app, &place.slug, number).await?;
    let overview = letter_draft(app, &place.slug).await?;
    let setup = version.setup.as_ref().unwrap_or(&overview.export);
    let address = Part::Letter.address(&place.slug);
    let changes = picture::changes_to(&version, app, &place.slug).await?;
    let preview = draw(app, &place.slug, changes, Whom::Plain).await?;
    let picture_address = format!(
        "{address}/voorbeeld.png?versie={number}&v={}",
        overview.revision
    );
    page(&VersionPage {
        frame: place
            .frame
            .below("Brief", &address)
            .below("Versies", format!("{address}/versies")),
        text: text_of(&overview, setup),
        preferences: described(setup),
        revision: overview.revision.clone(),
        has_draft: overview.draft.is_some(),
        row: Row::of(&version, &app.actor.user),
        address,
        picture: picture(&preview, picture_address),
    })
}

async fn restore(
    visitor: Member,
    Path((slug, number)): Path<(String, String)>,
    Form(seen): Form<Seen>,
) -> Result<Response, PageFailure> {
    let slug = slug_of(&slug)?;
    let number = version_number(&number)?;
    restore_letter_version(&visitor.app, &slug, number, &seen.revision).await?;
    Ok(done(&Part::Letter.address(&slug), Done::VersionRestored).into_response())
}

/// What is no number is no version.
fn version_number(typed: &str) -> Result<u32, Failure> {
    typed.parse().map_err(|_| no_such_page())
}
