//! `invitation reissue`: a new letter with a new code, in place of one that was lost or whose account is out of reach.
//!
//! The helpdesk decides that somebody gets one, so it does not matter whether the client was invited before or is linked.
//! It matters whether a letter can be made and may be sent.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::AtomicBool},
};

use chrono::{Days, NaiveDate};

use super::{
    App, Failure,
    list_invitations::{being_made, code_is_over, find_invitation},
    record_access::{or_refused, with_invitation},
    render_letter::edition_of,
    run_team_job::{Candidate, leave_out_misfits, press},
    show_batch::find_batch,
};
use crate::{
    domain::{
        audit::{Access, Action},
        batch::OptionsError,
        client::{Client, LinkStatus},
        eligibility::{Facts, LeftOut, Reason, Rules, judge},
        invitation::Code,
        organisation::Organisation,
        selection::Selection,
    },
    letters::Edition,
    storage::invitations::{Closing, Reissue, StoredInvitation},
    wording::english,
};

/// Issues a new invitation in place of this one; an open one stops working in the same moment. The letter looks as the
/// batch of the old one had it, with today's date and the client's name and address of the last export. Answers with the
/// new invitation.
pub async fn reissue_invitation(app: &App, id: &str) -> Result<StoredInvitation, Failure> {
    let access = Access::done(Action::InvitationReissued).with("invitation", id);
    let old = or_refused(app, &access, find_invitation(app, id)).await?;
    let access = with_invitation(Action::InvitationReissued, &old);
    or_refused(app, &access, reissue(app, &old)).await
}

/// How long the code of a new letter works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReissueTerms {
    /// The last valid day.
    pub valid_until: NaiveDate,
    /// From the date of the letter.
    pub validity_days: u16,
}

/// How long a letter would be valid that took the place of this invitation today: as long as its batch had it.
pub async fn reissue_terms(app: &App, id: &str) -> Result<ReissueTerms, Failure> {
    let old = find_invitation(app, id).await?;
    let batch = find_batch(app, &old.batch).await?;
    terms(app.today(), &batch.organisation)
}

fn terms(today: NaiveDate, organisation: &Organisation) -> Result<ReissueTerms, Failure> {
    let validity_days = organisation.letter.validity_days;
    let valid_until = today
        .checked_add_days(Days::new(validity_days.into()))
        .ok_or(OptionsError::DateOutOfRange(today))?;
    Ok(ReissueTerms {
        valid_until,
        validity_days,
    })
}

async fn reissue(app: &App, old: &StoredInvitation) -> Result<StoredInvitation, Failure> {
    let today = app.today();
    let batch = find_batch(app, &old.batch).await?;
    let organisation = &batch.organisation;
    let ReissueTerms { valid_until, .. } = terms(today, organisation)?;
    let renewed = StoredInvitation {
        letter_date: today,
        valid_until,
        ..old.clone()
    };
    let edition = edition_of(app, &batch, &renewed).await?;
    let words = words(app, organisation, &renewed, &edition).await?;
    let letter = Reissue {
        words: &words,
        letter_date: today,
        valid_until,
    };
    let draw = Arc::clone(&app.draw_code);
    let closing = app
        .db
        .reissue_invitation(old, &letter, &mut || draw(), today, &app.scribe())
        .await?;
    match closing {
        Closing::Closed(Some(new)) => find_invitation(app, &new).await,
        Closing::Closed(None) => Err(Failure::ours("a reissue issued nothing")),
        Closing::Was(state) => Err(code_is_over(state)),
        Closing::BeingMade => Err(being_made()),
        Closing::Other(other) => Err(Failure::conflict(
            "other_open_invitation",
            format!(
                "client {} has a newer invitation that is open: {other}",
                old.client
            ),
            format!("reissue that one: `brievenbus invitation reissue {other}`"),
        )),
    }
}

/// The words of the new letter, when there can be one.
async fn words(
    app: &App,
    organisation: &Organisation,
    invitation: &StoredInvitation,
    edition: &Arc<Edition>,
) -> Result<String, Failure> {
    let client = client(app, organisation, invitation).await?;
    let in_care = app
        .db
        .assignments_of(&organisation.slug, std::slice::from_ref(&client.id))
        .await?
        .iter()
        .any(|assignment| assignment.in_force(invitation.letter_date));
    let refused = refusal(&client, in_care, organisation, invitation);
    let candidate = Candidate::new(&client, &organisation.letter);
    let refused = refused.or_else(|| edition_refusal(&candidate, edition));
    let mut selection = Selection::part(vec![(candidate, refused)]);
    let letters: Vec<_> = match Code::parse("0000000000") {
        Some(code) => selection
            .letters()
            .iter()
            .map(|candidate| candidate.letter(code.clone()))
            .collect(),
        None => return Err(Failure::ours("ten zeros are no code any more")),
    };
    let keep_going = Arc::new(AtomicBool::new(true));
    let typeset = press(app, edition, letters, |_| {}, &keep_going).await?;
    leave_out_misfits(&mut selection, &typeset.misfits);
    match (selection.letters().first(), selection.left_out().first()) {
        (Some(candidate), _) => candidate.written_words(),
        (None, Some((candidate, left_out))) => Err(Failure::conflict(
            "no_letter_possible",
            format!(
                "client {} can get no letter: {}",
                candidate.id(),
                english::reason(left_out.reason)
            ),
            "mend it in Ons and take a new export in, or ask the care provider",
        )),
        (None, None) => Err(Failure::ours("a client was lost")),
    }
}

async fn client(
    app: &App,
    organisation: &Organisation,
    invitation: &StoredInvitation,
) -> Result<Client, Failure> {
    let ids = std::slice::from_ref(&invitation.client);
    let found = app.db.clients(&organisation.slug, ids).await?.pop();
    found.ok_or_else(|| Failure::ours(format!("client {} has no record", invitation.client)))
}

fn refusal(
    client: &Client,
    in_care: bool,
    organisation: &Organisation,
    invitation: &StoredInvitation,
) -> Option<LeftOut> {
    // Whoever asks knows that the client is linked, or was invited.
    let client = Client {
        status: LinkStatus::NotLinked,
        ..client.clone()
    };
    let facts = Facts {
        client: &client,
        in_care,
        last_invitation: None,
        other_team: None,
    };
    judge(
        &facts,
        &Rules {
            letter_date: invitation.letter_date,
            again: &BTreeSet::new(),
            accept_unknown: true,
            address_style: organisation.letter.address_style,
        },
    )
}

fn edition_refusal(candidate: &Candidate, edition: &Edition) -> Option<LeftOut> {
    let missing = edition.missing_glyphs(candidate.texts());
    (!missing.is_empty()).then(|| Reason::MissingGlyph.into())
}
