//! `import FOLDER`: takes a care provider's export in, all or nothing.

use std::path::PathBuf;

use super::{App, Failure};
use crate::{
    exports::{self, Export},
    storage::exports::NewExport,
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
