//! `bundle list` and `bundle fetch`: what is in the store, and taking it out.

use std::path::{Path, PathBuf};

use super::{
    App, Failure, Kind,
    collect_bundles::{check_folder, collect_bundle, make_folder},
    failure::BUNDLE_LOST,
    paging::{Page, Paging},
    show_batch::find_batch,
    submit_batch::organisation,
};
pub use crate::storage::bundles::{BundleFilter, ListedBundle, StoredBundle};

/// Every bundle with the name of its team, oldest first.
pub async fn list_bundles(app: &App) -> Result<Vec<(StoredBundle, String)>, Failure> {
    Ok(app.db.all_bundles(app.actor.organisation.as_ref()).await?)
}

/// A page of the bundles, of all organisations or of one, of all batches or of one.
pub async fn bundle_page(
    app: &App,
    filter: &BundleFilter,
    paging: &Paging,
) -> Result<Page<ListedBundle>, Failure> {
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
        .bundle_page(&filter, paging.after(), paging.most())
        .await?;
    Ok(Page::cut(found, paging, |listed| listed.bundle.id.clone()))
}

/// Writes a bundle into `folder`, whole or not at all, after comparing it with the sha256 that it was made with.
pub async fn fetch_bundle(app: &App, id: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let bundle = find_bundle(app, id).await?;
    check_folder(folder)?;
    make_folder(folder)?;
    match collect_bundle(app, &bundle, folder).await {
        Err(failure) if failure.code == BUNDLE_LOST => Err(Failure {
            hint: Some(
                "see that --store is the one that the batch was made with; if the bundle is gone, `brievenbus invitation letter` prints its letters one by one"
                    .to_owned(),
            ),
            ..failure
        }),
        result => result,
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
