//! Stop six: a letter for everybody who has an invitation; who turns out not to fit on one A4 is left out.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::TeamSelection;
use crate::{
    domain::{
        client::ClientId,
        eligibility::{Detail, LeftOut, Reason},
    },
    letters::{Edition, LetterContent, Misfit, Typeset},
    operations::{App, Failure},
    storage::{invitations::Issued, team_jobs::StartedJob},
};

/// Presses the letters into a spool file without a name, which the system removes with the process. `keep_going` is
/// looked at between chunks.
pub async fn typeset_letters(
    app: &App,
    job: &StartedJob,
    edition: &Arc<Edition>,
    selection: &mut TeamSelection,
    mut issued: Issued,
    keep_going: &Arc<AtomicBool>,
) -> Result<Typeset, Failure> {
    let mut letters: Vec<LetterContent> = Vec::with_capacity(selection.letters().len());
    for candidate in selection.letters() {
        let code = issued
            .codes
            .remove(candidate.id())
            .ok_or_else(|| Failure::ours(format!("client {} was given no code", candidate.id())))?;
        letters.push(candidate.letter(code));
    }
    let expected = letters.len();
    app.db.report_progress(job, expected, 0).await?;
    let runtime = tokio::runtime::Handle::current();
    let report = {
        let (app, job) = (app.clone(), job.clone());
        move |made: usize| {
            // Whoever watches sees an older number; that is no reason to stop.
            if let Err(error) = runtime.block_on(app.db.report_progress(&job, expected, made)) {
                tracing::debug!(team_job = job.team_job, %error, "progress not written");
            }
        }
    };
    let typeset = press(app, edition, letters, report, keep_going).await?;
    leave_out_misfits(selection, &typeset.misfits);
    Ok(typeset)
}

/// Moves everybody whose letter turned out to be impossible to the left out. `misfits`: positions in the letters.
pub fn leave_out_misfits(selection: &mut TeamSelection, misfits: &[(usize, Misfit)]) {
    let ids: Vec<ClientId> = selection.letters().iter().map(|c| c.id().clone()).collect();
    let misfits: HashMap<&ClientId, &Misfit> = misfits
        .iter()
        .map(|(position, misfit)| (&ids[*position], misfit))
        .collect();
    selection.leave_out(|candidate| misfits.get(candidate.id()).map(|misfit| left_out(misfit)));
}

/// Presses letters, away from the async threads. `report` hears how many are made.
pub async fn press(
    app: &App,
    edition: &Arc<Edition>,
    letters: Vec<LetterContent>,
    report: impl Fn(usize) + Send + 'static,
    keep_going: &Arc<AtomicBool>,
) -> Result<Typeset, Failure> {
    let spool =
        tempfile::tempfile_in(&app.spool_dir).map_err(crate::bundles::BundleError::Write)?;
    let (press, edition) = (Arc::clone(&app.press), Arc::clone(edition));
    let keep_going = Arc::clone(keep_going);
    let pressed = tokio::task::spawn_blocking(move || {
        let keep_going = || keep_going.load(Ordering::Relaxed);
        press.typeset_letters(&edition, letters, spool, &report, &keep_going)
    });
    match pressed.await {
        Ok(result) => Ok(result?),
        Err(_) => Err(Failure::ours("the typesetter broke down")),
    }
}

fn left_out(misfit: &Misfit) -> LeftOut {
    match misfit {
        Misfit::LinesTooLong(lines) => {
            LeftOut::new(Reason::DoesNotFit, Detail::LinesTooLong(*lines))
        }
        Misfit::AddressTooLarge => LeftOut::new(Reason::DoesNotFit, Detail::AddressTooLarge),
        Misfit::WordTooWide => LeftOut::new(Reason::DoesNotFit, Detail::WordTooWide),
        Misfit::CannotBeSet => LeftOut::new(Reason::DoesNotFit, Detail::CannotBeSet),
        Misfit::MissingGlyph(characters) => {
            LeftOut::new(Reason::MissingGlyph, Detail::Characters(characters.clone()))
        }
    }
}
