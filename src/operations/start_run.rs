//! `run`: which batches to work on. A run that was interrupted is gone on with before anything new is begun.

use super::{
    App, Failure,
    submit_batch::{CheckedRequest, fingerprint, submit_batch},
};
use crate::{
    domain::{batch::BatchRequest, organisation::Slug},
    storage::{self, locks::LifeLock},
};

/// A batch that this process works on; nobody else takes it while the value lives.
pub struct RunBatch {
    pub id: String,
    /// It was begun by an earlier run that did not end.
    pub resumed: bool,
    _lock: LifeLock,
}

/// The batches to finish, the one that was asked for last.
///
/// Batches of earlier runs that were killed come first. When one of them is the very same work (same export, teams and
/// options) it is the one that was asked for; otherwise a new batch is submitted.
pub async fn start_run(
    app: &App,
    slug: &Slug,
    request: &BatchRequest,
    checked: &CheckedRequest,
    export: &str,
) -> Result<Vec<RunBatch>, Failure> {
    let wanted = fingerprint(export, checked)?;
    let mut batches = Vec::new();
    let mut same = None;
    for batch in app.db.unfinished_runs(slug).await? {
        let Some(lock) = take_lock(app, &batch.id)? else {
            continue;
        };
        let run = RunBatch {
            id: batch.id,
            resumed: true,
            _lock: lock,
        };
        if batch.fingerprint == wanted && same.is_none() {
            same = Some(run);
        } else {
            batches.push(run);
        }
    }
    let asked_for = match same {
        Some(run) => run,
        None => new_run(app, slug, request).await?,
    };
    batches.push(asked_for);
    Ok(batches)
}

async fn new_run(app: &App, slug: &Slug, request: &BatchRequest) -> Result<RunBatch, Failure> {
    let id = storage::new_id();
    let lock = take_lock(app, &id)?
        .ok_or_else(|| Failure::ours("a new batch id is in use already".to_owned()))?;
    submit_batch(app, slug, request, &id, true).await?;
    Ok(RunBatch {
        id,
        resumed: false,
        _lock: lock,
    })
}

fn take_lock(app: &App, id: &str) -> Result<Option<LifeLock>, Failure> {
    LifeLock::take(&app.run_locks, id).map_err(|source| {
        storage::StorageError::DataFolder {
            path: app.run_locks.clone(),
            source,
        }
        .into()
    })
}
