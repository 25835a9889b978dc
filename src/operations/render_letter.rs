//! `invitation letter`: the letter of an open invitation once more, the same to the byte as in its bundle.

use std::{
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use super::{
    App, Failure,
    collect_bundles::{check_folder, make_folder},
    edition::{edition, logo_of_store},
    list_invitations::{being_made, code_is_over, find_invitation},
    record_access::{or_refused, record_access, with_invitation},
    run_team_job::{press, read_words},
    show_batch::find_batch,
};
use crate::{
    bundles::BundleError,
    domain::{
        audit::{Access, Action},
        batch::BatchOptions,
        invitation::InvitationState,
        team_job::TeamJobState,
    },
    letters::{Edition, LetterContent},
    storage::{batches::StoredBatch, invitations::StoredInvitation},
};

/// The letter as PDF, from the words and the code that were kept when it was issued.
pub async fn render_letter(app: &App, id: &str) -> Result<Vec<u8>, Failure> {
    let access = Access::done(Action::LetterPrinted).with("invitation", id);
    let invitation = or_refused(app, &access, find_invitation(app, id)).await?;
    let access = with_invitation(Action::LetterPrinted, &invitation);
    let pdf = or_refused(app, &access, print(app, &invitation)).await?;
    record_access(app, access).await?;
    Ok(pdf)
}

/// Sees that there is a letter to print, for somebody who wants to know no more.
pub async fn letter_to_look_at(app: &App, id: &str) -> Result<(), Failure> {
    let access = Access::done(Action::LetterPrinted).with("invitation", id);
    let invitation = or_refused(app, &access, find_invitation(app, id)).await?;
    let access = with_invitation(Action::LetterPrinted, &invitation);
    or_refused(app, &access, printable(app, &invitation)).await?;
    Ok(())
}

/// The batch of an invitation whose letter may be printed.
async fn printable(app: &App, invitation: &StoredInvitation) -> Result<StoredBatch, Failure> {
    let state = invitation.state_on(app.today());
    if state != InvitationState::Open {
        return Err(code_is_over(state));
    }
    let batch = find_batch(app, &invitation.batch).await?;
    // Until its team is done nobody knows whether the letter fits, and it may be withdrawn yet.
    let teams = app.db.team_statuses(&batch.id).await?;
    let done = teams
        .iter()
        .any(|team| team.team_job == invitation.team_job && team.state == TeamJobState::Done);
    if !done && invitation.reissue_of.is_none() {
        return Err(being_made());
    }
    Ok(batch)
}

async fn print(app: &App, invitation: &StoredInvitation) -> Result<Vec<u8>, Failure> {
    let batch = printable(app, invitation).await?;
    let letter = app
        .db
        .letter_of_invitation(&invitation.id, &app.vault)
        .await?
        .ok_or_else(|| code_is_over(InvitationState::Cancelled))?;
    let content = LetterContent {
        words: read_words(&letter.words)?,
        code: letter.code,
    };
    let edition = edition_of(app, &batch, invitation).await?;
    let keep_going = Arc::new(AtomicBool::new(true));
    let typeset = press(app, &edition, vec![content], |_| {}, &keep_going).await?;
    let Some(piece) = typeset.singles.first() else {
        return Err(Failure::ours(
            "a letter that was made once cannot be made again",
        ));
    };
    let mut spool = typeset.spool;
    let mut pdf = Vec::new();
    let read = spool
        .seek(SeekFrom::Start(piece.offset))
        .and_then(|_| spool.take(piece.bytes).read_to_end(&mut pdf));
    read.map_err(BundleError::Write)?;
    Ok(pdf)
}

/// Writes a letter into `file`, whole or not at all, for its owner's eyes.
pub fn write_letter(pdf: &[u8], file: &Path) -> Result<(), Failure> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if file.is_dir() {
        return Err(Failure::input(
            "output_file",
            format!("{} is a folder", file.display()),
            "name the PDF to write, such as letter.pdf",
        ));
    }
    check_folder(folder)?;
    make_folder(folder)?;
    let in_folder = |source| BundleError::Folder {
        folder: folder.to_owned(),
        source,
    };
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(in_folder)?;
    beside.write_all(pdf).map_err(in_folder)?;
    beside
        .persist(file)
        .map_err(|error| in_folder(error.error))?;
    Ok(())
}

/// What the letter of an invitation is printed from: as its batch had it, with the dates of the invitation.
pub(super) async fn edition_of(
    app: &App,
    batch: &StoredBatch,
    invitation: &StoredInvitation,
) -> Result<Arc<Edition>, Failure> {
    let options = BatchOptions {
        letter_date: invitation.letter_date,
        valid_until: invitation.valid_until,
        ..batch.options.clone()
    };
    let logo = logo_of_store(app, batch.logo_hash.as_deref()).await?;
    edition(
        &app.press,
        &batch.organisation,
        logo,
        &options,
        &invitation.letter_name,
    )
    .await
}
