//! What can go wrong with the provider, in our words: its own may quote anything.

use crate::operations::{Failure, Kind};

/// The errors of OAuth 2.0 and OpenID Connect, in the address or for a token: anything else is nobody's to log.
pub fn known_error(text: &str) -> &'static str {
    [
        "access_denied",
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_response_type",
        "server_error",
        "temporarily_unavailable",
        "invalid_client",
        "invalid_grant",
        "unsupported_grant_type",
    ]
    .into_iter()
    .find(|known| *known == text)
    .unwrap_or("unknown")
}

pub fn unreachable_provider(what: &str) -> Failure {
    Failure {
        kind: Kind::TryAgain,
        ..Failure::input(
            "oidc_unreachable",
            format!("the OpenID Provider did not say {what}"),
            "try again in a minute, or sign in with a token",
        )
    }
}

pub fn unusable(error: &dyn std::error::Error) -> Failure {
    tracing::warn!(%error, "the OpenID Provider said something that cannot be used");
    Failure {
        kind: Kind::TryAgain,
        ..Failure::input(
            "oidc_unusable",
            "the OpenID Provider said something that cannot be used",
            "sign in with a token; the log says more",
        )
    }
}

pub fn refused() -> Failure {
    Failure::input(
        "oidc_refused",
        "the OpenID Provider did not let you in",
        "try again, or sign in with a token",
    )
}

/// Begun in another browser, long ago, or by somebody else.
pub fn not_ours() -> Failure {
    Failure::input(
        "oidc_not_begun",
        "this sign-in was not begun here, or too long ago",
        "begin again",
    )
}

/// `why` is for whoever looks after the settings; who it was they hear from them.
pub fn not_allowed(why: &'static str) -> Failure {
    tracing::warn!(why, "somebody may not sign in");
    Failure::input(
        "oidc_not_allowed",
        "this account may not sign in here",
        "ask whoever looks after brievenbus to let it in",
    )
}

/// An error and what it came of, in one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}
