//! A bundle: what `bundle list` says, and `/bundles`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::operations::fetch_bundle::StoredBundle;

/// All letters of a team in a zip.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bundle {
    #[schema(schema_with = words::id)]
    id: String,
    #[schema(schema_with = words::id)]
    batch: String,
    /// The name of the team.
    team: String,
    file_name: String,
    bytes: u64,
    #[schema(schema_with = words::digest)]
    sha256: String,
    created: DateTime<Utc>,
    /// When it was cleared away; it cannot be downloaded any more.
    removed: Option<DateTime<Utc>>,
    /// `kept` (for as long as bundles are) or `closed` (all its invitations are): why.
    removed_why: Option<&'static str>,
}

impl Bundle {
    pub fn new(bundle: StoredBundle, team: String) -> Self {
        Self {
            removed: bundle.removed.map(|removed| removed.at),
            removed_why: bundle.removed.map(|removed| removed.why.as_str()),
            id: bundle.id,
            batch: bundle.batch,
            team,
            file_name: bundle.file_name,
            bytes: bundle.bytes,
            sha256: bundle.sha256,
            created: bundle.created_at,
        }
    }
}
