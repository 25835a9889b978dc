//! What becomes of the clients of a team job: planned with the batch, decided when the job ends.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::OnConflict,
};

use super::{Database, StorageError, entities::team_client, exports::CHUNK, read_client_id};
use crate::domain::{
    client::ClientId,
    eligibility::{LeftOut, Reason},
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
    Ok(())
}

pub(super) fn read_outcome(row: &team_client::Model) -> Result<Option<Outcome>, StorageError> {
    if let Some(number) = row.letter_number {
        return Ok(Some(Outcome::Letter(number.unsigned_abs())));
    }
    let Some(code) = &row.reason else {
        return Ok(None);
    };
    let reason = Reason::parse(code)
        .ok_or_else(|| StorageError::Unexpected(format!("the reason '{code}'")))?;
    let detail = match &row.detail {
        Some(detail) => serde_json::from_str(detail)?,
        None => Default::default(),
    };
    Ok(Some(Outcome::LeftOut(LeftOut { reason, detail })))
}
