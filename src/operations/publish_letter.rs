//! `letter publish`: makes the draft the letter of every batch that is planned from now on.

use std::sync::Arc;

use super::{
    App, Failure,
    letter_desk::{Desk, Proposal, changed_meanwhile, no_draft},
    letter_faults::{LetterFault, faults_of},
    preview_letter::never_written,
    while_wanted::misfits,
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

/// Clients whose letters are tried together: enough to keep the presses at work, and few enough to have in memory.
const AT_A_TIME: u64 = 4_000;

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
        Err(Refused {
            faults,
            lines_too_many,
        }) => {
            return Ok(Publication::Refused {
                faults,
                lines_too_many,
            });
        }
    };
    let fit = count_misfits(app, &proposal, edition).await?;
    let change = Change {
        slug,
        seen: revision,
        by: &app.actor.user,
        now: app.now(),
    };
    // The examples are handed out, and say of those clients that their name or address does not fit.
    let access = Access::done(Action::OrganisationChanged)
        .of(slug)
        .to_clients(fit.examples.iter().cloned());
    let published = match what {
        Publish::Draft => {
            app.db
                .publish_letter_draft(change, &app.scribe(), &access)
                .await?
        }
        Publish::AsInExport => {
            app.db
                .publish_letter_of_export(change, &app.scribe(), &access)
                .await?
        }
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

/// What publishing the draft would come to, in numbers that name nobody.
#[derive(Debug, Clone)]
pub enum Checked {
    CanBePublished {
        /// Clients of the last export to whom a letter could be written.
        clients: usize,
        /// Those of them whose letter does not fit.
        would_not_fit: usize,
    },
    /// As in [`Publication::Refused`].
    Refused {
        faults: Vec<LetterFault>,
        lines_too_many: u32,
    },
}

/// What publishing the draft would come to; nothing is published.
///
/// # Errors
/// Not found `no_draft`.
pub async fn check_letter_draft(app: &App, slug: &Slug) -> Result<Checked, Failure> {
    let desk = Desk::open(app, slug).await?;
    if desk.current.draft.is_none() {
        return Err(no_draft());
    }
    let proposal = desk.proposal(app, &desk.setup()).await?;
    match try_out(app, &proposal).await? {
        Ok(edition) => {
            let fit = count_misfits(app, &proposal, edition).await?;
            Ok(Checked::CanBePublished {
                clients: fit.clients,
                would_not_fit: fit.would_not_fit,
            })
        }
        Err(Refused {
            faults,
            lines_too_many,
        }) => Ok(Checked::Refused {
            faults,
            lines_too_many,
        }),
    }
}

/// Why a letter is not published.
struct Refused {
    faults: Vec<LetterFault>,
    lines_too_many: u32,
}

/// The letter when it can be made and is not too long for everybody, or why it is not published.
async fn try_out(app: &App, proposal: &Proposal) -> Result<Result<Arc<Edition>, Refused>, Failure> {
    let refused = |faults, lines_too_many| {
        Ok(Err(Refused {
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
    let mut counted = Published {
        number: 0,
        clients: 0,
        would_not_fit: 0,
        examples: Vec::new(),
    };
    let mut after: Option<ClientId> = None;
    loop {
        let slug = &organisation.slug;
        let page = app
            .db
            .clients_in_export(slug, after.as_ref(), AT_A_TIME)
            .await?;
        let Some(last) = page.last() else {
            return Ok(counted);
        };
        after = Some(last.id.clone());
        let mut clients = Vec::new();
        let mut words = Vec::new();
        for client in page {
            let letter = LetterWords::new(Addressee::from(&client), &organisation.letter);
            let printable = edition.missing_glyphs(letter.texts()).is_empty();
            if printable && never_written(&client, today, organisation).is_none() {
                clients.push(client.id);
                words.push(letter);
            }
        }
        let misfits = misfits(app, Arc::clone(&edition), words).await?;
        counted.clients += clients.len();
        counted.would_not_fit += misfits.len();
        let examples = misfits
            .iter()
            .filter_map(|(at, _)| clients.get(*at).cloned());
        let wanted = MOST_EXAMPLES - counted.examples.len();
        counted.examples.extend(examples.take(wanted));
    }
}
