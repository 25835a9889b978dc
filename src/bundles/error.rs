//! What can go wrong between the letters and the file that is downloaded.

use std::path::PathBuf;

use thiserror::Error;

#[derive(Debug, Error)]
pub enum BundleError {
    #[error("the bundle cannot be written: {0}")]
    Write(#[from] std::io::Error),
    #[error("the bundle cannot be packed: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("the overview cannot be written: {0}")]
    Csv(#[from] csv::Error),
    #[error("the manifest cannot be written: {0}")]
    Manifest(#[from] serde_json::Error),
    #[error("the store '{0}' is not one we know")]
    UnknownStore(String),
    #[error("the store cannot be cleared: {0}")]
    Clear(std::io::Error),
    #[error("the store did not do as asked: {0}")]
    Store(#[source] object_store::Error),
    #[error("the folder {folder} of the store cannot be used: {source}")]
    StoreFolder {
        folder: PathBuf,
        source: std::io::Error,
    },
    #[error("the bundle is not in the store any more")]
    Lost,
    #[error("the bundle in the store is not the one that was made (sha256 differs)")]
    Damaged,
    #[error("the folder {folder} cannot be written: {source}")]
    Folder {
        folder: PathBuf,
        source: std::io::Error,
    },
}

impl From<object_store::Error> for BundleError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Lost,
            other => Self::Store(other),
        }
    }
}
