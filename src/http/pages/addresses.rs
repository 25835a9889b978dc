//! What stands in the address of a page: organisations, ids, and values to put there.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
    response::{IntoResponse, Response},
};

use super::{PageFailure, no_such_page, provider::slug_of};
use crate::{domain::organisation::Slug, http::service::Service};

/// The organisation that a page is about. What can be none is one that is not there.
pub struct SlugInPath(pub Slug);

/// The id that a page is about. What can be none is nobody's, and no database is asked for it.
pub struct IdInPath(pub String);

/// An organisation, as it was written, and the id of something of its own.
pub struct SlugAndId(pub String, pub String);

impl FromRequestParts<Service> for SlugInPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        let text = only_part(parts, service).await;
        match slug_of(&text.unwrap_or_default()) {
            Ok(slug) => Ok(Self(slug)),
            Err(failure) => Err(PageFailure(failure).into_response()),
        }
    }
}

impl FromRequestParts<Service> for IdInPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        match only_part(parts, service).await.filter(|text| is_id(text)) {
            Some(id) => Ok(Self(id)),
            None => Err(PageFailure(no_such_page()).into_response()),
        }
    }
}

impl FromRequestParts<Service> for SlugAndId {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        let path = Path::<(String, String)>::from_request_parts(parts, service).await;
        match path {
            Ok(Path((slug, id))) if is_id(&id) => Ok(Self(slug, id)),
            _ => Err(PageFailure(no_such_page()).into_response()),
        }
    }
}

/// Nothing when its percent codes are no text.
async fn only_part(parts: &mut Parts, service: &Service) -> Option<String> {
    let path = Path::<String>::from_request_parts(parts, service).await;
    path.ok().map(|Path(text)| text)
}

/// Whether it could be an id of ours: 26 capitals and digits.
pub fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    text.len() == 26 && text.bytes().all(plain)
}

/// A value for an address: everything but letters, digits and `-._~` as percent codes.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut done, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                done.push(char::from(byte));
            }
            _ => done.push_str(&format!("%{byte:02X}")),
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_value_in_an_address() {
        assert_eq!(encoded("a b&c=é/~"), "a%20b%26c%3D%C3%A9%2F~");
        assert!(is_id("01KB3N5Q7R9S1T3V5W7X9Y1Z3A"));
        for text in [
            "",
            "01kb3n5q7r9s1t3v5w7x9y1z3a",
            "01KB3N5Q7R9S1T3V5W7X9Y1Z3\0",
        ] {
            assert!(!is_id(text), "{text:?}");
        }
    }
}
