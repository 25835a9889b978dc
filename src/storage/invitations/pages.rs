//! Invitations as people look through them: a page at a time, newest first.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{InvitationFilter, StoredInvitation, read_invitation, wanted};
use crate::storage::{
    Database, StorageError,
    entities::{
        invitation::{self, Column},
        team_job,
    },
};

impl Database {
    /// How many invitations have left the house and are in `filter`, and those from the `skip`th on, newest first.
    pub async fn newest_invitations(
        &self,
        filter: &InvitationFilter,
        today: NaiveDate,
        skip: u64,
        most: u64,
    ) -> Result<(u64, Vec<StoredInvitation>), StorageError> {
        let count = self.count_invitations(filter, today).await?;
        let rows = invitation::Entity::find()
            .filter(sent(filter, today))
            .find_also_related(team_job::Entity)
            .order_by_desc(Column::IssuedAt)
            .order_by_desc(Column::Id)
            .offset(skip)
            .limit(most)
            .all(self.connection())
            .await?;
        let page = rows
            .into_iter()
            .map(|(row, job)| read_invitation(row, job))
            .collect::<Result<_, _>>()?;
        Ok((count, page))
    }

    /// How many invitations have left the house and are in `filter`.
    pub async fn count_invitations(
        &self,
        filter: &InvitationFilter,
        today: NaiveDate,
    ) -> Result<u64, StorageError> {
        let count = invitation::Entity::find()
            .filter(sent(filter, today))
            .count(self.connection())
            .await?;
        Ok(count)
    }
}

fn sent(filter: &InvitationFilter, today: NaiveDate) -> Condition {
    Condition::all()
        .add(wanted(filter, today))
        .add(Column::Withdrawn.eq(false))
}
