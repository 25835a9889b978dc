//! A batch and its teams in numbers, the same in the table, the JSON and the database.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use super::{App, Failure};
use crate::{
    domain::{eligibility::Reason, team_job::TeamJobState},
    storage::{batches::StoredBatch, bundles::StoredBundle},
};

pub use crate::storage::{batches::TeamStatus, team_jobs::Attempt};

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
    let mut bundles: HashMap<String, StoredBundle> = HashMap::new();
    for bundle in app.db.bundles(id).await? {
        bundles.insert(bundle.team_job.clone(), bundle);
    }
    let mut attempts: HashMap<String, Vec<Attempt>> = HashMap::new();
    for (job, attempt) in app.db.attempts_of_batch(id).await? {
        attempts.entry(job).or_default().push(attempt);
    }
    let mut counts: HashMap<String, Counts> = HashMap::new();
    for count in app.db.outcome_counts(id).await? {
        let clients = usize::try_from(count.clients).unwrap_or(usize::MAX);
        let counts = counts.entry(count.team_job).or_default();
        counts.add(count.reason, clients);
    }
    let team = |status: TeamStatus| {
        let counts = counts.remove(&status.team_job).unwrap_or_default();
        TeamSummary {
            clients: counts.letters + counts.left_out.values().sum::<usize>(),
            letters: counts.letters,
            left_out: counts.left_out,
            bundle: bundles.remove(&status.team_job),
            attempts: attempts.remove(&status.team_job).unwrap_or_default(),
            team_job: status.team_job,
            team_id: status.team_id,
            team_name: status.team_name,
            state: status.state,
            cancelling: status.cancelling,
            expected: status.expected,
            made: status.made,
        }
    };
    let statuses = app.db.team_statuses(id).await?;
    let teams: Vec<TeamSummary> = statuses.into_iter().map(team).collect();
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

/// What became of the clients of a team, in numbers.
#[derive(Default)]
struct Counts {
    letters: usize,
    left_out: BTreeMap<&'static str, usize>,
}

impl Counts {
    fn add(&mut self, reason: Option<Reason>, count: usize) {
        match reason {
            None => self.letters += count,
            Some(reason) => *self.left_out.entry(reason.code()).or_default() += count,
        }
    }
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
