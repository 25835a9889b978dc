//! Telling the living from the dead.
//!
//! Two signs: a beat in the database, which is late for up to half a minute, and on the same machine a locked file,
//! which is exact. A worker that is certainly dead by the second sign is cleared away at once, so that a run that was
//! killed can be gone on with immediately.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};

use crate::{
    operations::{App, Failure},
    storage::{self, StorageError, locks::LifeLock},
};

/// Time between two beats.
pub const BEAT: Duration = Duration::from_secs(5);
/// Beats that may be missed before a worker counts as dead: 30 seconds.
pub const MISSED_BEATS: usize = 6;

/// The names that this process goes by in the queue. A worker that restarts gets a new one.
pub struct Names {
    folder: PathBuf,
    current: Mutex<Option<(String, Option<LifeLock>)>>,
}

impl Names {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            current: Mutex::new(None),
        }
    }

    /// A name that nobody had before, with its file locked.
    pub fn renew(&self) -> String {
        let name = format!("worker-{}-{}", std::process::id(), storage::new_id());
        let lock = LifeLock::take(&self.folder, &name).unwrap_or_else(|error| {
            // Without the file the others wait for the beat to stop, which is slower and just as safe.
            tracing::warn!(%error, "worker runs without its lock file");
            None
        });
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some((name.clone(), lock));
        name
    }

    fn current(&self) -> Option<String> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().map(|(name, _)| name.clone())
    }
}

/// Beats for this process and clears away the dead, for ever.
pub async fn beat(app: Arc<App>, names: Arc<Names>) {
    let mut interval = interval(BEAT);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Some(name) = names.current()
            && let Err(error) = app.db.beat(&name).await
        {
            tracing::warn!(%error, "heartbeat not written");
        }
        if let Err(error) = release_the_dead(&app).await {
            tracing::warn!(%error, "tasks of dead workers not released");
        }
    }
}

/// Gives the tasks of workers of this machine that certainly died back to the queue.
pub async fn release_the_dead(app: &App) -> Result<(), Failure> {
    let folder = app.db.worker_locks();
    let unreadable = |source| StorageError::DataFolder {
        path: folder.to_owned(),
        source,
    };
    for worker in LifeLock::dead_owners(folder).map_err(unreadable)? {
        let tasks = app.db.release_tasks_of(&worker).await?;
        tracing::info!(worker, tasks, "took over from a worker that died");
        // Another process may have buried it meanwhile.
        let _ = LifeLock::bury(folder, &worker);
    }
    Ok(())
}
