//! The organisations whose export was taken in.

use super::{
    App, Failure,
    paging::{Page, Paging},
};
pub use crate::storage::exports::StoredOrganisation;

/// The organisations that exist for whoever asks, by slug.
pub async fn list_organisations(
    app: &App,
    paging: &Paging,
) -> Result<Page<StoredOrganisation>, Failure> {
    let found = app
        .db
        .organisation_page(
            app.actor.organisation.as_ref(),
            paging.after(),
            paging.most(),
        )
        .await?;
    Ok(Page::cut(found, paging, |one| {
        one.organisation.slug.to_string()
    }))
}
