//! What the last export of an organisation said: the organisation, its logo, locations, clients and assignments.
//!
//! An import is a snapshot. Locations and assignments are replaced; a client who is no longer in the export stays,
//! marked, with the last assignments we knew, so that the team's overview can say what became of them.

mod save;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

pub use self::save::NewExport;
pub(super) use self::save::save_logo;
use super::{
    Database, StorageError,
    entities::{assignment, client, location, logo, organisation},
    letter_versions::published,
    read_client_id, read_slug,
};
use crate::domain::{
    client::{Assignment, Client, ClientId},
    location::{Location, LocationId},
    organisation::{Logo, LogoFormat, Organisation, Slug},
};

/// Rows in one INSERT, or ids in one IN, far below SQLite's 32,766 values: large enough that the statement is not what
/// takes time, and small enough that the connections, each of which keeps a few of them ready, do not take megabytes for
/// that.
pub(super) const CHUNK: usize = 250;

/// An organisation as the last export left it, with the letter that was published, if any.
#[derive(Debug, Clone)]
pub struct StoredOrganisation {
    pub organisation: Organisation,
    pub logo_hash: Option<String>,
    /// The number of the version of the letter; absent: as the export has it.
    pub letter: Option<u32>,
    /// Fingerprint of the last export.
    pub export: String,
    pub imported_at: DateTime<Utc>,
}

impl Database {
    /// The organisation with its letter as it is now: the one place where a published version comes in place of what
    /// the export says.
    pub async fn organisation(
        &self,
        slug: &Slug,
    ) -> Result<Option<StoredOrganisation>, StorageError> {
        let Some(exported) = self.exported_organisation(slug).await? else {
            return Ok(None);
        };
        let published = published(self.connection(), slug).await?;
        let Some((number, setup)) =
            published.and_then(|version| Some((version.number, version.setup?)))
        else {
            return Ok(Some(exported));
        };
        let mut organisation = setup.on(&exported.organisation);
        let logo_hash = setup.logo_hash(exported.logo_hash);
        // A later export may have no logo any more.
        organisation.letter.with_logo &= logo_hash.is_some();
        Ok(Some(StoredOrganisation {
            organisation,
            logo_hash,
            letter: Some(number),
            ..exported
        }))
    }

    /// The organisation with the letter that its export says, whatever was published.
    pub async fn exported_organisation(
        &self,
        slug: &Slug,
    ) -> Result<Option<StoredOrganisation>, StorageError> {
        let row = organisation::Entity::find_by_id(slug.as_str())
            .one(self.connection())
            .await?;
        row.map(read_organisation).transpose()
    }

    /// A page of the slugs of all organisations, or the one that is named, in order, those after `after`.
    pub async fn organisation_slugs(
        &self,
        only: Option<&Slug>,
        after: Option<&str>,
        most: u64,
    ) -> Result<Vec<Slug>, StorageError> {
        use organisation::Column;
        let mut wanted = organisation::Entity::find()
            .select_only()
            .column(Column::Slug)
            .order_by_asc(Column::Slug)
            .limit(most);
        if let Some(slug) = only {
            wanted = wanted.filter(Column::Slug.eq(slug.as_str()));
        }
        if let Some(after) = after {
            wanted = wanted.filter(Column::Slug.gt(after));
        }
        let slugs: Vec<String> = wanted.into_tuple().all(self.connection()).await?;
        slugs.into_iter().map(read_slug).collect()
    }

    /// A page of the numbers of the clients in the last export, in order, those after the number `after`.
    pub async fn client_numbers(
        &self,
        slug: &Slug,
        after: Option<&str>,
        most: u64,
    ) -> Result<Vec<ClientId>, StorageError> {
        let mut wanted = in_export(slug)
            .select_only()
            .column(client::Column::ClientId)
            .limit(most);
        if let Some(after) = after {
            wanted = wanted.filter(client::Column::ClientId.gt(after));
        }
        let numbers: Vec<String> = wanted.into_tuple().all(self.connection()).await?;
        numbers
            .iter()
            .map(|number| read_client_id(number))
            .collect()
    }

    pub async fn logo(&self, hash: &str) -> Result<Option<Logo>, StorageError> {
        let row = logo::Entity::find_by_id(hash)
            .one(self.connection())
            .await?;
        row.map(|row| {
            let format = LogoFormat::of_extension(&row.format).ok_or_else(|| {
                StorageError::Unexpected(format!("the logo format '{}'", row.format))
            })?;
            Ok(Logo {
                format,
                bytes: row.bytes,
            })
        })
        .transpose()
    }

    /// All locations in the order of the export.
    pub async fn locations(&self, slug: &Slug) -> Result<Vec<Location>, StorageError> {
        let rows = location::Entity::find()
            .filter(location::Column::Organisation.eq(slug.as_str()))
            .order_by_asc(location::Column::Position)
            .all(self.connection())
            .await?;
        rows.iter()
            .map(|row| Ok(serde_json::from_str(&row.record)?))
            .collect()
    }

    /// The assignments of these clients, in no order that matters.
    pub async fn assignments_of(
        &self,
        slug: &Slug,
        ids: &[ClientId],
    ) -> Result<Vec<Assignment>, StorageError> {
        let mut assignments = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = assignment::Entity::find()
                .filter(assignment::Column::Organisation.eq(slug.as_str()))
                .filter(assignment::Column::ClientId.is_in(chunk.iter().map(ClientId::as_str)))
                .all(self.connection())
                .await?;
            for row in rows {
                assignments.push(read_assignment(row)?);
            }
        }
        Ok(assignments)
    }

    /// The assignments of all clients, also of those who are no longer in the export.
    pub async fn assignments(&self, slug: &Slug) -> Result<Vec<Assignment>, StorageError> {
        let rows = assignment::Entity::find()
            .filter(assignment::Column::Organisation.eq(slug.as_str()))
            .order_by_asc(assignment::Column::Id)
            .all(self.connection())
            .await?;
        rows.into_iter().map(read_assignment).collect()
    }

    /// A page of the clients in the last export, in the order of [`Self::client_numbers`], those after the client `after`.
    pub async fn clients_in_export(
        &self,
        slug: &Slug,
        after: Option<&ClientId>,
        most: u64,
    ) -> Result<Vec<Client>, StorageError> {
        let mut wanted = in_export(slug).limit(most);
        if let Some(after) = after {
            wanted = wanted.filter(client::Column::ClientId.gt(after.as_str()));
        }
        let rows = wanted.all(self.connection()).await?;
        rows.iter().map(read_client).collect()
    }

    /// The clients with these ids, in no order that matters.
    pub async fn clients(
        &self,
        slug: &Slug,
        ids: &[ClientId],
    ) -> Result<Vec<Client>, StorageError> {
        let mut clients = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = client::Entity::find()
                .filter(client::Column::Organisation.eq(slug.as_str()))
                .filter(client::Column::ClientId.is_in(chunk.iter().map(ClientId::as_str)))
                .all(self.connection())
                .await?;
            for row in &rows {
                clients.push(read_client(row)?);
            }
        }
        Ok(clients)
    }
}

/// The clients of an organisation that are in its last export, by number.
fn in_export(slug: &Slug) -> Select<client::Entity> {
    client::Entity::find()
        .filter(client::Column::Organisation.eq(slug.as_str()))
        .filter(client::Column::InExport.eq(true))
        .order_by_asc(client::Column::ClientId)
}

fn read_client(row: &client::Model) -> Result<Client, StorageError> {
    let mut client: Client = serde_json::from_str(&row.record)?;
    client.in_export = row.in_export;
    Ok(client)
}

fn read_organisation(row: organisation::Model) -> Result<StoredOrganisation, StorageError> {
    Ok(StoredOrganisation {
        organisation: serde_json::from_str(&row.record)?,
        logo_hash: row.logo_hash,
        letter: None,
        export: row.export,
        imported_at: row.imported_at,
    })
}

fn read_assignment(row: assignment::Model) -> Result<Assignment, StorageError> {
    Ok(Assignment {
        client: read_client_id(&row.client_id)?,
        location: LocationId(row.location_id),
        main: row.main,
        begin: row.begin_date,
        end: row.end_date,
    })
}
