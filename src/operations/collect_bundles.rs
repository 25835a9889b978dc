//! Takes bundles out of the store into a folder.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    path::{Path, PathBuf},
};

use super::{App, Failure, failure::BUNDLE_LOST, record_access::record_access};
use crate::{
    bundles::{BundleError, reader::Stored},
    domain::audit::{Access, Action},
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

/// What was gone through with bundles that are not in the folder yet.
#[derive(Default)]
pub struct Tried {
    /// Team jobs whose bundle was lost and is being made again.
    remade: BTreeSet<String>,
    /// Bundles whose way out is in the audit log: a store that is away for a while is asked often.
    recorded: BTreeSet<String>,
}

/// Writes every bundle of a batch that is ready and not yet in `collected` into `folder`. One that was removed when it
/// had been kept long enough is not waited for.
pub async fn collect_ready(
    app: &App,
    batch_id: &str,
    folder: &Path,
    collected: &mut Collected,
    tried: &mut Tried,
) -> Result<(), Failure> {
    for bundle in app.db.bundles(batch_id).await? {
        if bundle.removed.is_some() {
            continue;
        }
        let Entry::Vacant(place) = collected.entry(bundle.team_job.clone()) else {
            continue;
        };
        if !tried.recorded.contains(&bundle.id) {
            record_download(app, &bundle).await?;
            tried.recorded.insert(bundle.id.clone());
        }
        match collect_bundle(app, &bundle, folder).await {
            Ok(path) => {
                place.insert(path);
            }
            // Its codes are still there, so it can be made again, once.
            Err(failure)
                if failure.code == BUNDLE_LOST && !tried.remade.contains(&bundle.team_job) =>
            {
                if !app.db.remake_bundle(&bundle).await? {
                    return Err(failure);
                }
                tracing::warn!(
                    bundle = bundle.id,
                    "bundle lost from the store; it is made again, unless it was cleared away"
                );
                tried.remade.insert(bundle.team_job);
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// Whether a bundle is still to be in the store: it has not been cleared away meanwhile.
pub(super) async fn is_kept(app: &App, bundle: &StoredBundle) -> Result<bool, Failure> {
    let found = app.db.bundle(&bundle.id).await?;
    Ok(found.is_some_and(|bundle| bundle.removed.is_none()))
}

/// A bundle as the shelf knows it.
pub(super) fn on_the_shelf(bundle: &StoredBundle) -> Stored {
    Stored {
        key: bundle.store_key.clone(),
        bytes: bundle.bytes,
        sha256: bundle.sha256.clone(),
    }
}

/// Writes in the audit log that somebody is about to get a bundle. Also when nothing comes of it, since that is only
/// known when they have it.
pub async fn record_download(app: &App, bundle: &StoredBundle) -> Result<(), Failure> {
    let access = Access::done(Action::BundleDownloaded).with("bundle", &bundle.id);
    let batch = app.db.batch(&bundle.batch).await?;
    let access = match batch {
        Some(batch) => access.of(&batch.organisation.slug),
        None => access,
    };
    record_access(app, access).await
}

/// Writes one bundle into `folder`, whole or not at all, and remembers that it left the store. [`record_download`] comes
/// before.
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
