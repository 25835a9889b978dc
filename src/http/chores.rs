//! What is done every few minutes for as long as the server answers.

use std::time::Duration;

use super::{metrics, service::Service};

/// How often what was counted is put in its place.
const TIDY: Duration = Duration::from_secs(5);

pub async fn until_closing(service: Service) {
    let tidying = async {
        loop {
            tokio::time::sleep(TIDY).await;
            metrics::tidy();
        }
    };
    tokio::select! {
        () = tidying => {}
        () = service.closing.raised() => {}
    }
}
