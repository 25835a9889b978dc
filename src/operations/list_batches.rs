//! `batch list`: what was asked for, and how far it is.

use chrono::{DateTime, Utc};

use super::{App, Failure, submit_batch::organisation};
use crate::domain::{organisation::Slug, team_job::TeamJobState};

/// A batch on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchLine {
    pub id: String,
    pub organisation: String,
    pub state: TeamJobState,
    pub created_at: DateTime<Utc>,
    pub teams: usize,
    /// Teams whose bundle is there.
    pub done: usize,
    /// Letters made by the attempts that run or were the last.
    pub made: u32,
}

/// The newest batches, of all organisations or of one, newest first.
pub async fn list_batches(
    app: &App,
    slug: Option<&Slug>,
    most: u64,
) -> Result<Vec<BatchLine>, Failure> {
    if let Some(slug) = slug {
        organisation(app, slug).await?;
    }
    let slug = slug.or(app.actor.organisation.as_ref());
    let mut lines = Vec::new();
    for batch in app.db.batches(slug, most).await? {
        let teams = app.db.team_statuses(&batch.id).await?;
        lines.push(BatchLine {
            organisation: batch.organisation.slug.to_string(),
            state: TeamJobState::of_batch(teams.iter().map(|team| team.state)),
            created_at: batch.created_at,
            done: teams
                .iter()
                .filter(|team| team.state == TeamJobState::Done)
                .count(),
            made: teams.iter().map(|team| team.made).sum(),
            teams: teams.len(),
            id: batch.id,
        });
    }
    Ok(lines)
}

/// Whether any job of any batch waits or is being worked on.
pub async fn any_job_left(app: &App) -> Result<bool, Failure> {
    Ok(app.db.jobs_left().await? > 0)
}
