//! `run`: which batches to work on. A run that was interrupted is gone on with before anything new is begun.

use std::collections::BTreeMap;

use super::{
    App, Failure,
    submit_batch::{Prepared, Submission, prepare_batch, submit_batch},
};
use crate::{
    domain::{
        batch::{BatchOptions, BatchRequest},
        organisation::Slug,
    },
    storage::{self, StorageError, locks::LifeLock},
};

/// A batch that this process works on; nobody else takes it while the value lives.
pub struct RunBatch {
    pub id: String,
    /// It was begun by an earlier run that did not end.
    pub resumed: bool,
    /// What its letters are like; an earlier run may have asked for others than this one.
    pub options: BatchOptions,
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
) -> Result<Vec<RunBatch>, Failure> {
    let prepared = prepare_batch(app, slug, request).await?;
    let mut locks = BTreeMap::new();
    for batch in app.db.unfinished_runs(slug, &app.home).await? {
        if let Some(lock) = take_lock(app, &batch.id)? {
            locks.insert(batch.id, lock);
        }
    }
    let mut batches = Vec::new();
    let mut same = None;
    // Asked again under the locks: a run that ended meanwhile has left nothing to go on with.
    for batch in app.db.unfinished_runs(slug, &app.home).await? {
        let Some(lock) = locks.remove(&batch.id) else {
            continue;
        };
        let run = RunBatch {
            id: batch.id,
            resumed: true,
            options: batch.options,
            _lock: lock,
        };
        if batch.fingerprint == prepared.fingerprint && same.is_none() {
            same = Some(run);
        } else {
            batches.push(run);
        }
    }
    let asked_for = match same {
        Some(run) => run,
        None => new_run(app, &prepared).await?,
    };
    batches.push(asked_for);
    Ok(batches)
}

async fn new_run(app: &App, prepared: &Prepared) -> Result<RunBatch, Failure> {
    let id = storage::new_id();
    let lock =
        take_lock(app, &id)?.ok_or_else(|| Failure::ours("a new batch id is in use already"))?;
    let submission = Submission {
        id: &id,
        run_home: Some(&app.home),
        idempotency_key: None,
    };
    submit_batch(app, prepared, &submission).await?;
    Ok(RunBatch {
        id,
        resumed: false,
        options: prepared.options().clone(),
        _lock: lock,
    })
}

fn take_lock(app: &App, id: &str) -> Result<Option<LifeLock>, Failure> {
    let taken = LifeLock::take(&app.run_locks, id).map_err(|source| StorageError::DataFolder {
        path: app.run_locks.clone(),
        source,
    })?;
    Ok(taken)
}
