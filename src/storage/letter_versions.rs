//! The letters that a provider wrote itself.
//!
//! An organisation has at most one draft and at most one published version; two partial unique indices see to it.
//! Whoever changes something says which revision they have seen: that of the draft, or else of what is published. When it
//! is another one by now nothing is changed, so that nobody writes over what they have not read. The row of the
//! organisation is locked first, so that two who change its letter at the same time come one after the other.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    entities::{letter_version, organisation},
    new_id,
};
use crate::domain::{
    audit::Access,
    letter_setup::{LetterSetup, LogoChoice, VersionState},
    organisation::Slug,
};

/// The revision of a letter that nobody has changed yet.
const UNTOUCHED: &str = "as-in-export";

/// A version of a letter.
#[derive(Debug, Clone)]
pub struct StoredVersion {
    pub number: u32,
    pub state: VersionState,
    pub revision: String,
    /// Absent: as the export has it.
    pub setup: Option<LetterSetup>,
    /// Who saved it last.
    pub author: String,
    /// When it was saved last.
    pub created_at: DateTime<Utc>,
    pub published_by: Option<String>,
    pub published_at: Option<DateTime<Utc>>,
}

/// The versions of an organisation that can change yet.
#[derive(Debug, Clone, Default)]
pub struct CurrentVersions {
    pub draft: Option<StoredVersion>,
    pub published: Option<StoredVersion>,
}

impl CurrentVersions {
    /// What somebody has to have seen to change anything.
    pub fn revision(&self) -> &str {
        self.draft
            .as_ref()
            .or(self.published.as_ref())
            .map_or(UNTOUCHED, |version| version.revision.as_str())
    }
}

/// What became of a change.
#[derive(Debug, Clone)]
pub enum Changed<T> {
    Done(T),
    /// Somebody else was first; nothing was changed.
    Meanwhile,
    /// There is no draft.
    NoDraft,
}

/// Who changes a letter, when, and what they have seen of it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub slug: &'a Slug,
    pub seen: &'a str,
    pub by: &'a str,
    pub now: DateTime<Utc>,
}

impl Database {
    /// The draft and the published version.
    pub async fn current_letter(&self, slug: &Slug) -> Result<CurrentVersions, StorageError> {
        current(self.connection(), slug).await
    }

    /// All versions, the newest first.
    pub async fn letter_versions(&self, slug: &Slug) -> Result<Vec<StoredVersion>, StorageError> {
        let rows = letter_version::Entity::find()
            .filter(letter_version::Column::Organisation.eq(slug.as_str()))
            .order_by_desc(letter_version::Column::Number)
            .all(self.connection())
            .await?;
        rows.into_iter().map(read).collect()
    }

    /// Makes `setup` the draft, in place of the one that is there, if any.
    pub async fn save_letter_draft(
        &self,
        change: Change<'_>,
        setup: &LetterSetup,
    ) -> Result<Changed<StoredVersion>, StorageError> {
        let tx = self.begin().await?;
        let current = locked(&tx, change.slug).await?;
        if current.revision() != change.seen {
            return Ok(Changed::Meanwhile);
        }
        let number = match &current.draft {
            Some(draft) => draft.number,
            None => next_number(&tx, change.slug).await?,
        };
        delete_draft(&tx, change.slug).await?;
        let draft = letter_version::ActiveModel {
            state: Set(VersionState::Draft.as_str().to_owned()),
            setup: Set(Some(serde_json::to_string(setup)?)),
            logo_hash: Set(match &setup.logo {
                LogoChoice::AsInExport => None,
                LogoChoice::Uploaded(hash) => Some(hash.clone()),
            }),
            ..new_version(&change, number)
        };
        let draft = insert(&tx, draft).await?;
        tx.commit().await?;
        Ok(Changed::Done(draft))
    }

    /// Removes the draft.
    pub async fn discard_letter_draft(
        &self,
        change: Change<'_>,
    ) -> Result<Changed<()>, StorageError> {
        let tx = self.begin().await?;
        let current = locked(&tx, change.slug).await?;
        if current.draft.is_none() {
            return Ok(Changed::NoDraft);
        }
        if current.revision() != change.seen {
            return Ok(Changed::Meanwhile);
        }
        delete_draft(&tx, change.slug).await?;
        tx.commit().await?;
        Ok(Changed::Done(()))
    }

    /// Makes the draft the letter of all batches that are planned from now on.
    ///
    /// `access` is its line in the audit log.
    pub async fn publish_letter_draft(
        &self,
        change: Change<'_>,
        scribe: &Scribe<'_>,
        access: &Access,
    ) -> Result<Changed<StoredVersion>, StorageError> {
        let tx = self.begin().await?;
        let current = locked(&tx, change.slug).await?;
        let Some(draft) = &current.draft else {
            return Ok(Changed::NoDraft);
        };
        if current.revision() != change.seen {
            return Ok(Changed::Meanwhile);
        }
        supersede(&tx, change.slug).await?;
        // Numbers tell the order of publication: a draft that was overtaken by another version gets a new one.
        let newest = next_number(&tx, change.slug).await? - 1;
        let number = if draft.number == newest {
            newest
        } else {
            newest + 1
        };
        let row = of(change.slug)
            .filter(letter_version::Column::State.eq(VersionState::Draft.as_str()))
            .one(&tx)
            .await?
            .ok_or_else(|| StorageError::Unexpected("a draft that went under a lock".to_owned()))?;
        let published = letter_version::ActiveModel {
            number: Set(as_number(number)),
            state: Set(VersionState::Published.as_str().to_owned()),
            revision: Set(new_id()),
            published_by: Set(Some(change.by.to_owned())),
            published_at: Set(Some(change.now)),
            ..row.into_active_model()
        };
        let published = letter_version::Entity::update(published).exec(&tx).await?;
        audit::append(&tx, scribe, access).await?;
        tx.commit().await?;
        Ok(Changed::Done(read(published)?))
    }

    /// Makes what the export says the letter again, now and after every import. The draft stays.
    ///
    /// `access` is its line in the audit log.
    pub async fn publish_letter_of_export(
        &self,
        change: Change<'_>,
        scribe: &Scribe<'_>,
        access: &Access,
    ) -> Result<Changed<StoredVersion>, StorageError> {
        let tx = self.begin().await?;
        let current = locked(&tx, change.slug).await?;
        if current.revision() != change.seen {
            return Ok(Changed::Meanwhile);
        }
        supersede(&tx, change.slug).await?;
        let version = letter_version::ActiveModel {
            state: Set(VersionState::Published.as_str().to_owned()),
            published_by: Set(Some(change.by.to_owned())),
            published_at: Set(Some(change.now)),
            ..new_version(&change, next_number(&tx, change.slug).await?)
        };
        let version = insert(&tx, version).await?;
        audit::append(&tx, scribe, access).await?;
        tx.commit().await?;
        Ok(Changed::Done(version))
    }
}

/// What is published for an organisation now.
pub(super) async fn published(
    db: &impl ConnectionTrait,
    slug: &Slug,
) -> Result<Option<StoredVersion>, StorageError> {
    Ok(current(db, slug).await?.published)
}

fn of(slug: &Slug) -> sea_orm::Select<letter_version::Entity> {
    letter_version::Entity::find().filter(letter_version::Column::Organisation.eq(slug.as_str()))
}

async fn current(db: &impl ConnectionTrait, slug: &Slug) -> Result<CurrentVersions, StorageError> {
    let rows = of(slug)
        .filter(letter_version::Column::State.ne(VersionState::Superseded.as_str()))
        .all(db)
        .await?;
    let mut current = CurrentVersions::default();
    for row in rows {
        let version = read(row)?;
        match version.state {
            VersionState::Draft => current.draft = Some(version),
            VersionState::Published => current.published = Some(version),
            VersionState::Superseded => {}
        }
    }
    Ok(current)
}

/// The same, for whoever is about to change it: nobody else does until the transaction ends.
async fn locked(tx: &DatabaseTransaction, slug: &Slug) -> Result<CurrentVersions, StorageError> {
    organisation::Entity::find_by_id(slug.as_str())
        .lock_exclusive()
        .one(tx)
        .await?;
    current(tx, slug).await
}

async fn next_number(tx: &DatabaseTransaction, slug: &Slug) -> Result<u32, StorageError> {
    let newest = of(slug)
        .order_by_desc(letter_version::Column::Number)
        .one(tx)
        .await?;
    Ok(newest.map_or(0, |version| version.number.unsigned_abs()) + 1)
}

async fn delete_draft(tx: &DatabaseTransaction, slug: &Slug) -> Result<(), StorageError> {
    letter_version::Entity::delete_many()
        .filter(letter_version::Column::Organisation.eq(slug.as_str()))
        .filter(letter_version::Column::State.eq(VersionState::Draft.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// What was published is so no longer.
async fn supersede(tx: &DatabaseTransaction, slug: &Slug) -> Result<(), StorageError> {
    use letter_version::Column;
    letter_version::Entity::update_many()
        .set(letter_version::ActiveModel {
            state: Set(VersionState::Superseded.as_str().to_owned()),
            ..Default::default()
        })
        .filter(Column::Organisation.eq(slug.as_str()))
        .filter(Column::State.eq(VersionState::Published.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Without a state and with nothing in it.
fn new_version(change: &Change<'_>, number: u32) -> letter_version::ActiveModel {
    letter_version::ActiveModel {
        id: Set(new_id()),
        organisation: Set(change.slug.to_string()),
        number: Set(as_number(number)),
        revision: Set(new_id()),
        setup: Set(None),
        logo_hash: Set(None),
        author: Set(change.by.to_owned()),
        created_at: Set(change.now),
        published_by: Set(None),
        published_at: Set(None),
        ..Default::default()
    }
}

/// Nobody saves two thousand million versions.
fn as_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

async fn insert(
    tx: &DatabaseTransaction,
    version: letter_version::ActiveModel,
) -> Result<StoredVersion, StorageError> {
    let row = letter_version::Entity::insert(version)
        .exec_with_returning(tx)
        .await?;
    read(row)
}

fn read(row: letter_version::Model) -> Result<StoredVersion, StorageError> {
    let state = VersionState::parse(&row.state)
        .ok_or_else(|| StorageError::Unexpected(format!("the letter state '{}'", row.state)))?;
    Ok(StoredVersion {
        number: row.number.unsigned_abs(),
        state,
        revision: row.revision,
        setup: row
            .setup
            .map(|setup| serde_json::from_str(&setup))
            .transpose()?,
        author: row.author,
        created_at: row.created_at,
        published_by: row.published_by,
        published_at: row.published_at,
    })
}
