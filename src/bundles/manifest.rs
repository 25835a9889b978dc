//! `manifest.json`: what is in a bundle, for scripts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{batch::BatchOptions, eligibility::Reason, organisation::LetterPreferences};

/// Raised when a field changes its meaning or goes away.
pub const FORMAT: u32 = 1;

/// Everything the manifest says, but for the files, which are known when they are packed.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    pub format: u32,
    pub batch: String,
    pub organisation: ManifestOrganisation,
    pub team: ManifestTeam,
    pub letter_date: NaiveDate,
    /// The last valid day of the codes, in Europe/Amsterdam.
    pub valid_until: NaiveDate,
    pub template: ManifestTemplate,
    pub options: ManifestOptions,
    /// letters + left out
    pub clients: usize,
    pub letters: usize,
    pub left_out: BTreeMap<&'static str, usize>,
    /// Every other file of the bundle, in its order.
    pub files: Vec<ManifestFile>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ManifestOrganisation {
    pub slug: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ManifestTeam {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ManifestTemplate {
    pub name: String,
    /// SHA-256 of the template's files.
    pub sha256: String,
    /// SHA-256 of the text of the letter, before anything is filled in.
    pub text_sha256: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct ManifestOptions {
    #[serde(flatten)]
    pub batch: BatchOptions,
    #[serde(flatten)]
    pub styles: ManifestStyles,
}

/// The preferences that shape a letter and are not already in the batch's options.
#[derive(Debug, Clone, Serialize)]
pub struct ManifestStyles {
    pub name_style: crate::domain::name::NameStyle,
    pub address_style: crate::domain::address::AddressStyle,
    pub order: crate::domain::organisation::LetterOrder,
    pub kix: bool,
    pub qr: bool,
    pub fold_marks: bool,
}

impl From<&LetterPreferences> for ManifestStyles {
    fn from(preferences: &LetterPreferences) -> Self {
        Self {
            name_style: preferences.name_style,
            address_style: preferences.address_style,
            order: preferences.order,
            kix: preferences.kix,
            qr: preferences.qr,
            fold_marks: preferences.fold_marks,
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct ManifestFile {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// How many were left out for each reason; reasons that did not occur are absent.
pub fn counts(reasons: impl Iterator<Item = Reason>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for reason in reasons {
        *counts.entry(reason.code()).or_default() += 1;
    }
    counts
}
