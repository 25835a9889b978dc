//! What becomes of the clients of a team job: planned with the batch, decided when the job ends.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{OnConflict, SelectStatement, SimpleExpr},
};

use super::{
    Database, StorageError,
    entities::{batch, outcome_count, team_client, team_job},
    exports::CHUNK,
    read_client_id,
    team_jobs::jobs_of,
};
use crate::domain::{
    client::ClientId,
    eligibility::{LeftOut, Reason},
    organisation::Slug,
    team_job::TeamJobState,
};

/// A client of a team job as it was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedClient {
    pub client: ClientId,
    pub written_by: Option<String>,
}

/// What became of a client.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The number of the letter in the bundle, from 1.
    Letter(u32),
    LeftOut(LeftOut),
}

/// What a batch made of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct PastOutcome {
    pub client: ClientId,
    pub batch: String,
    pub team_name: String,
    pub outcome: Outcome,
}

/// How many clients of a team job have one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeCount {
    pub team_job: String,
    /// Absent for a letter.
    pub reason: Option<Reason>,
    pub clients: u64,
}

/// What a letter is called among the outcomes that are counted; the others are called by their reason.
const LETTER: &str = "letter";

impl Database {
    /// The clients of a team job, by client id.
    pub async fn planned_clients(
        &self,
        team_job: &str,
    ) -> Result<Vec<PlannedClient>, StorageError> {
        let rows = team_client::Entity::find()
            .filter(team_client::Column::TeamJobId.eq(team_job))
            .order_by_asc(team_client::Column::ClientId)
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(PlannedClient {
                    client: read_client_id(&row.client_id)?,
                    written_by: row.written_by,
                })
            })
            .collect()
    }

    /// The clients in team jobs of an organisation that have not ended: whether they get a letter there is not decided.
    pub async fn undecided_clients(&self, slug: &Slug) -> Result<BTreeSet<ClientId>, StorageError> {
        let under_way = TeamJobState::UNDER_WAY.map(TeamJobState::as_str);
        let jobs = team_job::Entity::find()
            .select_only()
            .column(team_job::Column::Id)
            .filter(team_job::Column::BatchId.in_subquery(batches_of(slug)))
            .filter(team_job::Column::State.is_in(under_way))
            .into_query();
        let ids: Vec<String> = team_client::Entity::find()
            .select_only()
            .column(team_client::Column::ClientId)
            .filter(team_client::Column::TeamJobId.in_subquery(jobs))
            // Who is written by another team of the batch gets none in this one.
            .filter(team_client::Column::WrittenBy.is_null())
            .into_tuple()
            .all(self.connection())
            .await?;
        ids.iter().map(|id| read_client_id(id)).collect()
    }

    /// How many clients of each team job of a batch got a letter (no reason), or were left out for a reason.
    pub async fn outcome_counts(&self, batch_id: &str) -> Result<Vec<OutcomeCount>, StorageError> {
        self.counts(outcome_count::Column::TeamJobId.in_subquery(jobs_of(batch_id)))
            .await
    }

    /// The same of some team jobs.
    pub(super) async fn outcome_counts_of(
        &self,
        team_jobs: &[String],
    ) -> Result<Vec<OutcomeCount>, StorageError> {
        self.counts(outcome_count::Column::TeamJobId.is_in(team_jobs))
            .await
    }

    async fn counts(&self, of: SimpleExpr) -> Result<Vec<OutcomeCount>, StorageError> {
        let rows = outcome_count::Entity::find()
            .filter(of)
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|row| {
                let reason = (row.outcome != LETTER).then_some(row.outcome.as_str());
                Ok(OutcomeCount {
                    team_job: row.team_job_id,
                    reason: reason.map(read_reason).transpose()?,
                    clients: row.clients.unsigned_abs(),
                })
            })
            .collect()
    }

    /// What the last batches made of these clients: the newest outcome of each comes first, older ones may follow.
    pub async fn outcomes_of_clients(
        &self,
        slug: &Slug,
        ids: &[ClientId],
    ) -> Result<Vec<PastOutcome>, StorageError> {
        let rows = team_client::Entity::find()
            .find_also_related(team_job::Entity)
            .filter(team_job::Column::BatchId.in_subquery(batches_of(slug)))
            .filter(team_client::Column::ClientId.is_in(ids.iter().map(ClientId::as_str)))
            .order_by_desc(team_job::Column::BatchId)
            .order_by_asc(team_job::Column::Position)
            .all(self.connection())
            .await?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for (row, job) in rows {
            let (Some(outcome), Some(job)) = (read_outcome(&row)?, job) else {
                continue;
            };
            outcomes.push(PastOutcome {
                client: read_client_id(&row.client_id)?,
                batch: job.batch_id,
                team_name: job.team_name,
                outcome,
            });
        }
        Ok(outcomes)
    }

    /// What became of the clients of a team job; those not yet decided are absent.
    pub async fn outcomes(&self, team_job: &str) -> Result<Vec<(ClientId, Outcome)>, StorageError> {
        let rows = team_client::Entity::find()
            .filter(team_client::Column::TeamJobId.eq(team_job))
            .order_by_asc(team_client::Column::ClientId)
            .all(self.connection())
            .await?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(outcome) = read_outcome(&row)? {
                outcomes.push((read_client_id(&row.client_id)?, outcome));
            }
        }
        Ok(outcomes)
    }
}

/// The ids of the batches of an organisation.
pub(super) fn batches_of(slug: &Slug) -> SelectStatement {
    batch::Entity::find()
        .select_only()
        .column(batch::Column::Id)
        .filter(batch::Column::Organisation.eq(slug.as_str()))
        .into_query()
}

/// Writes down what became of the clients of a team job.
pub(super) async fn save(
    tx: &impl ConnectionTrait,
    team_job: &str,
    outcomes: &[(ClientId, Outcome)],
) -> Result<(), StorageError> {
    use team_client::Column;
    let mut rows = Vec::with_capacity(outcomes.len());
    for (client, outcome) in outcomes {
        let (number, left_out) = match outcome {
            Outcome::Letter(number) => (i32::try_from(*number).ok(), None),
            Outcome::LeftOut(left_out) => (None, Some(left_out)),
        };
        rows.push(team_client::ActiveModel {
            team_job_id: Set(team_job.to_owned()),
            client_id: Set(client.to_string()),
            written_by: Set(None),
            letter_number: Set(number),
            reason: Set(left_out.map(|l| l.reason.code().to_owned())),
            detail: Set(left_out
                .map(|l| serde_json::to_string(&l.detail))
                .transpose()?),
        });
    }
    for chunk in rows.chunks(CHUNK) {
        team_client::Entity::insert_many(chunk.to_vec())
            .on_conflict(
                OnConflict::columns([Column::TeamJobId, Column::ClientId])
                    .update_columns([Column::LetterNumber, Column::Reason, Column::Detail])
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    save_counts(tx, team_job, outcomes).await
}

/// Counted once, when they are decided: whoever watches a batch asks for the numbers each second.
async fn save_counts(
    tx: &impl ConnectionTrait,
    team_job: &str,
    outcomes: &[(ClientId, Outcome)],
) -> Result<(), StorageError> {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, outcome) in outcomes {
        let outcome = match outcome {
            Outcome::Letter(_) => LETTER,
            Outcome::LeftOut(left_out) => left_out.reason.code(),
        };
        *counts.entry(outcome).or_default() += 1;
    }
    // There are some when a bundle was lost and is made again.
    outcome_count::Entity::delete_many()
        .filter(outcome_count::Column::TeamJobId.eq(team_job))
        .exec(tx)
        .await?;
    if counts.is_empty() {
        return Ok(());
    }
    let rows = counts
        .into_iter()
        .map(|(outcome, clients)| outcome_count::ActiveModel {
            team_job_id: Set(team_job.to_owned()),
            outcome: Set(outcome.to_owned()),
            clients: Set(clients),
        });
    outcome_count::Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub(super) fn read_outcome(row: &team_client::Model) -> Result<Option<Outcome>, StorageError> {
    if let Some(number) = row.letter_number {
        return Ok(Some(Outcome::Letter(number.unsigned_abs())));
    }
    let Some(code) = &row.reason else {
        return Ok(None);
    };
    let reason = read_reason(code)?;
    let detail = match &row.detail {
        Some(detail) => serde_json::from_str(detail)?,
        None => Default::default(),
    };
    Ok(Some(Outcome::LeftOut(LeftOut { reason, detail })))
}

fn read_reason(code: &str) -> Result<Reason, StorageError> {
    Reason::parse(code).ok_or_else(|| StorageError::Unexpected(format!("the reason '{code}'")))
}
