//! What can go wrong between us and the database.

use std::path::PathBuf;

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StorageError {
    #[error("the database address '{0}' is not one we know")]
    UnknownUrl(String),
    #[error("the data folder {path} cannot be used: {source}")]
    DataFolder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the key file {path} {reason}")]
    Key { path: PathBuf, reason: String },
    #[error("a stored code does not open with this key file")]
    SealBroken,
    #[error("the key was rotated, and this program has the old one")]
    KeyRotated,
    /// Without serde's own sentence, which quotes values.
    #[error("a stored record cannot be read (line {}, column {})", .0.line(), .0.column())]
    Record(#[from] serde_json::Error),
    /// The row says something that no version of the program wrote.
    #[error("the database holds something unexpected: {0}")]
    Unexpected(String),
    /// The audit log is not as we left it: nothing is added to it, and so nobody gets at anything.
    #[error("the audit log was changed by somebody else: {0}")]
    AuditBroken(String),
    #[error("another worker has taken over this job")]
    TakenOver,
    #[error("the batch was cancelled")]
    Cancelled,
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    #[error("the copy {path} cannot be written: {source}")]
    Copy {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Steps of `migrations` that this program does not know.
    #[error("a newer brievenbus has been here: this one does not know {}", .0.join(", "))]
    Newer(Vec<String>),
    #[error("the database did not answer as it should: {0}")]
    Database(#[from] sea_orm::DbErr),
    #[error("the queue's tables cannot be made: {0}")]
    Queue(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(
            error.into(),
        )))
    }
}
