//! The body of a team job: stops four to seven of the way from a request to a bundle, in that order.
//!
//! A job may be killed at any line of this and started again: whoever has a code keeps it, and the same letters,
//! overview and manifest make the same bundle. Nothing is seen from outside before the last transaction.

mod candidate;
mod pack_bundle;
mod select_eligible;
mod typeset_letters;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use self::{
    candidate::Candidate,
    pack_bundle::pack_bundle,
    select_eligible::{Selected, select_eligible},
    typeset_letters::typeset_letters,
};
use super::{
    App, Failure,
    edition::{edition, logo_of_store},
};
use crate::{
    domain::{
        client::ClientId,
        eligibility::{Detail, LeftOut, Reason},
        selection::Selection,
    },
    storage::{
        invitations::Issued,
        outcomes::Outcome,
        tasks::MAX_ATTEMPTS,
        team_jobs::{Start, StartedJob},
    },
};

/// Everybody of the team: who gets a letter, and who does not and why.
type TeamSelection = Selection<Candidate, LeftOut>;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to do: done, failed for good, cancelled, or another worker has it.
    Finished,
    /// It failed and may be tried again, not before this time.
    TryAgain(DateTime<Utc>),
}

/// Makes one attempt at a team job. An error is one of ours about the attempt itself; a failure *of the job* is written
/// down with the job and is no error here.
pub async fn run_team_job(app: &App, team_job: &str, worker: &str) -> Result<Ended, Failure> {
    let start = app
        .db
        .start_attempt(team_job, worker, MAX_ATTEMPTS, app.now())
        .await?;
    let job = match start {
        Start::Started(job) => job,
        Start::Final => return Ok(Ended::Finished),
        Start::Poisoned { attempts } => {
            let reason = format!("stopped its worker {attempts} times without ending");
            app.db
                .fail_poisoned(team_job, attempts, &reason, app.now())
                .await?;
            return Ok(Ended::Finished);
        }
    };
    // In a task of its own, so that a panic in it is caught here: one that reached the queue would leave the job
    // running for ever.
    let attempt = tokio::spawn({
        let (app, job) = (app.clone(), job.clone());
        async move { make_bundle(&app, &job).await }
    });
    match attempt.await {
        Ok(Ok(())) => Ok(Ended::Finished),
        Ok(Err(failure)) if failure.code == "taken_over" => Ok(Ended::Finished),
        Ok(Err(failure)) => end_badly(app, &job, &failure).await,
        Err(_) => {
            end_badly(
                app,
                &job,
                &Failure::ours("a part of the program broke down"),
            )
            .await
        }
    }
}

/// The four stops.
async fn make_bundle(app: &App, job: &StartedJob) -> Result<(), Failure> {
    let batch = &job.batch;
    let logo = logo_of_store(app, batch.logo_hash.as_deref()).await?;
    let edition = edition(
        &app.press,
        &batch.organisation,
        logo,
        &batch.options,
        &job.letter_name,
    )
    .await?;

    let Selected {
        mut selection,
        expired,
    } = select_eligible(app, job, &edition).await?;
    let codes = issue_invitations(app, job, &mut selection, &expired).await?;
    let typeset = typeset_letters(app, job, &edition, &mut selection, codes).await?;
    let bundle = pack_bundle(app, job, &edition, &selection, typeset).await?;

    let outcomes = outcomes(&selection);
    app.db
        .finish_team_job(job, &outcomes, &bundle, app.now())
        .await?;
    tracing::info!(
        team_job = job.team_job,
        attempt = job.attempt,
        clients = selection.clients(),
        letters = selection.letters().len(),
        bytes = bundle.bytes,
        "team done"
    );
    Ok(())
}

/// Stop five: an invitation for everybody selected. Who was invited by another job in the meantime is left out.
async fn issue_invitations(
    app: &App,
    job: &StartedJob,
    selection: &mut TeamSelection,
    expired: &[ClientId],
) -> Result<Issued, Failure> {
    let ids: Vec<ClientId> = selection.letters().iter().map(|c| c.id().clone()).collect();
    let draw = Arc::clone(&app.draw_code);
    let issued = app
        .db
        .issue_invitations(job, &ids, expired, &app.vault, &mut || draw(), app.now())
        .await?;
    selection.leave_out(|candidate| {
        let valid_until = issued.taken.get(candidate.id())?;
        Some(LeftOut::new(
            Reason::OpenInvitation,
            Detail::ValidUntil(*valid_until),
        ))
    });
    Ok(issued)
}

fn outcomes(selection: &TeamSelection) -> Vec<(ClientId, Outcome)> {
    let letters = (1..)
        .zip(selection.letters())
        .map(|(number, candidate)| (candidate.id().clone(), Outcome::Letter(number)));
    let left_out = selection
        .left_out()
        .iter()
        .map(|(candidate, left_out)| (candidate.id().clone(), Outcome::LeftOut(left_out.clone())));
    letters.chain(left_out).collect()
}

/// Writes down why an attempt failed, and whether and when there will be another.
async fn end_badly(app: &App, job: &StartedJob, failure: &Failure) -> Result<Ended, Failure> {
    let last = !failure.may_pass() || job.attempt >= MAX_ATTEMPTS;
    tracing::warn!(
        team_job = job.team_job,
        attempt = job.attempt,
        code = failure.code,
        reason = failure.message,
        last,
        "attempt failed"
    );
    app.db
        .fail_attempt(job, &failure.message, last, app.now())
        .await?;
    if last {
        forget_bundle(app, job).await;
        return Ok(Ended::Finished);
    }
    let at = app.now() + backoff(job.attempt);
    app.db.delay_task(&job.team_job, at).await?;
    Ok(Ended::TryAgain(at))
}

/// Removes what a job that failed for good may have left in the store: letters with codes that no longer work.
async fn forget_bundle(app: &App, job: &StartedJob) {
    for attempt in 1..=job.attempt {
        let folder = pack_bundle::store_folder(job, attempt);
        if let Err(error) = app.shelf.discard(&folder).await {
            tracing::warn!(team_job = job.team_job, %error, "left in the store");
        }
    }
}

/// 2, 4, 8, 16 seconds before the second to the fifth attempt.
fn backoff(attempt: u32) -> TimeDelta {
    TimeDelta::seconds(1 << attempt.min(6))
}
