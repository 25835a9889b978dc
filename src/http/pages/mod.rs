//! The pages for people, in Dutch.

use axum::{
    Router,
    response::{Html, IntoResponse, Response},
};

use super::{problem::status_of, service::Service};
use crate::operations::Failure;

pub fn routes() -> Router<Service> {
    Router::new()
}

/// A failure as a person reads it.
pub struct PageFailure(pub Failure);

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        (status_of(self.0.kind), Html("<!doctype html>")).into_response()
    }
}

impl From<Failure> for PageFailure {
    fn from(failure: Failure) -> Self {
        Self(failure)
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
