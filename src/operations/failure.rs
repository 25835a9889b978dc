//! The one way an operation says no. Each door translates it once: to an exit code, to an HTTP status.

use std::{error::Error, fmt};

use crate::{
    bundles::BundleError,
    domain::batch::OptionsError,
    exports::ExportError,
    letters::{EditionError, PressError},
    storage::StorageError,
};

/// The code of a bundle that the store has lost, or has damaged.
pub(super) const BUNDLE_LOST: &str = "bundle_lost";

/// Somebody changed the key, and this process does not have the new one.
const KEY_ROTATED: &str = "key_rotated";
const COPY_THE_KEY: &str = "the key was rotated: copy the new key file here and start again";

/// Whose turn it is after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The input or the request was wrong; asking the same again fails again.
    Input,
    /// There is no such thing.
    NotFound,
    /// It cannot be done in the state that things are in.
    Conflict,
    /// Asked too often, or tried in vain too often; it may be asked again after so many seconds.
    TooOften(u64),
    /// Something we depend on is busy or away; asking again may help.
    TryAgain,
    /// Our fault.
    Ours,
}

/// What happened, where, and what to do. Never a client's name, an address or a code.
#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    /// Stable, for scripts: `unknown_team`.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub message: String,
    pub hint: Option<String>,
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    pub fn input(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind: Kind::Input,
            code,
            message: message.into(),
            hint: Some(hint.into()),
            source: None,
        }
    }

    pub fn not_found(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            kind: Kind::NotFound,
            ..Self::input(code, message, hint)
        }
    }

    pub fn conflict(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            kind: Kind::Conflict,
            ..Self::input(code, message, hint)
        }
    }

    /// Something that should not happen; the message says what, the reader can only report it.
    pub fn ours(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Ours,
            code: "internal",
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    fn caused_by(
        error: impl Error + Send + Sync + 'static,
        kind: Kind,
        code: &'static str,
        hint: Option<&str>,
    ) -> Self {
        Self {
            kind,
            code,
            message: error.to_string(),
            hint: hint.map(str::to_owned),
            source: Some(error.into()),
        }
    }

    /// Trying the same again may end differently.
    pub fn may_pass(&self) -> bool {
        matches!(self.kind, Kind::TryAgain | Kind::Ours)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &dyn Error)
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        Self::input(error.code(), error.to_string(), error.hint())
    }
}

impl From<EditionError> for Failure {
    fn from(error: EditionError) -> Self {
        match error {
            EditionError::Press(error) => error.into(),
            error => Self {
                kind: Kind::Input,
                code: "letter_not_possible",
                message: error.to_string(),
                hint: error.hint(),
                source: Some(error.into()),
            },
        }
    }
}

impl From<OptionsError> for Failure {
    fn from(error: OptionsError) -> Self {
        let hint = match &error {
            OptionsError::ExpiryBeforeLetter { .. } => {
                "choose a later --valid-until, or leave it out for the provider's validity_days"
            }
            OptionsError::DateOutOfRange(_) => "choose a --letter-date nearer to today",
        };
        Self::input("invalid_dates", error.to_string(), hint)
    }
}

/// A folder that cannot be is the wrong one; one that is full is not.
fn folder_kind(error: std::io::ErrorKind) -> Kind {
    use std::io::ErrorKind;
    match error {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::Other => Kind::TryAgain,
        _ => Kind::Input,
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        let (kind, code, hint) = match &error {
            StorageError::UnknownUrl(_) => (
                Kind::Input,
                "unknown_database",
                Some(
                    "use sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE, or leave --database-url out for a file in the data folder",
                ),
            ),
            StorageError::DataFolder { source, .. } => (
                folder_kind(source.kind()),
                "data_folder",
                Some("choose another with --data-dir, make it writable, or make room on the disk"),
            ),
            StorageError::Copy { source, .. } => (
                folder_kind(source.kind()),
                "output_folder",
                Some("choose another with --out, make it writable, or make room on the disk"),
            ),
            StorageError::Key { .. } => (
                Kind::Input,
                "key_file",
                Some(
                    "put the right key file there, for its owner alone (chmod 600): on another machine, a copy of the first one's; without it no code of this database opens",
                ),
            ),
            StorageError::KeyRotated => (Kind::TryAgain, KEY_ROTATED, Some(COPY_THE_KEY)),
            StorageError::AuditBroken(_) => (
                Kind::Ours,
                "audit_broken",
                Some(
                    "`brievenbus audit verify` says where; until it is put back as it was, nobody gets at the data of clients",
                ),
            ),
            StorageError::Newer(_) => (
                Kind::Input,
                "newer_database",
                Some("use the newer one, or restore the backup from before the upgrade"),
            ),
            StorageError::TakenOver => (Kind::Conflict, "taken_over", None),
            StorageError::Cancelled => (Kind::Conflict, "cancelled", None),
            StorageError::Database(_) => (
                Kind::TryAgain,
                "database",
                Some(
                    "see that the database can be reached, the disk is not full and the data folder can be written, then try again",
                ),
            ),
            _ => (Kind::Ours, "storage", None),
        };
        Self::caused_by(error, kind, code, hint)
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        let (kind, code, hint) = match &error {
            BundleError::UnknownStore(_) => (
                Kind::Input,
                "unknown_store",
                Some(
                    "use file:FOLDER or s3://BUCKET/PREFIX, or leave --store out for a folder in the data folder",
                ),
            ),
            BundleError::Folder { source, .. } => (
                folder_kind(source.kind()),
                "output_folder",
                Some(
                    "make the folder writable or choose another with --out; see that the disk is not full",
                ),
            ),
            BundleError::Lost | BundleError::Damaged => (
                Kind::TryAgain,
                BUNDLE_LOST,
                Some("see that --store is the one that the batch was made with"),
            ),
            BundleError::UnknownKey => (Kind::TryAgain, KEY_ROTATED, Some(COPY_THE_KEY)),
            BundleError::Write(_)
            | BundleError::Read(_)
            | BundleError::Clear(_)
            | BundleError::Store(_)
            | BundleError::StoreFolder { .. } => (
                Kind::TryAgain,
                "store",
                Some(
                    "see that the disk is not full and the store can be reached (S3 wants AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, perhaps AWS_ENDPOINT_URL), then try again",
                ),
            ),
            _ => (Kind::Ours, "bundle", None),
        };
        Self::caused_by(error, kind, code, hint)
    }
}

impl From<PressError> for Failure {
    fn from(error: PressError) -> Self {
        let (kind, code, hint) = match &error {
            PressError::Layout { .. } => (
                Kind::Input,
                "layout_fails",
                Some("try it on the clients of the export with `brievenbus template check`"),
            ),
            PressError::Start(_) => (
                Kind::TryAgain,
                "press",
                Some("see that the machine has memory and processes left, then try again"),
            ),
            PressError::Spool(_) => (
                Kind::TryAgain,
                "press",
                Some("see that the disk is not full, then try again"),
            ),
            _ => (Kind::Ours, "press", None),
        };
        Self::caused_by(error, kind, code, hint)
    }
}
