//! `/healthz`: the process lives. `/readyz`: it can do its work, and should be sent some.

use axum::{extract::State, http::StatusCode};

use super::service::Service;
use crate::operations::readiness::readiness;

/// `GET /healthz`
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`
pub async fn ready(State(service): State<Service>) -> (StatusCode, String) {
    if service.closing.is_raised() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".to_owned());
    }
    let found = readiness(&service.app).await;
    let word = |answers| if answers { "ok" } else { "does not answer" };
    let text = format!(
        "database: {}\nstore: {}\n",
        word(found.database),
        word(found.store)
    );
    if found.is_ready() {
        (StatusCode::OK, text)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, text)
    }
}
