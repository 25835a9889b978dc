//! `invitation redeem`: Caren connects a client. Of any number of tries with one code, one succeeds.

use super::{
    App, Failure,
    record_access::{or_refused, with_invitation},
};
use crate::{
    domain::{
        audit::{Access, Action},
        invitation::{Code, InvitationState},
    },
    storage::invitations::{Closing, StoredInvitation},
};

/// Redeems a code as it was typed: spaces and hyphens between the digits do not matter. Answers with the invitation.
///
/// The audit log has every try: of one that found an invitation with whose it is, of one that found nothing without
/// what was typed.
pub async fn redeem_code(app: &App, typed: &str) -> Result<StoredInvitation, Failure> {
    let access = Access::done(Action::CodeRedeemed);
    let (invitation, closing) = or_refused(app, &access, redeem(app, typed)).await?;
    let access = with_invitation(Action::CodeRedeemed, &invitation);
    let refused = match closing {
        Closing::Was(state) => Err(refusal(state)),
        _ => Ok(()),
    };
    or_refused(app, &access, async { refused }).await?;
    Ok(invitation)
}

async fn redeem(app: &App, typed: &str) -> Result<(StoredInvitation, Closing), Failure> {
    let code = Code::parse(typed).ok_or_else(|| {
        Failure::input(
            "not_a_code",
            "this is not a code",
            "a code is ten digits, at the bottom of the letter",
        )
    })?;
    let redeemed = app.db.redeem(&code, app.today(), &app.scribe()).await?;
    redeemed.ok_or_else(|| {
        Failure::not_found(
            "unknown_code",
            "no letter has this code",
            "compare it with the letter, digit by digit",
        )
    })
}

fn refusal(state: InvitationState) -> Failure {
    let (code, message) = match state {
        InvitationState::Redeemed => ("code_used", "this code has been used"),
        InvitationState::Expired => ("code_expired", "this code has expired"),
        InvitationState::Replaced => ("code_replaced", "a newer letter has replaced this code"),
        InvitationState::Cancelled | InvitationState::Open => {
            ("code_cancelled", "this code was cancelled")
        }
    };
    Failure::conflict(code, message, "ask the care provider for a new letter")
}
