//! `Idempotency-Key`: the same key again means the same batch.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};

use crate::http::{problem::Problem, service::Service};

/// Name of the header.
const HEADER: &str = "idempotency-key";
/// Longest key.
const MOST: usize = 200;

/// The key of a request, when it has one.
pub struct IdempotencyKey(pub Option<String>);

impl FromRequestParts<Service> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let (Some(value), more) = (values.next(), values.next()) else {
            return Ok(Self(None));
        };
        value
            .to_str()
            .ok()
            .filter(|key| more.is_none() && (1..=MOST).contains(&key.len()))
            .filter(|key| key.bytes().all(|b| b == b' ' || b.is_ascii_graphic()))
            .map(|key| Self(Some(key.to_owned())))
            .ok_or_else(|| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    "idempotency_key",
                    "the idempotency key cannot be one",
                    Some("use 1 to 200 printable ASCII characters, such as a UUID"),
                )
            })
    }
}
