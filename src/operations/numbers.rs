//! How much there is to do, for whoever watches over the service.

use super::{App, Failure, redeem_attempt, sign_in::span};
use crate::domain::team_job::TeamJobState;

/// Read from the database, so they hold for all servers together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// Team jobs by the state that they are in, every state named.
    pub jobs: Vec<(TeamJobState, u64)>,
    /// Seconds since the batch was asked for of which a team waits longest; 0 when none waits.
    pub oldest_waiting: u64,
    /// People who are signed in.
    pub sessions: u64,
    /// Failures to redeem a code since the last success.
    pub redeem_failures: u64,
    /// Nobody may redeem at this moment.
    pub redeem_locked: bool,
}

pub async fn numbers(app: &App) -> Result<Numbers, Failure> {
    let now = app.now();
    let counted = app.db.jobs_by_state().await?;
    let of_state = |state| {
        let found = counted.iter().find(|(counted, _)| *counted == state);
        (state, found.map_or(0, |(_, jobs)| *jobs))
    };
    let since = app.db.waiting_since().await?;
    let (redeem_failures, locked) = app.db.failures_in_a_row(redeem_attempt::NAME).await?;
    Ok(Numbers {
        jobs: TeamJobState::ALL.into_iter().map(of_state).collect(),
        oldest_waiting: since.map_or(0, |since| (now - since).num_seconds().unsigned_abs()),
        sessions: app
            .db
            .count_sessions(span(app.server.session_idle), now)
            .await?,
        redeem_failures,
        redeem_locked: locked.is_some_and(|until| until > now),
    })
}
