//! What keeps a run from going on, said while it waits, and each thing once: a disk that is full, say, is cleared by
//! whoever reads so.

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
    /// Attempts that ended badly, by team job and number.
    attempts: BTreeSet<(String, u32)>,
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

    /// What to say of attempts that ended badly since they were last looked at. `teams`: those of the batch `id`.
    pub async fn attempts(
        &mut self,
        app: &App,
        id: &str,
        teams: &[TeamStatus],
    ) -> Result<Vec<String>, Failure> {
        let mut unsaid = BTreeSet::new();
        for team in teams {
            let attempt = (team.team_job.clone(), team.attempts);
            if team.state == TeamJobState::Queued
                && team.attempts > 0
                && self.attempts.insert(attempt.clone())
            {
                unsaid.insert(attempt);
            }
        }
        if unsaid.is_empty() {
            return Ok(Vec::new());
        }
        let mut notes = Vec::new();
        for team in show_batch(app, id).await?.teams {
            let bad = team.attempts.into_iter().filter(|attempt| {
                let bad = [AttemptOutcome::Failed, AttemptOutcome::Crashed];
                attempt
                    .outcome
                    .is_some_and(|outcome| bad.contains(&outcome))
                    && unsaid.contains(&(team.team_job.clone(), attempt.number))
            });
            notes.extend(bad.map(|attempt| {
                let reason = attempt.reason.as_deref().unwrap_or("its worker died");
                format!(
                    "note: {}, attempt {}: {reason}; it is tried again",
                    team.team_name, attempt.number
                )
            }));
        }
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
