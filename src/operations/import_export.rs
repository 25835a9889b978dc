//! `import FOLDER`: takes a care provider's export in, all or nothing.

use std::{fmt, path::PathBuf, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};

use super::{App, Failure, edition::edition};
use crate::{
    domain::{
        batch::{BatchOptions, BatchRequest},
        calendar::day_in_amsterdam,
    },
    exports::{self, Export, Parcel},
    letters::Press,
    storage::{exports::NewExport, letter_versions::StoredVersion},
    wording::english::count,
};

/// Reads an export and checks it, without changing anything.
pub async fn read_export(folder: PathBuf) -> Result<Export, Failure> {
    match tokio::task::spawn_blocking(move || exports::read_export(&folder)).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(Failure::ours(format!(
            "reading the export stopped: {error}"
        ))),
    }
}

/// Reads an export that arrived whole, as [`read_export`] reads a folder.
pub(super) async fn read_parcel(parcel: Parcel) -> Result<Export, Failure> {
    match tokio::task::spawn_blocking(move || exports::read_parcel(parcel)).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(Failure::ours(format!(
            "reading the export stopped: {error}"
        ))),
    }
}

/// Sees that a letter can be made with the provider's template, text, values and logo, whether they will be used or
/// not. Changes nothing. Answers with something to know when the letter is possible but nobody will get it.
pub async fn check_letter(
    press: &Arc<Press>,
    export: &Export,
    today: NaiveDate,
) -> Result<Option<String>, Failure> {
    let organisation = &export.organisation;
    let options = BatchOptions::resolve(&BatchRequest::default(), &organisation.letter, today)?;
    let options = BatchOptions {
        with_logo: true,
        ..options
    };
    // Teams have names of their own, which are checked when letters are asked for them.
    let edition = edition(press, organisation, export.logo.clone(), &options, "Team").await?;
    Ok(edition.too_long().map(|(file, lines)| {
        let lines = count(lines as usize, "line", "lines");
        format!("{file} is {lines} too long for one A4: nobody gets a letter until it is shorter")
    }))
}

/// What an import has to tell beside the report of the export.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The letter that was published and stays in place of the one in this export.
    pub kept_letter: Option<KeptLetter>,
}

/// A published version of a letter.
#[derive(Debug, Clone)]
pub struct KeptLetter {
    pub number: u32,
    pub published_by: String,
    pub published_at: DateTime<Utc>,
}

impl fmt::Display for KeptLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the letter published on {} by {} is kept; what this export says of text, preferences and how to reach the provider is not used until somebody publishes the export's again",
            day_in_amsterdam(self.published_at),
            self.published_by
        )
    }
}

/// Saves an export that was read. A letter that was published stays.
pub async fn import_export(app: &App, export: &Export) -> Result<Imported, Failure> {
    let new = NewExport {
        organisation: &export.organisation,
        logo: export.logo.as_ref(),
        locations: export.locations.iter().collect(),
        clients: &export.clients,
        assignments: &export.assignments,
        fingerprint: &export.fingerprint,
    };
    app.db.save_export(&new, &app.scribe()).await?;
    let current = app.db.current_letter(&export.organisation.slug).await?;
    Ok(Imported {
        kept_letter: current.published.and_then(kept),
    })
}

fn kept(version: StoredVersion) -> Option<KeptLetter> {
    // Without a setup it is what the export says.
    version.setup?;
    Some(KeptLetter {
        number: version.number,
        published_by: version.published_by?,
        published_at: version.published_at?,
    })
}
