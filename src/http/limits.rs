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
/// Bytes of a logo, with the form that brings it.
const LOGO_BODY: usize = 10 << 20;
/// Bytes of an export: 200,000 clients are about 40 MB.
const IMPORT_BODY: usize = 200 << 20;
/// How long something may take that is about every client of an organisation.
const LONG_TIME: Duration = Duration::from_secs(600);

/// Where an export is taken in; its files take their time to arrive.
const EXPORTS: [&str; 3] = [
    "/api/v1/organisations/{slug}/imports",
    "/organisaties/{slug}/import",
    "/import",
];
/// Where a logo is.
const LOGOS: [&str; 2] = [
    "/api/v1/organisations/{slug}/logo",
    "/organisaties/{slug}/voorkeuren/logo",
];
/// Where the letters to all clients are set, to see whether they fit: a dry run, or a letter that is published.
const LETTERS: [&str; 5] = [
    "/api/v1/batches",
    "/api/v1/organisations/{slug}/letter/publish",
    "/organisaties/{slug}/batches/nieuw",
    "/organisaties/{slug}/brief/publiceren",
    "/organisaties/{slug}/brief/standaard",
];

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
        let body = match route {
            _ if EXPORTS.contains(&route) => IMPORT_BODY,
            _ if LOGOS.contains(&route) => LOGO_BODY,
            _ => BODY,
        };
        let long = EXPORTS.contains(&route) || LETTERS.contains(&route);
        let time = settings.request_time;
        Self {
            body,
            time: if long { time.max(LONG_TIME) } else { time },
        }
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
        self.0.try_acquire().map_err(|_| too_busy())
    }
}

/// Every place is taken.
pub fn too_busy() -> Refusal {
    later(
        "too_busy",
        "too much is asked at this moment",
        "ask again in a few seconds",
    )
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
        "ask for less at a time, fewer teams for example, send it faster, or ask again when less is going on",
    )
}

fn later(code: &'static str, message: &str, hint: &str) -> Refusal {
    Refusal::from(Failure {
        kind: Kind::TryAgain,
        ..Failure::input(code, message, hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_that_may_take_more_exists() {
        let routes = include_str!("../../tests/matrix/routes.txt");
        let known: Vec<&str> = (routes.lines())
            .filter_map(|line| line.split(' ').nth(1))
            .collect();
        for route in EXPORTS.iter().chain(&LOGOS).chain(&LETTERS) {
            assert!(known.contains(route), "{route}");
        }
    }

    #[test]
    fn what_is_about_every_client_may_take_its_time_and_nothing_else() {
        let settings = ServerSettings::default();
        let time = |route: &str| Allowance::of(route, &settings).time;
        for route in EXPORTS.iter().chain(&LETTERS) {
            assert_eq!(time(route), LONG_TIME, "{route}");
        }
        for route in ["/api/v1/batches/{id}", "/aanmelden", LOGOS[0]] {
            assert_eq!(time(route), settings.request_time, "{route}");
        }
        let body = |route: &str| Allowance::of(route, &settings).body;
        assert_eq!(body("/organisaties/{slug}/voorkeuren"), BODY);
    }
}
