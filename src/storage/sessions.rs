//! Sessions of people at the pages: only a hash of the cookie's secret is kept.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::Expr,
};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    entities::session::{self, Column},
};
use crate::domain::{actor::Role, audit::Access, organisation::Slug};

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
    /// Keeps a new session, with its line in the audit log, and forgets those that have ended.
    pub async fn save_session(
        &self,
        session: &Session,
        idle: TimeDelta,
        scribe: &Scribe<'_>,
        access: &Access,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        let now = session.created_at;
        let over = Condition::any()
            .add(Column::EndsAt.lte(now))
            .add(Column::LastSeenAt.lte(now - idle));
        session::Entity::delete_many()
            .filter(over)
            .exec(&tx)
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
        .exec_without_returning(&tx)
        .await?;
        audit::append(&tx, scribe, access).await?;
        tx.commit().await?;
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
        let Some(session) = self.session(id).await? else {
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

    /// The session with this id, whether it has ended or not.
    pub async fn session(&self, id: &str) -> Result<Option<Session>, StorageError> {
        let row = session::Entity::find_by_id(id)
            .one(self.connection())
            .await?;
        row.map(read_session).transpose()
    }

    /// Ends a session, with its line in the audit log, unless somebody else just has.
    pub async fn end_session(
        &self,
        id: &str,
        scribe: &Scribe<'_>,
        access: &Access,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        let ended = session::Entity::delete_by_id(id).exec(&tx).await?;
        if ended.rows_affected == 1 {
            audit::append(&tx, scribe, access).await?;
            tx.commit().await?;
        }
        Ok(())
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
