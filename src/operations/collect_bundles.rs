//! `bundle fetch`: takes bundles out of the store into a folder.

use std::path::{Path, PathBuf};

use super::{App, Failure};
use crate::{bundles::BundleError, storage::bundles::StoredBundle};

/// Makes the output folder and sees that files can be written there, before anything else is done.
pub fn check_folder(folder: &Path) -> Result<(), Failure> {
    let failed = |source| BundleError::Folder {
        folder: folder.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    tempfile::tempfile_in(folder).map_err(failed)?;
    Ok(())
}

/// Writes one bundle into `folder`, whole or not at all, and remembers that it left the store.
pub async fn collect_bundle(
    app: &App,
    bundle: &StoredBundle,
    folder: &Path,
) -> Result<PathBuf, Failure> {
    let path = app
        .shelf
        .fetch(&bundle.store_key, &bundle.sha256, folder, &bundle.file_name)
        .await?;
    app.db.mark_collected(&bundle.id, app.now()).await?;
    Ok(path)
}
