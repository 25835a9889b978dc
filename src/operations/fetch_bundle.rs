//! `bundle list` and `bundle fetch`: what is in the store, and taking it out.

use std::path::{Path, PathBuf};

use super::{
    App, Failure, Kind,
    collect_bundles::{check_folder, collect_bundle, make_folder},
    failure::BUNDLE_LOST,
    show_batch::find_batch,
};
use crate::storage::bundles::StoredBundle;

/// Every bundle with the name of its team, oldest first.
pub async fn list_bundles(app: &App) -> Result<Vec<(StoredBundle, String)>, Failure> {
    Ok(app.db.all_bundles(app.actor.organisation.as_ref()).await?)
}

/// Writes a bundle into `folder`, whole or not at all, after comparing it with the sha256 that it was made with.
pub async fn fetch_bundle(app: &App, id: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let bundle = find_bundle(app, id).await?;
    check_folder(folder)?;
    make_folder(folder)?;
    collect_bundle(app, &bundle, folder)
        .await
        .map_err(said_of_lost)
}

/// What somebody can do who wanted a bundle that is lost.
pub(super) fn said_of_lost(failure: Failure) -> Failure {
    if failure.code != BUNDLE_LOST {
        return failure;
    }
    Failure {
        hint: Some(
            "see that --store is the one that the batch was made with; if the bundle is gone, `brievenbus invitation letter` prints its letters one by one"
                .to_owned(),
        ),
        ..failure
    }
}

/// The bundle with this id.
pub async fn find_bundle(app: &App, id: &str) -> Result<StoredBundle, Failure> {
    let unknown = || {
        Failure::not_found(
            "unknown_bundle",
            format!("there is no bundle '{id}'"),
            "`brievenbus bundle list` lists them all",
        )
    };
    let bundle = app.db.bundle(id).await?.ok_or_else(unknown)?;
    match find_batch(app, &bundle.batch).await {
        Ok(_) => Ok(bundle),
        // Whose it is, is not for them to know.
        Err(failure) if failure.kind == Kind::NotFound => Err(unknown()),
        Err(failure) => Err(failure),
    }
}
