//! The care provider (*zorgaanbieder*) and what it prefers for its letters.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{address::AddressStyle, name::NameStyle};

/// A care provider as its `organisation.toml` describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    pub slug: Slug,
    pub name: String,
    pub telephone: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    pub address: OfficeAddress,
    pub letter: LetterPreferences,
}

/// Where the provider itself lives: the return line and the sender's details on the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeAddress {
    pub street: String,
    pub house_number: u32,
    pub house_number_extension: Option<String>,
    /// `1234 AB`.
    pub postcode: String,
    pub city: String,
}

impl OfficeAddress {
    /// Street and number on one line, `Stationsplein 14-2`.
    pub fn street_line(&self) -> String {
        super::address::street_line(
            &self.street,
            self.house_number,
            self.house_number_extension.as_deref(),
        )
    }
}

/// The preferences of a provider for all its letters; a batch request may overrule some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LetterPreferences {
    /// Folder name under `letter-templates/`.
    pub template: String,
    /// The provider's own template of that name; absent: one that ships with the product.
    #[serde(default)]
    pub own_template: Option<TemplateFiles>,
    /// The provider's own text; absent: the template's standard text.
    pub text: Option<OwnText>,
    pub address_window: AddressWindow,
    pub with_logo: bool,
    /// Days from the letter date to the last valid day.
    pub validity_days: u16,
    pub name_style: NameStyle,
    pub address_style: AddressStyle,
    pub order: LetterOrder,
    pub portal_url: String,
    /// A KIX barcode under Dutch addresses.
    #[serde(default)]
    pub kix: bool,
    /// A QR code with the address of the portal, beside the code.
    #[serde(default)]
    pub qr: bool,
    /// Marks at the edge of the sheet where it is folded.
    #[serde(default)]
    pub fold_marks: bool,
}

/// What a provider gets that says nothing: the standard letter, a window on the left, six weeks (as Caren's public
/// help page says).
impl Default for LetterPreferences {
    fn default() -> Self {
        Self {
            template: "uitnodiging".to_owned(),
            own_template: None,
            text: None,
            address_window: AddressWindow::default(),
            with_logo: false,
            validity_days: 42,
            name_style: NameStyle::default(),
            address_style: AddressStyle::default(),
            order: LetterOrder::default(),
            portal_url: "www.caren.nl".to_owned(),
            kix: false,
            qr: false,
            fold_marks: false,
        }
    }
}

/// A text of the provider and the file that it came from, which errors name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnText {
    pub file: String,
    pub content: String,
}

/// The files of a letter template, as they were read. Its layout is code: only a press compiles it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateFiles {
    /// `template.toml`
    pub description: String,
    /// `text.txt`
    pub text: String,
    /// `layout.typ`
    pub layout: String,
}

/// Which side the window of the envelope is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum AddressWindow {
    #[default]
    Left,
    Right,
}

/// The order of the letters in a bundle: to file them, to walk a round (*looplijst*), or to look them up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum LetterOrder {
    #[default]
    Name,
    Address,
    ClientId,
}

/// A provider's logo, as it gave it.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    pub format: LogoFormat,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logo")
            .field("format", &self.format)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// What a logo may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogoFormat {
    Svg,
    Png,
    Jpg,
    Pdf,
}

impl LogoFormat {
    /// `svg`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Jpg => "jpg",
            Self::Pdf => "pdf",
        }
    }

    /// What a file that ends in `.extension` promises to be, however it is capitalised.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpg),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }
}

/// A provider's short name in commands, URLs and file names: lower-case ASCII letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let ok = (1..=40).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if ok {
            Ok(Self(text))
        } else {
            Err(format!(
                "'{text}' is not a slug: use 1 to 40 lower-case letters, digits and hyphens, such as 'de-beste-zorg'"
            ))
        }
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> String {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
