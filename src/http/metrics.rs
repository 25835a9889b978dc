//! `/metrics`, in the text format of Prometheus. Numbers only, and of nobody in particular.
//!
//! What happens in this process (requests, attempts, letters, codes redeemed) is counted here, since it was started.
//! What is so (the queue, sessions) is read from the database when somebody looks, and holds for all servers.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;

use super::{
    access::address::ClientAddress,
    problem::{Refusal, unknown_address},
    service::Service,
};
use crate::operations::{
    counted,
    numbers::{Numbers, numbers},
};

const REQUESTS: &str = "brievenbus_http_requests_total";
const REQUEST_SECONDS: &str = "brievenbus_http_request_seconds";
const JOBS: &str = "brievenbus_jobs";
const OLDEST: &str = "brievenbus_oldest_waiting_seconds";
const SESSIONS: &str = "brievenbus_sessions";
const FAILURES: &str = "brievenbus_redeem_failures_in_a_row";
const DATABASE: &str = "brievenbus_database_up";
const LOCKED: &str = "brievenbus_redeem_locked";

/// How long numbers from the database are good for, however often somebody looks.
const FRESH: Duration = Duration::from_secs(5);

/// How long the database may take to say them.
const PATIENCE: Duration = Duration::from_secs(2);

/// The one recorder of the process.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to count.
pub fn start() {
    // Seconds; a job may take half an hour.
    let request = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
    let job = [0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 1_800.0];
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), &request)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full(counted::JOB_SECONDS.to_owned()), &job)
        });
    match builder.and_then(PrometheusBuilder::install_recorder) {
        Ok(handle) => {
            describe();
            let _ = RECORDER.set(handle);
        }
        // There is one already: the process had a server before.
        Err(error) => tracing::debug!(%error, "no new recorder"),
    }
}

/// Puts what was counted in its place; to be done now and then, also when nobody looks.
pub fn tidy() {
    if let Some(recorder) = RECORDER.get() {
        recorder.run_upkeep();
    }
}

fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by method, route and status");
    describe_histogram!(REQUEST_SECONDS, "Seconds until an answer began, by route");
    describe_gauge!(JOBS, "Team jobs, by state");
    describe_gauge!(
        OLDEST,
        "Seconds since the batch of the job that waits longest was asked for"
    );
    describe_gauge!(SESSIONS, "People who are signed in");
    describe_gauge!(FAILURES, "Failures to redeem a code since the last success");
    describe_gauge!(
        DATABASE,
        "1 when the database answered, 0 when what else is read from it may be old"
    );
    describe_gauge!(LOCKED, "1 when nobody may redeem a code");
    describe_histogram!(
        counted::JOB_SECONDS,
        "Seconds that an attempt at a team job took, by outcome"
    );
    describe_counter!(counted::LETTERS, "Letters in bundles that are done");
    describe_counter!(
        counted::LEFT_OUT,
        "Clients of teams that are done who got no letter, by reason"
    );
    describe_counter!(
        counted::REDEEMED,
        "Codes that somebody wanted to redeem, by outcome"
    );
}

/// `route`: its template.
pub fn request_answered(method: &'static str, route: &str, status: StatusCode, took: Duration) {
    let route = route.to_owned();
    counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.as_str().to_owned())
        .increment(1);
    histogram!(REQUEST_SECONDS, "route" => route).record(took.as_secs_f64());
}

/// Numbers from the database, until they are stale.
#[derive(Default)]
pub struct Latest(Mutex<Option<Instant>>);

impl Latest {
    async fn refresh(&self, service: &Service) {
        // Whoever looks meanwhile waits for these, and does not ask the same again.
        let mut read_at = self.0.lock().await;
        if read_at.is_some_and(|at| at.elapsed() < FRESH) {
            return;
        }
        // Whoever looks would sooner hear that the database is away than wait for it.
        let asked = tokio::time::timeout(PATIENCE, numbers(&service.app)).await;
        let up = matches!(asked, Ok(Ok(_)));
        gauge!(DATABASE).set(f64::from(u8::from(up)));
        match asked {
            Ok(Ok(numbers)) => show(&numbers),
            Ok(Err(failure)) => tracing::warn!(error = %failure, "no numbers from the database"),
            Err(_) => tracing::warn!("no numbers from the database in time"),
        }
        // Those who wait hear the same, also that it is away.
        *read_at = Some(Instant::now());
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of jobs and people are far below 2^52"
)]
fn show(numbers: &Numbers) {
    for (state, jobs) in &numbers.jobs {
        gauge!(JOBS, "state" => state.as_str()).set(*jobs as f64);
    }
    gauge!(OLDEST).set(numbers.oldest_waiting as f64);
    gauge!(SESSIONS).set(numbers.sessions as f64);
    gauge!(FAILURES).set(numbers.redeem_failures as f64);
    gauge!(LOCKED).set(f64::from(u8::from(numbers.redeem_locked)));
}

/// Who may look: whoever has the token of the settings. Without such a token whoever asks on this machine, unless
/// something stands in front, which would make everybody look as if they asked here.
fn may_look(service: &Service, headers: &HeaderMap, address: ClientAddress) -> bool {
    let settings = &service.app.server;
    match &settings.metrics_token {
        Some(token) => {
            let given = headers.get(header::AUTHORIZATION);
            let given = given.map_or(&b""[..], |value| value.as_bytes());
            let wanted = format!("Bearer {}", token.as_str());
            given.ct_eq(wanted.as_bytes()).into()
        }
        None => address.is_local() && settings.public_url.is_none(),
    }
}

/// `GET /metrics`
pub async fn metrics(
    State(service): State<Service>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
) -> Response {
    if !may_look(&service, &headers, address) {
        return Refusal::from(unknown_address()).into_page();
    }
    service.latest.refresh(&service).await;
    let text = RECORDER.get().map(PrometheusHandle::render);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text.unwrap_or_default()).into_response()
}
