//! `invitation list`, and finding one by its id.

use std::collections::BTreeMap;

use super::{
    App, Failure,
    paging::{Page, Paging},
    record_access::{or_refused, record_access, with_invitation},
    submit_batch::organisation,
};
use crate::domain::{
    audit::{Access, Action},
    client::ClientId,
    invitation::InvitationState,
    organisation::Slug,
};
pub use crate::storage::invitations::{InvitationFilter, StoredInvitation};

/// Invitations that left the house, with their state today, oldest first. A code whose letter never came to be is no
/// invitation of anybody.
pub async fn list_invitations(
    app: &App,
    filter: &InvitationFilter,
) -> Result<Vec<StoredInvitation>, Failure> {
    let asked = asked(filter);
    let invitations = or_refused(app, &asked, list(app, filter)).await?;
    record_listed(app, asked, &invitations).await?;
    Ok(invitations)
}

/// A page of them.
pub async fn invitation_page(
    app: &App,
    filter: &InvitationFilter,
    paging: &Paging,
) -> Result<Page<StoredInvitation>, Failure> {
    let asked = asked(filter);
    let page = or_refused(app, &asked, page(app, filter, paging)).await?;
    record_listed(app, asked, &page.items).await?;
    Ok(page)
}

fn asked(filter: &InvitationFilter) -> Access {
    Access {
        organisation: filter.organisation.clone(),
        ..Access::done(Action::InvitationsListed)
    }
}

/// Writes in the audit log whose invitations somebody is about to see: a line for each organisation.
async fn record_listed(
    app: &App,
    asked: Access,
    invitations: &[StoredInvitation],
) -> Result<(), Failure> {
    let mut clients: BTreeMap<&str, Vec<ClientId>> = BTreeMap::new();
    for invitation in invitations {
        let of = clients.entry(&invitation.organisation).or_default();
        of.push(invitation.client.clone());
    }
    if clients.is_empty() {
        return record_access(app, asked).await;
    }
    for (organisation, clients) in clients {
        let listed = Access {
            organisation: Slug::try_from(organisation.to_owned()).ok(),
            clients,
            ..Access::done(Action::InvitationsListed)
        };
        record_access(app, listed).await?;
    }
    Ok(())
}

async fn list(app: &App, filter: &InvitationFilter) -> Result<Vec<StoredInvitation>, Failure> {
    let filter = seen(app, filter).await?;
    let mut invitations = app.db.invitations(&filter, app.today()).await?;
    invitations.retain(|invitation| !invitation.withdrawn);
    Ok(invitations)
}

async fn page(
    app: &App,
    filter: &InvitationFilter,
    paging: &Paging,
) -> Result<Page<StoredInvitation>, Failure> {
    let filter = seen(app, filter).await?;
    let found = app
        .db
        .invitations_after(&filter, app.today(), paging.after(), paging.most())
        .await?;
    Ok(Page::cut(found, paging, |invitation| invitation.id.clone()))
}

/// The filter, of what exists for whoever asks.
async fn seen(app: &App, filter: &InvitationFilter) -> Result<InvitationFilter, Failure> {
    if let Some(slug) = &filter.organisation {
        organisation(app, slug).await?;
    }
    let organisation = filter
        .organisation
        .clone()
        .or(app.actor.organisation.clone());
    if let Some(team) = &filter.team
        && !app.db.team_was_written(organisation.as_ref(), team).await?
    {
        return Err(Failure::not_found(
            "unknown_team",
            format!("no batch was ever for a team '{team}'"),
            "`brievenbus team list` names the teams of an organisation",
        ));
    }
    Ok(InvitationFilter {
        organisation,
        ..filter.clone()
    })
}

/// The invitation with this id, for somebody who sees it.
pub async fn show_invitation(app: &App, id: &str) -> Result<StoredInvitation, Failure> {
    let access = Access::done(Action::InvitationsListed).with("invitation", id);
    let found = or_refused(app, &access, find_invitation(app, id)).await?;
    record_access(app, with_invitation(Action::InvitationsListed, &found)).await?;
    Ok(found)
}

/// The invitation with this id.
pub(super) async fn find_invitation(app: &App, id: &str) -> Result<StoredInvitation, Failure> {
    let invitation = app.db.invitation(id).await?;
    let seen = invitation.filter(|found| app.actor.sees(&found.organisation));
    seen.ok_or_else(|| unknown_invitation(id))
}

pub(super) fn unknown_invitation(id: &str) -> Failure {
    Failure::not_found(
        "unknown_invitation",
        format!("there is no invitation '{id}'"),
        "`brievenbus invitation list --client ID` lists those of a client",
    )
}

/// Why there is no letter of an invitation whose code works no more, and what to do.
pub(super) fn code_is_over(state: InvitationState) -> Failure {
    let hint = match state {
        InvitationState::Redeemed => {
            "the client is connected already; for somebody who has to connect anew `brievenbus invitation reissue` makes a letter with a new code"
        }
        _ => "`brievenbus invitation reissue` makes a new letter with a new code",
    };
    not_open(state, hint)
}

/// Why something that needs an open invitation cannot be done.
pub(super) fn not_open(state: InvitationState, hint: &str) -> Failure {
    let state = state.as_str();
    Failure::conflict(
        "invitation_not_open",
        format!("this invitation is not open any more: it is {state}"),
        hint,
    )
}

/// The letter of an invitation is being made.
pub(super) fn being_made() -> Failure {
    Failure::conflict(
        "letter_being_made",
        "the letter of this invitation is being made at this moment",
        "try again when its team is done, or cancel the batch",
    )
}
