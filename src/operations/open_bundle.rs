//! A bundle as a download: opened as it is sent, from any byte on.

use std::ops::Range;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use tokio_util::bytes::Bytes;

use super::{App, Failure, collect_bundles::on_the_shelf, fetch_bundle::bundle_to_hand_out};
use crate::bundles::{reader::Stored, shelf::Shelf};

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
    stored: Stored,
}

/// Bytes of a bundle, in order, in pieces of at most 64 KiB. After an error nothing comes any more: what was sent until
/// then is not the whole.
pub type BundleBytes = BoxStream<'static, Result<Bytes, Failure>>;

/// Opens a bundle for reading, writes that in the audit log, and remembers that somebody took it out of the store.
pub async fn open_bundle(app: &App, id: &str) -> Result<OpenedBundle, Failure> {
    let bundle = bundle_to_hand_out(app, id).await?;
    let stored = on_the_shelf(&bundle);
    // What is lost or damaged at first sight was not taken out by anybody.
    drop(app.shelf.read(&stored, 0..1).await?);
    app.db.mark_collected(&bundle.id, app.now()).await?;
    Ok(OpenedBundle {
        shelf: app.shelf.clone(),
        stored,
        id: bundle.id,
        batch: bundle.batch,
        file_name: bundle.file_name,
        bytes: bundle.bytes,
        sha256: bundle.sha256,
        created_at: bundle.created_at,
    })
}

impl OpenedBundle {
    /// The bytes in this range, as far as there are any. The first piece has been opened when this returns.
    pub async fn read(&self, range: Range<u64>) -> Result<BundleBytes, Failure> {
        let pieces = self.shelf.read(&self.stored, range).await?;
        Ok(pieces.map_err(Failure::from).boxed())
    }
}
