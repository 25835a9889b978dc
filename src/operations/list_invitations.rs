//! `invitation list`, and finding one by its id.

use super::{App, Failure};
pub use crate::storage::invitations::{Found, InvitationFilter};

/// Invitations with their state today, oldest first.
pub async fn list_invitations(app: &App, filter: &InvitationFilter) -> Result<Vec<Found>, Failure> {
    Ok(app.db.invitations(filter, app.today()).await?)
}

pub(super) async fn find_invitation(app: &App, id: &str) -> Result<Found, Failure> {
    app.db.invitation(id).await?.ok_or_else(|| {
        Failure::not_found(
            "unknown_invitation",
            format!("there is no invitation '{id}'"),
            "`brievenbus invitation list --client ID` lists those of a client",
        )
    })
}

/// Why something that needs an open invitation cannot be done.
pub(super) fn not_open(state: crate::domain::invitation::InvitationState) -> Failure {
    Failure::conflict(
        "invitation_not_open",
        format!(
            "this invitation is not open any more: it is {}",
            state.as_str()
        ),
        "`brievenbus invitation reissue` makes a new letter with a new code",
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
