//! `bundle list` and `bundle fetch`: what is in the store, and taking it out.

use std::path::{Path, PathBuf};

use super::{
    App, Failure, Kind,
    collect_bundles::{check_folder, collect_bundle, make_folder, record_download},
    failure::BUNDLE_LOST,
    paging::{Page, Paging},
    record_access::or_refused,
    show_batch::find_batch,
    submit_batch::organisation,
};
use crate::domain::{
    audit::{Access, Action},
    calendar::day_in_amsterdam,
};
pub use crate::storage::bundles::{BundleFilter, Removal, Removed, StoredBundle};

/// Every bundle with the name of its team, oldest first.
pub async fn list_bundles(app: &App) -> Result<Vec<(StoredBundle, String)>, Failure> {
    Ok(app.db.all_bundles(app.actor.organisation.as_ref()).await?)
}

/// A page of the bundles with the names of their teams, of all organisations or of one, of all batches or of one.
pub async fn bundle_page(
    app: &App,
    filter: &BundleFilter,
    paging: &Paging,
) -> Result<Page<(StoredBundle, String)>, Failure> {
    if let Some(slug) = &filter.organisation {
        organisation(app, slug).await?;
    }
    if let Some(batch) = &filter.batch {
        find_batch(app, batch).await?;
    }
    let filter = BundleFilter {
        organisation: filter
            .organisation
            .clone()
            .or(app.actor.organisation.clone()),
        ..filter.clone()
    };
    let found = app
        .db
        .bundles_after(&filter, paging.after(), paging.most())
        .await?;
    Ok(Page::cut(found, paging, |(bundle, _)| bundle.id.clone()))
}

/// Writes a bundle into `folder`, whole or not at all, after comparing it with the sha256 that it was made with.
pub async fn fetch_bundle(app: &App, id: &str, folder: &Path) -> Result<PathBuf, Failure> {
    check_folder(folder)?;
    make_folder(folder)?;
    let bundle = bundle_to_hand_out(app, id).await?;
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

/// A bundle that is in the store, for somebody who gets it: the audit log has it before they do.
pub async fn bundle_to_hand_out(app: &App, id: &str) -> Result<StoredBundle, Failure> {
    let bundle = bundle_to_look_at(app, id).await?;
    record_download(app, &bundle).await?;
    Ok(bundle)
}

/// A bundle that is in the store, for somebody who wants to know no more than how large it is.
pub async fn bundle_to_look_at(app: &App, id: &str) -> Result<StoredBundle, Failure> {
    let access = Access::done(Action::BundleDownloaded).with("bundle", id);
    or_refused(app, &access, bundle_in_store(app, id)).await
}

async fn bundle_in_store(app: &App, id: &str) -> Result<StoredBundle, Failure> {
    let bundle = find_bundle(app, id).await?;
    let Some(removed) = &bundle.removed else {
        return Ok(bundle);
    };
    let why = match removed.why {
        Removal::Kept => "it had been kept long enough",
        Removal::Closed => "none of its codes worked any more",
    };
    Err(Failure::not_found(
        "bundle_removed",
        format!(
            "this bundle was removed on {}: {why}",
            day_in_amsterdam(removed.at)
        ),
        "`brievenbus invitation letter` prints a letter whose invitation is still open, `brievenbus invitation reissue` makes a new one",
    ))
}

/// The bundle with this id, which may have been removed from the store.
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
