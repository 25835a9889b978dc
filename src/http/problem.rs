//! A failure as scripts read it: `application/problem+json` (RFC 9457) with a stable `code`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{pages::PageFailure, request::request_id};
use crate::{
    answers::letter::LetterFault,
    operations::{Failure, Kind, letter_faults::LetterFault as Fault},
};

/// What went wrong, and what to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:brievenbus:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of this status.
    pub title: String,
    pub status: u16,
    /// Stable, for scripts: `unknown_team`.
    pub code: String,
    /// One sentence on this very case.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The request, as the log and the header `x-request-id` name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Seconds after which it may be asked again.
    #[serde(skip)]
    #[schema(ignore)]
    retry_after: Option<u64>,
    /// Of a letter that cannot be made: what stands in the way, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<LetterFault>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, detail: &str, hint: Option<&str>) -> Self {
        Self {
            kind: format!("urn:brievenbus:problem:{code}"),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.to_owned(),
            hint: hint.map(str::to_owned),
            request_id: request_id(),
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(5),
            faults: Vec::new(),
        }
    }
}

/// A request that is not let through, with the status that says so.
pub struct Refusal {
    pub status: StatusCode,
    pub failure: Failure,
}

impl Refusal {
    pub fn into_problem(self) -> Problem {
        let status = self.status;
        let problem = Problem::from(self.failure);
        Problem {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            ..problem
        }
    }

    pub fn into_page(self) -> Response {
        let mut response = PageFailure(self.failure).into_response();
        *response.status_mut() = self.status;
        response
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self {
            status: status_of(failure.kind),
            failure,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.into_problem()
    }
}

/// Nothing is at this address.
pub fn unknown_address() -> Failure {
    Failure::not_found(
        "unknown_address",
        "there is nothing at this address",
        "/api/v1/openapi.json names every address",
    )
}

/// No letter can be made with what was sent.
pub fn letter_not_possible(faults: Vec<Fault>) -> Problem {
    let first = faults.first().map(|fault| fault.problem.clone());
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "letter_not_possible",
        &first.unwrap_or_else(|| "no letter can be made with this".to_owned()),
        Some("mend what `faults` names"),
    );
    Problem {
        faults: faults.into_iter().map(LetterFault::from).collect(),
        ..problem
    }
}

/// The status that a failure is answered with.
pub fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Input => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
        Kind::TryAgain => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Ours => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let status = status_of(failure.kind);
        if status.is_server_error() {
            tracing::error!(code = failure.code, error = %failure, "request failed");
        }
        let problem = Self::new(
            status,
            failure.code,
            &failure.message,
            failure.hint.as_deref(),
        );
        match failure.kind {
            Kind::TooOften(seconds) => Self {
                retry_after: Some(seconds),
                ..problem
            },
            _ => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
