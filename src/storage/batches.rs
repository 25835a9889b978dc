//! Batches and their plans: what was asked for, for which teams, with which clients.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::OnConflict,
};

use super::{
    Database, StorageError,
    audit::{self, Scribe},
    entities::{batch, bundle, team_client, team_job},
    exports::CHUNK,
    new_id, tasks,
};
use crate::domain::{
    audit::{Access, Action},
    batch::{BatchOptions, BatchPlan, BatchRequest},
    organisation::{Organisation, Slug},
    team_job::TeamJobState,
};

/// A batch to save: the plan, with the organisation as it is now.
pub struct NewBatch<'a> {
    /// A new id; given by the caller, who locks it before others can see the batch.
    pub id: &'a str,
    pub organisation: &'a Organisation,
    pub logo_hash: Option<&'a str>,
    pub options: &'a BatchOptions,
    pub plan: &'a BatchPlan,
    /// Names of the plan's teams, in its order.
    pub team_names: &'a [TeamName],
    /// Fingerprint of export, teams and options.
    pub fingerprint: &'a str,
    /// The data folder of the `run` that submits it, which also writes the bundles into a folder.
    pub run_home: Option<&'a str>,
    /// The same key again means the same batch.
    pub idempotency_key: Option<&'a str>,
    /// As it was typed.
    pub request: &'a BatchRequest,
    /// The higher, the sooner.
    pub priority: i32,
}

/// What [`Database::save_plan`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    New,
    /// A batch of the organisation with this idempotency key was there. Nothing was saved.
    There,
}

/// What a team is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamName {
    /// In the tree of locations.
    pub name: String,
    /// In a letter.
    pub letter_name: String,
}

/// A batch as it was saved.
#[derive(Debug, Clone)]
pub struct StoredBatch {
    pub id: String,
    pub organisation: Organisation,
    pub logo_hash: Option<String>,
    pub options: BatchOptions,
    pub fingerprint: String,
    pub created_at: DateTime<Utc>,
}

/// A batch in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchHead {
    pub id: String,
    pub organisation: String,
    pub created_at: DateTime<Utc>,
}

/// A team's part of a batch, as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamStatus {
    pub team_job: String,
    pub team_id: String,
    pub team_name: String,
    pub state: TeamJobState,
    pub expected: u32,
    pub made: u32,
    pub attempts: u32,
    /// Somebody cancelled it, and its worker has not noticed yet.
    pub cancelling: bool,
}

impl Database {
    /// Stop three: saves the batch, its team jobs with their clients, and their tasks, in one transaction.
    pub async fn save_plan(
        &self,
        new: &NewBatch<'_>,
        scribe: &Scribe<'_>,
    ) -> Result<Saved, StorageError> {
        let tx = self.begin().await?;
        let id = new.id.to_owned();
        let inserted = batch::Entity::insert(batch::ActiveModel {
            id: Set(id.clone()),
            organisation: Set(new.organisation.slug.to_string()),
            organisation_record: Set(serde_json::to_string(new.organisation)?),
            logo_hash: Set(new.logo_hash.map(str::to_owned)),
            options: Set(serde_json::to_string(new.options)?),
            fingerprint: Set(new.fingerprint.to_owned()),
            idempotency_key: Set(new.idempotency_key.map(str::to_owned)),
            request: Set(Some(serde_json::to_string(new.request)?)),
            run_home: Set(new.run_home.map(str::to_owned)),
            priority: Set(new.priority),
            created_at: Set(scribe.now),
        })
        // Whoever submits with the same key at the same time waits here until the first has ended.
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&tx)
        .await?;
        if inserted == 0 {
            return match new.idempotency_key {
                Some(_) => Ok(Saved::There),
                None => Err(StorageError::Unexpected(
                    "a new batch id that was there already".to_owned(),
                )),
            };
        }
        let name_of = |team: &crate::domain::location::LocationId| {
            let teams = new.plan.teams.iter().zip(new.team_names);
            teams
                .filter(|(plan, _)| plan.team == *team)
                .map(|(_, name)| name.name.clone())
                .next()
        };
        let mut jobs = Vec::new();
        let mut clients = Vec::new();
        for (position, (team, name)) in (0..).zip(new.plan.teams.iter().zip(new.team_names)) {
            let job = new_id();
            clients.extend(team.members.iter().map(|member| team_client::ActiveModel {
                team_job_id: Set(job.clone()),
                client_id: Set(member.client.to_string()),
                written_by: Set(member.written_by.as_ref().and_then(name_of)),
                letter_number: Set(None),
                reason: Set(None),
                detail: Set(None),
            }));
            jobs.push(team_job::ActiveModel {
                id: Set(job),
                batch_id: Set(id.clone()),
                position: Set(position),
                team_id: Set(team.team.to_string()),
                team_name: Set(name.name.clone()),
                letter_name: Set(name.letter_name.clone()),
                state: Set(TeamJobState::Queued.as_str().to_owned()),
                expected: Set(0),
                made: Set(0),
                attempt: Set(0),
                tries: Set(0),
                cancel_requested: Set(false),
                beat: Set(0),
            });
        }
        for chunk in jobs.chunks(CHUNK) {
            team_job::Entity::insert_many(chunk.to_vec())
                .exec_without_returning(&tx)
                .await?;
        }
        for chunk in clients.chunks(CHUNK) {
            team_client::Entity::insert_many(chunk.to_vec())
                .exec_without_returning(&tx)
                .await?;
        }
        for job in &jobs {
            tasks::enqueue(&tx, job.id.as_ref(), new.priority).await?;
        }
        let access = Access::done(Action::BatchSubmitted)
            .of(&new.organisation.slug)
            .with("batch", new.id);
        audit::append(&tx, scribe, &access).await?;
        tx.commit().await?;
        Ok(Saved::New)
    }

    /// The id of the batch of an organisation that was submitted with this idempotency key, and whether it was for this
    /// very request; of a batch from before requests were kept that is taken for granted.
    pub async fn batch_of_key(
        &self,
        slug: &Slug,
        key: &str,
        request: &BatchRequest,
    ) -> Result<Option<(String, bool)>, StorageError> {
        let first = batch::Entity::find()
            .filter(batch::Column::Organisation.eq(slug.as_str()))
            .filter(batch::Column::IdempotencyKey.eq(key))
            .one(self.connection())
            .await?;
        let Some(row) = first else {
            return Ok(None);
        };
        let same = match row.request {
            Some(first) => request.asks_the_same(&serde_json::from_str(&first)?),
            None => true,
        };
        Ok(Some((row.id, same)))
    }

    pub async fn batch(&self, id: &str) -> Result<Option<StoredBatch>, StorageError> {
        let row = batch::Entity::find_by_id(id).one(self.connection()).await?;
        row.map(read_batch).transpose()
    }

    /// The teams of a batch in the order of the request.
    pub async fn team_statuses(&self, batch_id: &str) -> Result<Vec<TeamStatus>, StorageError> {
        let rows = team_job::Entity::find()
            .filter(team_job::Column::BatchId.eq(batch_id))
            .order_by_asc(team_job::Column::Position)
            .all(self.connection())
            .await?;
        rows.into_iter().map(read_status).collect()
    }

    /// A page of batches of all organisations or of one, newest first, those after the batch `after`.
    pub async fn batch_page(
        &self,
        slug: Option<&Slug>,
        after: Option<&str>,
        most: u64,
    ) -> Result<Vec<BatchHead>, StorageError> {
        let mut query = batch::Entity::find()
            .select_only()
            .columns([
                batch::Column::Id,
                batch::Column::Organisation,
                batch::Column::CreatedAt,
            ])
            .order_by_desc(batch::Column::Id)
            .limit(most);
        if let Some(slug) = slug {
            query = query.filter(batch::Column::Organisation.eq(slug.as_str()));
        }
        if let Some(after) = after {
            query = query.filter(batch::Column::Id.lt(after));
        }
        let rows: Vec<(String, String, DateTime<Utc>)> =
            query.into_tuple().all(self.connection()).await?;
        let head = |(id, organisation, created_at)| BatchHead {
            id,
            organisation,
            created_at,
        };
        Ok(rows.into_iter().map(head).collect())
    }

    /// The teams of several batches, with the batch of each, in the order of the requests.
    pub async fn team_statuses_of(
        &self,
        batch_ids: &[String],
    ) -> Result<Vec<(String, TeamStatus)>, StorageError> {
        let rows = team_job::Entity::find()
            .filter(team_job::Column::BatchId.is_in(batch_ids))
            .order_by_asc(team_job::Column::Position)
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|row| Ok((row.batch_id.clone(), read_status(row)?)))
            .collect()
    }

    /// All batches, or those of one organisation, newest first.
    pub async fn batches(
        &self,
        slug: Option<&Slug>,
        most: u64,
    ) -> Result<Vec<StoredBatch>, StorageError> {
        let mut query = batch::Entity::find()
            .order_by_desc(batch::Column::CreatedAt)
            .order_by_desc(batch::Column::Id)
            .limit(most);
        if let Some(slug) = slug {
            query = query.filter(batch::Column::Organisation.eq(slug.as_str()));
        }
        let rows = query.all(self.connection()).await?;
        rows.into_iter().map(read_batch).collect()
    }

    /// Batches of `run` with this data folder that still have something to do: a job that is not final, or a bundle
    /// that nobody collected. Oldest first.
    pub async fn unfinished_runs(
        &self,
        slug: &Slug,
        home: &str,
    ) -> Result<Vec<StoredBatch>, StorageError> {
        let busy = team_job::Entity::find()
            .select_only()
            .column(team_job::Column::BatchId)
            .filter(
                team_job::Column::State.is_in(TeamJobState::UNDER_WAY.map(TeamJobState::as_str)),
            )
            .into_query();
        let uncollected = bundle::Entity::find()
            .select_only()
            .column(bundle::Column::BatchId)
            .filter(bundle::Column::CollectedAt.is_null())
            .filter(bundle::Column::RemovedAt.is_null())
            .into_query();
        let rows = batch::Entity::find()
            .filter(batch::Column::Organisation.eq(slug.as_str()))
            .filter(batch::Column::RunHome.eq(home))
            .filter(
                Condition::any()
                    .add(batch::Column::Id.in_subquery(busy))
                    .add(batch::Column::Id.in_subquery(uncollected)),
            )
            .order_by_asc(batch::Column::CreatedAt)
            .order_by_asc(batch::Column::Id)
            .all(self.connection())
            .await?;
        rows.into_iter().map(read_batch).collect()
    }
}

pub(super) fn read_batch(row: batch::Model) -> Result<StoredBatch, StorageError> {
    Ok(StoredBatch {
        organisation: serde_json::from_str(&row.organisation_record)?,
        options: serde_json::from_str(&row.options)?,
        id: row.id,
        logo_hash: row.logo_hash,
        fingerprint: row.fingerprint,
        created_at: row.created_at,
    })
}

fn read_status(row: team_job::Model) -> Result<TeamStatus, StorageError> {
    Ok(TeamStatus {
        state: read_state(&row.state)?,
        cancelling: row.cancel_requested && row.state == TeamJobState::Working.as_str(),
        team_job: row.id,
        team_id: row.team_id,
        team_name: row.team_name,
        expected: row.expected.unsigned_abs(),
        made: row.made.unsigned_abs(),
        attempts: row.attempt.unsigned_abs(),
    })
}

pub(super) fn read_state(text: &str) -> Result<TeamJobState, StorageError> {
    TeamJobState::parse(text)
        .ok_or_else(|| StorageError::Unexpected(format!("the team job state '{text}'")))
}
