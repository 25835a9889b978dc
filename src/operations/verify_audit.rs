//! `audit verify`: whether the audit log is as it was written.

use super::{App, Failure};
pub use crate::storage::audit::{AuditHead, Finding, Verified};

/// Reads the whole log, and compares it with its seals and with a line that was `noted` elsewhere. What is wrong is in
/// the answer, not a failure.
pub async fn verify_audit(app: &App, noted: Option<&AuditHead>) -> Result<Verified, Failure> {
    Ok(app.db.verify_audit(&app.vault, noted).await?)
}
