//! The provider's logo: a picture whose content is what its name says.

use std::path::Path;

use super::{error::ExportError, folder::Folder};
use crate::domain::organisation::{Logo, LogoFormat};

/// Largest logo, in MB; it is on every letter.
const LOGO_MB: u64 = 8;

/// What the extension of `name` promises.
pub(super) fn format_of_name(name: &str) -> Option<LogoFormat> {
    LogoFormat::of_extension(Path::new(name).extension()?.to_str()?)
}

/// What the first bytes are those of. SVG has no such mark: it is text, a tag first, with `<svg` in it.
fn format_of_content(bytes: &[u8]) -> Option<LogoFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        Some(LogoFormat::Png)
    } else if bytes.starts_with(b"\xFF\xD8\xFF") {
        Some(LogoFormat::Jpg)
    } else if bytes.starts_with(b"%PDF-") {
        Some(LogoFormat::Pdf)
    } else {
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.trim_start_matches('\u{FEFF}').trim_start();
        (text.starts_with('<') && text.contains("<svg")).then_some(LogoFormat::Svg)
    }
}

fn format_name(format: LogoFormat) -> &'static str {
    match format {
        LogoFormat::Svg => "SVG",
        LogoFormat::Png => "PNG",
        LogoFormat::Jpg => "JPEG",
        LogoFormat::Pdf => "PDF",
    }
}

/// Reads the logo `name`, whose extension says that it is in `format`.
pub(super) fn read(
    folder: &mut Folder,
    name: &str,
    format: LogoFormat,
) -> Result<Logo, ExportError> {
    let bytes = folder.read(name, LOGO_MB)?;
    let found = format_of_content(&bytes);
    if found != Some(format) {
        return Err(ExportError::NotTheLogoFormat {
            file: name.to_owned(),
            named: format_name(format),
            found: found.map(format_name),
        });
    }
    Ok(Logo { format, bytes })
}

/// Why a file is no logo, told from its name and its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoFileFault {
    /// Its name ends in none of `.svg`, `.png`, `.jpg` and `.pdf`.
    UnknownFormat,
    /// It does not begin as its name says.
    OtherFormat,
}

/// A logo that was handed over as a file of this name.
///
/// # Errors
/// When name and content do not say the same.
pub fn logo_of_file(name: &str, bytes: Vec<u8>) -> Result<Logo, LogoFileFault> {
    let format = format_of_name(name).ok_or(LogoFileFault::UnknownFormat)?;
    match format_of_content(&bytes) == Some(format) {
        true => Ok(Logo { format, bytes }),
        false => Err(LogoFileFault::OtherFormat),
    }
}
