//! Numbers and pages for whoever looks on: counted by the database, so that nobody reads every client to show a few.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use super::{
    Database, StorageError,
    entities::{batch, client, organisation, team_client, team_job},
    outcomes::{Outcome, read_outcome},
    read_client_id,
    team_jobs::jobs_of,
};
use crate::domain::{
    client::ClientId,
    eligibility::{LeftOut, Reason},
    organisation::{Organisation, Slug},
    team_job::TeamJobState,
};

/// An organisation in numbers.
#[derive(Debug, Clone)]
pub struct OrganisationLine {
    pub slug: Slug,
    pub name: String,
    pub imported_at: DateTime<Utc>,
    /// In the last export.
    pub clients: u64,
    /// Batches with a team that has not ended.
    pub open_batches: u64,
}

/// A client without a letter.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOutClient {
    pub client: ClientId,
    pub team_name: String,
    pub left_out: LeftOut,
}

/// What became of a client in a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientOutcome {
    pub batch: String,
    pub submitted_at: DateTime<Utc>,
    pub team_name: String,
    pub state: TeamJobState,
    /// Absent while it is not decided.
    pub outcome: Option<Outcome>,
}

impl Database {
    /// Every organisation, or one, by name.
    pub async fn organisation_lines(
        &self,
        only: Option<&Slug>,
    ) -> Result<Vec<OrganisationLine>, StorageError> {
        let mut query = organisation::Entity::find();
        if let Some(slug) = only {
            query = query.filter(organisation::Column::Slug.eq(slug.as_str()));
        }
        let clients: HashMap<String, i64> = client::Entity::find()
            .select_only()
            .column(client::Column::Organisation)
            .column_as(client::Column::ClientId.count(), "clients")
            .filter(client::Column::InExport.eq(true))
            .group_by(client::Column::Organisation)
            .into_tuple()
            .all(self.connection())
            .await?
            .into_iter()
            .collect();
        let open: HashMap<String, i64> = batch::Entity::find()
            .select_only()
            .column(batch::Column::Organisation)
            .column_as(batch::Column::Id.count(), "batches")
            .filter(batch::Column::Id.in_subquery(busy_batches().into_query()))
            .group_by(batch::Column::Organisation)
            .into_tuple()
            .all(self.connection())
            .await?
            .into_iter()
            .collect();
        let count = |counts: &HashMap<String, i64>, slug: &str| {
            counts.get(slug).copied().unwrap_or_default().unsigned_abs()
        };
        let mut lines = Vec::new();
        for row in query.all(self.connection()).await? {
            let stored: Organisation = serde_json::from_str(&row.record)?;
            lines.push(OrganisationLine {
                clients: count(&clients, &row.slug),
                open_batches: count(&open, &row.slug),
                slug: stored.slug,
                name: stored.name,
                imported_at: row.imported_at,
            });
        }
        lines.sort_by_cached_key(|line| line.name.to_lowercase());
        Ok(lines)
    }

    /// The clients of a batch who got no letter for this reason, by number: how many there are, and some of them.
    pub async fn left_out_of_batch(
        &self,
        batch_id: &str,
        reason: Reason,
        (offset, most): (u64, u64),
    ) -> Result<(u64, Vec<LeftOutClient>), StorageError> {
        let query = team_client::Entity::find()
            .filter(team_client::Column::TeamJobId.in_subquery(jobs_of(batch_id)))
            .filter(team_client::Column::Reason.eq(reason.code()));
        let total = query.clone().count(self.connection()).await?;
        let rows = query
            .order_by_asc(team_client::Column::ClientId)
            .order_by_asc(team_client::Column::TeamJobId)
            .offset(offset)
            .limit(most)
            .all(self.connection())
            .await?;
        let names: HashMap<String, String> = self
            .team_statuses(batch_id)
            .await?
            .into_iter()
            .map(|team| (team.team_job, team.team_name))
            .collect();
        let mut clients = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(Outcome::LeftOut(left_out)) = read_outcome(&row)? {
                clients.push(LeftOutClient {
                    client: read_client_id(&row.client_id)?,
                    team_name: names.get(&row.team_job_id).cloned().unwrap_or_default(),
                    left_out,
                });
            }
        }
        Ok((total, clients))
    }

    /// What became of a client in the newest batches of their organisation, newest first. Batches that they were not
    /// in are not in the answer.
    pub async fn outcomes_of_client(
        &self,
        slug: &Slug,
        client: &ClientId,
        batches: u64,
    ) -> Result<Vec<ClientOutcome>, StorageError> {
        let mut outcomes = Vec::new();
        let batches = self.batches(Some(slug), batches).await?;
        let jobs = team_job::Entity::find()
            .filter(team_job::Column::BatchId.is_in(batches.iter().map(|batch| &batch.id)))
            .order_by_asc(team_job::Column::Position)
            .all(self.connection())
            .await?;
        let rows: HashMap<String, team_client::Model> = team_client::Entity::find()
            .filter(team_client::Column::TeamJobId.is_in(jobs.iter().map(|job| &job.id)))
            .filter(team_client::Column::ClientId.eq(client.as_str()))
            .all(self.connection())
            .await?
            .into_iter()
            .map(|row| (row.team_job_id.clone(), row))
            .collect();
        for batch in &batches {
            for job in jobs.iter().filter(|job| job.batch_id == batch.id) {
                if let Some(row) = rows.get(&job.id) {
                    outcomes.push(ClientOutcome {
                        batch: batch.id.clone(),
                        submitted_at: batch.created_at,
                        team_name: job.team_name.clone(),
                        state: super::batches::read_state(&job.state)?,
                        outcome: read_outcome(row)?,
                    });
                }
            }
        }
        Ok(outcomes)
    }
}

/// Ids of batches with a team that has not ended.
fn busy_batches() -> Select<team_job::Entity> {
    team_job::Entity::find()
        .select_only()
        .column(team_job::Column::BatchId)
        .filter(team_job::Column::State.is_in(TeamJobState::UNDER_WAY.map(TeamJobState::as_str)))
}
