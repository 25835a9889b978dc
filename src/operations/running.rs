//! What this process is working on, and whether it is to stop.
//!
//! An attempt counts as alive for as long as it is in [`Running`]: its worker beats for it. [`Stopping`] is raised once
//! and stays raised.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

/// The attempts that are alive in this process, as team job and number. Cloning shares them.
#[derive(Clone, Default)]
pub struct Running(Arc<Mutex<BTreeSet<(String, u32)>>>);

/// An attempt is alive until this is dropped.
pub struct Alive {
    running: Running,
    attempt: (String, u32),
}

impl Running {
    pub fn enter(&self, team_job: &str, attempt: u32) -> Alive {
        let attempt = (team_job.to_owned(), attempt);
        self.lock().insert(attempt.clone());
        Alive {
            running: self.clone(),
            attempt,
        }
    }

    pub fn attempts(&self) -> Vec<(String, u32)> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<(String, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.running.lock().remove(&self.attempt);
    }
}

/// A flag that goes up once. Cloning shares it.
#[derive(Clone)]
pub struct Stopping(Arc<watch::Sender<bool>>);

impl Default for Stopping {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stopping {
    pub fn raise(&self) {
        self.0.send_replace(true);
    }

    pub fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is up.
    pub async fn raised(&self) {
        // The sender lives as long as this does, so waiting cannot end in any other way.
        let _ = self.0.subscribe().wait_for(|up| *up).await;
    }
}
