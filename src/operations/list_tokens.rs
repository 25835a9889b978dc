//! `token list`: every token, also those that work no more; never a secret.

use super::{
    App, Failure,
    paging::{Page, Paging},
};
pub use crate::storage::access_tokens::AccessToken;

/// Every token, the oldest first.
pub async fn list_tokens(app: &App) -> Result<Vec<AccessToken>, Failure> {
    Ok(app.db.tokens().await?)
}

/// A page of them.
pub async fn token_page(app: &App, paging: &Paging) -> Result<Page<AccessToken>, Failure> {
    let found = app.db.token_page(paging.after(), paging.most()).await?;
    Ok(Page::cut(found, paging, |token| token.id.clone()))
}
