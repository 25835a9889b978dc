//! The logos that a provider uploaded: to be chosen for its letter, and kept by their hash.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{OnConflict, SelectStatement},
};

use super::{
    Database, StorageError,
    entities::{batch, letter_logo, letter_version, logo, organisation},
    exports::save_logo,
};
use crate::domain::organisation::{Logo, Slug};

/// Logos that are kept for an organisation: each may have megabytes, and whoever may upload one may upload a thousand. Of
/// those on none of its letters the oldest go.
const MOST_LOGOS: u64 = 20;
/// Those that go at a time: more than there ever are.
const MANY: u64 = 1_000;

/// A logo that was uploaded.
#[derive(Debug, Clone)]
pub struct StoredLogo {
    pub hash: String,
    pub file_name: String,
    pub uploaded_by: String,
    pub uploaded_at: DateTime<Utc>,
}

impl Database {
    /// Keeps a logo for an organisation. The same bytes again are the same logo.
    pub async fn keep_letter_logo(
        &self,
        slug: &Slug,
        logo: &Logo,
        (file_name, by): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<StoredLogo, StorageError> {
        use letter_logo::Column;
        let tx = self.begin().await?;
        let hash = save_logo(&tx, logo).await?;
        letter_logo::Entity::insert(letter_logo::ActiveModel {
            organisation: Set(slug.to_string()),
            hash: Set(hash.clone()),
            file_name: Set(file_name.to_owned()),
            uploaded_by: Set(by.to_owned()),
            uploaded_at: Set(now),
        })
        .on_conflict(
            OnConflict::columns([Column::Organisation, Column::Hash])
                .update_columns([Column::FileName, Column::UploadedBy, Column::UploadedAt])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
        forget_oldest(&tx, slug, &hash).await?;
        tx.commit().await?;
        Ok(StoredLogo {
            hash,
            file_name: file_name.to_owned(),
            uploaded_by: by.to_owned(),
            uploaded_at: now,
        })
    }

    /// The logos that were uploaded for an organisation, the newest first.
    pub async fn letter_logos(&self, slug: &Slug) -> Result<Vec<StoredLogo>, StorageError> {
        let rows = letter_logo::Entity::find()
            .filter(letter_logo::Column::Organisation.eq(slug.as_str()))
            .order_by_desc(letter_logo::Column::UploadedAt)
            .order_by_asc(letter_logo::Column::Hash)
            .all(self.connection())
            .await?;
        let logos = rows.into_iter().map(|row| StoredLogo {
            hash: row.hash,
            file_name: row.file_name,
            uploaded_by: row.uploaded_by,
            uploaded_at: row.uploaded_at,
        });
        Ok(logos.collect())
    }
}

/// Forgets what is beyond [`MOST_LOGOS`] and on no version of the letter, and the bytes of what nobody has any more.
/// `newest` has just come.
async fn forget_oldest(
    tx: &impl ConnectionTrait,
    slug: &Slug,
    newest: &str,
) -> Result<(), StorageError> {
    use letter_logo::Column;
    let on_letters = letter_version::Entity::find()
        .select_only()
        .column(letter_version::Column::LogoHash)
        .filter(letter_version::Column::Organisation.eq(slug.as_str()))
        .filter(letter_version::Column::LogoHash.is_not_null())
        .into_query();
    let oldest: Vec<String> = letter_logo::Entity::find()
        .select_only()
        .column(Column::Hash)
        .filter(Column::Organisation.eq(slug.as_str()))
        .filter(Column::Hash.ne(newest))
        .filter(Column::Hash.not_in_subquery(on_letters))
        .order_by_desc(Column::UploadedAt)
        .order_by_asc(Column::Hash)
        .offset(MOST_LOGOS - 1)
        .limit(MANY)
        .into_tuple()
        .all(tx)
        .await?;
    if oldest.is_empty() {
        return Ok(());
    }
    letter_logo::Entity::delete_many()
        .filter(Column::Organisation.eq(slug.as_str()))
        .filter(Column::Hash.is_in(oldest.clone()))
        .exec(tx)
        .await?;
    let mut bytes = logo::Entity::delete_many().filter(logo::Column::Hash.is_in(oldest));
    for users in users() {
        bytes = bytes.filter(logo::Column::Hash.not_in_subquery(users));
    }
    bytes.exec(tx).await?;
    Ok(())
}

/// The hashes of all logos that something refers to, by what does.
fn users() -> [SelectStatement; 4] {
    [
        letter_logo::Entity::find()
            .select_only()
            .column(letter_logo::Column::Hash)
            .into_query(),
        letter_version::Entity::find()
            .select_only()
            .column(letter_version::Column::LogoHash)
            .filter(letter_version::Column::LogoHash.is_not_null())
            .into_query(),
        organisation::Entity::find()
            .select_only()
            .column(organisation::Column::LogoHash)
            .filter(organisation::Column::LogoHash.is_not_null())
            .into_query(),
        batch::Entity::find()
            .select_only()
            .column(batch::Column::LogoHash)
            .filter(batch::Column::LogoHash.is_not_null())
            .into_query(),
    ]
}
