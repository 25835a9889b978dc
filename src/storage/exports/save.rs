//! Takes an export in: everything in one transaction, the newest in place of what was there.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

use super::CHUNK;
use crate::{
    domain::{
        audit::{Access, Action},
        client::{Assignment, Client, ClientId},
        location::Location,
        organisation::{Logo, Organisation},
    },
    storage::{
        Database, StorageError,
        audit::{self, Scribe},
        entities::{assignment, client, location, logo, organisation},
    },
};

/// An export as it is saved.
pub struct NewExport<'a> {
    pub organisation: &'a Organisation,
    pub logo: Option<&'a Logo>,
    pub locations: Vec<&'a Location>,
    pub clients: &'a [Client],
    pub assignments: &'a [Assignment],
    pub fingerprint: &'a str,
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
}

pub(in crate::storage) async fn save_logo(
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
