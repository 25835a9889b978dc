//! What a request may hold: each kind of value once, with its limits, for the reader and for the document.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        Array, ArrayBuilder, KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
    },
};

use super::optional;
use crate::{
    answers,
    domain::{client::ClientId, invitation::InvitationState, organisation::Slug},
    operations::paging::{self, Paging},
};

/// Longest name of a team.
const MOST_CHARS: usize = 200;
/// Most teams of a request.
pub const MOST_TEAMS: usize = 1_000;
/// The years that a letter can be of.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;

/// An id of ours. What cannot be one is as good as one that there is not.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Id(String);

impl Id {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        if text.len() == 26 && text.bytes().all(plain) {
            Ok(Self(text))
        } else {
            Err("an id is 26 capitals and digits")
        }
    }
}

/// The number of a client.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct ClientNumber(pub ClientId);

impl TryFrom<String> for ClientNumber {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        ClientId::new(&text)
            .filter(|client| client.as_str() == text)
            .map(Self)
            .ok_or("this cannot be the number of a client")
    }
}

/// A file as it is, in the document: `Vec<u8>` would be a list of numbers there.
pub struct Binary;

/// One line of text, without control characters, which a database may refuse.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Line(pub String);

impl TryFrom<String> for Line {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (1..=MOST_CHARS).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err("this is to be one line of 1 to 200 characters")
        }
    }
}

/// A day that a letter can be of.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub NaiveDate);

impl TryFrom<String> for Day {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
            .ok()
            .filter(|day: &NaiveDate| text.len() == 10 && YEARS.contains(&day.year()))
            .map(Self)
            .ok_or("a day is written as 2026-11-21, of a year from 2000 to 2199")
    }
}

/// Lines of a page.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "usize")]
pub struct Limit(usize);

impl TryFrom<usize> for Limit {
    type Error = &'static str;

    fn try_from(lines: usize) -> Result<Self, Self::Error> {
        if (1..=Paging::MOST).contains(&lines) {
            Ok(Self(lines))
        } else {
            Err("a page has 1 to 100 lines")
        }
    }
}

/// The page that is asked for.
pub fn paging(after: Option<impl Into<String>>, limit: Option<Limit>) -> paging::Paging {
    Paging {
        after: after.map(Into::into),
        limit: limit.map_or(Paging::LINES, |limit| limit.0),
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl From<ClientNumber> for String {
    fn from(number: ClientNumber) -> Self {
        number.0.to_string()
    }
}

/// What an address names by its id.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct IdPath {
    /// Of the one that is meant.
    #[param(inline)]
    pub id: Id,
}

/// Each kind of value in the document. In parameters they stand inline: with `schema_with`, what is said of a parameter
/// would be lost.
macro_rules! described {
    ($($kind:ty: $schema:expr;)+) => {$(
        impl PartialSchema for $kind {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $kind {}
    )+};
}

described! {
    Id: answers::id();
    Slug: answers::slug();
    ClientNumber: answers::client_number();
    InvitationState: answers::invitation_state();
    Line: line();
    Limit: limit();
    Binary: text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build();
}

/// [`LetterChanges`](crate::domain::letter_setup::LetterChanges) in the document: what is absent stays as it is; an
/// empty text is none.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LetterChanges)]
#[expect(dead_code, reason = "the document says what a request holds")]
pub struct LetterChangesBody {
    /// Empty: the standard text of the template.
    #[schema(max_length = 20_000)]
    text: Option<String>,
    template: Option<String>,
    #[schema(schema_with = optional::window)]
    address_window: Option<String>,
    with_logo: Option<bool>,
    /// Days from the letter date to the last day on which the code works.
    #[schema(minimum = 1, maximum = 365)]
    validity_days: Option<u16>,
    #[schema(schema_with = optional::name_style)]
    name_style: Option<String>,
    #[schema(schema_with = optional::address_style)]
    address_style: Option<String>,
    #[schema(schema_with = optional::order)]
    order: Option<String>,
    portal_url: Option<String>,
    kix: Option<bool>,
    qr: Option<bool>,
    fold_marks: Option<bool>,
    telephone: Option<String>,
    email: Option<String>,
    website: Option<String>,
    #[schema(schema_with = optional::logo)]
    logo: Option<String>,
}

fn limit() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(Paging::MOST))
        .default(Some(Paging::LINES.into()))
        .build()
}

fn line() -> Object {
    text()
        .min_length(Some(1))
        .max_length(Some(MOST_CHARS))
        .pattern(Some(r"^[^\u0000-\u001f\u007f-\u009f]*$"))
        .build()
}

/// [`Day`] in the document.
pub fn day() -> Object {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .pattern(Some("^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}$"))
        .build()
}

/// Names or ids of teams.
pub fn teams() -> Array {
    ArrayBuilder::new()
        .items(line())
        .max_items(Some(MOST_TEAMS))
        .build()
}

/// The ends of an earlier invitation after which a client may be written again.
pub fn again() -> Array {
    ArrayBuilder::new()
        .items(one_of(&["expired", "cancelled"]))
        .unique_items(true)
        .build()
}

pub fn one_of(words: &[&str]) -> Object {
    text().enum_values(Some(words.iter().copied())).build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
