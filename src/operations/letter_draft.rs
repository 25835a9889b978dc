//! `letter show`: what an editor of a provider's letter begins with.

use chrono::{DateTime, Utc};

use super::{App, Failure, letter_desk::Desk};
use crate::{
    domain::{
        letter_setup::{LetterSetup, VersionState},
        organisation::{LetterPreferences, Slug},
    },
    letters::{Placeholder, Template},
    storage::{letter_logos::StoredLogo, letter_versions::StoredVersion},
    wording::dutch_letter,
};

/// A provider's letter as it is, and what may be made of it.
#[derive(Debug, Clone)]
pub struct LetterOverview {
    pub organisation: Slug,
    pub organisation_name: String,
    /// What an editor starts with: the draft, or else what batches use now.
    pub current: LetterSetup,
    /// To be handed in with what is saved or published: when somebody else has changed something since, that is a
    /// conflict and nothing is lost.
    pub revision: String,
    pub draft: Option<LetterVersion>,
    /// What batches that are planned now use; absent: what the export says.
    pub published: Option<LetterVersion>,
    /// What the last export says.
    pub export: LetterSetup,
    pub export_has_logo: bool,
    pub placeholders: Vec<PlaceholderHelp>,
    pub templates: Vec<TemplateChoice>,
    /// Logos that were uploaded, the newest first.
    pub logos: Vec<UploadedLogo>,
}

impl LetterOverview {
    /// What batches that are planned now use.
    pub fn in_use(&self) -> &LetterSetup {
        let published = self.published.as_ref();
        let setup = published.and_then(|version| version.setup.as_ref());
        setup.unwrap_or(&self.export)
    }
}

/// A version of a letter.
#[derive(Debug, Clone)]
pub struct LetterVersion {
    /// From 1; a draft gets its final number when it is published.
    pub number: u32,
    pub state: VersionState,
    /// Absent: as the export has it.
    pub setup: Option<LetterSetup>,
    /// Who saved it last; never a client.
    pub author: String,
    /// When it was saved last.
    pub created_at: DateTime<Utc>,
    pub published_by: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
}

/// What may stand between square brackets in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceholderHelp {
    /// Without the brackets: `TELEPHONE`.
    pub name: &'static str,
    /// One sentence in Dutch.
    pub explanation: &'static str,
}

/// A template that the letter can be set with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateChoice {
    pub name: String,
    /// One sentence in Dutch.
    pub description: String,
    /// It came with the provider's export, and not with the product.
    pub own: bool,
    /// What the letter says when it has no text of its own.
    pub standard_text: String,
    /// Names of the placeholders that its text may use.
    pub placeholders: Vec<&'static str>,
}

/// A logo that was uploaded for the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedLogo {
    /// SHA-256 of its bytes in hexadecimal digits: what [`crate::domain::letter_setup::LogoChoice::Uploaded`] takes.
    pub hash: String,
    /// As whoever uploaded it called it.
    pub file_name: String,
    pub uploaded_by: String,
    pub uploaded_at: DateTime<Utc>,
}

/// The letter of an organisation, and everything that an editor of it needs.
pub async fn letter_draft(app: &App, slug: &Slug) -> Result<LetterOverview, Failure> {
    let desk = Desk::open(app, slug).await?;
    let current = desk.setup();
    Ok(LetterOverview {
        organisation: slug.clone(),
        organisation_name: desk.exported.organisation.name.clone(),
        revision: desk.current.revision().to_owned(),
        export: desk.export_setup(),
        export_has_logo: desk.exported.logo_hash.is_some(),
        placeholders: placeholders(&current),
        templates: templates(&desk.exported.organisation.letter, &current.letter),
        logos: desk.logos.into_iter().map(UploadedLogo::from).collect(),
        draft: desk.current.draft.map(LetterVersion::from),
        published: desk.current.published.map(LetterVersion::from),
        current,
    })
}

/// Those that the template of the letter takes.
fn placeholders(setup: &LetterSetup) -> Vec<PlaceholderHelp> {
    let taken = match Template::of(&setup.letter) {
        Ok(template) => template.placeholders().to_vec(),
        Err(_) => Placeholder::ALL.to_vec(),
    };
    let help = taken.into_iter().filter_map(|placeholder| {
        Some(PlaceholderHelp {
            name: placeholder.name(),
            explanation: dutch_letter::placeholder(placeholder.name())?,
        })
    });
    help.collect()
}

/// The provider's own, then those that ship. One of its own takes the place of a shipped one of the same name.
fn templates(exported: &LetterPreferences, current: &LetterPreferences) -> Vec<TemplateChoice> {
    let own: Vec<&LetterPreferences> = [exported, current]
        .into_iter()
        .filter(|letter| letter.own_template.is_some())
        .collect();
    let mut choices: Vec<TemplateChoice> = Vec::new();
    let owned = own.into_iter().map(|letter| (Template::of(letter), true));
    let shipped = Template::shipped_names()
        .into_iter()
        .map(|name| (Template::shipped(name), false));
    // One that cannot be read is none to choose.
    for (template, own) in owned.chain(shipped) {
        if let Ok(template) = template
            && choices.iter().all(|choice| choice.name != template.name())
        {
            choices.push(choice(&template, own));
        }
    }
    choices
}

fn choice(template: &Template, own: bool) -> TemplateChoice {
    TemplateChoice {
        name: template.name().to_owned(),
        description: template.description().to_owned(),
        own,
        standard_text: template.standard_text().to_owned(),
        placeholders: template
            .placeholders()
            .iter()
            .map(|placeholder| placeholder.name())
            .collect(),
    }
}

impl From<StoredVersion> for LetterVersion {
    fn from(stored: StoredVersion) -> Self {
        Self {
            number: stored.number,
            state: stored.state,
            setup: stored.setup,
            author: stored.author,
            created_at: stored.created_at,
            published_by: stored.published_by,
            published_at: stored.published_at,
        }
    }
}

impl From<StoredLogo> for UploadedLogo {
    fn from(stored: StoredLogo) -> Self {
        Self {
            hash: stored.hash,
            file_name: stored.file_name,
            uploaded_by: stored.uploaded_by,
            uploaded_at: stored.uploaded_at,
        }
    }
}
