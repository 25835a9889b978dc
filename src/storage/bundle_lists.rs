//! Bundles as people look through them: a page at a time, newest first, with what became of the clients.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::{
    Database, StorageError,
    bundles::{StoredBundle, read_bundle},
    entities::{batch, bundle, team_job},
    outcomes::batches_of,
};
use crate::domain::{batch::BatchOptions, eligibility::Reason, organisation::Slug};

/// A bundle with its team and its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBundle {
    pub bundle: StoredBundle,
    pub team_name: String,
    pub letter_date: NaiveDate,
    pub valid_until: NaiveDate,
    pub letters: u64,
    pub left_out: BTreeMap<Reason, u64>,
    /// When somebody first took it out of the store.
    pub collected_at: Option<DateTime<Utc>>,
}

impl Database {
    /// How many bundles an organisation has, and those from the `skip`th on, newest first.
    pub async fn newest_bundles(
        &self,
        slug: &Slug,
        skip: u64,
        most: u64,
    ) -> Result<(u64, Vec<ListedBundle>), StorageError> {
        let all =
            bundle::Entity::find().filter(bundle::Column::BatchId.in_subquery(batches_of(slug)));
        let count = all.clone().count(self.connection()).await?;
        let rows = all
            .order_by_desc(bundle::Column::Id)
            .offset(skip)
            .limit(most)
            .all(self.connection())
            .await?;
        Ok((count, self.listed(rows).await?))
    }

    /// How many bundles of an organisation with letters in them are in the store and were never taken out.
    pub async fn uncollected_bundles(&self, slug: &Slug) -> Result<u64, StorageError> {
        let with_letters = team_job::Entity::find()
            .select_only()
            .column(team_job::Column::Id)
            .filter(team_job::Column::Made.gt(0))
            .into_query();
        let count = bundle::Entity::find()
            .filter(bundle::Column::BatchId.in_subquery(batches_of(slug)))
            .filter(bundle::Column::CollectedAt.is_null())
            .filter(bundle::Column::RemovedAt.is_null())
            .filter(bundle::Column::TeamJobId.in_subquery(with_letters))
            .count(self.connection())
            .await?;
        Ok(count)
    }

    /// One bundle of an organisation; nothing when it is another's.
    pub async fn listed_bundle(
        &self,
        slug: &Slug,
        id: &str,
    ) -> Result<Option<ListedBundle>, StorageError> {
        let row = bundle::Entity::find_by_id(id)
            .filter(bundle::Column::BatchId.in_subquery(batches_of(slug)))
            .all(self.connection())
            .await?;
        Ok(self.listed(row).await?.pop())
    }

    /// The teams that an organisation's batches were for: id and name, by name, each once.
    pub async fn written_teams(&self, slug: &Slug) -> Result<Vec<(String, String)>, StorageError> {
        let mut teams: Vec<(String, String)> = team_job::Entity::find()
            .select_only()
            .columns([team_job::Column::TeamId, team_job::Column::TeamName])
            .filter(team_job::Column::BatchId.in_subquery(batches_of(slug)))
            .distinct()
            .into_tuple()
            .all(self.connection())
            .await?;
        teams.sort_by(|a, b| (a.1.to_lowercase(), &a.0).cmp(&(b.1.to_lowercase(), &b.0)));
        // One that was renamed is one team; by its id.
        let mut seen = std::collections::HashSet::new();
        teams.retain(|(id, _)| seen.insert(id.clone()));
        Ok(teams)
    }

    async fn listed(&self, rows: Vec<bundle::Model>) -> Result<Vec<ListedBundle>, StorageError> {
        let jobs: Vec<String> = rows.iter().map(|row| row.team_job_id.clone()).collect();
        let names: HashMap<String, String> = team_job::Entity::find()
            .select_only()
            .columns([team_job::Column::Id, team_job::Column::TeamName])
            .filter(team_job::Column::Id.is_in(&jobs))
            .into_tuple::<(String, String)>()
            .all(self.connection())
            .await?
            .into_iter()
            .collect();
        let options = self.options_of(&rows).await?;
        let mut letters: HashMap<String, u64> = HashMap::new();
        let mut left_out: HashMap<String, BTreeMap<Reason, u64>> = HashMap::new();
        for count in self.outcome_counts_of(&jobs).await? {
            match count.reason {
                None => letters.insert(count.team_job, count.clients),
                Some(reason) => {
                    let of_job = left_out.entry(count.team_job).or_default();
                    of_job.insert(reason, count.clients)
                }
            };
        }
        rows.into_iter()
            .map(|row| {
                let options = options.get(&row.batch_id).ok_or_else(|| {
                    StorageError::Unexpected("a bundle without its batch".to_owned())
                })?;
                Ok(ListedBundle {
                    team_name: names.get(&row.team_job_id).cloned().unwrap_or_default(),
                    letter_date: options.letter_date,
                    valid_until: options.valid_until,
                    letters: letters.remove(&row.team_job_id).unwrap_or_default(),
                    left_out: left_out.remove(&row.team_job_id).unwrap_or_default(),
                    collected_at: row.collected_at,
                    bundle: read_bundle(row),
                })
            })
            .collect()
    }

    async fn options_of(
        &self,
        rows: &[bundle::Model],
    ) -> Result<HashMap<String, BatchOptions>, StorageError> {
        batch::Entity::find()
            .select_only()
            .columns([batch::Column::Id, batch::Column::Options])
            .filter(batch::Column::Id.is_in(rows.iter().map(|row| &row.batch_id)))
            .into_tuple::<(String, String)>()
            .all(self.connection())
            .await?
            .into_iter()
            .map(|(id, options)| Ok((id, serde_json::from_str(&options)?)))
            .collect()
    }
}
