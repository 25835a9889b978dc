//! `invitation cancel`: a code that should work no more.

use super::{
    App, Failure,
    list_invitations::{being_made, find_invitation, not_open},
    record_access::{or_refused, with_invitation},
};
use crate::{
    domain::audit::{Access, Action},
    storage::invitations::{Closing, StoredInvitation},
};

/// Cancels an open invitation, and answers with it as it was. The client counts as invited before.
pub async fn cancel_invitation(app: &App, id: &str) -> Result<StoredInvitation, Failure> {
    let access = Access::done(Action::InvitationCancelled).with("invitation", id);
    let invitation = or_refused(app, &access, find_invitation(app, id)).await?;
    let access = with_invitation(Action::InvitationCancelled, &invitation);
    or_refused(app, &access, cancel(app, &invitation)).await?;
    Ok(invitation)
}

async fn cancel(app: &App, invitation: &StoredInvitation) -> Result<(), Failure> {
    let closing = app
        .db
        .cancel_invitation(invitation, app.today(), &app.scribe())
        .await?;
    match closing {
        Closing::Closed(_) => Ok(()),
        Closing::Was(state) => Err(not_open(
            state,
            "its code works no more, so there is nothing to cancel",
        )),
        Closing::BeingMade | Closing::Other(_) => Err(being_made()),
    }
}
