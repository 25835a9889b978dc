//! Telling the living from the dead.
//!
//! Two signs. On the same machine a locked file, which is exact: a worker that is certainly dead by it is cleared away
//! at once, so that work that was killed can be gone on with immediately. Elsewhere a number in the database that goes
//! up for as long as an attempt lives ([`Watch`]): nobody's clock is asked, so a clock that jumps ends nobody.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::time::{MissedTickBehavior, interval};

use crate::{
    operations::{App, Failure},
    storage::{self, StorageError, endings::LONGEST_PAUSE, locks::LifeLock, tasks::Lease},
};

/// Time between two beats.
const BEAT: Duration = Duration::from_secs(3);
/// How long an attempt may give no sign of life while its watcher looks on: with a beat before and one after, a dead
/// worker's job is taken over within 35 seconds.
const PATIENCE: Duration = Duration::from_secs(24);
/// A watcher that could not look for this long has seen nothing, and begins anew.
const BLINK: Duration = Duration::from_secs(9);

/// The name that this process goes by in the queue. A worker that restarts gets a new one.
pub struct Names {
    folder: PathBuf,
    current: Mutex<Option<LifeLock>>,
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
        let lock = LifeLock::take_new(&self.folder, &name).inspect_err(|error| {
            // Without the file the others wait for the beat to stop, which is slower and just as safe.
            tracing::warn!(%error, "worker runs without its lock file");
        });
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = lock.ok();
        name
    }
}

/// Beats for the attempts of this process and gives the tasks of the dead back to the queue, for ever.
pub async fn keep(app: Arc<App>) {
    let mut interval = interval(BEAT);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut watch = Watch::default();
    loop {
        interval.tick().await;
        if let Err(error) = release_the_dead(&app).await {
            tracing::warn!(%error, "tasks of dead workers not released");
        }
        if let Err(error) = look(&app, &mut watch).await {
            tracing::warn!(%error, "leases not kept");
        }
    }
}

async fn look(app: &App, watch: &mut Watch) -> Result<(), StorageError> {
    // First: who cannot beat may not call others dead, who cannot beat either.
    app.db.beat(&app.running.attempts()).await?;
    let leases = app.db.leases().await?;
    for lease in watch.dead(leases, Instant::now()) {
        if app.db.release(&lease).await? {
            let Lease {
                team_job, worker, ..
            } = &lease;
            tracing::info!(team_job, worker, "took over from a worker that fell silent");
        }
    }
    let hastened = app.db.hasten_tasks(LONGEST_PAUSE * 2).await?;
    if hastened > 0 {
        tracing::info!(
            tasks = hastened,
            "the clock was set back; tasks put forward"
        );
    }
    Ok(())
}

/// Gives the tasks of workers of this machine that certainly died back to the queue.
pub async fn release_the_dead(app: &App) -> Result<(), Failure> {
    let folder = app.db.worker_locks();
    let unreadable = |source| StorageError::DataFolder {
        path: folder.to_owned(),
        source,
    };
    for dead in LifeLock::dead_owners(folder).map_err(unreadable)? {
        let worker = &dead.name;
        let tasks = app.db.release_tasks_of(worker).await?;
        tracing::info!(worker, tasks, "took over from a worker that died");
        // Another process may have buried it meanwhile.
        let _ = LifeLock::bury(folder, worker);
    }
    Ok(())
}

/// What has been seen of others' leases, and since when each has been just so.
#[derive(Default)]
struct Watch {
    since: HashMap<Lease, Instant>,
    last_look: Option<Instant>,
}

impl Watch {
    /// Looks at all leases there are, and answers with those that have been the same for too long.
    fn dead(&mut self, leases: Vec<Lease>, now: Instant) -> Vec<Lease> {
        let blinked = self
            .last_look
            .is_some_and(|last| now.duration_since(last) > BLINK);
        self.last_look = Some(now);
        let before = std::mem::take(&mut self.since);
        let mut dead = Vec::new();
        for lease in leases {
            let since = before.get(&lease).filter(|_| !blinked).copied();
            let since = since.unwrap_or(now);
            if now.duration_since(since) >= PATIENCE {
                dead.push(lease.clone());
            }
            self.since.insert(lease, since);
        }
        dead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(team_job: &str, attempt: u32, beat: i64) -> Lease {
        Lease {
            team_job: team_job.to_owned(),
            worker: "w".to_owned(),
            attempt,
            beat,
        }
    }

    /// When `job`, which beats until `last_beat` (in seconds), is called dead by a watcher that looks every 3 seconds but
    /// not between `shut` and `open`.
    fn death(last_beat: u64, shut: u64, open: u64) -> Option<u64> {
        let start = Instant::now();
        let mut watch = Watch::default();
        (0..200).step_by(3).find(|second| {
            if (shut..open).contains(second) {
                return false;
            }
            let beat = (*second).min(last_beat).cast_signed();
            let leases = vec![lease("a", 1, beat)];
            !watch
                .dead(leases, start + Duration::from_secs(*second))
                .is_empty()
        })
    }

    #[test]
    fn a_worker_that_falls_silent_is_dead_within_half_a_minute_and_one_that_beats_never_is() {
        assert_eq!(death(0, 0, 0), Some(24));
        assert_eq!(death(30, 0, 0), Some(54));
        assert_eq!(death(1_000, 0, 0), None);
    }

    #[test]
    fn who_could_not_look_has_seen_nothing() {
        // The database was away for a minute: whoever lives has to have the time to beat again.
        assert_eq!(death(12, 15, 75), Some(99));
    }

    #[test]
    fn another_attempt_is_another_lease() {
        let start = Instant::now();
        let mut watch = Watch::default();
        watch.dead(vec![lease("a", 1, 5)], start);
        for second in (3..24).step_by(3) {
            watch.dead(vec![lease("a", 2, 5)], start + Duration::from_secs(second));
        }
        let dead = watch.dead(vec![lease("a", 2, 5)], start + Duration::from_secs(24));
        assert!(dead.is_empty());
    }
}
