//! Sessions of people at the pages: only a hash of the cookie's secret is kept.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::Expr,
};

use super::{
    Database, StorageError,
    entities::session::{self, Column},
};
use crate::domain::{actor::Role, organisation::Slug};

/// A busy person does not write a row for every request: last seen is behind by this part of the idle time at most.
const EXACTNESS: i32 = 30;

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's secret, hexadecimal: it opens nothing.
    pub id: String,
    /// As the audit log names them.
    pub user: String,
    pub role: Role,
    pub organisation: Option<Slug>,
    /// The token that it was begun with, and dies with; none when the person signed in elsewhere.
    pub token: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl Database {
    /// Keeps a new session, and forgets those that have ended.
    pub async fn save_session(
        &self,
        session: &Session,
        idle: TimeDelta,
    ) -> Result<(), StorageError> {
        let now = session.created_at;
        let over = Condition::any()
            .add(Column::EndsAt.lte(now))
            .add(Column::LastSeenAt.lte(now - idle));
        session::Entity::delete_many()
            .filter(over)
            .exec(self.connection())
            .await?;
        session::Entity::insert(session::ActiveModel {
            id: Set(session.id.clone()),
            user_label: Set(session.user.clone()),
            role: Set(session.role.to_string()),
            organisation: Set(session.organisation.as_ref().map(ToString::to_string)),
            token_id: Set(session.token.clone()),
            created_at: Set(session.created_at),
            last_seen_at: Set(session.last_seen_at),
            ends_at: Set(session.ends_at),
        })
        .exec_without_returning(self.connection())
        .await?;
        Ok(())
    }

    /// The session with this id unless it has ended: at its end, after `idle` without a request, or with its token.
    /// Notes that its person was seen.
    pub async fn live_session(
        &self,
        id: &str,
        idle: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, StorageError> {
        let row = session::Entity::find_by_id(id)
            .one(self.connection())
            .await?;
        let Some(session) = row.map(read_session).transpose()? else {
            return Ok(None);
        };
        if now >= session.ends_at || now - session.last_seen_at >= idle {
            return Ok(None);
        }
        if let Some(token) = &session.token
            && !(self.token(token).await?).is_some_and(|token| token.works(now))
        {
            return Ok(None);
        }
        if now - session.last_seen_at >= idle / EXACTNESS {
            session::Entity::update_many()
                .col_expr(Column::LastSeenAt, Expr::value(now))
                .filter(Column::Id.eq(id))
                .exec(self.connection())
                .await?;
        }
        Ok(Some(session))
    }

    /// Ends a session. Answers with what it was, unless there was none.
    pub async fn end_session(&self, id: &str) -> Result<Option<Session>, StorageError> {
        let row = session::Entity::find_by_id(id)
            .one(self.connection())
            .await?;
        session::Entity::delete_by_id(id)
            .exec(self.connection())
            .await?;
        row.map(read_session).transpose()
    }

    /// How many people are signed in, those whose token was revoked meanwhile included.
    pub async fn count_sessions(
        &self,
        idle: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<u64, StorageError> {
        Ok(session::Entity::find()
            .filter(Column::EndsAt.gt(now))
            .filter(Column::LastSeenAt.gt(now - idle))
            .count(self.connection())
            .await?)
    }
}

fn read_session(row: session::Model) -> Result<Session, StorageError> {
    // Not its id: no part of what stands for the secret goes anywhere.
    let unexpected = || StorageError::Unexpected("a session".to_owned());
    Ok(Session {
        role: Role::of_token(&row.role).ok_or_else(unexpected)?,
        organisation: row
            .organisation
            .map(Slug::try_from)
            .transpose()
            .map_err(|_| unexpected())?,
        id: row.id,
        user: row.user_label,
        token: row.token_id,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        ends_at: row.ends_at,
    })
}
