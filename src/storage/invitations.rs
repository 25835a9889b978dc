//! Invitations: issued before typesetting, found again by a job that is tried again, closed once.
//!
//! That a client has at most one open invitation is the database's promise (`one_open_invitation_a_client`): of two
//! jobs that write the same client at the same time, one gets the row and the other learns that it was too late.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{
    Database, StorageError,
    entities::invitation::{self, Column},
    exports::CHUNK,
    new_id, read_client_id,
    team_jobs::{self, StartedJob},
    vault::Vault,
};
use crate::domain::{
    client::ClientId,
    eligibility::LastInvitation,
    invitation::{Code, InvitationState},
    organisation::Slug,
};

/// What [`Database::issue_invitations`] did for each client that it was asked for.
pub struct Issued {
    /// The code for the letter, new or from an earlier attempt of the same job.
    pub codes: HashMap<ClientId, Code>,
    /// Somebody else invited the client in the meantime; until when.
    pub taken: HashMap<ClientId, NaiveDate>,
}

impl Database {
    /// Stop five: gives every client an open invitation of this job, or says that another job was first.
    ///
    /// The invitations of `expired` clients, which were judged to have ended before the letter date, are closed on the
    /// way, since an open row would stand in the way of the new one. Nobody else's are: another batch may have issued
    /// one since.
    pub async fn issue_invitations(
        &self,
        job: &StartedJob,
        clients: &[ClientId],
        expired: &[ClientId],
        vault: &Vault,
        draw: &mut (dyn FnMut() -> Result<Code, StorageError> + Send),
        now: DateTime<Utc>,
    ) -> Result<Issued, StorageError> {
        let tx = self.begin().await?;
        team_jobs::hold(&tx, job).await?;
        let mut issued = Issued {
            codes: codes_of_job(&tx, job, vault).await?,
            taken: HashMap::new(),
        };
        let slug = &job.batch.organisation.slug;
        let mut wanting: Vec<ClientId> = clients
            .iter()
            .filter(|id| !issued.codes.contains_key(*id))
            .cloned()
            .collect();
        close_expired(&tx, slug, expired, job.batch.options.letter_date, now).await?;
        while !wanting.is_empty() {
            insert(&tx, job, &wanting, vault, draw, now, &mut issued).await?;
            wanting.retain(|id| !issued.codes.contains_key(id));
            for (id, valid_until) in open_invitations(&tx, slug, &wanting).await? {
                issued.taken.insert(id, valid_until);
            }
            // Who is left had the bad luck of a code that was used before; they draw again.
            wanting.retain(|id| !issued.taken.contains_key(id));
        }
        tx.commit().await?;
        let clients: HashSet<&ClientId> = clients.iter().collect();
        issued.codes.retain(|id, _| clients.contains(id));
        Ok(issued)
    }

    /// The newest invitation of each client that left the house, as seen by the batch of the job that asks.
    pub async fn last_invitations(
        &self,
        job: &StartedJob,
        clients: &[ClientId],
    ) -> Result<HashMap<ClientId, LastInvitation>, StorageError> {
        let slug = &job.batch.organisation.slug;
        let siblings: HashSet<String> = self
            .team_statuses(&job.batch.id)
            .await?
            .into_iter()
            .map(|team| team.team_job)
            .collect();
        let mut last = HashMap::new();
        for chunk in clients.chunks(CHUNK) {
            let rows = invitation::Entity::find()
                .filter(of_clients(slug, chunk))
                .filter(Column::Withdrawn.eq(false))
                .filter(Column::State.ne(InvitationState::Replaced.as_str()))
                .order_by_asc(Column::IssuedAt)
                .order_by_asc(Column::Id)
                .all(self.connection())
                .await?;
            for row in rows {
                // Later rows overwrite earlier ones.
                last.insert(
                    read_client_id(&row.client_id)?,
                    LastInvitation {
                        state: read_state(&row.state)?,
                        valid_until: row.valid_until,
                        ours: siblings.contains(&row.team_job_id),
                    },
                );
            }
        }
        Ok(last)
    }
}

/// Cancels open invitations of a job whose letters never left the house: of these clients, or of all.
pub(super) async fn withdraw(
    tx: &impl ConnectionTrait,
    team_job: &str,
    clients: Option<&[&ClientId]>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let of_job = || {
        Condition::all()
            .add(Column::TeamJobId.eq(team_job))
            .add(Column::State.eq(InvitationState::Open.as_str()))
    };
    let conditions: Vec<Condition> = match clients {
        None => vec![of_job()],
        Some(clients) => clients
            .chunks(CHUNK)
            .map(|chunk| of_job().add(Column::ClientId.is_in(chunk.iter().map(|id| id.as_str()))))
            .collect(),
    };
    for condition in conditions {
        close(tx, condition, InvitationState::Cancelled, true, now).await?;
    }
    Ok(())
}

/// How many open invitations a job has.
pub(super) async fn open_of_job(
    tx: &impl ConnectionTrait,
    team_job: &str,
) -> Result<u64, StorageError> {
    Ok(invitation::Entity::find()
        .filter(Column::TeamJobId.eq(team_job))
        .filter(Column::State.eq(InvitationState::Open.as_str()))
        .count(tx)
        .await?)
}

async fn close_expired(
    tx: &impl ConnectionTrait,
    slug: &Slug,
    clients: &[ClientId],
    letter_date: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    for chunk in clients.chunks(CHUNK) {
        let condition = of_clients(slug, chunk)
            .add(Column::State.eq(InvitationState::Open.as_str()))
            .add(Column::ValidUntil.lt(letter_date));
        close(tx, condition, InvitationState::Expired, false, now).await?;
    }
    Ok(())
}

/// The one way an invitation closes: with its new state the sealed code goes.
async fn close(
    tx: &impl ConnectionTrait,
    which: Condition,
    state: InvitationState,
    withdrawn: bool,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    invitation::Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Withdrawn, Expr::value(withdrawn))
        .col_expr(Column::SealedCode, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(Column::ClosedAt, Expr::value(now))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(())
}

async fn insert(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    clients: &[ClientId],
    vault: &Vault,
    draw: &mut (dyn FnMut() -> Result<Code, StorageError> + Send),
    now: DateTime<Utc>,
    issued: &mut Issued,
) -> Result<(), StorageError> {
    for chunk in clients.chunks(CHUNK) {
        let mut drawn = HashMap::with_capacity(chunk.len());
        let mut rows = Vec::with_capacity(chunk.len());
        for client in chunk {
            let id = new_id();
            let code = draw()?;
            rows.push(invitation::ActiveModel {
                id: Set(id.clone()),
                organisation: Set(job.batch.organisation.slug.to_string()),
                client_id: Set(client.to_string()),
                team_job_id: Set(job.team_job.clone()),
                state: Set(InvitationState::Open.as_str().to_owned()),
                withdrawn: Set(false),
                code_hash: Set(vault.hash(&code)),
                sealed_code: Set(Some(vault.seal(&code, &id)?)),
                valid_until: Set(job.batch.options.valid_until),
                issued_at: Set(now),
                closed_at: Set(None),
            });
            drawn.insert(id, (client.clone(), code));
        }
        invitation::Entity::insert_many(rows)
            // Any conflict: the client's open invitation as well as a code that was used before.
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        let in_place: Vec<String> = invitation::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Id.is_in(drawn.keys()))
            .into_tuple()
            .all(tx)
            .await?;
        for id in in_place {
            if let Some((client, code)) = drawn.remove(&id) {
                issued.codes.insert(client, code);
            }
        }
    }
    Ok(())
}

async fn codes_of_job(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    vault: &Vault,
) -> Result<HashMap<ClientId, Code>, StorageError> {
    let rows = invitation::Entity::find()
        .filter(Column::TeamJobId.eq(&job.team_job))
        .filter(Column::State.eq(InvitationState::Open.as_str()))
        .all(tx)
        .await?;
    rows.into_iter()
        .map(|row| {
            let sealed = row.sealed_code.as_deref().ok_or(StorageError::SealBroken)?;
            Ok((
                read_client_id(&row.client_id)?,
                vault.open_seal(sealed, &row.id)?,
            ))
        })
        .collect()
}

async fn open_invitations(
    tx: &impl ConnectionTrait,
    slug: &Slug,
    clients: &[ClientId],
) -> Result<Vec<(ClientId, NaiveDate)>, StorageError> {
    let mut open = Vec::new();
    for chunk in clients.chunks(CHUNK) {
        let rows: Vec<(String, NaiveDate)> = invitation::Entity::find()
            .select_only()
            .column(Column::ClientId)
            .column(Column::ValidUntil)
            .filter(of_clients(slug, chunk))
            .filter(Column::State.eq(InvitationState::Open.as_str()))
            .into_tuple()
            .all(tx)
            .await?;
        for (client, valid_until) in rows {
            open.push((read_client_id(&client)?, valid_until));
        }
    }
    Ok(open)
}

fn of_clients(slug: &Slug, clients: &[ClientId]) -> Condition {
    Condition::all()
        .add(Column::Organisation.eq(slug.as_str()))
        .add(Column::ClientId.is_in(clients.iter().map(ClientId::as_str)))
}

fn read_state(text: &str) -> Result<InvitationState, StorageError> {
    InvitationState::parse(text)
        .ok_or_else(|| StorageError::Unexpected(format!("the invitation state '{text}'")))
}
