//! `token revoke`: a token that should open nothing any more.

use super::{App, Failure, create_token::about};
use crate::{
    domain::audit::{Access, Action},
    storage::access_tokens::AccessToken,
};

/// Makes a token work no more, at once, with every session that was begun with it.
pub async fn revoke_token(app: &App, id: &str) -> Result<AccessToken, Failure> {
    let token = app.db.token(id).await?.ok_or_else(|| {
        Failure::not_found(
            "unknown_token",
            format!("there is no token '{id}'"),
            "`brievenbus token list` lists them all",
        )
    })?;
    let access = about(Access::done(Action::TokenRevoked).with("token", id), &token);
    if !app.db.revoke_token(id, &app.scribe(), &access).await? {
        return Err(Failure::conflict(
            "token_revoked",
            "this token was revoked before",
            "it works no more, so there is nothing to do",
        ));
    }
    Ok(token)
}
