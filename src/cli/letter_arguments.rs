//! `letter …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::slug;
use crate::domain::organisation::Slug;

#[derive(Debug, Subcommand)]
pub enum Letter {
    /// What the letter says now: the draft, or else what batches use
    Show(OfOrganisation),
    /// Save a draft, on top of the one that is there
    Draft(LetterDraft),
    /// Throw the draft away
    Discard(OfOrganisation),
    /// Make the draft the letter of every batch that is planned from now on
    Publish(LetterPublish),
    /// Every version there was
    Versions(OfOrganisation),
    /// Make a draft of an older version
    Restore(LetterRestore),
    /// Draw the letter, marked as an example, as a PNG file
    Preview(LetterPreview),
}

#[derive(Debug, Args)]
pub struct OfOrganisation {
    /// Whose letter
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Slug,
}

#[derive(Debug, Args)]
pub struct LetterDraft {
    #[command(flatten)]
    pub of: OfOrganisation,
    /// File with the text
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// The standard text of the template instead of one of its own
    #[arg(long, conflicts_with = "text")]
    pub standard_text: bool,
    /// Logo, an SVG, PNG, JPG or PDF file
    #[arg(long, value_name = "FILE")]
    pub logo: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LetterPublish {
    #[command(flatten)]
    pub of: OfOrganisation,
    /// What the export says instead of the draft, now and after every import
    #[arg(long)]
    pub as_in_export: bool,
}

#[derive(Debug, Args)]
pub struct LetterRestore {
    /// Number of the version
    #[arg(value_name = "NUMBER")]
    pub number: u32,
    #[command(flatten)]
    pub of: OfOrganisation,
}

#[derive(Debug, Args)]
pub struct LetterPreview {
    #[command(flatten)]
    pub of: OfOrganisation,
    /// PNG file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// File with a text to try instead of the one that is there
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// To a client with a name and an address as long as they come
    #[arg(long)]
    pub longest: bool,
}
