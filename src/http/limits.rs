//! How large, how long and how many: so that nobody takes what is everybody's.

use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, Request},
    http::{StatusCode, header},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::problem::Refusal;
use crate::operations::{Failure, Kind, server::ServerSettings};

/// Bytes of an ordinary body.
const BODY: usize = 1 << 20;
/// Bytes of the form with the preferences, which may bring a logo.
const LOGO_BODY: usize = 10 << 20;
/// Bytes of an export: 200,000 clients are about 40 MB.
const IMPORT_BODY: usize = 200 << 20;
/// How long an import may take, with the time that its files take to arrive.
const IMPORT_TIME: Duration = Duration::from_secs(600);

/// What a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub body: usize,
    /// Until its answer begins. What follows, a download or the progress of a batch, may take its time.
    pub time: Duration,
}

impl Allowance {
    /// `route`: its template, such as `/batches/{id}`.
    pub fn of(route: &str, settings: &ServerSettings) -> Self {
        let time = settings.request_time;
        if route.ends_with("/imports") || route.ends_with("/import") {
            return Self {
                body: IMPORT_BODY,
                time: time.max(IMPORT_TIME),
            };
        }
        if route.ends_with("/voorkeuren") || route.ends_with("/logo") {
            return Self {
                body: LOGO_BODY,
                time,
            };
        }
        Self { body: BODY, time }
    }

    /// Holds a request to its size: at once when it says itself that it is too large, and otherwise as it arrives.
    pub fn hold(self, request: &mut Request) -> Result<(), Refusal> {
        let said = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if said.is_some_and(|bytes| bytes > self.body as u64) {
            return Err(too_large());
        }
        DefaultBodyLimit::max(self.body).apply(request);
        Ok(())
    }
}

/// The places for requests that are worked on at the same time.
pub struct Places(Semaphore);

impl Places {
    pub fn new(most: usize) -> Self {
        Self(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)))
    }

    /// A place, until it is dropped. Nobody waits for one: with all taken, waiting would only make it worse.
    pub fn take(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.0.try_acquire().map_err(|_| {
            later(
                "too_busy",
                "too much is asked at this moment",
                "ask again in a few seconds",
            )
        })
    }
}

/// A body over the limit of its route.
pub fn too_large() -> Refusal {
    Refusal {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        failure: Failure::input(
            "body_too_large",
            "the body of the request is too large",
            "send less at a time",
        ),
    }
}

/// The answer did not begin in time.
pub fn too_slow() -> Refusal {
    later(
        "too_slow",
        "this took too long, and was broken off",
        "ask again; ask for less at a time, or send it faster",
    )
}

fn later(code: &'static str, message: &str, hint: &str) -> Refusal {
    Refusal::from(Failure {
        kind: Kind::TryAgain,
        ..Failure::input(code, message, hint)
    })
}
