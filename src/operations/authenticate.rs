//! Who holds a token: the actor that a secret stands for.

use super::{
    App, Failure,
    create_token::{PREFIX, secret_hash},
};
use crate::{domain::actor::Actor, storage::access_tokens::AccessToken};

/// The token with this secret when it works, or nothing: unknown, expired and revoked are not told apart.
pub async fn working_token(app: &App, secret: &str) -> Result<Option<AccessToken>, Failure> {
    let token = known_token(app, secret).await?;
    Ok(token.filter(|token| token.works(app.now())))
}

/// The token with this secret, whether it works or not.
pub(super) async fn known_token(app: &App, secret: &str) -> Result<Option<AccessToken>, Failure> {
    // Whatever else was sent is not worth a look in the database.
    if !secret.starts_with(PREFIX) || secret.len() > 200 {
        return Ok(None);
    }
    let secret = secret_hash(secret);
    Ok(app.db.token_of_secret(&secret, app.now()).await?)
}

/// Who acts with this token, from an address on the network.
pub fn actor_of(token: &AccessToken, source: &str) -> Actor {
    Actor {
        user: format!("token {}", token.id),
        role: token.role,
        organisation: token.organisation.clone(),
        source: source.to_owned(),
    }
}
