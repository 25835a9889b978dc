//! A batch: what `batch submit`, `show` and `list` say, and `/batches`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::{
    domain::{
        client::ClientId,
        eligibility::Reason,
        team_job::{AttemptOutcome, TeamJobState},
    },
    operations::{
        dry_run::{Forecast, TeamForecast},
        list_batches::BatchLine,
        show_batch::{Attempt, BatchSummary, TeamStatus, TeamSummary},
    },
};

/// A batch and its teams in numbers. `clients` = `letters` + all of `left_out`; a team counts when it is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Batch {
    #[schema(schema_with = words::id)]
    id: String,
    #[schema(schema_with = words::team_state)]
    state: TeamJobState,
    #[schema(schema_with = words::slug)]
    organisation: String,
    created: DateTime<Utc>,
    letter_date: NaiveDate,
    /// The last day on which the codes work.
    valid_until: NaiveDate,
    clients: usize,
    letters: usize,
    #[schema(schema_with = words::left_out)]
    left_out: BTreeMap<&'static str, usize>,
    teams: Vec<BatchTeam>,
}

/// A team's part of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchTeam {
    id: String,
    name: String,
    #[schema(schema_with = words::team_state)]
    state: TeamJobState,
    /// Somebody cancelled it, and its worker has not noticed yet.
    cancelling: bool,
    /// Letters that the last attempt expects to make.
    expected: u32,
    /// Letters that it has made.
    made: u32,
    attempts: usize,
    clients: usize,
    letters: usize,
    #[schema(schema_with = words::left_out)]
    left_out: BTreeMap<&'static str, usize>,
    /// The id of its bundle, when it is there.
    bundle: Option<String>,
    /// Of its bundle.
    sha256: Option<String>,
    history: Vec<BatchAttempt>,
}

/// One attempt at a team.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchAttempt {
    /// From 1.
    number: u32,
    started: DateTime<Utc>,
    ended: Option<DateTime<Utc>>,
    /// Absent while it runs.
    #[schema(schema_with = words::attempt_outcome)]
    outcome: Option<AttemptOutcome>,
    /// What went wrong, for scripts.
    code: Option<String>,
    /// What went wrong, in a sentence.
    reason: Option<String>,
}

/// A batch on one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchInList {
    #[schema(schema_with = words::id)]
    id: String,
    #[schema(schema_with = words::team_state)]
    state: TeamJobState,
    #[schema(schema_with = words::slug)]
    organisation: String,
    created: DateTime<Utc>,
    teams: usize,
    /// Teams whose bundle is there.
    done: usize,
    /// Letters made by the attempts that run or were the last.
    made: u32,
}

/// What a batch would come to; nothing was saved or issued.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchForecast {
    #[schema(schema_with = words::slug)]
    organisation: String,
    clients: usize,
    letters: usize,
    #[schema(schema_with = words::left_out)]
    left_out: BTreeMap<&'static str, usize>,
    /// Of `letters`, those to clients who are also in a batch that is under way: whoever gets one there gets none here.
    in_other_batches: usize,
    teams: Vec<BatchTeamForecast>,
}

/// What a team's part would come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchTeamForecast {
    id: String,
    name: String,
    clients: usize,
    expected: usize,
    letters: usize,
    #[schema(schema_with = words::left_out)]
    left_out: BTreeMap<&'static str, usize>,
    /// Clients whose letter is not possible: it does not fit, or a character cannot be printed.
    impossible: Vec<ImpossibleLetter>,
}

/// A client whose letter is not possible.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImpossibleLetter {
    #[schema(schema_with = words::client_number)]
    client_id: ClientId,
    #[schema(schema_with = words::reason)]
    reason: Reason,
}

/// How far a batch is: what is sent to whoever follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchProgress {
    #[schema(schema_with = words::id)]
    id: String,
    #[schema(schema_with = words::team_state)]
    pub state: TeamJobState,
    /// Letters that the teams which have begun expect to make.
    expected: u32,
    made: u32,
    teams: Vec<BatchTeamProgress>,
}

/// How far a team is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchTeamProgress {
    id: String,
    name: String,
    #[schema(schema_with = words::team_state)]
    state: TeamJobState,
    cancelling: bool,
    expected: u32,
    made: u32,
}

impl From<BatchSummary> for Batch {
    fn from(summary: BatchSummary) -> Self {
        Self {
            clients: summary.clients(),
            letters: summary.letters(),
            left_out: summary.left_out(),
            id: summary.id,
            state: summary.state,
            organisation: summary.organisation,
            created: summary.created_at,
            letter_date: summary.letter_date,
            valid_until: summary.valid_until,
            teams: summary.teams.into_iter().map(BatchTeam::from).collect(),
        }
    }
}

impl From<TeamSummary> for BatchTeam {
    fn from(team: TeamSummary) -> Self {
        let (bundle, sha256) = team.bundle.map(|bundle| (bundle.id, bundle.sha256)).unzip();
        Self {
            id: team.team_id,
            name: team.team_name,
            state: team.state,
            cancelling: team.cancelling,
            expected: team.expected,
            made: team.made,
            attempts: team.attempts.len(),
            clients: team.clients,
            letters: team.letters,
            left_out: team.left_out,
            bundle,
            sha256,
            history: team.attempts.into_iter().map(BatchAttempt::from).collect(),
        }
    }
}

impl From<Attempt> for BatchAttempt {
    fn from(attempt: Attempt) -> Self {
        Self {
            number: attempt.number,
            started: attempt.started_at,
            ended: attempt.ended_at,
            outcome: attempt.outcome,
            code: attempt.code,
            reason: attempt.reason,
        }
    }
}

impl From<BatchLine> for BatchInList {
    fn from(line: BatchLine) -> Self {
        Self {
            id: line.id,
            state: line.state,
            organisation: line.organisation,
            created: line.created_at,
            teams: line.teams,
            done: line.done,
            made: line.made,
        }
    }
}

impl From<Forecast> for BatchForecast {
    fn from(forecast: Forecast) -> Self {
        Self {
            clients: forecast.teams.iter().map(|team| team.clients).sum(),
            letters: forecast.teams.iter().map(|team| team.letters).sum(),
            left_out: forecast.left_out(),
            in_other_batches: forecast.in_other_batches,
            organisation: forecast.organisation,
            teams: forecast
                .teams
                .into_iter()
                .map(BatchTeamForecast::from)
                .collect(),
        }
    }
}

impl From<TeamForecast> for BatchTeamForecast {
    fn from(team: TeamForecast) -> Self {
        let impossible = |(client_id, reason)| ImpossibleLetter { client_id, reason };
        Self {
            id: team.team_id,
            name: team.team_name,
            clients: team.clients,
            expected: team.letters,
            letters: team.letters,
            left_out: team.left_out,
            impossible: team.impossible.into_iter().map(impossible).collect(),
        }
    }
}

impl BatchProgress {
    pub fn new(id: &str, teams: Vec<TeamStatus>) -> Self {
        Self {
            id: id.to_owned(),
            state: TeamJobState::of_batch(teams.iter().map(|team| team.state)),
            expected: teams.iter().map(|team| team.expected).sum(),
            made: teams.iter().map(|team| team.made).sum(),
            teams: teams.into_iter().map(BatchTeamProgress::from).collect(),
        }
    }
}

impl From<TeamStatus> for BatchTeamProgress {
    fn from(team: TeamStatus) -> Self {
        Self {
            id: team.team_id,
            name: team.team_name,
            state: team.state,
            cancelling: team.cancelling,
            expected: team.expected,
            made: team.made,
        }
    }
}
