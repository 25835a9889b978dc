//! Being told to stop: SIGTERM, as a service manager sends it, and SIGINT, as Ctrl-C does.

use tokio::signal::unix::{SignalKind, signal};

/// Waits until somebody asks this process to stop. A second signal, or one before anybody waits, ends it at once.
pub async fn asked_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        // Without handlers the signals end the process, which is safe at any time.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
