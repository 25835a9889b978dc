//! The letter of a provider, as its editor sees it: `/organisations/SLUG/letter` and `/previews`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Schema, Type, schema::AdditionalProperties},
};

use super::words;
use crate::{
    domain::{
        address::AddressStyle,
        client::ClientId,
        letter_fault::LetterField,
        letter_setup::{LetterSetup, LogoChoice, VersionState},
        name::NameStyle,
        organisation::{AddressWindow, LetterOrder, Slug},
    },
    operations::{
        letter_draft::{
            LetterOverview, LetterVersion as Version, PlaceholderHelp, TemplateChoice, UploadedLogo,
        },
        letter_faults::LetterFault as Fault,
        preview_letter::{LetterPreview, Meter},
        publish_letter::Published,
        save_letter_draft::SavedDraft,
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

/// A draft that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterDraft {
    number: u32,
    /// To be handed in with what comes next.
    revision: String,
    /// What stands in the way of publishing it.
    faults: Vec<LetterFault>,
    /// How many lines too long it is for everybody.
    lines_too_many: u32,
}

/// A letter that was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterPublished {
    number: u32,
    /// Clients of the last export to whom a letter could be written.
    clients: usize,
    /// Those of them whose letter does not fit.
    would_not_fit: usize,
    /// The first few of those.
    #[schema(schema_with = words::client_numbers)]
    examples: Vec<ClientId>,
}

/// One thing to mend before a letter can be printed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LetterFault {
    /// What of the editor it is about.
    #[schema(value_type = String)]
    field: LetterField,
    /// In the text, from 1.
    line: Option<usize>,
    /// Characters from 1.
    column: Option<usize>,
    problem: String,
    hint: Option<String>,
    /// The same in Dutch.
    sentence: String,
}

/// A letter as a picture, and how it fits on its sheet.
#[derive(Serialize, ToSchema)]
pub struct LetterPicture {
    /// The page as PNG in base64.
    #[schema(content_encoding = "base64", content_media_type = "image/png")]
    png: String,
    /// In dots.
    width: u32,
    height: u32,
    /// What the picture shows, in Dutch.
    alt: String,
    /// All that is on the letter, in Dutch, a paragraph an entry.
    text: Vec<String>,
    /// For a client with a short name and address.
    plainest: LetterMeter,
    /// For one with a name and an address as long as they come.
    longest: LetterMeter,
    /// For the one in the picture.
    drawn: LetterMeter,
}

/// How a letter fits on its one sheet.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterMeter {
    fits: bool,
    /// How full the room for the text is at the first size; above 100 it is set smaller, or does not fit.
    percent: u8,
    /// Points: the size at which it fits, or the smallest.
    size_pt: f64,
    lines_too_many: u32,
    /// There is no smaller size to try.
    smallest_size: bool,
    /// The same in Dutch.
    sentence: String,
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

impl From<SavedDraft> for LetterDraft {
    fn from(draft: SavedDraft) -> Self {
        Self {
            number: draft.number,
            revision: draft.revision,
            faults: draft.faults.into_iter().map(LetterFault::from).collect(),
            lines_too_many: draft.lines_too_many,
        }
    }
}

impl From<Published> for LetterPublished {
    fn from(published: Published) -> Self {
        Self {
            number: published.number,
            clients: published.clients,
            would_not_fit: published.would_not_fit,
            examples: published.examples,
        }
    }
}

impl From<Fault> for LetterFault {
    fn from(fault: Fault) -> Self {
        Self {
            field: fault.field,
            line: fault.line,
            column: fault.column,
            problem: fault.problem,
            hint: fault.hint,
            sentence: fault.sentence,
        }
    }
}

impl LetterPicture {
    /// `png`: the picture in base64.
    pub fn new(preview: LetterPreview, png: String) -> Self {
        Self {
            png,
            width: preview.width,
            height: preview.height,
            alt: preview.alt,
            text: preview.text,
            plainest: preview.plainest.into(),
            longest: preview.longest.into(),
            drawn: preview.drawn.into(),
        }
    }
}

impl From<Meter> for LetterMeter {
    fn from(meter: Meter) -> Self {
        Self {
            fits: meter.fits,
            percent: meter.percent,
            size_pt: meter.size_pt,
            lines_too_many: meter.lines_too_many,
            smallest_size: meter.smallest_size,
            sentence: meter.sentence,
        }
    }
}
