//! Signing out: the session opens nothing any more.

use super::{
    App, Failure, create_token::secret_hash, record_access::record_access, session::actor_in,
};
use crate::domain::audit::{Access, Action};

/// Ends the session with this secret, if there still is one.
pub async fn sign_out(app: &App, secret: &str) -> Result<(), Failure> {
    if let Some(session) = app.db.end_session(&secret_hash(secret)).await? {
        let acting = app.acting_as(actor_in(&session, &app.actor.source));
        record_access(&acting, Access::done(Action::SignedOut)).await?;
    }
    Ok(())
}
