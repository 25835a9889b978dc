//! The provider's logo: a picture whose content is what its name says.

use std::path::Path;

use super::{error::ExportError, folder::Folder};

/// Largest logo, in MB; it is on every letter.
const LOGO_MB: u64 = 10;

/// A picture for the letterhead.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoFile {
    /// Without folders.
    pub file_name: String,
    pub format: LogoFormat,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for LogoFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogoFile")
            .field("file_name", &self.file_name)
            .field("format", &self.format)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// What a logo may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogoFormat {
    Svg,
    Png,
    Jpg,
    Pdf,
}

impl LogoFormat {
    /// What the extension of `name` promises.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let extension = Path::new(name).extension()?.to_str()?;
        match extension.to_ascii_lowercase().as_str() {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpg),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// What the first bytes are those of. SVG has no such mark: it is text, a tag first, with `<svg` in it.
    fn of_content(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xFF\xD8\xFF") {
            Some(Self::Jpg)
        } else if bytes.starts_with(b"%PDF-") {
            Some(Self::Pdf)
        } else {
            let text = std::str::from_utf8(bytes).ok()?;
            let text = text.trim_start_matches('\u{FEFF}').trim_start();
            (text.starts_with('<') && text.contains("<svg")).then_some(Self::Svg)
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Jpg => "JPEG",
            Self::Pdf => "PDF",
        }
    }
}

/// Reads the logo `name`, whose extension says that it is in `format`.
pub(super) fn read(
    folder: &mut Folder,
    name: &str,
    format: LogoFormat,
) -> Result<LogoFile, ExportError> {
    let bytes = folder.read(name, LOGO_MB)?;
    let found = LogoFormat::of_content(&bytes);
    if found != Some(format) {
        return Err(ExportError::NotTheLogoFormat {
            file: name.to_owned(),
            named: format.name(),
            found: found.map(LogoFormat::name),
        });
    }
    let file_name = Path::new(name).file_name().and_then(|name| name.to_str());
    Ok(LogoFile {
        file_name: file_name.unwrap_or(name).to_owned(),
        format,
        bytes,
    })
}
