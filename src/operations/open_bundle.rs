//! A bundle as a download: sent as it comes from the store, from any byte on.

use std::ops::Range;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use tokio_util::bytes::Bytes;

use super::{App, Failure, fetch_bundle::bundle_to_hand_out};
use crate::bundles::shelf::Shelf;

/// A bundle that is in the store and can be opened.
pub struct OpenedBundle {
    pub id: String,
    pub batch: String,
    pub file_name: String,
    pub bytes: u64,
    /// Of the bundle itself, hexadecimal; the same for the same bytes.
    pub sha256: String,
    pub created_at: DateTime<Utc>,
    shelf: Shelf,
    key: String,
}

/// Bytes of a bundle, in order. After an error nothing comes any more: what was sent until then is not the whole.
pub type BundleBytes = BoxStream<'static, Result<Bytes, Failure>>;

/// Opens a bundle for reading, writes that in the audit log, and remembers that somebody took it out of the store.
pub async fn open_bundle(app: &App, id: &str) -> Result<OpenedBundle, Failure> {
    let bundle = bundle_to_hand_out(app, id).await?;
    app.db.mark_collected(&bundle.id, app.now()).await?;
    Ok(OpenedBundle {
        shelf: app.shelf.clone(),
        key: bundle.store_key,
        id: bundle.id,
        batch: bundle.batch,
        file_name: bundle.file_name,
        bytes: bundle.bytes,
        sha256: bundle.sha256,
        created_at: bundle.created_at,
    })
}

impl OpenedBundle {
    /// The bytes in this range, as far as there are any.
    pub async fn read(&self, range: Range<u64>) -> Result<BundleBytes, Failure> {
        let pieces = self.shelf.stream(&self.key, range).await?;
        Ok(pieces.map_err(Failure::from).boxed())
    }
}
