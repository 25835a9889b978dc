//! `/organisaties/SLUG/voorkeuren`: how letters look, how the provider can be reached, and the logo.

use askama::Template;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Multipart, Path, multipart::Field},
    response::IntoResponse,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Member, Place,
    letter_changes::template,
    picture::{draw, picture},
};
use crate::{
    domain::{
        address::AddressStyle,
        letter_fault::LetterField,
        letter_setup::{LetterChanges, LetterSetup, LogoChoice},
        name::NameStyle,
        organisation::{AddressWindow, LetterOrder, Organisation},
    },
    http::{
        pages::{
            assets,
            layout::{Faults, Frame, PageResult, Part, Told, done, page, page_to_mend, page_with},
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

/// The form as it was filled in, or as the draft has it.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Fields {
    revision: String,
    telephone: String,
    email: String,
    website: String,
    portal_url: String,
    /// `left` or `right`
    window: String,
    with_logo: String,
    /// `export`, or the hash of one that was uploaded.
    logo: String,
    validity_days: String,
    /// `ons` or `brp`
    name_style: String,
    /// `ons` or `postnl`
    address_style: String,
    /// `name`, `address` or `client-id`
    order: String,
    template: String,
    kix: String,
    qr: String,
    fold_marks: String,
    /// The name of a file that was chosen; its bytes come by the button beside it alone.
    bestand: String,
    /// Which button: `bewaren` or `publiceren`.
    doen: String,
}

impl Fields {
    fn of(setup: &LetterSetup, revision: &str) -> Self {
        let letter = &setup.letter;
        let ticked = |on: bool| if on { "on" } else { "" }.to_owned();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            revision: revision.to_owned(),
            telephone: text(&setup.telephone),
            email: text(&setup.email),
            website: text(&setup.website),
            portal_url: letter.portal_url.clone(),
            window: match letter.address_window {
                AddressWindow::Left => "left",
                AddressWindow::Right => "right",
            }
            .to_owned(),
            with_logo: ticked(letter.with_logo),
            logo: match &setup.logo {
                LogoChoice::AsInExport => EXPORT.to_owned(),
                LogoChoice::Uploaded(hash) => hash.clone(),
            },
            validity_days: letter.validity_days.to_string(),
            name_style: match letter.name_style {
                NameStyle::Ons => "ons",
                NameStyle::Brp => "brp",
            }
            .to_owned(),
            address_style: match letter.address_style {
                AddressStyle::Ons => "ons",
                AddressStyle::PostNl => "postnl",
            }
            .to_owned(),
            order: order_code(letter.order).to_owned(),
            template: letter.template.clone(),
            kix: ticked(letter.kix),
            qr: ticked(letter.qr),
            fold_marks: ticked(letter.fold_marks),
            bestand: String::new(),
            doen: String::new(),
        }
    }

    /// What it changes, or what is to be mended first.
    fn read(&self) -> Result<LetterChanges, Faults> {
        let mut faults = Faults::default();
        let validity_days = self.validity_days.trim().parse::<u16>().ok();
        if validity_days.is_none_or(|days| !VALIDITY.contains(&days)) {
            faults.add(
                "validity_days",
                "Vul het aantal dagen in als een getal van 1 tot en met 365.",
            );
        }
        if self.portal_url.trim().is_empty() {
            faults.add(
                "portal_url",
                "Vul het adres in waar de cliënt de code invoert, zoals www.caren.nl.",
            );
        }
        if !self.bestand.is_empty() {
            faults.add(
                FILE,
                "Het logo is nog niet toegevoegd. Kies het bestand opnieuw en druk op ‘Voeg het logo toe’.",
            );
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = |text: &str| Some(text.trim().to_owned());
        Ok(LetterChanges {
            text: None,
            template: text(&self.template),
            address_window: Some(match self.window.as_str() {
                "right" => AddressWindow::Right,
                _ => AddressWindow::Left,
            }),
            with_logo: Some(!self.with_logo.is_empty()),
            validity_days,
            name_style: Some(match self.name_style.as_str() {
                "brp" => NameStyle::Brp,
                _ => NameStyle::Ons,
            }),
            address_style: Some(match self.address_style.as_str() {
                "postnl" => AddressStyle::PostNl,
                _ => AddressStyle::Ons,
            }),
            order: Some(order_of(&self.order)),
            portal_url: text(&self.portal_url),
            kix: Some(!self.kix.is_empty()),
            qr: Some(!self.qr.is_empty()),
            fold_marks: Some(!self.fold_marks.is_empty()),
            telephone: text(&self.telephone),
            email: text(&self.email),
            website: text(&self.website),
            logo: Some(match self.logo.as_str() {
                EXPORT | "" => LogoChoice::AsInExport,
                hash => LogoChoice::Uploaded(hash.to_owned()),
            }),
        })
    }
}

/// The field with the file of a logo.
const FILE: &str = "bestand";
/// The choice of the logo that came with the export.
const EXPORT: &str = "export";
/// Days; a year is long for a code on paper.
const VALIDITY: std::ops::RangeInclusive<u16> = 1..=365;
const ORDERS: [LetterOrder; 3] = [
    LetterOrder::Name,
    LetterOrder::Address,
    LetterOrder::ClientId,
];

fn order_code(order: LetterOrder) -> &'static str {
    match order {
        LetterOrder::Name => "name",
        LetterOrder::Address => "address",
        LetterOrder::ClientId => "client-id",
    }
}

fn order_of(code: &str) -> LetterOrder {
    ORDERS
        .into_iter()
        .find(|order| order_code(*order) == code)
        .unwrap_or_default()
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

/// Name and bytes of a file; none when no file was chosen.
type Uploaded = Result<Option<(String, Vec<u8>)>, &'static str>;

const UNREAD: &str = "Het bestand kwam niet goed aan. Een logo mag niet groter zijn dan 8 MB.";

/// The form with a file. What came before a file that is too large is there all the same.
async fn with_file(mut form: Multipart) -> (Fields, Uploaded) {
    let mut typed = serde_json::Map::new();
    let mut file = Ok(None);
    while file.is_ok() {
        match form.next_field().await {
            Ok(Some(field)) if field.name() == Some(FILE) => file = uploaded(field).await,
            Ok(Some(field)) => {
                let name = field.name().unwrap_or_default().to_owned();
                match field.text().await {
                    Ok(text) => drop(typed.insert(name, text.into())),
                    Err(_) => file = Err(UNREAD),
                }
            }
            Ok(None) => break,
            Err(_) => file = Err(UNREAD),
        }
    }
    let fields = serde_json::from_value(typed.into()).unwrap_or_default();
    (fields, file)
}

async fn uploaded(field: Field<'_>) -> Uploaded {
    let name = field.file_name().unwrap_or_default().to_owned();
    let bytes = field.bytes().await.map_err(|_| UNREAD)?;
    let is_there = !name.is_empty() && !bytes.is_empty();
    Ok(is_there.then(|| (name, bytes.to_vec())))
}
