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
    let slugs = app
        .db
        .organisation_slugs(
            app.actor.organisation.as_ref(),
            paging.after(),
            paging.most(),
        )
        .await?;
    let page = Page::cut(slugs, paging, ToString::to_string);
    let mut items = Vec::with_capacity(page.items.len());
    for slug in &page.items {
        // None is ever removed, so each is there.
        items.extend(app.db.organisation(slug).await?);
    }
    Ok(Page {
        items,
        next: page.next,
    })
}
