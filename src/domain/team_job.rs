//! The work for one team of a batch: its states, its attempts, and what a batch's state follows from.

use serde::{Deserialize, Serialize};

/// Tries that a team job gets before it has failed for good.
pub const MAX_TRIES: u32 = 5;

/// Where a batch's work for one team is.
///
/// ```text
/// queued ──worker takes it──▶ working ──bundle stored──▶ done
///    ▲                           │
///    ├──attempt failed, tries left, or handed back┤
///    │                           ├──tries used up──▶ failed ──somebody retries──▶ queued
///    └──somebody cancels (also from working)──▶ cancelled
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeamJobState {
    /// Waits for a worker. Set by `save_plan`; by a worker after an attempt that failed and may be tried again, or that
    /// it handed back because it was told to stop; by `batch retry` after a failure; and when a stored bundle is lost
    /// and has to be made again.
    Queued,
    /// A worker has it. Set by the worker when it starts; a worker that dies leaves it so until another takes over,
    /// which takes 35 seconds at most.
    Working,
    /// The bundle is in the store and every client has an outcome. Set with both, in one transaction.
    Done,
    /// All tries were used, or trying again cannot help. Set by the worker, or by the one that finds that the job has
    /// ended its workers too often.
    Failed,
    /// Somebody cancelled it: at once when it was queued, by its worker between two chunks of letters when it was being
    /// worked on.
    Cancelled,
}

impl TeamJobState {
    pub const ALL: [Self; 5] = [
        Self::Queued,
        Self::Working,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Somebody is to move it on yet.
    pub const UNDER_WAY: [Self; 2] = [Self::Queued, Self::Working];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Working => "working",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Nobody moves it on any more, unless a person asks.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// The state of a batch with teams in these states: `working` as soon as one has begun, and when all have ended
    /// the worst of theirs.
    pub fn of_batch(teams: impl IntoIterator<Item = Self>) -> Self {
        let teams: Vec<Self> = teams.into_iter().collect();
        let any = |state| teams.contains(&state);
        if teams.iter().all(|state| *state == Self::Queued) {
            Self::Queued
        } else if any(Self::Working) || any(Self::Queued) {
            Self::Working
        } else if any(Self::Failed) {
            Self::Failed
        } else if any(Self::Cancelled) {
            Self::Cancelled
        } else {
            Self::Done
        }
    }
}

/// How an attempt at a team job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// The bundle is stored. A job has one such attempt, unless its bundle was lost and made again.
    Done,
    /// Something went wrong, and the reason says what. Counts as a try.
    Failed,
    /// Its worker ended without a word. Written by the attempt after it. Counts as a try: the job may be to blame.
    Crashed,
    /// Its worker was told to stop and gave the job back. Counts as no try.
    HandedBack,
    /// Somebody cancelled the job.
    Cancelled,
}

impl AttemptOutcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Crashed => "crashed",
            Self::HandedBack => "handed_back",
            Self::Cancelled => "cancelled",
        }
    }

    pub const ALL: [Self; 5] = [
        Self::Done,
        Self::Failed,
        Self::Crashed,
        Self::HandedBack,
        Self::Cancelled,
    ];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::TeamJobState::{self, Cancelled, Done, Failed, Queued, Working};

    #[test]
    fn a_batch_is_where_its_teams_are() {
        for (teams, batch) in [
            (&[Queued, Queued][..], Queued),
            (&[Queued, Done], Working),
            (&[Working, Failed], Working),
            (&[Done, Done], Done),
            (&[Done, Cancelled], Cancelled),
            (&[Cancelled, Failed, Done], Failed),
        ] {
            assert_eq!(TeamJobState::of_batch(teams.iter().copied()), batch);
        }
    }
}
