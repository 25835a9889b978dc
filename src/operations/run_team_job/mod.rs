//! The body of a team job: stops four to seven of the way from a request to a bundle, in that order.
//!
//! A job may be killed at any line of this and started again: whoever has a code keeps it, and the same letters,
//! overview and manifest make the same bundle. Nothing is seen from outside before the last transaction.

mod candidate;
mod make_bundle;
mod pack_bundle;
mod select_eligible;
mod typeset_letters;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

pub(super) use self::{
    candidate::{Candidate, read_words},
    pack_bundle::attempt_of_key,
    select_eligible::{Team, select_eligible},
    typeset_letters::{leave_out_misfits, press},
};
use self::{make_bundle::make_bundle, pack_bundle::store_folder};
use super::{App, Failure, Kind, counted};
use crate::{
    domain::{actor::Actor, eligibility::LeftOut, selection::Selection},
    storage::{
        StorageError,
        endings::{Blame, Next},
        team_jobs::{Start, StartedJob},
    },
};

/// Everybody of the team: who gets a letter, and who does not and why.
pub(super) type TeamSelection = Selection<Candidate, LeftOut>;

/// How often an attempt looks whether somebody has cancelled it, or another attempt has taken its place.
const LOOK: Duration = Duration::from_millis(500);
/// How often an attempt that has ended tries to write that down, when the database does not answer.
const INSIST: Duration = Duration::from_secs(1);
/// How long it insists. After that it gives no sign of life any more, and another worker takes the job over.
const INSIST_FOR: Duration = Duration::from_secs(600);

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do: done, failed for good, cancelled, or another worker has it.
    Finished,
    /// It failed, or was handed back; the job waits in the queue for another try.
    Queued,
}

/// Makes one attempt at a team job. An error is one of ours about the attempt itself; a failure *of the job* is written
/// down with the job and is no error here.
pub async fn run_team_job(app: &App, team_job: &str, worker: &str) -> Result<Ended, Failure> {
    // Whoever asked for the letters is in the log with the batch; it is not they who see the clients now.
    let app = &app.acting_as(Actor::worker());
    match app.db.start_attempt(team_job, worker, app.now()).await? {
        Start::Final => Ok(Ended::Finished),
        Start::Ended(job) => {
            clear_store(app, &job).await;
            Ok(Ended::Finished)
        }
        // In a task of its own, which goes on to the end of the attempt when whoever asked for it is gone.
        Start::Started(job) => {
            let app = app.clone();
            let attempt = tokio::spawn(async move {
                let _alive = app.running.enter(&job.team_job, job.attempt);
                let begun = Instant::now();
                let result = attempt(&app, &job).await;
                counted::attempt_ended(&result, begun.elapsed());
                write_down(&app, &job, result).await
            });
            attempt
                .await
                .unwrap_or_else(|_| Err(Failure::ours("an attempt could not be written down")))
        }
    }
}

/// One attempt, until it ends by itself, takes too long, or somebody calls it off.
async fn attempt(app: &App, job: &StartedJob) -> Result<(), Failure> {
    let keep_going = Arc::new(AtomicBool::new(true));
    // In a task of its own, so that a panic in it is caught here: one that reached the queue would leave the job
    // running for ever.
    let mut work = tokio::spawn({
        let (app, job, keep_going) = (app.clone(), job.clone(), Arc::clone(&keep_going));
        async move { make_bundle(&app, &job, &keep_going).await }
    });
    let result = tokio::select! {
        result = &mut work => result
            .unwrap_or_else(|_| Err(Failure::ours("a part of the program broke down"))),
        failure = called_off(app, job) => Err(failure),
        () = app.stopping.raised() => Err(handed_back()),
        () = tokio::time::sleep(app.job_deadline) => Err(too_slow(app.job_deadline)),
    };
    keep_going.store(false, Ordering::Relaxed);
    work.abort();
    result
}

/// Waits until the attempt should not go on.
async fn called_off(app: &App, job: &StartedJob) -> Failure {
    loop {
        tokio::time::sleep(LOOK).await;
        match app.db.called_off(job).await {
            Ok(Some(why)) => return why.into(),
            Ok(None) => {}
            // Whoever cancels writes to the database too, and will be read when it answers again.
            Err(error) => tracing::debug!(team_job = job.team_job, %error, "not looked"),
        }
    }
}

const HANDED_BACK: &str = "handed_back";

fn handed_back() -> Failure {
    Failure {
        code: HANDED_BACK,
        kind: Kind::TryAgain,
        ..Failure::ours("its worker was told to stop")
    }
}

fn too_slow(deadline: Duration) -> Failure {
    Failure {
        code: "deadline",
        kind: Kind::TryAgain,
        ..Failure::ours(format!(
            "it took longer than {} seconds",
            deadline.as_secs()
        ))
    }
}

/// Writes down how an attempt ended, and insists: an end that nobody knows of would leave the job with this worker for
/// as long as the worker lives.
async fn write_down(
    app: &App,
    job: &StartedJob,
    result: Result<(), Failure>,
) -> Result<Ended, Failure> {
    let Err(failure) = result else {
        return Ok(Ended::Finished);
    };
    let stopping = failure.code == HANDED_BACK;
    let begun = Instant::now();
    loop {
        match try_to_write_down(app, job, &failure).await {
            Err(StorageError::TakenOver) => return Ok(Ended::Finished),
            // A worker that is to stop leaves it to the one who takes over.
            Err(error @ StorageError::Database(_)) if !stopping && begun.elapsed() < INSIST_FOR => {
                tracing::warn!(team_job = job.team_job, %error, "end of an attempt not written yet");
                tokio::time::sleep(INSIST).await;
            }
            Err(error) => return Err(error.into()),
            Ok(ended) => return Ok(ended),
        }
    }
}

async fn try_to_write_down(
    app: &App,
    job: &StartedJob,
    failure: &Failure,
) -> Result<Ended, StorageError> {
    let now = app.now();
    match failure.code {
        "taken_over" => Err(StorageError::TakenOver),
        HANDED_BACK => {
            app.db.hand_back(job, now).await?;
            tracing::info!(team_job = job.team_job, "handed back");
            Ok(Ended::Queued)
        }
        "cancelled" => {
            app.db.end_cancelled(job, now).await?;
            tracing::info!(team_job = job.team_job, "cancelled");
            clear_store(app, job).await;
            Ok(Ended::Finished)
        }
        code => {
            let blame = Blame {
                code,
                reason: &failure.message,
                may_pass: failure.may_pass(),
            };
            let next = app.db.fail_attempt(job, blame, now).await?;
            let again = matches!(next, Next::Again(_));
            tracing::warn!(
                team_job = job.team_job,
                attempt = job.attempt,
                code,
                reason = failure.message,
                again,
                "attempt failed"
            );
            if again {
                return Ok(Ended::Queued);
            }
            clear_store(app, job).await;
            Ok(Ended::Finished)
        }
    }
}

/// Removes what a job that makes no bundle may have left in the store: letters with codes that no longer work.
async fn clear_store(app: &App, job: &StartedJob) {
    for attempt in 1..=job.attempt {
        if let Err(error) = app.shelf.discard(&store_folder(job, attempt)).await {
            tracing::warn!(team_job = job.team_job, %error, "left in the store");
        }
    }
}
