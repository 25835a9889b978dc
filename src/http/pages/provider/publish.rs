//! `/organisaties/SLUG/brief/publiceren`: what changes and whom it concerns, and then the draft is the letter.

use askama::Template;
use axum::{
    Form, Router,
    extract::Path,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use super::{
    Member, Place,
    letter::{Seen, text_of},
    letter_changes::{Line, Preference, preference_changes, text_changes},
    one_of,
    picture::{FaultView, LetterState, draw, picture},
    slug_of,
};
use crate::{
    domain::letter_setup::LetterChanges,
    http::{
        pages::{
            layout::Frame,
            places::Part,
            reply::{PageResult, done, page, page_to_mend},
        },
        service::Service,
    },
    operations::{
        App,
        letter_draft::{LetterOverview, letter_draft},
        preview_letter::Whom,
        publish_letter::{Checked, Publication, Publish, check_letter_draft, publish_letter},
    },
    wording::{
        dutch_pages::Done,
        dutch_provider::{fits_not, reach},
    },
};

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route(
            "/organisaties/{slug}/brief/publiceren",
            get(ask).post(publish),
        )
        .route(
            "/organisaties/{slug}/brief/standaard",
            get(ask_export).post(publish_export),
        )
}

#[derive(Template)]
#[template(path = "pages/provider/publish.html")]
struct PublishPage {
    frame: Frame,
    address: String,
    revision: String,
    /// To the text, by lines; empty when it stays.
    lines: Vec<Line>,
    preferences: Vec<Preference>,
    state: LetterState,
    /// The letter fits for somebody, and nothing else is wrong.
    possible: bool,
    picture: Option<(String, String)>,
    preferences_address: String,
    /// How many clients would get no letter.
    reach: Option<String>,
}

async fn ask(visitor: Member, Path(slug): Path<String>) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Letter, "Brief publiceren").await?;
    let overview = letter_draft(app, &place.slug).await?;
    if overview.draft.is_none() {
        return Ok(Redirect::to(&Part::Letter.address(&place.slug)).into_response());
    }
    page(&publish_page(app, place, &overview).await?)
}

async fn publish_page(
    app: &App,
    place: Place,
    overview: &LetterOverview,
) -> Result<PublishPage, crate::operations::Failure> {
    let in_use = overview.in_use();
    let preview = draw(app, &place.slug, LetterChanges::default(), Whom::Plain).await?;
    let address = Part::Letter.address(&place.slug);
    let checked = check_letter_draft(app, &place.slug).await?;
    let (possible, reach) = match &checked {
        Checked::CanBePublished {
            clients,
            would_not_fit,
        } => (true, Some(reach(*clients, *would_not_fit))),
        Checked::Refused { .. } => (false, None),
    };
    let mut state = LetterState::of(&preview).away_from(&address);
    if let Checked::Refused {
        faults: found,
        lines_too_many: 0,
    } = &checked
        && state.faults.is_empty()
    {
        state.faults = FaultView::all(found);
    }
    Ok(PublishPage {
        frame: place.frame.below("Brief", &address),
        revision: overview.revision.clone(),
        lines: text_changes(
            &text_of(overview, in_use),
            &text_of(overview, &overview.current),
        ),
        preferences: preference_changes(in_use, &overview.current),
        preferences_address: Part::Preferences.address(&place.slug),
        picture: picture(
            &preview,
            format!("{address}/voorbeeld.png?v={}", overview.revision),
        ),
        reach,
        address,
        state,
        possible,
    })
}

#[derive(Template)]
#[template(path = "pages/provider/published.html")]
struct PublishedPage {
    frame: Frame,
    address: String,
    /// For how many it does not fit.
    fits_not: String,
    /// Client numbers, the first few.
    examples: Vec<String>,
    /// There are more than these.
    more: bool,
    is_one: bool,
}

async fn publish(visitor: Member, Path(slug): Path<String>, Form(seen): Form<Seen>) -> PageResult {
    let app = &visitor.app;
    let slug = slug_of(&slug)?;
    let address = Part::Letter.address(&slug);
    match publish_letter(app, &slug, Publish::Draft, &seen.revision).await {
        Ok(Publication::Published(published)) if published.would_not_fit == 0 => {
            Ok(done(&address, Done::LetterPublished).into_response())
        }
        Ok(Publication::Published(published)) => {
            let place = Place::find(app, slug.as_str(), Part::Letter, "Brief gepubliceerd").await?;
            page(&PublishedPage {
                frame: place.frame.below("Brief", &address),
                address,
                fits_not: fits_not(published.clients, published.would_not_fit),
                is_one: published.would_not_fit == 1,
                more: published.examples.len() < published.would_not_fit,
                examples: published.examples.iter().map(ToString::to_string).collect(),
            })
        }
        Ok(Publication::Refused { .. }) => {
            let place = Place::find(app, slug.as_str(), Part::Letter, "Brief publiceren").await?;
            let overview = letter_draft(app, &slug).await?;
            page_to_mend(&publish_page(app, place, &overview).await?)
        }
        Err(failure) => {
            one_of(failure, &["letter_changed"])?;
            // The page shows what it is now, and asks again.
            Ok(done(&format!("{address}/publiceren"), Done::LetterChanged).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "pages/provider/letter_standard.html")]
struct ExportPage {
    frame: Frame,
    address: String,
    revision: String,
    lines: Vec<Line>,
    preferences: Vec<Preference>,
    has_draft: bool,
}

async fn ask_export(visitor: Member, Path(slug): Path<String>) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(
        app,
        &slug,
        Part::Letter,
        "Terug naar de brief uit de export",
    )
    .await?;
    let overview = letter_draft(app, &place.slug).await?;
    let address = Part::Letter.address(&place.slug);
    let in_use = overview.in_use();
    page(&ExportPage {
        frame: place
            .frame
            .below("Brief", &address)
            .below("Versies", format!("{address}/versies")),
        revision: overview.revision.clone(),
        lines: text_changes(
            &text_of(&overview, in_use),
            &text_of(&overview, &overview.export),
        ),
        preferences: preference_changes(in_use, &overview.export),
        has_draft: overview.draft.is_some(),
        address,
    })
}

async fn publish_export(
    visitor: Member,
    Path(slug): Path<String>,
    Form(seen): Form<Seen>,
) -> Result<Response, crate::http::pages::PageFailure> {
    let slug = slug_of(&slug)?;
    publish_letter(&visitor.app, &slug, Publish::AsInExport, &seen.revision).await?;
    let address = format!("{}/versies", Part::Letter.address(&slug));
    Ok(done(&address, Done::LetterAsInExport).into_response())
}
