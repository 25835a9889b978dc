//! `letter logo`: takes a logo in, to be chosen for the letter.

use super::{App, Failure, letter_draft::UploadedLogo, letter_faults::LetterFault};
use crate::domain::organisation::Slug;

/// Bytes of the largest file that is looked at at all; a door need not read further.
pub const MOST_LOGO_BYTES: usize = 8 * 1024 * 1024;

/// What became of it.
#[derive(Debug, Clone)]
pub enum LogoUpload {
    Kept(UploadedLogo),
    Refused(LetterFault),
}

/// Checks a logo (SVG, PNG, JPG or PDF, as its name says) and keeps it by its hash.
pub async fn upload_logo(
    _app: &App,
    _slug: &Slug,
    _file_name: &str,
    _bytes: Vec<u8>,
) -> Result<LogoUpload, Failure> {
    Err(Failure::ours("not there yet"))
}
