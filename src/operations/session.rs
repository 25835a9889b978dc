//! Who is signed in: the actor that a cookie stands for.

use super::{
    App, Failure,
    create_token::secret_hash,
    sign_in::{PREFIX, Session, span},
};
use crate::domain::actor::Actor;

/// The session with this secret when it has not ended. It ends at its end, when its person was away for long, and with
/// the token that it was begun with.
pub async fn working_session(app: &App, secret: &str) -> Result<Option<Session>, Failure> {
    if !secret.starts_with(PREFIX) || secret.len() > 200 {
        return Ok(None);
    }
    let idle = span(app.server.session_idle);
    Ok(app
        .db
        .live_session(&secret_hash(secret), idle, app.now())
        .await?)
}

/// Who acts in this session, from an address on the network.
pub fn actor_in(session: &Session, source: &str) -> Actor {
    Actor {
        user: session.user.clone(),
        role: session.role,
        organisation: session.organisation.clone(),
        source: source.to_owned(),
    }
}
