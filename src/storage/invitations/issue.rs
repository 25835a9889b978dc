//! Issuing: a code for everybody who gets a letter, saved before anything is typeset, and found again by a job that is
//! tried again.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::OnConflict,
};

use super::{
    close::{close, out_of_the_house},
    of_clients, read_state,
    reseal::known_hashes,
};
use crate::{
    domain::{
        client::ClientId,
        eligibility::LastInvitation,
        invitation::{Code, InvitationState},
        organisation::Slug,
    },
    storage::{
        Database, StorageError,
        entities::invitation::{self, Column},
        exports::CHUNK,
        new_id, read_client_id,
        team_jobs::{self, StartedJob},
        vault::Vault,
    },
};

/// Draws a code that may have been used before.
pub type Draw<'a> = dyn FnMut() -> Result<Code, StorageError> + Send + 'a;

/// What a letter is made of: its code, and its words as they were written down when the code was issued.
pub struct IssuedLetter {
    pub code: Code,
    pub words: String,
}

/// What [`Database::issue_invitations`] did for each client that it was asked for.
#[derive(Default)]
pub struct Issued {
    /// New, or from an earlier attempt of the same job.
    pub codes: HashMap<ClientId, Code>,
    /// The words that an earlier attempt wrote down: its letter is the same whatever has been imported since.
    pub earlier_words: HashMap<ClientId, String>,
    /// Somebody else invited the client in the meantime; until when.
    pub taken: HashMap<ClientId, NaiveDate>,
}

impl Database {
    /// Stop five: gives every client an open invitation of this job, or says that another job was first. With each
    /// client come the words of the letter, in the notation of whoever prints it.
    ///
    /// The invitations of `expired` clients, which were judged to have ended before the letter date, are closed on the
    /// way, since an open row would stand in the way of the new one. Nobody else's are: another batch may have issued
    /// one since.
    pub async fn issue_invitations(
        &self,
        job: &StartedJob,
        clients: &[(ClientId, String)],
        expired: &[ClientId],
        vault: &Vault,
        draw: &mut Draw<'_>,
        now: DateTime<Utc>,
    ) -> Result<Issued, StorageError> {
        let tx = self.begin().await?;
        team_jobs::hold(&tx, job).await?;
        self.hold_key(&tx).await?;
        let mut issued = issued_before(&tx, job, vault).await?;
        let slug = &job.batch.organisation.slug;
        let mut wanting: Vec<&(ClientId, String)> = clients
            .iter()
            .filter(|(id, _)| !issued.codes.contains_key(id))
            .collect();
        // In one order everywhere: two jobs that insert the same clients wait for each other, not each for the other.
        wanting.sort();
        close_expired(&tx, slug, expired, job.batch.options.letter_date, now).await?;
        while !wanting.is_empty() {
            insert(&tx, job, &wanting, vault, draw, now, &mut issued).await?;
            wanting.retain(|(id, _)| !issued.codes.contains_key(id));
            for (id, valid_until) in open_invitations(&tx, slug, &wanting).await? {
                issued.taken.insert(id, valid_until);
            }
            // Who is left had the bad luck of a code that was used before; they draw again.
            wanting.retain(|(id, _)| !issued.taken.contains_key(id));
        }
        tx.commit().await?;
        let clients: HashSet<&ClientId> = clients.iter().map(|(id, _)| id).collect();
        issued.codes.retain(|id, _| clients.contains(id));
        issued.earlier_words.retain(|id, _| clients.contains(id));
        Ok(issued)
    }

    /// The newest invitation of each client that left the house, as seen by the batch that asks; a batch that is not
    /// saved yet has none of its own.
    pub async fn last_invitations(
        &self,
        slug: &Slug,
        batch: Option<&str>,
        clients: &[ClientId],
    ) -> Result<HashMap<ClientId, LastInvitation>, StorageError> {
        let siblings: HashSet<String> = match batch {
            None => HashSet::new(),
            Some(batch) => self
                .team_statuses(batch)
                .await?
                .into_iter()
                .map(|team| team.team_job)
                .collect(),
        };
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
                        ours: row.reissue_of.is_none() && siblings.contains(&row.team_job_id),
                    },
                );
            }
        }
        Ok(last)
    }
}

/// How many open invitations a job has for its bundle.
pub async fn open_of_job(tx: &impl ConnectionTrait, team_job: &str) -> Result<u64, StorageError> {
    Ok(invitation::Entity::find()
        .filter(Column::TeamJobId.eq(team_job))
        .filter(Column::ReissueOf.is_null())
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
            .add(Column::ValidUntil.lt(letter_date))
            // One that another job is about to print is left to it; its client is taken.
            .add(out_of_the_house());
        close(tx, condition, InvitationState::Expired, false, now).await?;
    }
    Ok(())
}

async fn insert(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    clients: &[&(ClientId, String)],
    vault: &Vault,
    draw: &mut Draw<'_>,
    now: DateTime<Utc>,
    issued: &mut Issued,
) -> Result<(), StorageError> {
    for chunk in clients.chunks(CHUNK) {
        let mut drawn = HashMap::with_capacity(chunk.len());
        let mut rows = Vec::with_capacity(chunk.len());
        let codes: Vec<Code> = chunk.iter().map(|_| draw()).collect::<Result<_, _>>()?;
        let used = used_before(tx, vault, &codes).await?;
        for ((client, words), code) in chunk.iter().zip(codes) {
            // Another is drawn for this client.
            if vault
                .other_hashes(&code)
                .iter()
                .any(|hash| used.contains(hash))
            {
                continue;
            }
            let id = new_id();
            rows.push(invitation::ActiveModel {
                id: Set(id.clone()),
                organisation: Set(job.batch.organisation.slug.to_string()),
                client_id: Set(client.to_string()),
                team_job_id: Set(job.team_job.clone()),
                state: Set(InvitationState::Open.as_str().to_owned()),
                withdrawn: Set(false),
                code_hash: Set(vault.hash(&code)),
                sealed_code: Set(Some(vault.seal(&code, &id)?)),
                sealed_words: Set(Some(vault.seal_words(words, &id)?)),
                reissue_of: Set(None),
                letter_date: Set(job.batch.options.letter_date),
                valid_until: Set(job.batch.options.valid_until),
                issued_at: Set(now),
                closed_at: Set(None),
            });
            drawn.insert(id, (client.clone(), code));
        }
        if rows.is_empty() {
            continue;
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

/// The hashes of codes among these that were issued under another generation of the key. That of the current one is the
/// unique index's to find.
async fn used_before(
    tx: &impl ConnectionTrait,
    vault: &Vault,
    codes: &[Code],
) -> Result<HashSet<String>, StorageError> {
    let hashes: Vec<String> = codes
        .iter()
        .flat_map(|code| vault.other_hashes(code))
        .collect();
    let mut used = HashSet::new();
    for chunk in hashes.chunks(CHUNK) {
        used.extend(known_hashes(tx, chunk).await?);
    }
    Ok(used)
}

/// The letters that an earlier attempt of the job issued, with their words.
async fn issued_before(
    tx: &impl ConnectionTrait,
    job: &StartedJob,
    vault: &Vault,
) -> Result<Issued, StorageError> {
    let rows = invitation::Entity::find()
        .filter(Column::TeamJobId.eq(&job.team_job))
        .filter(Column::ReissueOf.is_null())
        .filter(Column::State.eq(InvitationState::Open.as_str()))
        .all(tx)
        .await?;
    let mut issued = Issued::default();
    for row in rows {
        let client = read_client_id(&row.client_id)?;
        let letter = super::letter_of(row, vault)?;
        issued.earlier_words.insert(client.clone(), letter.words);
        issued.codes.insert(client, letter.code);
    }
    Ok(issued)
}

async fn open_invitations(
    tx: &impl ConnectionTrait,
    slug: &Slug,
    clients: &[&(ClientId, String)],
) -> Result<Vec<(ClientId, NaiveDate)>, StorageError> {
    let clients: Vec<ClientId> = clients.iter().map(|(id, _)| id.clone()).collect();
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
