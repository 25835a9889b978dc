//! A batch and its teams in numbers, the same in the table, the JSON and the database.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::{App, Failure};
use crate::{
    bundles::manifest::counts,
    domain::team_job::TeamJobState,
    storage::{batches::StoredBatch, bundles::StoredBundle, outcomes::Outcome, team_jobs::Attempt},
};

pub use crate::storage::batches::TeamStatus;

#[derive(Debug, Clone)]
pub struct BatchSummary {
    pub id: String,
    pub organisation: String,
    pub state: TeamJobState,
    pub created_at: DateTime<Utc>,
    pub letter_date: NaiveDate,
    pub valid_until: NaiveDate,
    pub teams: Vec<TeamSummary>,
}

/// A team's part of a batch. Only clients whose outcome is decided are counted, so `clients` is always `letters` plus
/// `left_out`: nobody until the team is done.
#[derive(Debug, Clone)]
pub struct TeamSummary {
    pub team_job: String,
    pub team_id: String,
    pub team_name: String,
    pub state: TeamJobState,
    /// Somebody cancelled it, and its worker has not noticed yet.
    pub cancelling: bool,
    /// Letters that the last attempt expected to make, and made.
    pub expected: u32,
    pub made: u32,
    pub clients: usize,
    pub letters: usize,
    pub left_out: BTreeMap<&'static str, usize>,
    pub bundle: Option<StoredBundle>,
    pub attempts: Vec<Attempt>,
}

impl TeamSummary {
    /// Why the last attempt failed, when the job failed for good.
    pub fn failure(&self) -> Option<&str> {
        if self.state != TeamJobState::Failed {
            return None;
        }
        let mut attempts = self.attempts.iter().rev();
        attempts.find_map(|attempt| attempt.reason.as_deref())
    }
}

impl BatchSummary {
    pub fn clients(&self) -> usize {
        self.teams.iter().map(|team| team.clients).sum()
    }

    pub fn letters(&self) -> usize {
        self.teams.iter().map(|team| team.letters).sum()
    }

    pub fn left_out(&self) -> BTreeMap<&'static str, usize> {
        let mut sum = BTreeMap::new();
        for team in &self.teams {
            for (reason, count) in &team.left_out {
                *sum.entry(*reason).or_default() += count;
            }
        }
        sum
    }
}

/// Where the teams of a batch are, without their outcomes: cheap enough to ask again and again.
pub async fn progress(app: &App, id: &str) -> Result<Vec<TeamStatus>, Failure> {
    Ok(app.db.team_statuses(id).await?)
}

pub async fn show_batch(app: &App, id: &str) -> Result<BatchSummary, Failure> {
    let batch = find_batch(app, id).await?;
    let bundles = app.db.bundles(id).await?;
    let mut teams = Vec::new();
    for status in app.db.team_statuses(id).await? {
        let outcomes = app.db.outcomes(&status.team_job).await?;
        let reasons = outcomes.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::LeftOut(left_out) => Some(left_out.reason),
            Outcome::Letter(_) => None,
        });
        let letters = outcomes
            .iter()
            .filter(|(_, outcome)| matches!(outcome, Outcome::Letter(_)))
            .count();
        teams.push(TeamSummary {
            left_out: counts(reasons),
            letters,
            clients: outcomes.len(),
            bundle: bundles
                .iter()
                .find(|bundle| bundle.team_job == status.team_job)
                .cloned(),
            attempts: app.db.attempts(&status.team_job).await?,
            team_job: status.team_job,
            team_id: status.team_id,
            team_name: status.team_name,
            state: status.state,
            cancelling: status.cancelling,
            expected: status.expected,
            made: status.made,
        });
    }
    Ok(BatchSummary {
        id: batch.id,
        organisation: batch.organisation.slug.to_string(),
        state: TeamJobState::of_batch(teams.iter().map(|team| team.state)),
        created_at: batch.created_at,
        letter_date: batch.options.letter_date,
        valid_until: batch.options.valid_until,
        teams,
    })
}

/// The batch with this id.
pub async fn find_batch(app: &App, id: &str) -> Result<StoredBatch, Failure> {
    let batch = app.db.batch(id).await?;
    let seen = batch.filter(|batch| app.actor.sees(batch.organisation.slug.as_str()));
    seen.ok_or_else(|| {
        Failure::not_found(
            "unknown_batch",
            format!("there is no batch '{id}'"),
            "`brievenbus batch list` lists them all",
        )
    })
}
