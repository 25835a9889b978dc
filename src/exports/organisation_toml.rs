//! The keys of `organisation.toml` as TOML has them, and its mistakes in our words, with line and column.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{
    error::{ExportError, KeyFault},
    nearest::nearest,
};

pub(super) const FILE: &str = "organisation.toml";

/// Everything that may be in the file, as people would say where it is.
pub(super) const KEYS: [&str; 25] = [
    "slug",
    "name",
    "telephone",
    "email",
    "website",
    "logo",
    "address",
    "address.street",
    "address.house_number",
    "address.house_number_extension",
    "address.postcode",
    "address.city",
    "letter",
    "letter.template",
    "letter.text",
    "letter.address_window",
    "letter.with_logo",
    "letter.validity_days",
    "letter.name_style",
    "letter.address_style",
    "letter.order",
    "letter.portal_url",
    "letter.kix",
    "letter.qr",
    "letter.fold_marks",
];

/// What `address` and `letter` must be, in words for people.
pub(super) const TABLE: &str = "a table";

pub(super) type Text = Option<Spanned<String>>;

/// Required keys are optional here, so that all that are missing can be named in one go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOrganisation {
    pub slug: Text,
    pub name: Text,
    pub telephone: Text,
    pub email: Text,
    pub website: Text,
    pub logo: Text,
    #[serde(default)]
    pub address: RawAddress,
    #[serde(default)]
    pub letter: RawLetter,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAddress {
    pub street: Text,
    pub house_number: Option<Spanned<i64>>,
    pub house_number_extension: Text,
    pub postcode: Text,
    pub city: Text,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLetter {
    pub template: Text,
    pub text: Text,
    pub address_window: Text,
    pub with_logo: Option<Spanned<bool>>,
    pub validity_days: Option<Spanned<i64>>,
    pub name_style: Text,
    pub address_style: Text,
    pub order: Text,
    pub portal_url: Text,
    pub kix: Option<Spanned<bool>>,
    pub qr: Option<Spanned<bool>>,
    pub fold_marks: Option<Spanned<bool>>,
}

pub(super) fn parse(text: &str) -> Result<RawOrganisation, ExportError> {
    toml::from_str(text).map_err(|error| translate(text, &error))
}

/// The fault of the key `key`, whose value is at `span`.
pub(super) fn key_error(text: &str, span: Range<usize>, key: &str, fault: KeyFault) -> ExportError {
    let (line, column) = place(text, span.start);
    ExportError::Key {
        file: FILE,
        line,
        column,
        key: key.to_owned(),
        fault,
    }
}

/// Line and column, both from 1, of the byte at `at`; columns are characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}

/// The crates `toml` and `serde` quote values in their messages, which may be an e-mail address, and speak of `i64`;
/// only what they say about syntax is passed on.
fn translate(text: &str, error: &toml::de::Error) -> ExportError {
    let span = error.span().unwrap_or(0..0);
    let message = error.message();
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let key = rest.split('`').next().unwrap_or_default();
        let names = KEYS.map(|known| (last_part(known), known));
        let nearest = nearest(key, names.map(|(name, _)| name))
            .and_then(|name| names.iter().find(|(known, _)| *known == name))
            .map(|(_, known)| *known);
        return key_error(text, span, &short_quote(key), KeyFault::Unknown { nearest });
    }
    if message.starts_with("invalid type: ") || message.starts_with("invalid value: ") {
        let key = key_before(text, span.start);
        let expected = match message.rsplit("expected ").next().unwrap_or_default() {
            // Of `[[letter]]` serde says what it expected inside.
            _ if matches!(key.as_str(), "address" | "letter") => TABLE,
            "a string" => "text in quotes",
            "a boolean" => "true or false",
            "i64" => "a whole number",
            _ => TABLE,
        };
        return key_error(text, span, &key, KeyFault::WrongType(expected));
    }
    let (line, column) = place(text, span.start);
    ExportError::Toml {
        file: FILE,
        line,
        column,
        message: message.replace('\n', ", "),
    }
}

fn last_part(key: &'static str) -> &'static str {
    key.rsplit('.').next().unwrap_or(key)
}

/// The key on the line of the value at `at`.
fn key_before(text: &str, at: usize) -> String {
    let line = text
        .get(..at)
        .and_then(|before| text.get(before.rfind('\n').map_or(0, |end| end + 1)..))
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let key = line.split('=').next().unwrap_or_default();
    short_quote(key.trim_matches(['[', ']', ' ', '\t', '"']))
}

/// At most 40 characters of `text`, none of them a control character.
pub(super) fn short_quote(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
