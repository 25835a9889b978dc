//! `purge`: clears away what nobody will ask for any more.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;

use super::{App, Failure, run_team_job::attempt_of_key};
use crate::domain::team_job::TeamJobState;

/// How long a worker has not been seen when the queue may forget it.
const WORKER_AGE: TimeDelta = TimeDelta::days(1);

/// What was cleared away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Files in the store that no bundle is: whole or half ones of attempts that came to nothing.
    pub files: usize,
    pub bytes: u64,
    /// Invitations that had expired: their codes and the words of their letters are wiped.
    pub expired: u64,
    /// Workers that the queue remembered.
    pub workers: u64,
}

/// Removes from the store what attempts of our own have left there and no bundle is, and what is kept of invitations that have expired. What an attempt that is under way has stored stays, and so does every bundle.
pub async fn purge(app: &App) -> Result<Purged, Failure> {
    // The store first: what is put there after this look is not touched, whatever the database says of it.
    let contents = app.shelf.contents().await?;
    let attempts: HashMap<String, (TeamJobState, u32)> = app
        .db
        .job_attempts()
        .await?
        .into_iter()
        .map(|(job, state, attempt)| (job, (state, attempt)))
        .collect();
    let known: HashSet<String> = app
        .db
        .all_bundles(None)
        .await?
        .into_iter()
        .map(|(bundle, _)| bundle.store_key)
        .collect();
    let mut purged = Purged::default();
    for (key, bytes) in contents {
        // A place of an attempt of ours, or it is somebody else's and none of our business.
        let Some((job, number)) = attempt_of_key(&key) else {
            continue;
        };
        let Some((state, attempt)) = attempts.get(job) else {
            continue;
        };
        let under_way = *state == TeamJobState::Working && *attempt == number;
        if known.contains(&key) || under_way {
            continue;
        }
        app.shelf.remove(&key).await?;
        purged.files += 1;
        purged.bytes += bytes;
    }
    purged.expired = app.db.close_expired(app.today(), app.now()).await?;
    purged.workers = app.db.forget_workers(WORKER_AGE).await?;
    Ok(purged)
}
