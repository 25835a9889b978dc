//! `batch list`: what was asked for, and how far it is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{
    App, Failure,
    paging::{Page, Paging},
    submit_batch::organisation,
};
use crate::{
    domain::{organisation::Slug, team_job::TeamJobState},
    storage::batches::{BatchHead, TeamStatus},
};

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
    let batches = app.db.batches(slug, most).await?;
    let heads = batches.into_iter().map(|batch| BatchHead {
        id: batch.id,
        organisation: batch.organisation.slug.to_string(),
        created_at: batch.created_at,
    });
    lines(app, heads.collect()).await
}

/// A page of batches, of all organisations or of one, newest first.
pub async fn batch_page(
    app: &App,
    slug: Option<&Slug>,
    paging: &Paging,
) -> Result<Page<BatchLine>, Failure> {
    if let Some(slug) = slug {
        organisation(app, slug).await?;
    }
    let slug = slug.or(app.actor.organisation.as_ref());
    let heads = app
        .db
        .batch_page(slug, paging.after(), paging.most())
        .await?;
    let page = Page::cut(heads, paging, |batch| batch.id.clone());
    Ok(Page {
        items: lines(app, page.items).await?,
        next: page.next,
    })
}

async fn lines(app: &App, heads: Vec<BatchHead>) -> Result<Vec<BatchLine>, Failure> {
    let ids: Vec<String> = heads.iter().map(|batch| batch.id.clone()).collect();
    let mut teams: HashMap<String, Vec<TeamStatus>> = HashMap::new();
    for (batch, team) in app.db.team_statuses_of(&ids).await? {
        teams.entry(batch).or_default().push(team);
    }
    let line = |batch: BatchHead| {
        let teams = teams.remove(&batch.id).unwrap_or_default();
        BatchLine {
            id: batch.id,
            organisation: batch.organisation,
            state: TeamJobState::of_batch(teams.iter().map(|team| team.state)),
            created_at: batch.created_at,
            done: teams
                .iter()
                .filter(|team| team.state == TeamJobState::Done)
                .count(),
            made: teams.iter().map(|team| team.made).sum(),
            teams: teams.len(),
        }
    };
    Ok(heads.into_iter().map(line).collect())
}

/// Whether any job of any batch waits or is being worked on.
pub async fn any_job_left(app: &App) -> Result<bool, Failure> {
    Ok(app.db.jobs_left().await? > 0)
}
