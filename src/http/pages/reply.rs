//! How a page is answered, and how the next one is told what was done.

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{PageFailure, faults::Faults};
use crate::{operations::Failure, wording::dutch_pages::Done};

/// The answer of a page.
pub type PageResult = Result<Response, PageFailure>;

/// A page that went well.
pub fn page(template: &impl Template) -> PageResult {
    page_with(StatusCode::OK, template)
}

/// A form with something to mend.
pub fn page_to_mend(template: &impl Template) -> PageResult {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A form, as it is or with something to mend.
pub fn page_or_mend(template: &impl Template, faults: &Faults) -> PageResult {
    if faults.is_empty() {
        page(template)
    } else {
        page_to_mend(template)
    }
}

pub fn page_with(status: StatusCode, template: &impl Template) -> PageResult {
    let html = template
        .render()
        .map_err(|error| Failure::ours(format!("a page could not be written: {error}")))?;
    Ok((status, Html(html)).into_response())
}

/// What was done on the page before, out of `?gedaan=…`: one of a list, so nobody can put words on a page by its address.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told(pub Option<Done>);

impl<S: Sync> FromRequestParts<S> for Told {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let key = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("gedaan="));
        Ok(Self(key.and_then(Done::parse)))
    }
}

/// Sends somebody on after a form was taken in, and has the next page say so (303: a reload sends nothing twice).
pub fn done(address: &str, done: Done) -> Redirect {
    let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
    let joint = if address.contains('?') { '&' } else { '?' };
    let mark = if fragment.is_empty() { "" } else { "#" };
    Redirect::to(&format!(
        "{address}{joint}gedaan={}{mark}{fragment}",
        done.key()
    ))
}
