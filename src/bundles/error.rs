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
    #[error("the store did not do as asked: {}", in_short(.0))]
    Store(#[source] object_store::Error),
    #[error("the folder {folder} of the store cannot be used: {source}")]
    StoreFolder {
        folder: PathBuf,
        source: std::io::Error,
    },
    #[error("the bundle is not in the store any more")]
    Lost,
    #[error("the bundle in the store is not the one that was made")]
    Damaged,
    #[error("the bundle in the store cannot be read: {0}")]
    Read(std::io::Error),
    #[error("the bundle in the store is sealed with a key that is not in the key file")]
    UnknownKey,
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    #[error("the folder {folder} cannot be written: {source}")]
    Folder {
        folder: PathBuf,
        source: std::io::Error,
    },
}

/// What a bucket answered, or why it did not, without the document that it answers with: that may name keys.
fn in_short(error: &object_store::Error) -> String {
    let text = error.to_string();
    let between = |start: &str, end: &str| {
        let rest = &text[text.find(start)? + start.len()..];
        Some(rest[..rest.find(end)?].to_owned())
    };
    if let Some(code) = between("<Code>", "</Code>") {
        return match between("status code: ", ":") {
            Some(status) => format!("{code} ({status})"),
            None => code,
        };
    }
    let mut line = text.split('<').next().unwrap_or_default().to_owned();
    if let Some((at, _)) = line.char_indices().nth(200) {
        line.truncate(at);
        line.push('…');
    }
    line.trim_end_matches([' ', ':']).to_owned()
}

impl From<object_store::Error> for BundleError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Lost,
            other => Self::Store(other),
        }
    }
}
