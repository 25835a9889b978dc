//! What a request brings, read or refused with a stable code. What it held is not said back: it may be a client's.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use axum_extra::extract::Query;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    limits,
    problem::{self, Problem, Refusal},
    service::Service,
};
use crate::operations::Failure;

const AS_DESCRIBED: &str = "/api/v1/openapi.json describes it";

/// Below this likeness (Jaro-Winkler, 0 to 1) a suggestion confuses more than it helps.
const ALIKE: f64 = 0.8;

/// A body of JSON.
pub struct JsonInput<T>(pub T);

/// What stands behind the question mark; a name may occur several times for a list. One without a value is refused:
/// whoever asks for `team=` meant a team, and would get those of all.
pub struct QueryInput<T>(pub T);

/// The names and ids in the address itself. One that cannot be is as good as one that is not there.
pub struct PathInput<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Service> for JsonInput<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Problem> {
        let is_json = media_type(request.headers()).is_some_and(|kind| {
            kind == "application/json"
                || kind.starts_with("application/") && kind.ends_with("+json")
        });
        if !is_json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "the body of this request is to be JSON, and does not say that it is",
                Some("send `Content-Type: application/json`"),
            ));
        }
        let body = whole_body(request, service).await?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|error| unreadable(&whole_error(&body, error)))
    }
}

/// What a request says that its body is, in small letters and without parameters: `image/svg+xml`.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let kind = value.split(';').next()?;
    Some(kind.trim().to_ascii_lowercase())
}

/// The body as it is, when it is not too large.
pub async fn whole_body(request: Request, service: &Service) -> Result<Bytes, Problem> {
    Bytes::from_request(request, service)
        .await
        .map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            _ => unreadable_body(broken_off()),
        })
}

/// The code of a body that ended too early.
pub const BROKEN_OFF: &str = "body_broken_off";

/// A body that ended too early, or is no form where one is expected.
pub fn broken_off() -> Failure {
    Failure::input(
        BROKEN_OFF,
        "the body of the request did not arrive whole, or is no form",
        "send it again",
    )
}

/// As scripts are told so.
pub fn unreadable_body(failure: Failure) -> Problem {
    let status = StatusCode::BAD_REQUEST;
    Refusal { status, failure }.into()
}

/// A body over the limit of its route.
pub fn too_large() -> Problem {
    limits::too_large().into()
}

/// A body that is no JSON is just that, wherever it strays from the description before it stops to be.
fn whole_error(body: &[u8], error: serde_json::Error) -> serde_json::Error {
    serde_json::from_slice::<IgnoredAny>(body)
        .err()
        .unwrap_or(error)
}

fn unreadable(error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    if !error.is_data() {
        return Problem::new(
            StatusCode::BAD_REQUEST,
            "json_unreadable",
            &format!("the body is no JSON ({place})"),
            Some(
                "look at that place; strings are in double quotes, and nothing follows the last one",
            ),
        );
    }
    // serde quotes values, which may be a client's, but for these two, which are names of fields.
    let text = error.to_string();
    let sentence = text.split(" at line ").next().unwrap_or_default();
    let named = sentence.starts_with("missing field") || sentence.starts_with("unknown field");
    let detail = if named {
        format!("the body is not as described: {sentence} ({place})")
    } else {
        format!("the body is not as described ({place})")
    };
    let meant = nearest(sentence).map(|name| format!("did you mean `{name}`?"));
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "json_not_as_described",
        &detail,
        Some(meant.as_deref().unwrap_or(AS_DESCRIBED)),
    )
}

/// The known field that is most like the one that was typed, in what serde says of it: unknown field `teems`, expected
/// one of `team`, `order`.
fn nearest(sentence: &str) -> Option<&str> {
    let mut names = sentence
        .strip_prefix("unknown field ")?
        .split('`')
        .skip(1)
        .step_by(2);
    let typed = names.next()?;
    names
        .map(|known| (strsim::jaro_winkler(typed, known), known))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

impl<T: DeserializeOwned> FromRequestParts<Service> for QueryInput<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let unlike = |hint: &str| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "query_not_as_described",
                "what stands behind the question mark of the address is not as described",
                Some(hint),
            )
        };
        // The reader takes a name without a value for one that is not there.
        if parts.uri.query().is_some_and(lacks_a_value) {
            return Err(unlike("give every name a value, or leave it out"));
        }
        Query::from_request_parts(parts, service)
            .await
            .map(|Query(query)| Self(query))
            .map_err(|_| unlike(AS_DESCRIBED))
    }
}

fn lacks_a_value(query: &str) -> bool {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .any(|pair| {
            pair.split_once('=')
                .is_none_or(|(_, value)| value.is_empty())
        })
}

impl<T: DeserializeOwned + Send> FromRequestParts<Service> for PathInput<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        Path::from_request_parts(parts, service)
            .await
            .map(|Path(path)| Self(path))
            .map_err(|_| unknown_address())
    }
}

/// Nothing is at this address.
pub fn unknown_address() -> Problem {
    problem::unknown_address().into()
}
