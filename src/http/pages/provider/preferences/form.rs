//! The form of the preferences: as the draft fills it in, what it changes, and what comes with it when a logo is added.

use axum::extract::{Multipart, multipart::Field};
use serde::Deserialize;

use crate::{
    domain::{
        address::AddressStyle,
        letter_setup::{LetterChanges, LetterSetup, LogoChoice},
        name::NameStyle,
        organisation::{AddressWindow, LetterOrder},
    },
    http::pages::faults::Faults,
};

/// The form as it was filled in, or as the draft has it.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) revision: String,
    pub(super) telephone: String,
    pub(super) email: String,
    pub(super) website: String,
    pub(super) portal_url: String,
    /// `left` or `right`
    pub(super) window: String,
    pub(super) with_logo: String,
    /// `export`, or the hash of one that was uploaded.
    pub(super) logo: String,
    pub(super) validity_days: String,
    /// `ons` or `brp`
    pub(super) name_style: String,
    /// `ons` or `postnl`
    pub(super) address_style: String,
    /// `name`, `address` or `client-id`
    pub(super) order: String,
    pub(super) template: String,
    pub(super) kix: String,
    pub(super) qr: String,
    pub(super) fold_marks: String,
    /// The name of a file that was chosen; its bytes come by the button beside it alone.
    pub(super) bestand: String,
    /// Which button: `bewaren` or `publiceren`.
    pub(super) doen: String,
}

impl Fields {
    pub(super) fn of(setup: &LetterSetup, revision: &str) -> Self {
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
    pub(super) fn read(&self) -> Result<LetterChanges, Faults> {
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
pub(super) const FILE: &str = "bestand";
/// The choice of the logo that came with the export.
const EXPORT: &str = "export";
/// Days; a year is long for a code on paper.
const VALIDITY: std::ops::RangeInclusive<u16> = 1..=365;
pub(super) const ORDERS: [LetterOrder; 3] = [
    LetterOrder::Name,
    LetterOrder::Address,
    LetterOrder::ClientId,
];

pub(super) fn order_code(order: LetterOrder) -> &'static str {
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

/// Name and bytes of a file; none when no file was chosen.
type Uploaded = Result<Option<(String, Vec<u8>)>, &'static str>;

const UNREAD: &str = "Het bestand kwam niet goed aan. Een logo mag niet groter zijn dan 8 MB.";

/// The form with a file. What came before a file that is too large is there all the same.
pub(super) async fn with_file(mut form: Multipart) -> (Fields, Uploaded) {
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
