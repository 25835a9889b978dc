//! The intake form of an organisation: the last one that was saved.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    Database, StorageError,
    entities::intake_form::{self, Column},
};
use crate::domain::{intake::IntakeForm, organisation::Slug};

/// A form as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredForm {
    pub form: IntakeForm,
    /// From 1.
    pub revision: u32,
    pub saved_by: String,
    pub saved_at: DateTime<Utc>,
}

impl Database {
    pub async fn intake_form(&self, slug: &Slug) -> Result<Option<StoredForm>, StorageError> {
        let row = intake_form::Entity::find_by_id(slug.as_str())
            .one(self.connection())
            .await?;
        row.map(|row| {
            Ok(StoredForm {
                form: serde_json::from_str(&row.record)?,
                revision: row.revision.unsigned_abs(),
                saved_by: row.saved_by,
                saved_at: row.saved_at,
            })
        })
        .transpose()
    }

    /// Saves a form over the one with this revision; 0: over none. Answers whether that was still the last one. Each way
    /// is one statement, so of two who save at the same time one is told.
    pub async fn save_intake_form(
        &self,
        slug: &Slug,
        form: &IntakeForm,
        over: u32,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        let record = serde_json::to_string(form)?;
        let Ok(over) = i32::try_from(over) else {
            return Ok(false);
        };
        if over == 0 {
            let inserted = intake_form::Entity::insert(intake_form::ActiveModel {
                organisation: Set(slug.to_string()),
                record: Set(record),
                revision: Set(1),
                saved_by: Set(by.to_owned()),
                saved_at: Set(now),
            })
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(self.connection())
            .await?;
            return Ok(inserted == 1);
        }
        let updated = intake_form::Entity::update_many()
            .col_expr(Column::Record, Expr::value(record))
            .col_expr(Column::Revision, Expr::value(over.saturating_add(1)))
            .col_expr(Column::SavedBy, Expr::value(by))
            .col_expr(Column::SavedAt, Expr::value(now))
            .filter(Column::Organisation.eq(slug.as_str()))
            .filter(Column::Revision.eq(over))
            .exec(self.connection())
            .await?;
        Ok(updated.rows_affected == 1)
    }
}
