//! What was kept long enough: bundles, and who a client was. What has to stay is who they were to the books: reasons,
//! counts, and that a code was used before.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, OnConflict},
};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    bundles::{Removal, StoredBundle, read_bundle},
    entities::{
        assignment, batch, bundle, client, invitation, organisation, purge_day, team_client,
        team_job,
    },
    exports::CHUNK,
    invitations::out_of_the_house,
    outcomes::batches_of,
    read_client_id, read_slug,
};
use crate::domain::{
    audit::{Access, Action},
    client::{Client, ClientId},
    eligibility::Reason,
    invitation::InvitationState,
    organisation::Slug,
};

/// A claim to clear away that came to nothing is taken over after this.
const CLAIM: TimeDelta = TimeDelta::hours(1);
/// How long it is remembered that somebody cleared away.
const DAYS: TimeDelta = TimeDelta::days(366);

/// A bundle that is to be removed.
#[derive(Debug, Clone)]
pub struct Outlived {
    pub bundle: StoredBundle,
    pub why: Removal,
    organisation: Slug,
}

impl Database {
    /// Bundles that are in the store and were made by `made_by`, or whose letters have no code that works on `today`,
    /// the day in Amsterdam. One without letters, an overview, has no code to wait for: it is kept for its time.
    pub async fn outlived_bundles(
        &self,
        made_by: DateTime<Utc>,
        today: NaiveDate,
    ) -> Result<Vec<Outlived>, StorageError> {
        use bundle::Column;
        let letters = || {
            invitation::Entity::find()
                .select_only()
                .column(invitation::Column::TeamJobId)
                .filter(invitation::Column::ReissueOf.is_null())
        };
        let with_letters = letters()
            .filter(invitation::Column::Withdrawn.eq(false))
            .into_query();
        let working = letters()
            .filter(invitation::Column::State.eq(InvitationState::Open.as_str()))
            .filter(invitation::Column::ValidUntil.gte(today))
            .into_query();
        let closed = Condition::all()
            .add(Column::TeamJobId.in_subquery(with_letters))
            .add(Column::TeamJobId.not_in_subquery(working));
        let rows = bundle::Entity::find()
            .filter(Column::RemovedAt.is_null())
            .filter(
                Condition::any()
                    .add(Column::CreatedAt.lte(made_by))
                    .add(closed),
            )
            .order_by_asc(Column::Id)
            .all(self.connection())
            .await?;
        let organisations: HashMap<String, String> = batch::Entity::find()
            .select_only()
            .columns([batch::Column::Id, batch::Column::Organisation])
            .into_tuple()
            .all(self.connection())
            .await?
            .into_iter()
            .collect();
        rows.into_iter()
            .map(|row| {
                let organisation = organisations.get(&row.batch_id).cloned();
                let why = match row.created_at <= made_by {
                    true => Removal::Kept,
                    false => Removal::Closed,
                };
                Ok(Outlived {
                    organisation: read_slug(organisation.unwrap_or_default())?,
                    bundle: read_bundle(row),
                    why,
                })
            })
            .collect()
    }

    /// Writes down that a bundle is not in the store any more, before it is taken out of there. Answers whether nobody
    /// else was first.
    pub async fn remove_bundle(
        &self,
        outlived: &Outlived,
        scribe: &Scribe<'_>,
    ) -> Result<bool, StorageError> {
        use bundle::Column;
        let tx = self.begin().await?;
        let removed = bundle::Entity::update_many()
            .col_expr(Column::RemovedAt, Expr::value(scribe.now))
            .col_expr(Column::RemovedWhy, Expr::value(outlived.why.as_str()))
            .filter(Column::Id.eq(&outlived.bundle.id))
            .filter(Column::RemovedAt.is_null())
            .exec(&tx)
            .await?;
        if removed.rows_affected == 0 {
            return Ok(false);
        }
        let access = Access::done(Action::BundleRemoved)
            .of(&outlived.organisation)
            .with("bundle", &outlived.bundle.id);
        audit::append(&tx, scribe, &access).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Every organisation that has ever taken an export in.
    pub async fn organisations(&self) -> Result<Vec<Slug>, StorageError> {
        let slugs: Vec<String> = organisation::Entity::find()
            .select_only()
            .column(organisation::Column::Slug)
            .order_by_asc(organisation::Column::Slug)
            .into_tuple()
            .all(self.connection())
            .await?;
        slugs.into_iter().map(read_slug).collect()
    }

    /// How many clients [`Database::anonymise_clients`] would anonymise.
    pub async fn count_long_gone(
        &self,
        slug: &Slug,
        before: DateTime<Utc>,
        today: NaiveDate,
    ) -> Result<u64, StorageError> {
        Ok(long_gone(slug, before, today)
            .count(self.connection())
            .await?)
    }

    /// Forgets of clients who are not in the last export, and were in none since `before`, all but their number: record and assignments. Whoever has
    /// an open invitation, which has not ended by `today`, the day in Amsterdam, is left alone. How many.
    pub async fn anonymise_clients(
        &self,
        slug: &Slug,
        before: DateTime<Utc>,
        today: NaiveDate,
        scribe: &Scribe<'_>,
    ) -> Result<u64, StorageError> {
        let mut anonymised = 0;
        loop {
            let tx = self.begin().await?;
            // As whoever takes an export in does first, so that the two wait for each other.
            organisation::Entity::find_by_id(slug.as_str())
                .lock_exclusive()
                .one(&tx)
                .await?;
            let rows = long_gone(slug, before, today)
                .order_by_asc(client::Column::ClientId)
                .limit(CHUNK as u64)
                .lock_exclusive()
                .all(&tx)
                .await?;
            if rows.is_empty() {
                return Ok(anonymised);
            }
            let clients: Vec<ClientId> = rows
                .iter()
                .map(|row| read_client_id(&row.client_id))
                .collect::<Result<_, _>>()?;
            forget(&tx, slug, &clients, scribe.now).await?;
            let access = Access::done(Action::ClientsAnonymised)
                .of(slug)
                .to_clients(clients);
            audit::append(&tx, scribe, &access).await?;
            tx.commit().await?;
            anonymised += rows.len() as u64;
        }
    }

    /// Claims a day's clearing away: of any number of servers that ask, one hears that it is theirs. One that came to
    /// nothing can be claimed again after an hour.
    pub async fn claim_purge(
        &self,
        day: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, StorageError> {
        use purge_day::Column;
        let forgotten = Condition::all()
            .add(Expr::col((purge_day::Entity, Column::FinishedAt)).is_null())
            .add(Expr::col((purge_day::Entity, Column::ClaimedAt)).lte(now - CLAIM));
        let claimed = purge_day::Entity::insert(purge_day::ActiveModel {
            day: Set(day),
            claimed_at: Set(now),
            finished_at: Set(None),
        })
        .on_conflict(
            OnConflict::column(Column::Day)
                .update_column(Column::ClaimedAt)
                .action_and_where(forgotten.into())
                .to_owned(),
        )
        .exec_without_returning(self.connection())
        .await?;
        Ok(claimed == 1)
    }

    /// Writes down that a day's clearing away is done.
    pub async fn finish_purge(
        &self,
        day: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        use purge_day::Column;
        let tx = self.begin().await?;
        purge_day::Entity::update_many()
            .col_expr(Column::FinishedAt, Expr::value(now))
            .filter(Column::Day.eq(day))
            .exec(&tx)
            .await?;
        purge_day::Entity::delete_many()
            .filter(Column::Day.lt(day - DAYS))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Clients who are not in the last export and were in none since `before`, without an invitation that is open, or that a job is working on.
fn long_gone(slug: &Slug, before: DateTime<Utc>, today: NaiveDate) -> Select<client::Entity> {
    use client::Column;
    let open = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::ClientId)
        .filter(invitation::Column::Organisation.eq(slug.as_str()))
        .filter(invitation::Column::State.eq(InvitationState::Open.as_str()))
        .filter(
            Condition::any()
                .add(invitation::Column::ValidUntil.gte(today))
                .add(out_of_the_house().not()),
        )
        .into_query();
    client::Entity::find()
        .filter(Column::Organisation.eq(slug.as_str()))
        .filter(Column::AnonymisedAt.is_null())
        // Whoever is in the last export is in care, however long ago that was.
        .filter(Column::InExport.eq(false))
        .filter(Column::LastInExport.lt(before))
        .filter(Column::ClientId.not_in_subquery(open))
}

async fn forget(
    tx: &impl ConnectionTrait,
    slug: &Slug,
    clients: &[ClientId],
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    use client::Column;
    let rows: Vec<client::ActiveModel> = clients
        .iter()
        .map(|id| {
            Ok(client::ActiveModel {
                organisation: Set(slug.to_string()),
                client_id: Set(id.to_string()),
                in_export: Set(false),
                record: Set(serde_json::to_string(&Client::number_only(id.clone()))?),
                last_in_export: Set(None),
                anonymised_at: Set(Some(now)),
            })
        })
        .collect::<Result<_, StorageError>>()?;
    client::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::columns([Column::Organisation, Column::ClientId])
                .update_columns([Column::InExport, Column::Record, Column::AnonymisedAt])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    let ids = || clients.iter().map(ClientId::as_str);
    assignment::Entity::delete_many()
        .filter(assignment::Column::Organisation.eq(slug.as_str()))
        .filter(assignment::Column::ClientId.is_in(ids()))
        .exec(tx)
        .await?;
    // The characters that could not be printed are some of their name.
    let jobs = team_job::Entity::find()
        .select_only()
        .column(team_job::Column::Id)
        .filter(team_job::Column::BatchId.in_subquery(batches_of(slug)))
        .into_query();
    team_client::Entity::update_many()
        .col_expr(
            team_client::Column::Detail,
            Expr::value(Option::<String>::None),
        )
        .filter(team_client::Column::ClientId.is_in(ids()))
        .filter(team_client::Column::Reason.eq(Reason::MissingGlyph.code()))
        .filter(team_client::Column::TeamJobId.in_subquery(jobs))
        .exec(tx)
        .await?;
    Ok(())
}
