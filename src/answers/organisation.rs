//! A care provider: `/organisations`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::{
    domain::organisation::{AddressWindow, Slug},
    operations::list_organisations::StoredOrganisation,
};

/// A care provider as its last export left it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Organisation {
    #[schema(schema_with = words::slug)]
    slug: Slug,
    name: String,
    telephone: Option<String>,
    email: Option<String>,
    website: Option<String>,
    /// When its last export was taken in.
    imported: DateTime<Utc>,
    letter: LetterPreferences,
}

/// What it prefers for its letters; a batch may ask for something else.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterPreferences {
    /// The name of the template.
    template: String,
    /// It has a text of its own instead of the template's.
    own_text: bool,
    address_window: Window,
    has_logo: bool,
    with_logo: bool,
    validity_days: u16,
    portal_url: String,
}

/// The side of the window of the envelope.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    Left,
    Right,
}

impl From<AddressWindow> for Window {
    fn from(window: AddressWindow) -> Self {
        match window {
            AddressWindow::Left => Self::Left,
            AddressWindow::Right => Self::Right,
        }
    }
}

impl From<StoredOrganisation> for Organisation {
    fn from(stored: StoredOrganisation) -> Self {
        let has_logo = stored.logo_hash.is_some();
        let organisation = stored.organisation;
        let letter = organisation.letter;
        Self {
            slug: organisation.slug,
            name: organisation.name,
            telephone: organisation.telephone,
            email: organisation.email,
            website: organisation.website,
            imported: stored.imported_at,
            letter: LetterPreferences {
                template: letter.template,
                own_text: letter.text.is_some(),
                address_window: letter.address_window.into(),
                has_logo,
                with_logo: letter.with_logo,
                validity_days: letter.validity_days,
                portal_url: letter.portal_url,
            },
        }
    }
}
