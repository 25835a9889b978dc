//! The end of a job that went well: its bundle is in the store, and every client has an outcome.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter,
};

use super::end_attempt;
use crate::{
    domain::{
        audit::{Access, Action},
        client::ClientId,
        team_job::{AttemptOutcome, TeamJobState},
    },
    storage::{
        Database, StorageError,
        audit::{self, Scribe},
        entities::{bundle, team_client, team_job},
        invitations, new_id,
        outcomes::{self, Outcome},
        team_jobs::{StartedJob, hold},
    },
};

/// A bundle that is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBundle {
    pub file_name: String,
    pub store_key: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Database {
    /// Ends the job well, in one transaction: every client's outcome, the bundle, the state. Invitations of clients
    /// who turned out to get no letter are withdrawn.
    pub async fn finish_team_job(
        &self,
        job: &StartedJob,
        outcomes: &[(ClientId, Outcome)],
        new_bundle: &NewBundle,
        scribe: &Scribe<'_>,
    ) -> Result<(), StorageError> {
        let now = scribe.now;
        let tx = self.begin().await?;
        hold(&tx, job).await?;
        // The bundle was sealed with our key: it opens, or will be sealed anew, when that is the one still.
        self.hold_key(&tx).await?;
        outcomes::save(&tx, &job.team_job, outcomes).await?;
        let left_out: Vec<&ClientId> = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::LeftOut(_)))
            .map(|(client, _)| client)
            .collect();
        invitations::withdraw(&tx, &job.team_job, Some(&left_out), now).await?;
        let letters = outcomes.len() - left_out.len();
        conserve(&tx, job, outcomes.len(), letters).await?;
        let bundle_id = new_id();
        bundle::Entity::insert(bundle::ActiveModel {
            id: Set(bundle_id.clone()),
            team_job_id: Set(job.team_job.clone()),
            batch_id: Set(job.batch.id.clone()),
            file_name: Set(new_bundle.file_name.clone()),
            store_key: Set(new_bundle.store_key.clone()),
            bytes: Set(i64::try_from(new_bundle.bytes).unwrap_or(i64::MAX)),
            sha256: Set(new_bundle.sha256.clone()),
            created_at: Set(now),
            collected_at: Set(None),
            removed_at: Set(None),
            removed_why: Set(None),
        })
        .exec_without_returning(&tx)
        .await?;
        end_attempt(&tx, job, AttemptOutcome::Done, None, now).await?;
        let count = i32::try_from(letters).unwrap_or(i32::MAX);
        let done = team_job::ActiveModel {
            id: Set(job.team_job.clone()),
            state: Set(TeamJobState::Done.as_str().to_owned()),
            // Progress on the way may have been missed, and not every letter that was expected fits.
            expected: Set(count),
            made: Set(count),
            ..Default::default()
        };
        done.update(&tx).await?;
        let in_bundle = |action| {
            let access = Access::done(action);
            access
                .of(&job.batch.organisation.slug)
                .with("bundle", &bundle_id)
        };
        let written = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Letter(_)))
            .map(|(client, _)| client.clone());
        let made = in_bundle(Action::LettersMade).to_clients(written);
        audit::append(&tx, scribe, &made).await?;
        if !left_out.is_empty() {
            let named = in_bundle(Action::ClientsLeftOut).to_clients(left_out.into_iter().cloned());
            audit::append(&tx, scribe, &named).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Refuses an end that would lose a client, or leave a letter without a code that works.
async fn conserve(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    outcomes: usize,
    letters: usize,
) -> Result<(), StorageError> {
    let planned = team_client::Entity::find()
        .filter(team_client::Column::TeamJobId.eq(&job.team_job))
        .count(tx)
        .await?;
    let open = invitations::open_of_job(tx, &job.team_job).await?;
    if planned == outcomes as u64 && open == letters as u64 {
        return Ok(());
    }
    Err(StorageError::Unexpected(format!(
        "{planned} clients with {outcomes} outcomes, and {open} open invitations for {letters} letters"
    )))
}
