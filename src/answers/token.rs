//! A token: what `token list` and `create` say, and `/tokens`.

use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::{
    domain::{actor::Role, organisation::Slug},
    operations::list_tokens::AccessToken,
};

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    #[schema(schema_with = words::id)]
    id: String,
    #[schema(schema_with = words::role)]
    role: Role,
    /// The one organisation of a provider's token.
    #[schema(value_type = Option<String>)]
    organisation: Option<Slug>,
    /// What it is for.
    label: String,
    /// Whether it opens anything now.
    works: bool,
    created: DateTime<Utc>,
    created_by: String,
    expires: Option<DateTime<Utc>>,
    last_used: Option<DateTime<Utc>>,
    revoked: Option<DateTime<Utc>>,
}

/// A new token with its secret, which is shown this once and stored nowhere.
#[derive(Serialize, ToSchema)]
pub struct NewToken<'a> {
    #[serde(flatten)]
    pub token: Token,
    /// What `Authorization: Bearer` takes.
    pub secret: &'a str,
}

impl Token {
    pub fn new(token: AccessToken, now: DateTime<Utc>) -> Self {
        let second = |at: DateTime<Utc>| at.trunc_subsecs(0);
        Self {
            works: token.works(now),
            id: token.id,
            role: token.role,
            organisation: token.organisation,
            label: token.label,
            created: second(token.created_at),
            created_by: token.created_by,
            expires: token.expires_at.map(second),
            last_used: token.last_used_at.map(second),
            revoked: token.revoked_at.map(second),
        }
    }
}
