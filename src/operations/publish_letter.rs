//! `letter publish`: makes the draft the letter of every batch that is planned from now on.

use std::sync::Arc;

use super::{
    App, Failure,
    letter_desk::{Desk, Proposal, changed_meanwhile, no_draft, on_press},
    letter_faults::{LetterFault, faults_of},
    preview_letter::never_written,
    record_access::record_access,
};
use crate::{
    domain::{
        audit::{Access, Action},
        client::ClientId,
        organisation::Slug,
    },
    letters::{Addressee, Edition, LetterWords},
    storage::letter_versions::{Change, Changed},
};

/// Clients that are named of those whose letter does not fit.
const MOST_EXAMPLES: usize = 10;

/// What is to be the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    Draft,
    /// What the export says, now and after every import. A draft stays.
    AsInExport,
}

/// What became of it.
#[derive(Debug, Clone)]
pub enum Publication {
    Published(Published),
    /// No letter can be made of the draft, or it is too long for everybody: it stays a draft.
    Refused {
        faults: Vec<LetterFault>,
        /// How many lines too long it is for the plainest client; 0 when something else is wrong.
        lines_too_many: u32,
    },
}

#[derive(Debug, Clone)]
pub struct Published {
    pub number: u32,
    /// Clients of the last export to whom a letter could be written.
    pub clients: usize,
    /// Those of them whose letter does not fit.
    pub would_not_fit: usize,
    /// The first few of those.
    pub examples: Vec<ClientId>,
}

/// Checks that a letter can be made and fits, and makes it the letter of all batches that are planned from now on.
/// `revision` is that of the [`super::letter_draft::LetterOverview`] or of what was saved last.
///
/// # Errors
/// Conflict `letter_changed` when somebody else saved or published something since; not found `no_draft`.
pub async fn publish_letter(
    app: &App,
    slug: &Slug,
    what: Publish,
    revision: &str,
) -> Result<Publication, Failure> {
    let desk = Desk::open(app, slug).await?;
    let setup = match (what, &desk.current.draft) {
        (Publish::AsInExport, _) => desk.export_setup(),
        (Publish::Draft, Some(_)) => desk.setup(),
        (Publish::Draft, None) => return Err(no_draft()),
    };
    if desk.current.revision() != revision {
        return Err(changed_meanwhile());
    }
    let proposal = desk.proposal(app, &setup).await?;
    let edition = match try_out(app, &proposal).await? {
        Ok(edition) => edition,
        Err(refused) => return Ok(refused),
    };
    let fit = count_misfits(app, &proposal, edition).await?;
    let change = Change {
        slug,
        seen: revision,
        by: &app.actor.user,
        now: app.now(),
    };
    let access = Access::done(Action::OrganisationChanged).of(slug);
    record_access(app, access).await?;
    let published = match what {
        Publish::Draft => app.db.publish_letter_draft(change).await?,
        Publish::AsInExport => app.db.publish_letter_of_export(change).await?,
    };
    match published {
        Changed::Done(version) => Ok(Publication::Published(Published {
            number: version.number,
            ..fit
        })),
        Changed::Meanwhile => Err(changed_meanwhile()),
        Changed::NoDraft => Err(no_draft()),
    }
}

/// What publishing the draft would come to; nothing is published, and `number` is that of nothing.
///
/// # Errors
/// Not found `no_draft`.
pub async fn check_letter_draft(app: &App, slug: &Slug) -> Result<Publication, Failure> {
    let desk = Desk::open(app, slug).await?;
    if desk.current.draft.is_none() {
        return Err(no_draft());
    }
    let proposal = desk.proposal(app, &desk.setup()).await?;
    match try_out(app, &proposal).await? {
        Ok(edition) => {
            let fit = count_misfits(app, &proposal, edition).await?;
            Ok(Publication::Published(fit))
        }
        Err(refused) => Ok(refused),
    }
}

/// The letter when it can be made and is not too long for everybody, or why it is not published.
async fn try_out(
    app: &App,
    proposal: &Proposal,
) -> Result<Result<Arc<Edition>, Publication>, Failure> {
    let refused = |faults, lines_too_many| {
        Ok(Err(Publication::Refused {
            faults,
            lines_too_many,
        }))
    };
    if let Some(fault) = proposal.fault() {
        return refused(vec![fault], 0);
    }
    match proposal.try_out(app).await? {
        Ok(edition) => match edition.too_long() {
            Some((_, lines)) => refused(vec![LetterFault::of_length(lines)], lines),
            None => Ok(Ok(edition)),
        },
        Err(error) => refused(faults_of(error, &proposal.organisation)?, 0),
    }
}

/// Sets the letter for every client to whom one could be written. Nobody sees any of it, only numbers.
async fn count_misfits(
    app: &App,
    proposal: &Proposal,
    edition: Arc<Edition>,
) -> Result<Published, Failure> {
    let organisation = &proposal.organisation;
    let today = app.today();
    let mut clients = Vec::new();
    let mut words = Vec::new();
    for client in app.db.clients_in_export(&organisation.slug).await? {
        let letter = LetterWords::new(Addressee::from(&client), &organisation.letter);
        let printable = edition.missing_glyphs(letter.texts()).is_empty();
        if printable && never_written(&client, today, organisation).is_none() {
            clients.push(client.id);
            words.push(letter);
        }
    }
    let misfits = on_press(&app.press, move |press| Ok(press.misfits(&edition, words)?)).await?;
    Ok(Published {
        number: 0,
        clients: clients.len(),
        would_not_fit: misfits.len(),
        examples: misfits
            .iter()
            .take(MOST_EXAMPLES)
            .filter_map(|(at, _)| clients.get(*at).cloned())
            .collect(),
    })
}
