//! Signing in at the pages: a session, whose secret the browser keeps in a cookie.

use chrono::TimeDelta;
use zeroize::Zeroizing;

use super::{
    App, Failure,
    authenticate::{actor_of, known_token},
    create_token::{about, draw_secret, secret_hash},
    record_access::record_access,
};
pub use crate::storage::sessions::Session;
use crate::{
    domain::{
        actor::{Actor, Role},
        audit::{Access, Action},
    },
    storage::access_tokens::AccessToken,
};

/// What the secret of a session starts with.
pub(super) const PREFIX: &str = "brievenbus_session_";

/// Signs somebody in with the secret of a token. Why a token does not work is told to whoever has it: nobody guesses
/// 256 bits. Answers with the session and its secret, which is in the answer and nowhere else.
///
/// A token that is not ours leaves no line in the audit log: it says nothing of anybody, and whoever tries many could
/// fill the disk.
pub async fn sign_in(app: &App, secret: &str) -> Result<(Session, Zeroizing<String>), Failure> {
    let token = known_token(app, secret.trim()).await?;
    let token = token.ok_or_else(|| refusal("wrong_token", "this token is not one of ours"))?;
    let acting = app.acting_as(actor_of(&token, &app.actor.source));
    let access = Access::done(Action::SignedIn).with("token", &token.id);
    let access = about(access, &token);
    if let Err(failure) = check(app, &token) {
        let refused = Access::refused(Action::SignedIn, failure.code).with("token", &token.id);
        record_access(&acting, about(refused, &token)).await?;
        return Err(failure);
    }
    begin_session(&acting, Some(token.id), &access).await
}

/// Signs in somebody of support whom another provider has vouched for.
pub async fn sign_in_support(
    app: &App,
    email: &str,
) -> Result<(Session, Zeroizing<String>), Failure> {
    let acting = app.acting_as(Actor {
        user: email.to_owned(),
        role: Role::Support,
        organisation: None,
        source: app.actor.source.clone(),
    });
    begin_session(&acting, None, &Access::done(Action::SignedIn)).await
}

fn check(app: &App, token: &AccessToken) -> Result<(), Failure> {
    if token.revoked_at.is_some() {
        return Err(refusal("revoked_token", "this token was revoked"));
    }
    if !token.works(app.now()) {
        return Err(refusal("expired_token", "this token has expired"));
    }
    match token.role {
        Role::Support | Role::Provider => Ok(()),
        _ => Err(refusal(
            "token_for_scripts",
            "this token is for a script, and no page is for it",
        )),
    }
}

fn refusal(code: &'static str, message: &str) -> Failure {
    Failure::input(code, message, "ask whoever gave it to you for another")
}

/// For whoever the app acts as.
async fn begin_session(
    app: &App,
    token: Option<String>,
    access: &Access,
) -> Result<(Session, Zeroizing<String>), Failure> {
    let secret = draw_secret(PREFIX)?;
    let now = app.now();
    let session = Session {
        id: secret_hash(&secret),
        user: app.actor.user.clone(),
        role: app.actor.role,
        organisation: app.actor.organisation.clone(),
        token,
        created_at: now,
        last_seen_at: now,
        ends_at: now + span(app.server.session_length),
    };
    app.db
        .save_session(
            &session,
            span(app.server.session_idle),
            &app.scribe(),
            access,
        )
        .await?;
    Ok((session, secret))
}

/// Settings are checked when they are read: none is too long.
pub(super) fn span(time: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)
}
