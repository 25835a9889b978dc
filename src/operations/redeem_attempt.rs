//! Redeeming over the network, where somebody could guess: after too many failures in a row nobody may for a while,
//! whichever server they ask (NIST SP 800-63B §5.2.2). At the command line of this machine nobody guesses.

use chrono::{DateTime, TimeDelta, Utc};

use super::{App, Failure, Kind, counted, redeem_code::redeem_code, sign_in::span};
use crate::storage::failed_tries::{Permit, TryLimit};
pub use crate::storage::invitations::StoredInvitation;

/// What the failures are counted under.
pub(super) const NAME: &str = "redeem";
/// Failures in a row after which nobody may redeem for a while.
pub const MOST_FAILURES: u32 = 100;

/// Redeems a code as [`redeem_code`] does, if that may be tried at all. What is not a code is no guess, and what failed
/// for another reason than the code is no failure of whoever tried.
pub async fn redeem_from_network(app: &App, typed: &str) -> Result<StoredInvitation, Failure> {
    let result = try_to_redeem(app, typed).await;
    counted::redeem_tried(&result);
    result
}

async fn try_to_redeem(app: &App, typed: &str) -> Result<StoredInvitation, Failure> {
    let now = app.now();
    let limit = TryLimit {
        most: MOST_FAILURES,
        locked_for: span(app.server.redeem_lock),
    };
    let permit = app.db.begin_try(NAME, limit, now).await?;
    if let Permit::Locked(until) = permit {
        return Err(locked(until - now));
    }
    let result = redeem_code(app, typed).await;
    match &result {
        Ok(_) => app.db.end_failures(NAME).await?,
        Err(failure) if is_a_guess(failure) => {
            if let Permit::Last(until) = permit {
                tell_support(until);
            }
        }
        Err(_) => app.db.take_back_try(NAME).await?,
    }
    result
}

/// A code that could be one, and does not work.
pub fn is_a_guess(failure: &Failure) -> bool {
    matches!(failure.kind, Kind::NotFound | Kind::Conflict)
}

fn tell_support(until: DateTime<Utc>) {
    tracing::warn!(
        failures = MOST_FAILURES,
        %until,
        "too many codes in a row were wrong: nobody may redeem for a while; somebody may be guessing"
    );
}

/// Nobody, or nobody there, may redeem for so long.
pub fn locked(wait: TimeDelta) -> Failure {
    let seconds = wait.num_seconds().unsigned_abs() + 1;
    Failure {
        kind: Kind::TooOften(seconds),
        ..Failure::input(
            "locked",
            "too many codes in a row were wrong, so none is looked at for a while",
            format!("try again in {seconds} s; support can see why"),
        )
    }
}
