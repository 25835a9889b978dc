//! `token list`: every token, also those that work no more; never a secret.

use super::{App, Failure};
pub use crate::storage::access_tokens::AccessToken;

/// Every token, the oldest first.
pub async fn list_tokens(app: &App) -> Result<Vec<AccessToken>, Failure> {
    Ok(app.db.tokens().await?)
}
