//! `/organisaties/SLUG/brief`: the text of the letter, with a picture of it and how full its sheet is.

use askama::Template;
use axum::{
    Form, Router,
    extract::{Path, Query},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Member, Place, one_of,
    picture::{self, FaultView, LetterState, draw, whom},
    slug_of, with_line_feeds,
};
use crate::{
    domain::letter_setup::{LetterChanges, LetterSetup},
    http::{
        pages::{
            PageFailure, assets,
            faults::Faults,
            layout::Frame,
            places::Part,
            reply::{PageResult, Told, done, page, page_to_mend, page_with},
        },
        service::Service,
    },
    operations::{
        App, Failure,
        discard_letter_draft::discard_letter_draft,
        letter_draft::{LetterOverview, LetterVersion, PlaceholderHelp, letter_draft},
        preview_letter::{LetterPreview, Preview},
        save_letter_draft::{Saving, save_letter_draft},
    },
    wording::{
        dutch_pages::{Done, moment},
        dutch_provider::who,
    },
};

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/organisaties/{slug}/brief", get(editor).post(save))
        .route(
            "/organisaties/{slug}/brief/voorbeeld.png",
            get(picture::file),
        )
        .route("/organisaties/{slug}/brief/voorbeeld", post(picture::live))
        .route(
            "/organisaties/{slug}/brief/concept/weggooien",
            get(ask_discard).post(discard),
        )
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    wie: String,
}

#[derive(Template)]
#[template(path = "pages/provider/letter.html")]
struct LetterPage {
    frame: Frame,
    address: String,
    revision: String,
    text: String,
    /// To whom the picture is addressed: `gewoon` or `langste`.
    whom: &'static str,
    placeholders: Vec<PlaceholderHelp>,
    standing: Standing,
    /// What kept the text from being saved or published just now.
    faults: Faults,
    state: LetterState,
    picture: Option<PictureView>,
    /// Somebody else changed the letter in the meantime.
    conflict: Option<Conflict>,
    script: &'static str,
}

/// Which letter this is, in a few words.
struct Standing {
    /// For the look: `wait`, `ok` or `none`.
    tone: &'static str,
    badge: &'static str,
    sentence: String,
    has_draft: bool,
}

impl Standing {
    fn of(overview: &LetterOverview, reader: &str) -> Self {
        let by = |version: &LetterVersion| {
            let author = who(&version.author, reader);
            format!("{} door {author}", moment(version.created_at))
        };
        let (tone, badge, sentence) = match (&overview.draft, &overview.published) {
            (Some(draft), _) => (
                "wait",
                "Concept",
                format!(
                    "Bewaard op {}. Nieuwe brieven krijgen deze tekst pas als u hem publiceert.",
                    by(draft)
                ),
            ),
            (None, Some(published)) => (
                "ok",
                "In gebruik",
                match published.published_at {
                    Some(at) => format!(
                        "Gepubliceerd op {} door {}.",
                        moment(at),
                        who(publisher(published), reader)
                    ),
                    None => String::new(),
                },
            ),
            (None, None) => (
                "ok",
                "In gebruik",
                "De tekst is die van de laatste export.".to_owned(),
            ),
        };
        Self {
            tone,
            badge,
            sentence,
            has_draft: overview.draft.is_some(),
        }
    }
}

fn publisher(version: &LetterVersion) -> &str {
    version.published_by.as_deref().unwrap_or(&version.author)
}

/// The picture, and what is on it for who cannot see it.
struct PictureView {
    address: String,
    alt: String,
    text: Vec<String>,
    width: u32,
    height: u32,
}

/// What the other one wrote.
struct Conflict {
    text: String,
    standing: String,
}

async fn editor(
    visitor: Member,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    told: Told,
) -> PageResult {
    let app = &visitor.app;
    let mut place = Place::find(app, &slug, Part::Letter, "Brief").await?;
    place.frame = place.frame.saying(told);
    let overview = letter_draft(app, &place.slug).await?;
    let text = text_of(&overview, &overview.current);
    let mut shown = show(app, place, &overview, text, &asked.wie, None).await?;
    if told.0 == Some(Done::LetterSavedNotPublished) {
        shown.faults = shown.state.to_mend();
    }
    page(&shown)
}

/// The text of a letter as an editor shows it: its own, or that of its template.
pub(super) fn text_of(overview: &LetterOverview, setup: &LetterSetup) -> String {
    match &setup.letter.text {
        Some(own) => own.content.clone(),
        None => standard_text(overview, setup).to_owned(),
    }
}

fn standard_text<'a>(overview: &'a LetterOverview, setup: &LetterSetup) -> &'a str {
    let template = overview
        .templates
        .iter()
        .find(|template| template.name == setup.letter.template);
    template.map_or("", |template| template.standard_text.as_str())
}

async fn show(
    app: &App,
    place: Place,
    overview: &LetterOverview,
    text: String,
    wie: &str,
    conflict: Option<Conflict>,
) -> Result<LetterPage, Failure> {
    let changes = LetterChanges {
        text: Some(kept_text(overview, &text)),
        ..LetterChanges::default()
    };
    let preview = draw(app, &place.slug, changes, whom(wie)).await?;
    let whom = match wie {
        "langste" => "langste",
        _ => "gewoon",
    };
    let address = Part::Letter.address(&place.slug);
    let picture = match &preview {
        // A text that is not saved has no address; its picture comes when it is.
        Preview::Drawn(drawn) if conflict.is_none() => {
            Some(picture_of(drawn, &address, whom, &overview.revision))
        }
        _ => None,
    };
    Ok(LetterPage {
        frame: place.frame,
        revision: overview.revision.clone(),
        placeholders: overview.placeholders.clone(),
        standing: Standing::of(overview, &app.actor.user),
        script: &assets::LETTER_SCRIPT.address,
        faults: Faults::default(),
        state: LetterState::of(&preview),
        address,
        text,
        whom,
        picture,
        conflict,
    })
}

fn picture_of(drawn: &LetterPreview, address: &str, whom: &str, revision: &str) -> PictureView {
    PictureView {
        address: format!("{address}/voorbeeld.png?wie={whom}&v={revision}"),
        alt: drawn.alt.clone(),
        text: drawn.text.clone(),
        width: drawn.width,
        height: drawn.height,
    }
}

/// What is kept of a text: nothing when it is the template's own, so that it follows the template.
fn kept_text(overview: &LetterOverview, text: &str) -> String {
    let standard = standard_text(overview, &overview.current);
    match text.trim_end() == standard.trim_end() {
        true => String::new(),
        false => text.to_owned(),
    }
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    tekst: String,
    #[serde(default)]
    revision: String,
    #[serde(default)]
    wie: String,
    /// Which button: `bewaren`, `voorbeeld` or `publiceren`.
    #[serde(default)]
    doen: String,
}

async fn save(
    visitor: Member,
    Path(slug): Path<String>,
    Form(written): Form<Written>,
) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Letter, "Brief").await?;
    let overview = letter_draft(app, &place.slug).await?;
    let text = with_line_feeds(&written.tekst);
    let changes = LetterChanges {
        text: Some(kept_text(&overview, &text)),
        ..LetterChanges::default()
    };
    match save_letter_draft(app, &place.slug, &changes, &written.revision).await {
        Ok(Saving::Saved(saved)) => Ok(next_page(&place, &written, saved.faults.is_empty())),
        Ok(Saving::Refused(faults)) => {
            let mut shown = show(app, place, &overview, text, &written.wie, None).await?;
            shown.state.faults = FaultView::all(&faults);
            shown.faults = shown.state.to_mend();
            page_to_mend(&shown)
        }
        Err(failure) => {
            one_of(failure, &["letter_changed"])?;
            // As it is now: what is saved next is to replace just that.
            let overview = letter_draft(app, &place.slug).await?;
            let theirs = Conflict {
                text: text_of(&overview, &overview.current),
                standing: Standing::of(&overview, &app.actor.user).sentence,
            };
            let shown = show(app, place, &overview, text, &written.wie, Some(theirs)).await?;
            page_with(axum::http::StatusCode::CONFLICT, &shown)
        }
    }
}

/// Where to go when the text was saved; `is_sound`: nothing in it has to be mended, though it may be too long.
fn next_page(place: &Place, written: &Written, is_sound: bool) -> Response {
    let address = Part::Letter.address(&place.slug);
    let is_to_publish = written.doen == "publiceren";
    if is_to_publish && is_sound {
        return Redirect::to(&format!("{address}/publiceren")).into_response();
    }
    let of_whom = match written.wie.as_str() {
        "langste" => "?wie=langste",
        _ => "",
    };
    // Who asked for a picture comes back to it.
    let part = match written.doen.as_str() {
        "voorbeeld" => "#voorbeeld",
        _ => "",
    };
    let what = match is_to_publish {
        true => Done::LetterSavedNotPublished,
        false => Done::LetterSaved,
    };
    done(&format!("{address}{of_whom}{part}"), what).into_response()
}

#[derive(Template)]
#[template(path = "pages/provider/letter_discard.html")]
struct DiscardPage {
    frame: Frame,
    address: String,
    revision: String,
    text: String,
    sentence: String,
}

async fn ask_discard(visitor: Member, Path(slug): Path<String>) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Letter, "Concept weggooien").await?;
    let overview = letter_draft(app, &place.slug).await?;
    let address = Part::Letter.address(&place.slug);
    if overview.draft.is_none() {
        return Ok(Redirect::to(&address).into_response());
    }
    page(&DiscardPage {
        frame: place.frame.below("Brief", &address),
        revision: overview.revision.clone(),
        text: text_of(&overview, &overview.current),
        sentence: Standing::of(&overview, &app.actor.user).sentence,
        address,
    })
}

#[derive(Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    pub revision: String,
}

async fn discard(
    visitor: Member,
    Path(slug): Path<String>,
    Form(seen): Form<Seen>,
) -> Result<Response, PageFailure> {
    let slug = slug_of(&slug)?;
    discard_letter_draft(&visitor.app, &slug, &seen.revision).await?;
    Ok(done(&Part::Letter.address(&slug), Done::DraftDiscarded).into_response())
}
