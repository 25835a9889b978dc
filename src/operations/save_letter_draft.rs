//! `letter draft`: keeps what somebody wrote, whether a letter can be made of it yet or not.

use super::{
    App, Failure,
    letter_desk::{Desk, changed_meanwhile},
    letter_faults::{LetterFault, faults_of},
};
use crate::{
    domain::{
        letter_setup::{LetterChanges, LetterSetup},
        organisation::Slug,
    },
    storage::letter_versions::{Change, Changed},
};

/// What became of a draft.
#[derive(Debug, Clone)]
pub enum Saving {
    Saved(SavedDraft),
    /// A value is none that a letter can have at all: nothing was saved.
    Refused(Vec<LetterFault>),
}

#[derive(Debug, Clone)]
pub struct SavedDraft {
    pub number: u32,
    /// To be handed in with what comes next.
    pub revision: String,
    /// What stands in the way of publishing it; it is kept all the same.
    pub faults: Vec<LetterFault>,
    /// How many lines too long it is for everybody; 0 when it is not.
    pub lines_too_many: u32,
}

/// Saves `changes` to the draft; without one, to what batches use now. `revision` is that of the
/// [`super::letter_draft::LetterOverview`] or of what was saved last.
///
/// # Errors
/// Conflict `letter_changed` when somebody else saved or published something since.
pub async fn save_letter_draft(
    app: &App,
    slug: &Slug,
    changes: &LetterChanges,
    revision: &str,
) -> Result<Saving, Failure> {
    let desk = Desk::open(app, slug).await?;
    // Asked before the values: they were typed over what is there no longer.
    if desk.current.revision() != revision {
        return Err(changed_meanwhile());
    }
    match desk.change(changes) {
        Ok(setup) => Ok(Saving::Saved(keep(app, &desk, &setup, revision).await?)),
        Err(faults) => Ok(Saving::Refused(faults)),
    }
}

/// Makes `setup` the draft, and looks what is wrong with it.
pub(super) async fn keep(
    app: &App,
    desk: &Desk,
    setup: &LetterSetup,
    revision: &str,
) -> Result<SavedDraft, Failure> {
    let change = Change {
        slug: &desk.exported.organisation.slug,
        seen: revision,
        by: &app.actor.user,
        now: app.now(),
    };
    let draft = match app.db.save_letter_draft(change, setup).await? {
        Changed::Done(draft) => draft,
        Changed::Meanwhile | Changed::NoDraft => return Err(changed_meanwhile()),
    };
    let proposal = desk.proposal(app, setup).await?;
    let mut faults: Vec<LetterFault> = proposal.fault().into_iter().collect();
    let mut lines_too_many = 0;
    match proposal.try_out(app).await? {
        Ok(edition) => lines_too_many = edition.too_long().map_or(0, |(_, lines)| lines),
        Err(error) => faults.extend(faults_of(error, &proposal.organisation)?),
    }
    Ok(SavedDraft {
        number: draft.number,
        revision: draft.revision,
        faults,
        lines_too_many,
    })
}
