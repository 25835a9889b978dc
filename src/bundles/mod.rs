//! A team's letters as one file to download, print and post.
//!
//! The workshop gets finished PDFs and plain facts; it knows nothing of typesetting or the database.

mod delivery;
mod disk;
mod error;
pub mod file_name;
mod latch;
pub mod lock;
pub mod manifest;
pub mod overview;
pub mod pack;
pub mod probe;
pub mod reader;
pub mod seal;
pub mod shelf;

pub use error::BundleError;
