//! What keeps a run from going on, said while it waits, each reason once: whoever reads that the disk is full can make room.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::{
    domain::team_job::{AttemptOutcome, TeamJobState},
    operations::{
        App, Failure,
        show_batch::{TeamStatus, show_batch},
    },
};

/// How long the database or the store is waited for in silence.
const SILENCE: Duration = Duration::from_secs(5);

/// What was said already.
#[derive(Default)]
pub struct Trouble {
    /// Since when the database or the store does not answer, and whether that was said.
    away: Option<(Instant, bool)>,
    /// Failed attempts that were looked at, by team job and number.
    attempts: BTreeSet<(String, u32)>,
    /// Why they failed. When a disk is full, every team has the same to say.
    reasons: BTreeSet<String>,
}

impl Trouble {
    /// What to say of a database or a store that does not answer.
    pub fn away(&mut self, failure: &Failure, now: Instant) -> Option<String> {
        let (since, said) = self.away.get_or_insert((now, false));
        if *said || now.duration_since(*since) < SILENCE {
            return None;
        }
        *said = true;
        Some(format!("note: {failure}; it goes on when that is over"))
    }

    /// It answers again.
    pub fn back(&mut self) {
        self.away = None;
    }

    /// What to say of attempts that failed since they were last looked at. `teams`: those of the batch `id`.
    pub async fn attempts(
        &mut self,
        app: &App,
        id: &str,
        teams: &[TeamStatus],
    ) -> Result<Vec<String>, Failure> {
        let waiting = teams
            .iter()
            .filter(|team| team.state == TeamJobState::Queued && team.attempts > 0)
            .map(|team| (team.team_job.clone(), team.attempts));
        let new: BTreeSet<(String, u32)> = waiting
            .filter(|attempt| !self.attempts.contains(attempt))
            .collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let mut notes = Vec::new();
        for team in show_batch(app, id).await?.teams {
            for attempt in team.attempts {
                let number = attempt.number;
                if attempt.outcome == Some(AttemptOutcome::Failed)
                    && new.contains(&(team.team_job.clone(), number))
                    && let Some(reason) = attempt.reason
                    && self.reasons.insert(reason.clone())
                {
                    let team = &team.team_name;
                    notes.push(format!(
                        "note: {team}, attempt {number}: {reason}; it is tried again"
                    ));
                }
            }
        }
        self.attempts.extend(new);
        Ok(notes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_answer_for_a_while_is_named_once_each_time() {
        let failure = Failure::ours("the database cannot be reached");
        let begun = Instant::now();
        let mut trouble = Trouble::default();
        let mut said = |seconds, back| {
            if back {
                trouble.back();
            }
            trouble.away(&failure, begun + Duration::from_secs(seconds))
        };
        assert_eq!(said(0, false), None);
        assert_eq!(said(4, false), None);
        let note = "note: the database cannot be reached; it goes on when that is over";
        assert_eq!(said(6, false).as_deref(), Some(note));
        assert_eq!(said(60, false), None);
        assert_eq!(said(61, true), None);
        assert_eq!(said(70, false).as_deref(), Some(note));
    }
}
