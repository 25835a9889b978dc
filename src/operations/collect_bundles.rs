//! Takes bundles out of the store into a folder.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    path::{Path, PathBuf},
};

use super::{App, Failure, failure::BUNDLE_LOST};
use crate::{
    bundles::{BundleError, reader::Stored},
    storage::bundles::StoredBundle,
};

/// The files that were written, by team job.
pub type Collected = BTreeMap<String, PathBuf>;

/// Sees that the folder is there and files can be written in it, or that it can be made; makes nothing yet, so that a
/// request that is refused for another reason leaves nothing behind.
pub fn check_folder(folder: &Path) -> Result<(), Failure> {
    // A relative path of one word has the empty path above it, which means here.
    let above = folder
        .ancestors()
        .map(|path| match path.as_os_str().is_empty() {
            true => Path::new("."),
            false => path,
        });
    let nearest = above.into_iter().find(|path| path.exists());
    tempfile::tempfile_in(nearest.unwrap_or(folder)).map_err(in_folder(folder))?;
    Ok(())
}

pub fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(in_folder(folder))?;
    Ok(())
}

fn in_folder(folder: &Path) -> impl Fn(std::io::Error) -> BundleError {
    move |source| BundleError::Folder {
        folder: folder.to_owned(),
        source,
    }
}

/// Writes every bundle of a batch that is ready and not yet in `collected` into `folder`. `remade`: team jobs whose
/// bundle was lost and is being made again.
pub async fn collect_ready(
    app: &App,
    batch_id: &str,
    folder: &Path,
    collected: &mut Collected,
    remade: &mut BTreeSet<String>,
) -> Result<(), Failure> {
    for bundle in app.db.bundles(batch_id).await? {
        let Entry::Vacant(place) = collected.entry(bundle.team_job.clone()) else {
            continue;
        };
        match collect_bundle(app, &bundle, folder).await {
            Ok(path) => {
                place.insert(path);
            }
            // Its codes are still there, so it can be made again, once.
            Err(failure) if failure.code == BUNDLE_LOST && !remade.contains(&bundle.team_job) => {
                tracing::warn!(bundle = bundle.id, "bundle lost from the store, made again");
                if !app.db.remake_bundle(&bundle).await? {
                    return Err(failure);
                }
                remade.insert(bundle.team_job);
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// A bundle as the shelf knows it.
pub(super) fn on_the_shelf(bundle: &StoredBundle) -> Stored {
    Stored {
        key: bundle.store_key.clone(),
        bytes: bundle.bytes,
        sha256: bundle.sha256.clone(),
    }
}

/// Writes one bundle into `folder`, whole or not at all, and remembers that it left the store.
pub async fn collect_bundle(
    app: &App,
    bundle: &StoredBundle,
    folder: &Path,
) -> Result<PathBuf, Failure> {
    let path = app
        .shelf
        .fetch(&on_the_shelf(bundle), folder, &bundle.file_name)
        .await?;
    app.db.mark_collected(&bundle.id, app.now()).await?;
    Ok(path)
}
