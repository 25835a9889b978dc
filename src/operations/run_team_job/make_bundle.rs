//! Stops four to seven, one after the other.

use std::sync::{Arc, atomic::AtomicBool};

use super::{
    Candidate, Team, TeamSelection,
    pack_bundle::pack_bundle,
    select_eligible::{Selected, select_eligible},
    typeset_letters::typeset_letters,
};
use crate::{
    domain::{
        client::ClientId,
        eligibility::{Detail, LeftOut, Reason},
    },
    operations::{
        App, Failure, counted,
        edition::{edition, logo_of_store},
        switches::Stop,
    },
    storage::{invitations::Issued, outcomes::Outcome, team_jobs::StartedJob},
};

pub async fn make_bundle(
    app: &App,
    job: &StartedJob,
    keep_going: &Arc<AtomicBool>,
) -> Result<(), Failure> {
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

    let team = Team {
        organisation: &batch.organisation,
        options: &batch.options,
        batch: Some(&batch.id),
        clients: app.db.planned_clients(&job.team_job).await?,
    };
    let Selected {
        mut selection,
        expired,
    } = select_eligible(app, team, &edition).await?;
    app.switches.passed(Stop::Select, job.attempt);
    let issued = issue_invitations(app, job, &mut selection, &expired).await?;
    app.switches.passed(Stop::Issue, job.attempt);
    let typeset = typeset_letters(app, job, &edition, &mut selection, issued, keep_going).await?;
    app.switches.passed(Stop::Typeset, job.attempt);
    let bundle = pack_bundle(app, job, &edition, &selection, typeset).await?;
    app.switches.passed(Stop::Pack, job.attempt);

    let outcomes = outcomes(&selection);
    app.db
        .finish_team_job(job, &outcomes, &bundle, &app.scribe())
        .await?;
    let reasons = selection.left_out().iter().map(|(_, why)| why.reason);
    counted::team_done(selection.letters().len(), reasons);
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
    let words = |candidate: &Candidate| Ok((candidate.id().clone(), candidate.written_words()?));
    let clients: Vec<(ClientId, String)> = selection
        .letters()
        .iter()
        .map(words)
        .collect::<Result<_, Failure>>()?;
    let draw = Arc::clone(&app.draw_code);
    let issued = app
        .db
        .issue_invitations(
            job,
            &clients,
            expired,
            &app.vault,
            &mut || draw(),
            app.now(),
        )
        .await?;
    selection.leave_out(|candidate| {
        let valid_until = issued.taken.get(candidate.id())?;
        Some(LeftOut::new(
            Reason::OpenInvitation,
            Detail::ValidUntil(*valid_until),
        ))
    });
    let mut kept = Ok(());
    selection.change_letters(|candidate| {
        if let Some(words) = issued.earlier_words.get(candidate.id())
            && let Err(failure) = candidate.keep_words(words)
        {
            kept = Err(failure);
        }
    });
    kept?;
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
