//! What a provider decides about its letter, and the versions of that.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    address::AddressStyle,
    name::NameStyle,
    organisation::{AddressWindow, LetterOrder, LetterPreferences, Organisation},
};

/// Everything that a provider decides about its letter: text, preferences, how it can be reached, and the logo. Its name
/// and the address of its office stay those of the export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterSetup {
    pub letter: LetterPreferences,
    pub telephone: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    pub logo: LogoChoice,
}

impl LetterSetup {
    /// What an organisation has now; its logo is that of its export.
    pub fn of(organisation: &Organisation) -> Self {
        Self {
            letter: organisation.letter.clone(),
            telephone: organisation.telephone.clone(),
            email: organisation.email.clone(),
            website: organisation.website.clone(),
            logo: LogoChoice::AsInExport,
        }
    }

    /// The organisation with this letter.
    #[must_use]
    pub fn on(&self, organisation: &Organisation) -> Organisation {
        Organisation {
            slug: organisation.slug.clone(),
            name: organisation.name.clone(),
            address: organisation.address.clone(),
            telephone: self.telephone.clone(),
            email: self.email.clone(),
            website: self.website.clone(),
            letter: self.letter.clone(),
        }
    }

    /// The hash of the logo, when the export has the one with the hash `exported`.
    pub fn logo_hash(&self, exported: Option<String>) -> Option<String> {
        match &self.logo {
            LogoChoice::AsInExport => exported,
            LogoChoice::Uploaded(hash) => Some(hash.clone()),
        }
    }
}

/// Which logo a letter has, when it has one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogoChoice {
    /// That of the last export; none when it has none.
    #[default]
    AsInExport,
    /// One that was uploaded, by the SHA-256 of its bytes in hexadecimal digits.
    Uploaded(String),
}

/// What somebody changes in the editor. What is absent stays as it is; an empty text is none: the standard text of the
/// template, no telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LetterChanges {
    pub text: Option<String>,
    /// The name of one of the templates that [`LetterSetup`] may have.
    pub template: Option<String>,
    pub address_window: Option<AddressWindow>,
    pub with_logo: Option<bool>,
    pub validity_days: Option<u16>,
    pub name_style: Option<NameStyle>,
    pub address_style: Option<AddressStyle>,
    pub order: Option<LetterOrder>,
    pub portal_url: Option<String>,
    pub kix: Option<bool>,
    pub qr: Option<bool>,
    pub fold_marks: Option<bool>,
    pub telephone: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    pub logo: Option<LogoChoice>,
}

/// Where a version of a letter is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionState {
    /// Being written; an organisation has at most one. Whoever publishes it moves it on.
    Draft,
    /// The letter of every batch that is planned from its publication on; an organisation has at most one. The next that
    /// is published moves it on.
    Published,
    /// Was published once. Nothing moves it on; a draft can be made from it.
    Superseded,
}

impl VersionState {
    /// `draft`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Superseded => "superseded",
        }
    }

    /// The other way round.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Published, Self::Superseded]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

impl fmt::Display for VersionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
