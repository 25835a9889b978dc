//! Closing: withdrawn, cancelled, expired, redeemed, replaced. Whatever the way, it happens once, and with it the code
//! and the words of the letter are gone.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait,
    sea_query::{Expr, OnConflict, SimpleExpr},
};

use super::{StoredInvitation, issue::Draw, read_invitation, read_state, reseal::known_hashes};
use crate::{
    domain::{
        audit::{Access, Action},
        client::ClientId,
        invitation::{Code, InvitationState},
        team_job::TeamJobState,
    },
    storage::{
        Database, StorageError,
        audit::{self, Scribe},
        entities::{
            invitation::{self, Column},
            team_job,
        },
        exports::CHUNK,
        new_id, read_client_id, read_slug,
        team_jobs::locked,
    },
};

/// What came of a wish to close an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closing {
    /// It was open, and is closed now. A reissue: with the id of the new invitation.
    Closed(Option<String>),
    /// It was not open any more.
    Was(InvitationState),
    /// Its letter is being made at this moment.
    BeingMade,
    /// The client has another open invitation: its id.
    Other(String),
}

/// The letter of a reissued invitation.
pub struct Reissue<'a> {
    pub words: &'a str,
    pub letter_date: NaiveDate,
    pub valid_until: NaiveDate,
}

impl Database {
    /// Cancels an open invitation; its code works no more. `today` is the day in Amsterdam.
    pub async fn cancel_invitation(
        &self,
        invitation: &StoredInvitation,
        today: NaiveDate,
        scribe: &Scribe<'_>,
    ) -> Result<Closing, StorageError> {
        let tx = self.begin().await?;
        let (row, being_made) = locked_with_job(&tx, invitation).await?;
        if being_made {
            return Ok(Closing::BeingMade);
        }
        let state = read_state(&row.state)?.on(today, row.valid_until);
        if state != InvitationState::Open {
            return Ok(Closing::Was(state));
        }
        let cancelled = InvitationState::Cancelled;
        close(&tx, by_id(&row.id), cancelled, false, scribe.now).await?;
        let access = with_invitation(Action::InvitationCancelled, &row)?;
        audit::append(&tx, scribe, &access).await?;
        tx.commit().await?;
        Ok(Closing::Closed(None))
    }

    /// Issues a new invitation in place of one, open or not; an open one is replaced, in the same moment. `today` is the
    /// day in Amsterdam.
    pub async fn reissue_invitation(
        &self,
        invitation: &StoredInvitation,
        letter: &Reissue<'_>,
        draw: &mut Draw<'_>,
        today: NaiveDate,
        scribe: &Scribe<'_>,
    ) -> Result<Closing, StorageError> {
        let (vault, now) = (scribe.vault, scribe.now);
        let tx = self.begin().await?;
        let (row, being_made) = locked_with_job(&tx, invitation).await?;
        self.hold_key(&tx).await?;
        if being_made {
            return Ok(Closing::BeingMade);
        }
        let open = invitation::Entity::find()
            .filter(Column::Organisation.eq(&row.organisation))
            .filter(Column::ClientId.eq(&row.client_id))
            .filter(Column::State.eq(InvitationState::Open.as_str()))
            .lock_exclusive()
            .one(&tx)
            .await?;
        if let Some(open) = open {
            let state = match InvitationState::Open.on(today, open.valid_until) {
                InvitationState::Open if open.id != row.id => return Ok(Closing::Other(open.id)),
                InvitationState::Open => InvitationState::Replaced,
                ended => ended,
            };
            close(&tx, by_id(&open.id), state, false, now).await?;
        }
        let id = loop {
            let id = new_id();
            let code = draw()?;
            if !known_hashes(&tx, &vault.other_hashes(&code))
                .await?
                .is_empty()
            {
                continue;
            }
            let inserted = invitation::Entity::insert(invitation::ActiveModel {
                id: Set(id.clone()),
                organisation: Set(row.organisation.clone()),
                client_id: Set(row.client_id.clone()),
                team_job_id: Set(row.team_job_id.clone()),
                state: Set(InvitationState::Open.as_str().to_owned()),
                withdrawn: Set(false),
                code_hash: Set(vault.hash(&code)),
                sealed_code: Set(Some(vault.seal(&code, &id)?)),
                sealed_words: Set(Some(vault.seal_words(letter.words, &id)?)),
                reissue_of: Set(Some(row.id.clone())),
                letter_date: Set(letter.letter_date),
                valid_until: Set(letter.valid_until),
                issued_at: Set(now),
                closed_at: Set(None),
            })
            .on_conflict(OnConflict::column(Column::CodeHash).do_nothing().to_owned())
            .exec_without_returning(&tx)
            .await?;
            // Otherwise the code was used before: another is drawn.
            if inserted == 1 {
                break id;
            }
        };
        let access = with_invitation(Action::InvitationReissued, &row)?;
        audit::append(&tx, scribe, &access).await?;
        tx.commit().await?;
        Ok(Closing::Closed(Some(id)))
    }

    /// Writes down that open invitations have expired by `today`, the day in Amsterdam, so that nothing of them is kept.
    /// How many. Those of a job that is not done yet are its own to deal with.
    pub async fn close_expired(
        &self,
        today: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<u64, StorageError> {
        close(
            self.connection(),
            expired(today),
            InvitationState::Expired,
            false,
            now,
        )
        .await
    }

    /// How many invitations [`Database::close_expired`] would close.
    pub async fn count_expired(&self, today: NaiveDate) -> Result<u64, StorageError> {
        Ok(invitation::Entity::find()
            .filter(expired(today))
            .count(self.connection())
            .await?)
    }

    /// Redeems the open invitation with this code, if it is still valid on `today`, the day in Amsterdam. Of any number
    /// of callers at the same time one hears that it was theirs.
    ///
    /// `None`: no invitation has or had this code.
    pub async fn redeem(
        &self,
        code: &Code,
        today: NaiveDate,
        scribe: &Scribe<'_>,
    ) -> Result<Option<(StoredInvitation, Closing)>, StorageError> {
        // It may have been issued under any generation of the key.
        let mut hashes = scribe.vault.other_hashes(code);
        hashes.push(scribe.vault.hash(code));
        let condition = Condition::all()
            .add(Column::CodeHash.is_in(&hashes))
            .add(Column::State.eq(InvitationState::Open.as_str()))
            .add(Column::ValidUntil.gte(today));
        let tx = self.begin().await?;
        self.hold_key(&tx).await?;
        let redeemed = close(&tx, condition, InvitationState::Redeemed, false, scribe.now).await?;
        let row = invitation::Entity::find()
            .filter(Column::CodeHash.is_in(&hashes))
            .find_also_related(team_job::Entity)
            .one(&tx)
            .await?;
        let Some((row, job)) = row else {
            return Ok(None);
        };
        if redeemed > 0 {
            let access = with_invitation(Action::CodeRedeemed, &row)?;
            audit::append(&tx, scribe, &access).await?;
        }
        let found = read_invitation(row, job)?;
        let closing = match redeemed {
            1 => Closing::Closed(None),
            _ => Closing::Was(found.state_on(today)),
        };
        // Last of all: whoever is told nothing has not redeemed it.
        tx.commit().await?;
        Ok(Some((found, closing)))
    }
}

/// Cancels open invitations of a job whose letters never left the house: of these clients, or of all.
pub async fn withdraw(
    tx: &impl ConnectionTrait,
    team_job: &str,
    clients: Option<&[&ClientId]>,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let of_job = || {
        Condition::all()
            .add(Column::TeamJobId.eq(team_job))
            .add(Column::ReissueOf.is_null())
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

fn expired(today: NaiveDate) -> Condition {
    Condition::all()
        .add(Column::State.eq(InvitationState::Open.as_str()))
        .add(Column::ValidUntil.lt(today))
        .add(out_of_the_house())
}

/// Invitations that no job is working on: those of jobs that are done.
pub fn out_of_the_house() -> SimpleExpr {
    let done = team_job::Entity::find()
        .select_only()
        .column(team_job::Column::Id)
        .filter(team_job::Column::State.eq(TeamJobState::Done.as_str()))
        .into_query();
    Column::TeamJobId.in_subquery(done)
}

fn with_invitation(action: Action, row: &invitation::Model) -> Result<Access, StorageError> {
    let slug = read_slug(row.organisation.clone())?;
    Ok(Access::done(action)
        .of(&slug)
        .with("invitation", &row.id)
        .to_clients([read_client_id(&row.client_id)?]))
}

fn by_id(id: &str) -> Condition {
    Condition::all().add(Column::Id.eq(id))
}

/// The row, which nobody else changes until the transaction ends, and whether its letter is being made. The job comes
/// first, as everywhere, so that nobody waits for somebody who waits for them.
async fn locked_with_job(
    tx: &impl ConnectionTrait,
    invitation: &StoredInvitation,
) -> Result<(invitation::Model, bool), StorageError> {
    let job = locked(tx, &invitation.team_job).await?;
    let row = invitation::Entity::find_by_id(&invitation.id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(|| StorageError::Unexpected("an invitation that is gone".to_owned()))?;
    let busy = TeamJobState::UNDER_WAY
        .iter()
        .any(|state| state.as_str() == job.state);
    let being_made = busy && row.reissue_of.is_none();
    Ok((row, being_made))
}

/// The one way an invitation closes: with its new state the sealed code and the words go. How many
/// were closed.
pub async fn close(
    tx: &impl ConnectionTrait,
    which: Condition,
    state: InvitationState,
    withdrawn: bool,
    now: DateTime<Utc>,
) -> Result<u64, StorageError> {
    let closed = invitation::Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Withdrawn, Expr::value(withdrawn))
        .col_expr(Column::SealedCode, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(Column::SealedWords, Expr::value(Option::<Vec<u8>>::None))
        .col_expr(Column::ClosedAt, Expr::value(now))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(closed.rows_affected)
}
