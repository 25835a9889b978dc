//! Tokens for scripts and for signing in: only a hash of each is kept.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    entities::access_token::{self, Column},
};
use crate::domain::{actor::Role, audit::Access, organisation::Slug};

/// How exactly the last use is known: a busy script does not write a row for every request.
const LAST_USE: TimeDelta = TimeDelta::minutes(1);

/// A token as the database knows it; its secret is known to whoever it was shown to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    pub id: String,
    pub label: String,
    pub role: Role,
    /// The one organisation of a provider's token.
    pub organisation: Option<Slug>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl AccessToken {
    /// Whether it opens anything at this moment.
    pub fn works(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

impl Database {
    /// Keeps a new token, with its line in the audit log. `secret_hash`: SHA-256 of its secret, hexadecimal.
    pub async fn save_token(
        &self,
        token: &AccessToken,
        secret_hash: &str,
        scribe: &Scribe<'_>,
        access: &Access,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        access_token::Entity::insert(access_token::ActiveModel {
            id: Set(token.id.clone()),
            label: Set(token.label.clone()),
            role: Set(token.role.to_string()),
            organisation: Set(token.organisation.as_ref().map(ToString::to_string)),
            secret_hash: Set(secret_hash.to_owned()),
            created_by: Set(token.created_by.clone()),
            created_at: Set(token.created_at),
            expires_at: Set(token.expires_at),
            last_used_at: Set(None),
            revoked_at: Set(None),
        })
        .exec_without_returning(&tx)
        .await?;
        audit::append(&tx, scribe, access).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Every token, the oldest first, those that work no more too.
    pub async fn tokens(&self) -> Result<Vec<AccessToken>, StorageError> {
        let rows = access_token::Entity::find()
            .order_by_asc(Column::Id)
            .all(self.connection())
            .await?;
        rows.into_iter().map(read_token).collect()
    }

    /// A page of tokens, the oldest first, those after the token `after`.
    pub async fn token_page(
        &self,
        after: Option<&str>,
        most: u64,
    ) -> Result<Vec<AccessToken>, StorageError> {
        let mut wanted = access_token::Entity::find()
            .order_by_asc(Column::Id)
            .limit(most);
        if let Some(after) = after {
            wanted = wanted.filter(Column::Id.gt(after));
        }
        let rows = wanted.all(self.connection()).await?;
        rows.into_iter().map(read_token).collect()
    }

    pub async fn token(&self, id: &str) -> Result<Option<AccessToken>, StorageError> {
        let row = access_token::Entity::find_by_id(id)
            .one(self.connection())
            .await?;
        row.map(read_token).transpose()
    }

    /// The token with this secret, whether it works or not; notes that it was used.
    pub async fn token_of_secret(
        &self,
        secret_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<AccessToken>, StorageError> {
        let row = access_token::Entity::find()
            .filter(Column::SecretHash.eq(secret_hash))
            .one(self.connection())
            .await?;
        let Some(token) = row.map(read_token).transpose()? else {
            return Ok(None);
        };
        let stale = |at: DateTime<Utc>| now - at >= LAST_USE;
        if token.works(now) && token.last_used_at.is_none_or(stale) {
            access_token::Entity::update_many()
                .col_expr(Column::LastUsedAt, Expr::value(now))
                .filter(Column::Id.eq(&token.id))
                .exec(self.connection())
                .await?;
        }
        Ok(Some(token))
    }

    /// Makes a token work no more, with its line in the audit log. Answers whether it still did.
    pub async fn revoke_token(
        &self,
        id: &str,
        scribe: &Scribe<'_>,
        access: &Access,
    ) -> Result<bool, StorageError> {
        let tx = self.begin().await?;
        let works = Condition::all()
            .add(Column::Id.eq(id))
            .add(Column::RevokedAt.is_null());
        let revoked = access_token::Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(scribe.now))
            .filter(works)
            .exec(&tx)
            .await?;
        if revoked.rows_affected == 0 {
            return Ok(false);
        }
        audit::append(&tx, scribe, access).await?;
        tx.commit().await?;
        Ok(true)
    }
}

fn read_token(row: access_token::Model) -> Result<AccessToken, StorageError> {
    let unexpected = || StorageError::Unexpected(format!("token {}", row.id));
    Ok(AccessToken {
        role: Role::of_token(&row.role).ok_or_else(unexpected)?,
        organisation: row
            .organisation
            .clone()
            .map(Slug::try_from)
            .transpose()
            .map_err(|_| unexpected())?,
        id: row.id,
        label: row.label,
        created_by: row.created_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
    })
}
