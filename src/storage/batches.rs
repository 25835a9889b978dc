//! Batches and their plans: what was asked for, for which teams, with which clients.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::{
    Database, StorageError,
    entities::{batch, bundle, team_client, team_job},
    exports::CHUNK,
    new_id, tasks,
};
use crate::domain::{
    batch::{BatchOptions, BatchPlan, TeamJobState},
    organisation::{Organisation, Slug},
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
    pub from_run: bool,
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
}

impl Database {
    /// Stop three: saves the batch, its team jobs with their clients, and their tasks, in one transaction.
    pub async fn save_plan(
        &self,
        new: &NewBatch<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        let id = new.id.to_owned();
        batch::Entity::insert(batch::ActiveModel {
            id: Set(id.clone()),
            organisation: Set(new.organisation.slug.to_string()),
            organisation_record: Set(serde_json::to_string(new.organisation)?),
            logo_hash: Set(new.logo_hash.map(str::to_owned)),
            options: Set(serde_json::to_string(new.options)?),
            fingerprint: Set(new.fingerprint.to_owned()),
            idempotency_key: Set(None),
            from_run: Set(new.from_run),
            created_at: Set(now),
        })
        .exec_without_returning(&tx)
        .await?;
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
            tasks::enqueue(&tx, job.id.as_ref(), now).await?;
        }
        tx.commit().await?;
        Ok(())
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
        rows.into_iter()
            .map(|row| {
                Ok(TeamStatus {
                    state: read_state(&row.state)?,
                    team_job: row.id,
                    team_id: row.team_id,
                    team_name: row.team_name,
                    expected: row.expected.unsigned_abs(),
                    made: row.made.unsigned_abs(),
                    attempts: row.attempt.unsigned_abs(),
                })
            })
            .collect()
    }

    /// Batches of `run` that still have something to do: a job that is not final, or a bundle that nobody collected.
    /// Oldest first.
    pub async fn unfinished_runs(&self, slug: &Slug) -> Result<Vec<StoredBatch>, StorageError> {
        let busy = team_job::Entity::find()
            .select_only()
            .column(team_job::Column::BatchId)
            .filter(team_job::Column::State.is_in([
                TeamJobState::Queued.as_str(),
                TeamJobState::Working.as_str(),
            ]))
            .into_query();
        let uncollected = bundle::Entity::find()
            .select_only()
            .column(bundle::Column::BatchId)
            .filter(bundle::Column::CollectedAt.is_null())
            .into_query();
        let rows = batch::Entity::find()
            .filter(batch::Column::Organisation.eq(slug.as_str()))
            .filter(batch::Column::FromRun.eq(true))
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

fn read_batch(row: batch::Model) -> Result<StoredBatch, StorageError> {
    Ok(StoredBatch {
        organisation: serde_json::from_str(&row.organisation_record)?,
        options: serde_json::from_str(&row.options)?,
        id: row.id,
        logo_hash: row.logo_hash,
        fingerprint: row.fingerprint,
    })
}

pub(super) fn read_state(text: &str) -> Result<TeamJobState, StorageError> {
    TeamJobState::parse(text)
        .ok_or_else(|| StorageError::Unexpected(format!("the team job state '{text}'")))
}
