//! Invitations: issued before typesetting, found again by a job that is tried again, closed once.
//!
//! That a client has at most one open invitation is the database's promise (`one_open_invitation_a_client`): of two
//! jobs that write the same client at the same time, one gets the row and the other learns that it was too late.

mod close;
mod issue;
mod pages;
mod reseal;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Func},
};

pub use self::{
    close::{Closing, Reissue},
    issue::{Issued, IssuedLetter},
};
pub(super) use self::{
    close::{out_of_the_house, withdraw},
    issue::open_of_job,
};
use super::{
    Database, StorageError,
    entities::{
        invitation::{self, Column},
        team_job,
    },
    exports::CHUNK,
    outcomes::batches_of,
    read_client_id,
    vault::Vault,
};
use crate::domain::{client::ClientId, invitation::InvitationState, organisation::Slug};

/// An invitation as a reader sees it; its code and its words stay where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInvitation {
    pub id: String,
    /// The slug of the organisation.
    pub organisation: String,
    pub client: ClientId,
    pub team_job: String,
    pub team_name: String,
    /// What the letter calls the team.
    pub letter_name: String,
    pub batch: String,
    /// As it was last written down; [`StoredInvitation::state_on`] is what holds.
    pub state: InvitationState,
    /// Closed before its letter could leave the house: it does not count as an invitation.
    pub withdrawn: bool,
    /// The invitation that this one was issued in place of.
    pub reissue_of: Option<String>,
    pub letter_date: NaiveDate,
    pub valid_until: NaiveDate,
    pub closed_at: Option<DateTime<Utc>>,
}

impl StoredInvitation {
    /// The state on a day in Amsterdam: expiry needs nobody to write it down.
    pub fn state_on(&self, today: NaiveDate) -> InvitationState {
        self.state.on(today, self.valid_until)
    }
}

/// Which invitations to list; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvitationFilter {
    pub organisation: Option<Slug>,
    pub client: Option<String>,
    /// Id or name of the team that wrote the client, without regard to case.
    pub team: Option<String>,
    pub state: Option<InvitationState>,
}

impl Database {
    /// Invitations, oldest first. `today` is the day in Amsterdam on which their state is judged.
    pub async fn invitations(
        &self,
        filter: &InvitationFilter,
        today: NaiveDate,
    ) -> Result<Vec<StoredInvitation>, StorageError> {
        let rows = invitation::Entity::find()
            .filter(wanted(filter, today))
            .find_also_related(team_job::Entity)
            .order_by_asc(Column::IssuedAt)
            .order_by_asc(Column::Id)
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|(row, job)| read_invitation(row, job))
            .collect()
    }

    /// A page of invitations that left the house, oldest first, those after the invitation `after`.
    pub async fn invitations_after(
        &self,
        filter: &InvitationFilter,
        today: NaiveDate,
        after: Option<&str>,
        most: u64,
    ) -> Result<Vec<StoredInvitation>, StorageError> {
        let mut wanted = wanted(filter, today).add(Column::Withdrawn.eq(false));
        if let Some(after) = after {
            wanted = wanted.add(Column::Id.gt(after));
        }
        let rows = invitation::Entity::find()
            .filter(wanted)
            .find_also_related(team_job::Entity)
            .order_by_asc(Column::Id)
            .limit(most)
            .all(self.connection())
            .await?;
        rows.into_iter()
            .map(|(row, job)| read_invitation(row, job))
            .collect()
    }

    /// The invitations of these clients, those of each oldest first.
    pub async fn invitations_of(
        &self,
        slug: &Slug,
        ids: &[ClientId],
    ) -> Result<Vec<StoredInvitation>, StorageError> {
        let mut invitations = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = invitation::Entity::find()
                .filter(of_clients(slug, chunk))
                .find_also_related(team_job::Entity)
                .order_by_asc(Column::IssuedAt)
                .order_by_asc(Column::Id)
                .all(self.connection())
                .await?;
            for (row, job) in rows {
                invitations.push(read_invitation(row, job)?);
            }
        }
        Ok(invitations)
    }

    /// Whether any batch, of all organisations or of one, was for a team with this id or name.
    pub async fn team_was_written(
        &self,
        slug: Option<&Slug>,
        team: &str,
    ) -> Result<bool, StorageError> {
        let mut wanted = team_job::Entity::find().filter(called(team));
        if let Some(slug) = slug {
            wanted = wanted.filter(team_job::Column::BatchId.in_subquery(batches_of(slug)));
        }
        let job = wanted.one(self.connection()).await?;
        Ok(job.is_some())
    }

    pub async fn invitation(&self, id: &str) -> Result<Option<StoredInvitation>, StorageError> {
        let row = invitation::Entity::find_by_id(id)
            .one(self.connection())
            .await?;
        match row {
            None => Ok(None),
            Some(row) => Ok(Some(self.found(row).await?)),
        }
    }

    /// The code and the words of an open invitation; nothing once it is closed.
    pub async fn letter_of_invitation(
        &self,
        id: &str,
        vault: &Vault,
    ) -> Result<Option<IssuedLetter>, StorageError> {
        let row = invitation::Entity::find_by_id(id)
            .filter(Column::State.eq(InvitationState::Open.as_str()))
            .one(self.connection())
            .await?;
        row.map(|row| letter_of(row, vault)).transpose()
    }

    async fn found(&self, row: invitation::Model) -> Result<StoredInvitation, StorageError> {
        let job = team_job::Entity::find_by_id(&row.team_job_id)
            .one(self.connection())
            .await?;
        read_invitation(row, job)
    }
}

fn wanted(filter: &InvitationFilter, today: NaiveDate) -> Condition {
    let mut wanted = Condition::all();
    if let Some(organisation) = &filter.organisation {
        wanted = wanted.add(Column::Organisation.eq(organisation.as_str()));
    }
    if let Some(client) = &filter.client {
        wanted = wanted.add(Column::ClientId.eq(client));
    }
    if let Some(team) = &filter.team {
        let jobs = team_job::Entity::find()
            .select_only()
            .column(team_job::Column::Id)
            .filter(called(team))
            .into_query();
        wanted = wanted.add(Column::TeamJobId.in_subquery(jobs));
    }
    if let Some(state) = filter.state {
        wanted = wanted.add(in_state(state, today));
    }
    wanted
}

/// Teams with this id, or with this name without regard to case.
fn called(team: &str) -> Condition {
    let name = Expr::expr(Func::lower(Expr::col(team_job::Column::TeamName)));
    Condition::any()
        .add(team_job::Column::TeamId.eq(team))
        .add(name.eq(team.to_lowercase()))
}

fn in_state(state: InvitationState, today: NaiveDate) -> Condition {
    let open = || Column::State.eq(InvitationState::Open.as_str());
    match state {
        InvitationState::Open => Condition::all()
            .add(open())
            .add(Column::ValidUntil.gte(today)),
        InvitationState::Expired => Condition::any().add(Column::State.eq(state.as_str())).add(
            Condition::all()
                .add(open())
                .add(Column::ValidUntil.lt(today)),
        ),
        state => Condition::all().add(Column::State.eq(state.as_str())),
    }
}

fn letter_of(row: invitation::Model, vault: &Vault) -> Result<IssuedLetter, StorageError> {
    let (Some(code), Some(words)) = (&row.sealed_code, &row.sealed_words) else {
        return Err(StorageError::SealBroken);
    };
    Ok(IssuedLetter {
        code: vault.open_seal(code, &row.id)?,
        words: vault.open_words(words, &row.id)?,
    })
}

fn read_invitation(
    row: invitation::Model,
    job: Option<team_job::Model>,
) -> Result<StoredInvitation, StorageError> {
    let job =
        job.ok_or_else(|| StorageError::Unexpected("an invitation without its job".to_owned()))?;
    Ok(StoredInvitation {
        client: read_client_id(&row.client_id)?,
        state: read_state(&row.state)?,
        id: row.id,
        organisation: row.organisation,
        team_job: job.id,
        team_name: job.team_name,
        letter_name: job.letter_name,
        batch: job.batch_id,
        withdrawn: row.withdrawn,
        reissue_of: row.reissue_of,
        letter_date: row.letter_date,
        valid_until: row.valid_until,
        closed_at: row.closed_at,
    })
}

fn read_state(text: &str) -> Result<InvitationState, StorageError> {
    InvitationState::parse(text)
        .ok_or_else(|| StorageError::Unexpected(format!("the invitation state '{text}'")))
}

fn of_clients(slug: &Slug, clients: &[ClientId]) -> Condition {
    Condition::all()
        .add(Column::Organisation.eq(slug.as_str()))
        .add(Column::ClientId.is_in(clients.iter().map(ClientId::as_str)))
}
