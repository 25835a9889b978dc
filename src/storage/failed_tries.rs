//! How often in a row something was tried in vain, whatever the server: guessing codes ends here.
//!
//! Every try is counted as a failure before its outcome is known, in one statement, so that no number of tries at the
//! same time gets past the limit; a success clears the count (NIST SP 800-63B §5.2.2: at most 100 in a row).

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, ExprTrait, OnConflict, Value},
};

use super::{
    Database, StorageError,
    entities::failed_tries::{self, Column},
};

/// Whether something may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// Yes; it is counted.
    Granted,
    /// Yes, and when it fails nobody may for a while, until this moment.
    Last(DateTime<Utc>),
    /// Not before this moment.
    Locked(DateTime<Utc>),
}

/// When nobody may try, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct TryLimit {
    /// Failures in a row.
    pub most: u32,
    pub locked_for: TimeDelta,
}

impl Database {
    /// Asks for a try.
    pub async fn begin_try(
        &self,
        name: &str,
        limit: TryLimit,
        now: DateTime<Utc>,
    ) -> Result<Permit, StorageError> {
        let most = i64::from(limit.most);
        let until = now + limit.locked_for;
        // A lock that is over begins a new row of failures.
        let over = || Expr::col(Column::LockedUntil).is_not_null();
        let next: CaseStatement = CaseStatement::new()
            .case(over(), 1_i64)
            .finally(Expr::col(Column::InARow).add(1_i64));
        let lock: CaseStatement = CaseStatement::new()
            .case(
                Condition::any()
                    .add(over().and(Expr::value(most).gt(1_i64)))
                    .add(Expr::col(Column::InARow).add(1_i64).lt(most)),
                Expr::value(Value::ChronoDateTimeUtc(None)),
            )
            .finally(Expr::value(until));
        loop {
            let free = Condition::any()
                .add(Column::LockedUntil.is_null())
                .add(Column::LockedUntil.lte(now));
            let counted = failed_tries::Entity::update_many()
                .col_expr(Column::InARow, next.clone().into())
                .col_expr(Column::LockedUntil, lock.clone().into())
                .filter(Column::Name.eq(name))
                .filter(free)
                .exec_with_returning(self.connection())
                .await?;
            if let Some(row) = counted.first() {
                return Ok(row.locked_until.map_or(Permit::Granted, Permit::Last));
            }
            let row = failed_tries::Entity::find_by_id(name)
                .one(self.connection())
                .await?;
            match row.and_then(|row| row.locked_until) {
                Some(until) if until > now => return Ok(Permit::Locked(until)),
                // Free again, or the first time ever.
                _ => self.begin_counting(name).await?,
            }
        }
    }

    /// The try was a success: the row of failures ends.
    pub async fn end_failures(&self, name: &str) -> Result<(), StorageError> {
        failed_tries::Entity::update_many()
            .col_expr(Column::InARow, Expr::value(0_i64))
            .col_expr(
                Column::LockedUntil,
                Expr::value(Value::ChronoDateTimeUtc(None)),
            )
            .filter(Column::Name.eq(name))
            .exec(self.connection())
            .await?;
        Ok(())
    }

    /// The try was none after all: it is not counted.
    pub async fn take_back_try(&self, name: &str) -> Result<(), StorageError> {
        failed_tries::Entity::update_many()
            .col_expr(Column::InARow, Expr::col(Column::InARow).sub(1_i64))
            .col_expr(
                Column::LockedUntil,
                Expr::value(Value::ChronoDateTimeUtc(None)),
            )
            .filter(Column::Name.eq(name))
            .filter(Column::InARow.gt(0))
            .exec(self.connection())
            .await?;
        Ok(())
    }

    /// Failures in a row, and until when nobody may try.
    pub async fn failures_in_a_row(
        &self,
        name: &str,
    ) -> Result<(u64, Option<DateTime<Utc>>), StorageError> {
        let row = failed_tries::Entity::find_by_id(name)
            .one(self.connection())
            .await?;
        Ok(row.map_or((0, None), |row| {
            (row.in_a_row.unsigned_abs(), row.locked_until)
        }))
    }

    async fn begin_counting(&self, name: &str) -> Result<(), StorageError> {
        failed_tries::Entity::insert(failed_tries::ActiveModel {
            name: Set(name.to_owned()),
            in_a_row: Set(0),
            locked_until: Set(None),
        })
        .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
        .exec_without_returning(self.connection())
        .await?;
        Ok(())
    }
}
