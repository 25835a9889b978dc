//! What is done every few minutes for as long as the server answers.

use std::time::Duration;

use super::{metrics, service::Service};
use crate::{domain::actor::Actor, operations::daily_purge::purge_if_due};

/// How often what was counted is put in its place.
const TIDY: Duration = Duration::from_secs(5);

/// How often it is asked whether somebody has cleared away today.
const PURGE: Duration = Duration::from_secs(5 * 60);

pub async fn until_closing(service: Service) {
    let tidying = async {
        loop {
            tokio::time::sleep(TIDY).await;
            metrics::tidy();
        }
    };
    let purging = async {
        loop {
            match purge_if_due(&service.app.acting_as(Actor::worker())).await {
                Ok(Some(_)) => tracing::info!("cleared away for today"),
                Ok(None) => {}
                Err(failure) => tracing::warn!(error = %failure, "not cleared away yet"),
            }
            tokio::time::sleep(PURGE).await;
        }
    };
    tokio::select! {
        () = purging => {}
        () = tidying => {}
        () = service.closing.raised() => {}
    }
}
