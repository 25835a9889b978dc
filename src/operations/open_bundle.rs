//! Taking a bundle out of the store without a file in between: a stream of its bytes, or of a part of them.

use std::ops::Range;

use super::{App, Failure, fetch_bundle::find_bundle};
use crate::{
    bundles::shelf::{PieceStream, Shelf},
    storage::bundles::StoredBundle,
};

/// A bundle that is there to be read.
pub struct OpenedBundle {
    pub bundle: StoredBundle,
    shelf: Shelf,
}

/// The bundle with this id. Whoever asks gets it, so it counts as taken out.
pub async fn open_bundle(app: &App, id: &str) -> Result<OpenedBundle, Failure> {
    let bundle = find_bundle(app, id).await?;
    app.db.mark_collected(&bundle.id, app.now()).await?;
    Ok(OpenedBundle {
        bundle,
        shelf: app.shelf.clone(),
    })
}

impl OpenedBundle {
    /// The bytes in this range, as they come from the store.
    pub async fn read(&self, range: Range<u64>) -> Result<PieceStream, Failure> {
        Ok(self.shelf.stream(&self.bundle.store_key, range).await?)
    }
}
