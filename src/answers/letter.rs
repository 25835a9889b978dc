//! The letter of a provider, as its editor sees it: `/organisations/SLUG/letter` and `/previews`.

mod outcome;
mod picture;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Schema, Type, schema::AdditionalProperties},
};

pub use outcome::{LetterDraft, LetterFault, LetterPublished};
pub use picture::{LetterMeter, LetterPicture};

use super::words;
use crate::{
    domain::{
        address::AddressStyle,
        letter_setup::{LetterSetup, LogoChoice, VersionState},
        name::NameStyle,
        organisation::{AddressWindow, LetterOrder, Slug},
    },
    operations::letter_draft::{
        LetterOverview, LetterVersion as Version, PlaceholderHelp, TemplateChoice, UploadedLogo,
    },
};

/// A provider's letter as it is, and what may be made of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Letter {
    #[schema(schema_with = words::slug)]
    organisation: Slug,
    /// To be handed in with what is saved or published.
    revision: String,
    /// The draft, or else what batches use now.
    current: LetterChoices,
    draft: Option<LetterVersion>,
    /// What batches that are planned now use; absent: what the export says.
    published: Option<LetterVersion>,
    /// What the last export says.
    export: LetterChoices,
    export_has_logo: bool,
    placeholders: Vec<LetterPlaceholder>,
    templates: Vec<LetterTemplate>,
    /// Logos that were uploaded, the newest first.
    logos: Vec<Logo>,
}

/// What a provider decides about its letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterChoices {
    /// Absent: the standard text of the template.
    text: Option<String>,
    template: String,
    #[schema(schema_with = words::window)]
    address_window: AddressWindow,
    with_logo: bool,
    /// Days from the letter date to the last day on which the code works.
    validity_days: u16,
    #[schema(schema_with = words::name_style)]
    name_style: NameStyle,
    #[schema(schema_with = words::address_style)]
    address_style: AddressStyle,
    #[schema(schema_with = words::order)]
    order: LetterOrder,
    portal_url: String,
    kix: bool,
    qr: bool,
    fold_marks: bool,
    telephone: Option<String>,
    email: Option<String>,
    website: Option<String>,
    #[schema(schema_with = logo_choice)]
    logo: LogoChoice,
}

/// A version of a letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterVersion {
    /// From 1; a draft gets its final number when it is published.
    number: u32,
    #[schema(schema_with = words::version_state)]
    state: VersionState,
    /// Absent: as the export has it.
    choices: Option<LetterChoices>,
    author: String,
    /// When it was saved last.
    saved: DateTime<Utc>,
    published_by: Option<String>,
    published: Option<DateTime<Utc>>,
}

/// What may stand between square brackets in a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterPlaceholder {
    /// Without the brackets.
    name: &'static str,
    /// One sentence in Dutch.
    explanation: &'static str,
}

/// A template that a letter can be set with.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterTemplate {
    name: String,
    /// One sentence in Dutch.
    description: String,
    /// It came with the provider's export.
    own: bool,
    standard_text: String,
    /// Names of the placeholders that its text may use.
    placeholders: Vec<&'static str>,
}

/// A logo that was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Logo {
    #[schema(schema_with = words::digest)]
    hash: String,
    file_name: String,
    uploaded_by: String,
    uploaded: DateTime<Utc>,
}

/// Which logo: that of the export, or one that was uploaded.
pub fn logo_choice() -> Schema {
    let uploaded = ObjectBuilder::new()
        .property("uploaded", words::digest())
        .required("uploaded")
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    let exported = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["as-in-export"]));
    Schema::OneOf(OneOfBuilder::new().item(exported).item(uploaded).build())
}

impl From<LetterOverview> for Letter {
    fn from(letter: LetterOverview) -> Self {
        Self {
            organisation: letter.organisation,
            revision: letter.revision,
            current: letter.current.into(),
            draft: letter.draft.map(LetterVersion::from),
            published: letter.published.map(LetterVersion::from),
            export: letter.export.into(),
            export_has_logo: letter.export_has_logo,
            placeholders: letter
                .placeholders
                .into_iter()
                .map(LetterPlaceholder::from)
                .collect(),
            templates: letter
                .templates
                .into_iter()
                .map(LetterTemplate::from)
                .collect(),
            logos: letter.logos.into_iter().map(Logo::from).collect(),
        }
    }
}

impl From<LetterSetup> for LetterChoices {
    fn from(setup: LetterSetup) -> Self {
        let letter = setup.letter;
        Self {
            text: letter.text.map(|text| text.content),
            template: letter.template,
            address_window: letter.address_window,
            with_logo: letter.with_logo,
            validity_days: letter.validity_days,
            name_style: letter.name_style,
            address_style: letter.address_style,
            order: letter.order,
            portal_url: letter.portal_url,
            kix: letter.kix,
            qr: letter.qr,
            fold_marks: letter.fold_marks,
            telephone: setup.telephone,
            email: setup.email,
            website: setup.website,
            logo: setup.logo,
        }
    }
}

impl From<Version> for LetterVersion {
    fn from(version: Version) -> Self {
        Self {
            number: version.number,
            state: version.state,
            choices: version.setup.map(LetterChoices::from),
            author: version.author,
            saved: version.created_at,
            published_by: version.published_by,
            published: version.published_at,
        }
    }
}

impl From<PlaceholderHelp> for LetterPlaceholder {
    fn from(help: PlaceholderHelp) -> Self {
        Self {
            name: help.name,
            explanation: help.explanation,
        }
    }
}

impl From<TemplateChoice> for LetterTemplate {
    fn from(choice: TemplateChoice) -> Self {
        Self {
            name: choice.name,
            description: choice.description,
            own: choice.own,
            standard_text: choice.standard_text,
            placeholders: choice.placeholders,
        }
    }
}

impl From<UploadedLogo> for Logo {
    fn from(logo: UploadedLogo) -> Self {
        Self {
            hash: logo.hash,
            file_name: logo.file_name,
            uploaded_by: logo.uploaded_by,
            uploaded: logo.uploaded_at,
        }
    }
}
