//! A failure as a person reads it: what happened and what to do, in Dutch, by the failure's code.

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{layout::Frame, reply::page_with};
use crate::{
    http::{problem::status_of, request::request_id},
    operations::{Failure, Kind},
    wording::dutch_failures::{self, Sentence},
};

/// A page instead of the one that was asked for.
pub struct PageFailure(pub Failure);

impl From<Failure> for PageFailure {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

/// Some codes say more than their kind does.
fn page_status(failure: &Failure) -> StatusCode {
    match failure.code {
        "not_signed_in" => StatusCode::UNAUTHORIZED,
        "not_for_this_role" | "cross_site" => StatusCode::FORBIDDEN,
        "body_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "too_many_requests" | "locked" => StatusCode::TOO_MANY_REQUESTS,
        _ => status_of(failure.kind),
    }
}

/// Nothing is at this address.
pub fn no_such_page() -> Failure {
    Failure::not_found(
        "unknown_page",
        "there is no such page",
        "start again at the first page",
    )
}

/// What happened and what to do, as one paragraph.
pub fn said(failure: &Failure) -> String {
    let sentence = sentence(failure);
    format!("{} {}", sentence.what, sentence.to_do)
}

/// The sentence of the failure's code; of its kind when the code has none, so that nobody reads an empty page.
pub fn sentence(failure: &Failure) -> Sentence {
    dutch_failures::sentence(failure.code).unwrap_or(match failure.kind {
        Kind::Input => dutch_failures::INPUT,
        Kind::NotFound => dutch_failures::NOT_FOUND,
        Kind::Conflict => dutch_failures::CONFLICT,
        Kind::TooOften(_) | Kind::TryAgain => dutch_failures::TRY_AGAIN,
        Kind::Ours => dutch_failures::OURS,
    })
}

#[derive(Template)]
#[template(path = "pages/failure.html")]
struct FailurePage {
    frame: Frame,
    status: u16,
    code: &'static str,
    /// The number of the request, as the log names it.
    request: Option<String>,
    what: &'static str,
    to_do: &'static str,
}

/// The answer to a form of somebody who is signed in no longer. To send them to sign in would lose what they typed.
#[derive(Template)]
#[template(path = "pages/session_ended.html")]
struct SessionEnded<'a> {
    frame: Frame,
    sign_in: &'a str,
}

/// `sign_in`: the address where they can be signed in again.
pub fn session_ended(sign_in: &str) -> Response {
    let status = StatusCode::UNAUTHORIZED;
    let shown = SessionEnded {
        frame: Frame::for_nobody("U bent niet meer aangemeld"),
        sign_in,
    };
    match page_with(status, &shown) {
        Ok(page) => page,
        Err(failure) => failure.into_response(),
    }
}

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        let Self(failure) = self;
        let status = page_status(&failure);
        if status.is_server_error() {
            tracing::error!(code = failure.code, error = %failure, "page failed");
        }
        let Sentence { what, to_do } = sentence(&failure);
        let page = FailurePage {
            frame: Frame::for_nobody(dutch_failures::title(status.as_u16())),
            status: status.as_u16(),
            code: failure.code,
            request: request_id(),
            what,
            to_do,
        };
        // Nothing in this template can fail; if it did, the sentence alone is better than nothing.
        let html = page.render().unwrap_or_else(|_| what.to_owned());
        let mut response = (status, Html(html)).into_response();
        let wait = match failure.kind {
            Kind::TooOften(seconds) => Some(seconds),
            _ => (status == StatusCode::SERVICE_UNAVAILABLE).then_some(5),
        };
        if let Some(seconds) = wait {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
