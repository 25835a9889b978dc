//! `invitation cancel`: a code that should work no more.

use super::{
    App, Failure,
    list_invitations::{being_made, find_invitation, not_open},
};
use crate::storage::invitations::{Closing, Found};

/// Cancels an open invitation, and answers with it as it was. The client counts as invited before.
pub async fn cancel_invitation(app: &App, id: &str) -> Result<Found, Failure> {
    let invitation = find_invitation(app, id).await?;
    let closing = app
        .db
        .cancel_invitation(&invitation, app.today(), app.now())
        .await?;
    match closing {
        Closing::Closed(_) => Ok(invitation),
        Closing::Was(state) => Err(not_open(
            state,
            "its code works no more, so there is nothing to cancel",
        )),
        Closing::BeingMade | Closing::Other(_) => Err(being_made()),
    }
}
