//! What the last export of an organisation said: the organisation, its logo, locations, clients and assignments.
//!
//! An import is a snapshot. Locations and assignments are replaced; a client who is no longer in the export stays,
//! marked, with the last assignments we knew, so that the team's overview can say what became of them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    entities::{assignment, client, location, logo, organisation},
    letter_versions::published,
    read_client_id, read_slug,
};
use crate::domain::{
    audit::{Access, Action},
    client::{Assignment, Client, ClientId},
    location::{Location, LocationId},
    organisation::{Logo, LogoFormat, Organisation, Slug},
};

/// Rows in one INSERT: far below SQLite's 32,766 values, large enough that the statement is not what takes time.
pub(super) const CHUNK: usize = 1_000;

/// An export as it is saved.
pub struct NewExport<'a> {
    pub organisation: &'a Organisation,
    pub logo: Option<&'a Logo>,
    pub locations: Vec<&'a Location>,
    pub clients: &'a [Client],
    pub assignments: &'a [Assignment],
    pub fingerprint: &'a str,
}

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
    /// Takes an export in, all or nothing.
    pub async fn save_export(
        &self,
        export: &NewExport<'_>,
        scribe: &Scribe<'_>,
    ) -> Result<(), StorageError> {
        let now = scribe.now;
        let tx = self.begin().await?;
        let logo_hash = match export.logo {
            Some(logo) => Some(save_logo(&tx, logo).await?),
            None => None,
        };
        save_organisation(&tx, export, logo_hash, now).await?;
        replace_locations(&tx, export).await?;
        save_clients(&tx, export, now).await?;
        replace_assignments(&tx, export).await?;
        let access = Access::done(Action::Import)
            .of(&export.organisation.slug)
            .to_clients(export.clients.iter().map(|client| client.id.clone()));
        audit::append(&tx, scribe, &access).await?;
        tx.commit().await?;
        Ok(())
    }

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
        use client::Column;
        let mut wanted = client::Entity::find()
            .select_only()
            .column(Column::ClientId)
            .filter(Column::Organisation.eq(slug.as_str()))
            .filter(Column::InExport.eq(true))
            .order_by_asc(Column::ClientId)
            .limit(most);
        if let Some(after) = after {
            wanted = wanted.filter(Column::ClientId.gt(after));
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

    /// Every client of an organisation that is in its last export, by client id.
    pub async fn clients_in_export(&self, slug: &Slug) -> Result<Vec<Client>, StorageError> {
        let rows = client::Entity::find()
            .filter(client::Column::Organisation.eq(slug.as_str()))
            .filter(client::Column::InExport.eq(true))
            .all(self.connection())
            .await?;
        let mut clients: Vec<Client> = rows
            .iter()
            .map(|row| Ok(serde_json::from_str(&row.record)?))
            .collect::<Result<_, StorageError>>()?;
        clients.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(clients)
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
            for row in rows {
                let mut client: Client = serde_json::from_str(&row.record)?;
                client.in_export = row.in_export;
                clients.push(client);
            }
        }
        Ok(clients)
    }
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

pub(super) async fn save_logo(
    tx: &impl ConnectionTrait,
    stored: &Logo,
) -> Result<String, StorageError> {
    let hash = hex::encode(Sha256::digest(&stored.bytes));
    logo::Entity::insert(logo::ActiveModel {
        hash: Set(hash.clone()),
        format: Set(stored.format.as_str().to_owned()),
        bytes: Set(stored.bytes.clone()),
    })
    .on_conflict_do_nothing()
    .exec_without_returning(tx)
    .await?;
    Ok(hash)
}

async fn save_organisation(
    tx: &impl ConnectionTrait,
    export: &NewExport<'_>,
    logo_hash: Option<String>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    use organisation::Column;
    organisation::Entity::insert(organisation::ActiveModel {
        slug: Set(export.organisation.slug.to_string()),
        record: Set(serde_json::to_string(export.organisation)?),
        logo_hash: Set(logo_hash),
        export: Set(export.fingerprint.to_owned()),
        imported_at: Set(now),
    })
    .on_conflict(
        OnConflict::column(Column::Slug)
            .update_columns([
                Column::Record,
                Column::LogoHash,
                Column::Export,
                Column::ImportedAt,
            ])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

async fn replace_locations(
    tx: &impl ConnectionTrait,
    export: &NewExport<'_>,
) -> Result<(), StorageError> {
    let slug = export.organisation.slug.as_str();
    location::Entity::delete_many()
        .filter(location::Column::Organisation.eq(slug))
        .exec(tx)
        .await?;
    let mut rows = Vec::with_capacity(export.locations.len());
    for (position, location) in (0..).zip(&export.locations) {
        rows.push(location::ActiveModel {
            organisation: Set(slug.to_owned()),
            location_id: Set(location.id.0.clone()),
            position: Set(position),
            record: Set(serde_json::to_string(location)?),
        });
    }
    for chunk in rows.chunks(CHUNK) {
        location::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn save_clients(
    tx: &impl ConnectionTrait,
    export: &NewExport<'_>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    use client::Column;
    let slug = export.organisation.slug.as_str();
    client::Entity::update_many()
        .col_expr(Column::InExport, Expr::value(false))
        .filter(Column::Organisation.eq(slug))
        .exec(tx)
        .await?;
    let row = |client: &Client| -> Result<client::ActiveModel, StorageError> {
        Ok(client::ActiveModel {
            organisation: Set(slug.to_owned()),
            client_id: Set(client.id.to_string()),
            in_export: Set(client.in_export),
            record: Set(serde_json::to_string(client)?),
            last_in_export: Set(Some(now)),
            anonymised_at: Set(None),
        })
    };
    let key = || OnConflict::columns([Column::Organisation, Column::ClientId]);
    // Somebody who is only mentioned keeps the record of an earlier export, if there is one.
    let (present, mentioned): (Vec<&Client>, Vec<&Client>) =
        export.clients.iter().partition(|client| client.in_export);
    for chunk in present.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|client| row(client))
            .collect::<Result<_, _>>()?;
        client::Entity::insert_many(rows)
            .on_conflict(
                key()
                    .update_columns([
                        Column::InExport,
                        Column::Record,
                        Column::LastInExport,
                        Column::AnonymisedAt,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    for chunk in mentioned.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|client| row(client))
            .collect::<Result<_, _>>()?;
        client::Entity::insert_many(rows)
            .on_conflict(key().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn replace_assignments(
    tx: &impl ConnectionTrait,
    export: &NewExport<'_>,
) -> Result<(), StorageError> {
    use assignment::Column;
    let slug = export.organisation.slug.as_str();
    let mentioned: Vec<&ClientId> = export
        .clients
        .iter()
        .map(|client| &client.id)
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    for chunk in mentioned.chunks(CHUNK) {
        assignment::Entity::delete_many()
            .filter(Column::Organisation.eq(slug))
            .filter(Column::ClientId.is_in(chunk.iter().map(|id| id.as_str())))
            .exec(tx)
            .await?;
    }
    let rows = export.assignments.iter().map(|a| assignment::ActiveModel {
        organisation: Set(slug.to_owned()),
        client_id: Set(a.client.to_string()),
        location_id: Set(a.location.to_string()),
        main: Set(a.main),
        begin_date: Set(a.begin),
        end_date: Set(a.end),
        ..Default::default()
    });
    let rows: Vec<_> = rows.collect();
    for chunk in rows.chunks(CHUNK) {
        assignment::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
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
