//! Signing out: the session opens nothing any more.

use super::{App, Failure, create_token::secret_hash};

/// Ends the session with this secret, if there still is one.
pub async fn sign_out(app: &App, secret: &str) -> Result<(), Failure> {
    app.db.end_session(&secret_hash(secret)).await?;
    Ok(())
}
