//! `invitation redeem`: Caren connects a client. Of any number of tries with one code, one succeeds.

use super::{App, Failure};
use crate::{
    domain::invitation::{Code, InvitationState},
    storage::invitations::{Closing, Found},
};

/// Redeems a code as it was typed: spaces and hyphens between the digits do not matter. Answers with the invitation.
pub async fn redeem_code(app: &App, typed: &str) -> Result<Found, Failure> {
    let code = Code::parse(typed).ok_or_else(|| {
        Failure::input(
            "not_a_code",
            "this is not a code",
            "a code is ten digits, at the bottom of the letter",
        )
    })?;
    let redeemed = app
        .db
        .redeem(&code, &app.vault, app.today(), app.now())
        .await?;
    match redeemed {
        Some((invitation, Closing::Closed(_))) => Ok(invitation),
        Some((_, Closing::Was(state))) => Err(refusal(state)),
        _ => Err(Failure::not_found(
            "unknown_code",
            "no letter has this code",
            "compare it with the letter, digit by digit",
        )),
    }
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
