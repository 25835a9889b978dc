//! `import FOLDER`: takes a care provider's export in, all or nothing.

use std::{path::PathBuf, sync::Arc};

use chrono::NaiveDate;

use super::{App, Failure, edition::edition};
use crate::{
    domain::batch::{BatchOptions, BatchRequest},
    exports::{self, Export, Parcel},
    letters::Press,
    storage::exports::NewExport,
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

/// Saves an export that was read.
pub async fn import_export(app: &App, export: &Export) -> Result<(), Failure> {
    let new = NewExport {
        organisation: &export.organisation,
        logo: export.logo.as_ref(),
        locations: export.locations.iter().collect(),
        clients: &export.clients,
        assignments: &export.assignments,
        fingerprint: &export.fingerprint,
    };
    app.db.save_export(&new, app.now()).await?;
    Ok(())
}
