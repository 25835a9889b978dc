//! The database: what is remembered, and the promises that it keeps whoever asks at the same time.
//!
//! One file an aggregate. Every function that writes is one transaction, whole or not at all; none calls another
//! that writes, but to note when something was last seen. `sea-orm`, `sqlx` and `apalis`' tables are known here (and to the worker) and nowhere else.

pub mod access_tokens;
pub mod audit;
pub mod batches;
pub mod bundle_lists;
pub mod bundles;
pub mod database;
pub mod disk;
pub mod endings;
mod entities;
mod error;
pub mod exports;
pub mod failed_tries;
pub mod generations;
pub mod inspection;
pub mod intake_forms;
pub mod invitations;
pub mod key_file;
pub mod letter_logos;
pub mod letter_versions;
pub mod locks;
mod migrations;
pub mod numbers;
pub mod outcomes;
pub mod overviews;
pub mod retention;
pub mod sessions;
pub mod snapshot;
pub mod tasks;
pub mod team_jobs;
pub mod vault;

pub use database::Database;
pub use error::StorageError;

/// A new id: a ULID, so that ids sort by the time they were given out.
pub fn new_id() -> String {
    ulid::Ulid::generate().to_string()
}

/// The short name of an organisation of ours; only the importer, which checks them, writes any.
fn read_slug(text: String) -> Result<crate::domain::organisation::Slug, StorageError> {
    crate::domain::organisation::Slug::try_from(text).map_err(StorageError::Unexpected)
}

/// A client number of ours; only the importer, which checks them, writes any.
fn read_client_id(text: &str) -> Result<crate::domain::client::ClientId, StorageError> {
    crate::domain::client::ClientId::new(text)
        .ok_or_else(|| StorageError::Unexpected("a client number that is none".to_owned()))
}
