//! A batch and its teams in numbers, the same in the table, the JSON and the database.

use std::collections::BTreeMap;

use super::{App, Failure};
use crate::{
    bundles::manifest::counts,
    domain::batch::TeamJobState,
    storage::{bundles::StoredBundle, outcomes::Outcome},
};

pub use crate::storage::batches::TeamStatus;

#[derive(Debug, Clone)]
pub struct BatchSummary {
    pub id: String,
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
    pub clients: usize,
    pub letters: usize,
    pub left_out: BTreeMap<&'static str, usize>,
    pub bundle: Option<StoredBundle>,
    /// Why the last attempt failed, when the job failed for good.
    pub failure: Option<String>,
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
        let failure = match status.state {
            TeamJobState::Failed => last_reason(app, &status.team_job).await?,
            _ => None,
        };
        teams.push(TeamSummary {
            left_out: counts(reasons),
            letters,
            clients: outcomes.len(),
            bundle: bundles
                .iter()
                .find(|bundle| bundle.team_job == status.team_job)
                .cloned(),
            team_job: status.team_job,
            team_id: status.team_id,
            team_name: status.team_name,
            state: status.state,
            failure,
        });
    }
    Ok(BatchSummary {
        id: id.to_owned(),
        teams,
    })
}

async fn last_reason(app: &App, team_job: &str) -> Result<Option<String>, Failure> {
    let attempts = app.db.attempts(team_job).await?;
    Ok(attempts
        .into_iter()
        .rev()
        .find_map(|attempt| attempt.reason))
}
