//! The audit log: a line for every access to client data, each bound to the one before it.
//!
//! A line holds a MAC of all its fields and of the MAC of the line before; the head holds one of where the log begins
//! and ends. The key is not in the database, so whoever can write there can damage the log, but cannot change it
//! without being found out. What cannot be found out from inside is that the whole database was put back as it was
//! before: for that, the head is noted elsewhere.
//!
//! Whoever adds a line holds the head until their transaction ends, and takes it last of all, so that nobody waits for
//! somebody who waits for them.

mod head;
mod line;
mod list;
mod trim;
mod verify;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

pub use self::{
    head::AuditHead,
    line::AuditLine,
    list::AuditFilter,
    verify::{Finding, Verified},
};
use self::{head::Head, line::seal};
use super::{
    Database, StorageError,
    entities::{audit, audit_client},
    exports::CHUNK,
    vault::Vault,
};
use crate::domain::{
    actor::Actor,
    audit::{Access, Action},
};

/// Clients named on one line; who has more gets more lines.
const CLIENTS_A_LINE: usize = 500;

/// What says, once for each bundle, whose data is in it; every other line about the bundle leans on these.
const NAMES_A_BUNDLES_CLIENTS: [Action; 2] = [Action::LettersMade, Action::ClientsLeftOut];

/// Writes lines: for whom, when, and with which key.
#[derive(Clone, Copy)]
pub struct Scribe<'a> {
    pub actor: &'a Actor,
    pub vault: &'a Vault,
    pub now: DateTime<Utc>,
}

impl Database {
    /// Adds an access to the log, in a transaction of its own.
    pub async fn record(&self, scribe: &Scribe<'_>, access: &Access) -> Result<(), StorageError> {
        let tx = self.begin().await?;
        append(&tx, scribe, access).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Adds an access to the log, in the transaction that makes the change: both are there, or neither.
pub(super) async fn append(
    tx: &impl ConnectionTrait,
    scribe: &Scribe<'_>,
    access: &Access,
) -> Result<(), StorageError> {
    let mut clients: Vec<&str> = access.clients.iter().map(|id| id.as_str()).collect();
    clients.sort_unstable();
    clients.dedup();
    let organisation = access.organisation.as_ref().map(|slug| slug.as_str());
    let mut head = Head::locked(tx, scribe.vault).await?;
    let mut lines = Vec::new();
    let mut found_by = Vec::new();
    // Also when there are none: one line.
    let mut rest = clients.as_slice();
    loop {
        let (these, others) = rest.split_at(rest.len().min(CLIENTS_A_LINE));
        let mut line = audit::Model {
            seq: head.last_seq + 1,
            at: to_the_microsecond(scribe.now),
            action: access.action.code().to_owned(),
            outcome: access.outcome.code(),
            actor: scribe.actor.user.clone(),
            role: scribe.actor.role.as_str().to_owned(),
            source: scribe.actor.source.clone(),
            organisation: organisation.map(str::to_owned),
            clients: serde_json::to_string(these)?,
            object: access.object.clone(),
            previous_hash: head.last_hash.clone(),
            hash: String::new(),
        };
        line.hash = seal(&line, scribe.vault);
        found_by.extend(these.iter().map(|client| audit_client::ActiveModel {
            seq: Set(line.seq),
            client_id: Set((*client).to_owned()),
            organisation: Set(organisation.unwrap_or_default().to_owned()),
        }));
        head.last_seq = line.seq;
        head.last_hash.clone_from(&line.hash);
        lines.push(audit::ActiveModel::from(line));
        rest = others;
        if rest.is_empty() {
            break;
        }
    }
    for chunk in lines.chunks(CHUNK) {
        audit::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    for chunk in found_by.chunks(CHUNK) {
        audit_client::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    head.save(tx, scribe.vault).await
}

/// Seals the head anew, in the transaction that changes the key.
pub(super) async fn change_key(
    tx: &impl ConnectionTrait,
    old: &Vault,
    new: &Vault,
) -> Result<(), StorageError> {
    Head::locked(tx, old).await?.save(tx, new).await
}

/// What both databases keep of a time, so that what was sealed is what is read.
fn to_the_microsecond(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}
