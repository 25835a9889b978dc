//! `/organisaties/SLUG/voorkeuren`: how letters look, how the provider can be reached, and the logo.

mod form;

use askama::Template;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Multipart, Path},
    response::IntoResponse,
    routing::{get, post},
};

use self::form::{FILE, Fields, ORDERS, order_code, with_file};
use super::{
    Member, Place,
    letter_changes::template,
    picture::{draw, picture},
};
use crate::{
    domain::{
        letter_fault::LetterField,
        letter_setup::{LetterChanges, LogoChoice},
        organisation::Organisation,
    },
    http::{
        pages::{
            assets,
            faults::Faults,
            layout::Frame,
            places::Part,
            reply::{PageResult, Told, done, page, page_to_mend, page_with},
        },
        service::Service,
    },
    operations::{
        App, Failure,
        letter_draft::{LetterOverview, letter_draft},
        letter_faults::LetterFault,
        preview_letter::{Preview, Whom},
        save_letter_draft::{Saving, save_letter_draft},
        upload_logo::{LogoUpload, MOST_LOGO_BYTES, upload_logo},
    },
    wording::dutch_pages::{Done, moment, order},
};

const TITLE: &str = "Voorkeuren";

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/organisaties/{slug}/voorkeuren", get(show).post(save))
        .route(
            "/organisaties/{slug}/voorkeuren/logo",
            // Beside the file there is little in the form.
            post(add_logo).layer(DefaultBodyLimit::max(MOST_LOGO_BYTES + 64 * 1024)),
        )
}

#[derive(Template)]
#[template(path = "pages/provider/preferences.html")]
struct PreferencesPage {
    frame: Frame,
    address: String,
    sender: Vec<String>,
    fields: Fields,
    faults: Faults,
    templates: Vec<(String, String, String)>,
    orders: Vec<(&'static str, &'static str)>,
    logos: Vec<LogoRow>,
    export_has_logo: bool,
    /// The draft's letter as a picture, with its logo.
    picture: Option<(String, String)>,
    /// Somebody else changed the letter in the meantime.
    conflict: bool,
    window_left: &'static str,
    window_right: &'static str,
}

struct LogoRow {
    hash: String,
    file_name: String,
    added: String,
    chosen: bool,
}

async fn show(visitor: Member, Path(slug): Path<String>, told: Told) -> PageResult {
    let app = &visitor.app;
    let mut place = Place::find(app, &slug, Part::Preferences, TITLE).await?;
    place.frame = place.frame.saying(told);
    let overview = letter_draft(app, &place.slug).await?;
    let fields = Fields::of(&overview.current, &overview.revision);
    let shown = preferences_page(app, place, &overview, fields, Faults::default()).await?;
    page(&shown)
}

async fn preferences_page(
    app: &App,
    place: Place,
    overview: &LetterOverview,
    fields: Fields,
    mut faults: Faults,
) -> Result<PreferencesPage, Failure> {
    let letter_address = Part::Letter.address(&place.slug);
    let has_logo =
        overview.export_has_logo || matches!(overview.current.logo, LogoChoice::Uploaded(_));
    let changes = LetterChanges {
        with_logo: has_logo.then_some(true),
        ..LetterChanges::default()
    };
    let preview = draw(app, &place.slug, changes, Whom::Plain).await?;
    if let Preview::Faults(found) = &preview {
        add_faults(&mut faults, found);
    }
    let logo = if has_logo { "1" } else { "" };
    let picture_address = format!(
        "{letter_address}/voorbeeld.png?logo={logo}&v={}",
        overview.revision
    );
    let logos = overview.logos.iter().map(|logo| LogoRow {
        chosen: logo.hash == fields.logo,
        hash: logo.hash.clone(),
        file_name: logo.file_name.clone(),
        added: moment(logo.uploaded_at),
    });
    let templates = overview.templates.iter().map(|choice| {
        (
            choice.name.clone(),
            template(&choice.name),
            choice.description.clone(),
        )
    });
    Ok(PreferencesPage {
        frame: place.frame,
        address: Part::Preferences.address(&place.slug),
        sender: sender(&place.organisation),
        faults,
        templates: templates.collect(),
        orders: ORDERS
            .into_iter()
            .map(|each| (order_code(each), order(each)))
            .collect(),
        logos: logos.collect(),
        export_has_logo: overview.export_has_logo,
        picture: picture(&preview, picture_address),
        conflict: false,
        window_left: &assets::WINDOW_LEFT.address,
        window_right: &assets::WINDOW_RIGHT.address,
        fields,
    })
}

/// What only an export changes.
fn sender(organisation: &Organisation) -> Vec<String> {
    let address = &organisation.address;
    vec![
        organisation.name.clone(),
        address.street_line(),
        format!("{} {}", address.postcode, address.city),
    ]
}

/// What is wrong, at the field that mends it. A text is mended at its own page.
fn add_faults(faults: &mut Faults, found: &[LetterFault]) {
    for fault in found {
        let field = match fault.field {
            LetterField::Template => "template",
            LetterField::Logo | LetterField::WithLogo => "with_logo",
            LetterField::ValidityDays => "validity_days",
            LetterField::PortalUrl => "portal_url",
            LetterField::Telephone => "telephone",
            LetterField::Email => "email",
            LetterField::Website => "website",
            LetterField::Text | LetterField::Sender => "",
        };
        if faults.of(field).is_empty() {
            faults.add(field, fault.sentence.clone());
        }
    }
}

async fn save(visitor: Member, Path(slug): Path<String>, Form(fields): Form<Fields>) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Preferences, TITLE).await?;
    keep(app, place, fields, Done::PreferencesSaved).await
}

/// Makes the form the draft; `what` was done then.
async fn keep(app: &App, place: Place, fields: Fields, what: Done) -> PageResult {
    let overview = letter_draft(app, &place.slug).await?;
    let changes = match fields.read() {
        Ok(changes) => changes,
        Err(faults) => {
            return page_to_mend(&preferences_page(app, place, &overview, fields, faults).await?);
        }
    };
    let letter_address = Part::Letter.address(&place.slug);
    match save_letter_draft(app, &place.slug, &changes, &fields.revision).await {
        Ok(Saving::Saved(saved)) if saved.faults.is_empty() && fields.doen == "publiceren" => {
            let address = format!("{letter_address}/publiceren");
            Ok(axum::response::Redirect::to(&address).into_response())
        }
        Ok(Saving::Refused(found)) => {
            let mut faults = Faults::default();
            add_faults(&mut faults, &found);
            page_to_mend(&preferences_page(app, place, &overview, fields, faults).await?)
        }
        Ok(Saving::Saved(_)) => {
            let address = Part::Preferences.address(&place.slug);
            let part = match what {
                Done::LogoSaved => "#logo-kop",
                _ => "",
            };
            Ok(done(&format!("{address}{part}"), what).into_response())
        }
        Err(failure) if failure.code == "letter_changed" => {
            // As it is now: what is saved next is to replace just that.
            let overview = letter_draft(app, &place.slug).await?;
            // What was typed stays, and is saved over what the other one chose when it is sent again.
            let fields = Fields {
                revision: overview.revision.clone(),
                ..fields
            };
            let mut shown =
                preferences_page(app, place, &overview, fields, Faults::default()).await?;
            shown.conflict = true;
            page_with(axum::http::StatusCode::CONFLICT, &shown)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Keeps a logo, and chooses it for the draft with everything else that was filled in.
async fn add_logo(visitor: Member, Path(slug): Path<String>, form: Multipart) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Preferences, TITLE).await?;
    let overview = letter_draft(app, &place.slug).await?;
    let (mut fields, file) = with_file(form).await;
    if fields.revision.is_empty() {
        // Nothing but a file.
        fields = Fields::of(&overview.current, &overview.revision);
    }
    let mut faults = Faults::default();
    match file {
        Ok(Some((name, bytes))) => match upload_logo(app, &place.slug, &name, bytes).await? {
            LogoUpload::Kept(logo) => {
                fields.logo = logo.hash;
                "on".clone_into(&mut fields.with_logo);
                return keep(app, place, fields, Done::LogoSaved).await;
            }
            LogoUpload::Refused(fault) => faults.add(FILE, fault.sentence),
        },
        Ok(None) => faults.add(FILE, "Kies eerst een bestand met het logo."),
        Err(too_large) => faults.add(FILE, too_large),
    }
    page_to_mend(&preferences_page(app, place, &overview, fields, faults).await?)
}
