//! `/healthz`: the process lives. `/readyz`: it can do its work, and should be sent some.

use std::time::{Duration, Instant};

use axum::{extract::State, http::StatusCode};
use tokio::sync::Mutex;

use super::service::Service;
use crate::operations::readiness::{Readiness, readiness};

/// How long it is good for: anybody may ask, and the database and the store are to be spared.
const FRESH: Duration = Duration::from_secs(1);

/// What was found when somebody asked last, and when.
#[derive(Default)]
pub struct Looked(Mutex<Option<(Instant, Readiness)>>);

impl Looked {
    /// Whoever asks while somebody looks waits, and hears what they found.
    async fn or(&self, look: impl Future<Output = Readiness>) -> Readiness {
        let mut looked = self.0.lock().await;
        if let Some((at, found)) = *looked
            && at.elapsed() < FRESH
        {
            return found;
        }
        let found = look.await;
        *looked = Some((Instant::now(), found));
        found
    }
}

/// `GET /healthz`
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`
pub async fn ready(State(service): State<Service>) -> (StatusCode, String) {
    if service.closing.is_raised() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".to_owned());
    }
    let found = service.looked.or(readiness(&service.app)).await;
    let word = |answers| if answers { "ok" } else { "does not answer" };
    let key = match found.key {
        true => "ok",
        false => "another one seals: start again with the key file of today",
    };
    let text = format!(
        "database: {}\nkey: {key}\nstore: {}\n",
        word(found.database),
        word(found.store)
    );
    if found.is_ready() {
        (StatusCode::OK, text)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, text)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_who_ask_at_once_hear_of_one_look() {
        let (looked, looks) = (Looked::default(), AtomicUsize::new(0));
        let look = async || {
            looks.fetch_add(1, Ordering::Relaxed);
            Readiness {
                database: true,
                key: true,
                store: false,
            }
        };
        for _ in 0..20 {
            assert!(!looked.or(look()).await.is_ready());
        }
        let most = looks.load(Ordering::Relaxed);
        assert!(most < 5, "{most} looks");
        tokio::time::sleep(FRESH).await;
        looked.or(look()).await;
        assert!(looks.load(Ordering::Relaxed) > most);
    }
}
