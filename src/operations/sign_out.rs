//! Signing out: the session opens nothing any more.

use super::{App, Failure, create_token::secret_hash, session::actor_in};
use crate::domain::audit::{Access, Action};

/// Ends the session with this secret, if there still is one.
pub async fn sign_out(app: &App, secret: &str) -> Result<(), Failure> {
    let id = secret_hash(secret);
    if let Some(session) = app.db.session(&id).await? {
        let acting = app.acting_as(actor_in(&session, &app.actor.source));
        let access = Access::done(Action::SignedOut);
        app.db.end_session(&id, &acting.scribe(), &access).await?;
    }
    Ok(())
}
