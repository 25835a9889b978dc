//! Reading the log as somebody who trusts nobody: from the first line to the last, a piece at a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{AuditHead, head::Head, line::is_sealed};
use crate::storage::{
    Database, StorageError,
    entities::{audit, audit_client, audit_head},
    generations::seals,
    vault::Vault,
};

/// Lines that are in memory at the same time.
const PIECE: u64 = 200;
/// What is named; whoever has more than this to name has made the point.
const NAMED: usize = 1_000;

/// What is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// From the first to the last of them.
    Missing(u64, u64),
    Changed(u64),
    /// It is whole, but was written after another line than the one before it.
    OutOfPlace(u64),
    /// It is not one of the log's.
    Added(u64),
    /// The clients that it is found by are not those it names.
    FoundByOthers(u64),
    HeadMissing,
    HeadChanged,
    /// The line that was noted elsewhere is another one here, or is not here any more.
    NotAsNoted(u64),
}

impl Finding {
    /// The first and the last line that it is about; none when it is about the head.
    pub fn lines(&self) -> Option<(u64, u64)> {
        match self {
            Self::Missing(from, to) => Some((*from, *to)),
            Self::Changed(seq)
            | Self::OutOfPlace(seq)
            | Self::Added(seq)
            | Self::FoundByOthers(seq)
            | Self::NotAsNoted(seq) => Some((*seq, *seq)),
            Self::HeadMissing | Self::HeadChanged => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(from, to) if from == to => write!(f, "line {from} is missing"),
            Self::Missing(from, to) => write!(f, "lines {from} to {to} are missing"),
            Self::Changed(seq) => write!(f, "line {seq} was changed"),
            Self::OutOfPlace(seq) => write!(f, "line {seq} does not follow the line before it"),
            Self::Added(seq) => write!(f, "line {seq} was added by somebody else"),
            Self::FoundByOthers(seq) => {
                write!(f, "line {seq} is not found by the clients that it names")
            }
            Self::HeadMissing => write!(f, "the head is missing"),
            Self::HeadChanged => write!(f, "the head was changed"),
            Self::NotAsNoted(seq) => write!(
                f,
                "line {seq} is not the one that was noted: the log was cut off or put back"
            ),
        }
    }
}

/// What a look through the whole log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Lines that were read.
    pub lines: u64,
    /// The oldest line that is kept.
    pub first: u64,
    /// The last line, to be noted elsewhere.
    pub head: AuditHead,
    /// In order; empty when all is well.
    pub findings: Vec<Finding>,
}

impl Database {
    /// Reads the whole log and compares it with its seals, and with a line that was noted elsewhere.
    pub async fn verify_audit(
        &self,
        vault: &Vault,
        noted: Option<&AuditHead>,
    ) -> Result<Verified, StorageError> {
        let tx = self.begin_reading().await?;
        let row = audit_head::Entity::find().one(&tx).await?;
        let head = row.as_ref().and_then(|row| Head::read(row, vault));
        if row.is_some() && head.is_none() && !seals(&tx, vault.mark()).await? {
            // The head may be well, and ours the old key.
            return Err(StorageError::KeyRotated);
        }
        // Without a head of ours the lines are still compared with each other.
        let assumed = head.clone().unwrap_or_else(Head::of_nothing);
        let end = head.as_ref().map_or(i64::MAX, |head| head.last_seq);
        let mut walk = Walk::new(vault, &assumed, noted);
        walk.read(&tx, end).await?;
        match &head {
            Some(head) => walk.arrive(head),
            None if row.is_some() => walk.find(Finding::HeadChanged),
            None if walk.lines > 0 => walk.find(Finding::HeadMissing),
            None => {}
        }
        for seq in strays(&tx).await? {
            walk.find(Finding::FoundByOthers(seq));
        }
        walk.compare_with_noted();
        tx.rollback().await?;
        Ok(Verified {
            lines: walk.lines,
            first: assumed.first_seq.unsigned_abs(),
            head: AuditHead {
                seq: assumed.last_seq.unsigned_abs(),
                hash: assumed.last_hash,
            },
            findings: walk.findings,
        })
    }
}

/// One who goes from line to line.
pub(super) struct Walk<'a> {
    vault: &'a Vault,
    noted: Option<&'a AuditHead>,
    noted_seen: bool,
    first: i64,
    /// The line that should come next.
    next: i64,
    /// The hash that it should follow; not known after a line that was changed or is missing.
    previous: Option<String>,
    pub lines: u64,
    pub findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    pub fn new(vault: &'a Vault, head: &Head, noted: Option<&'a AuditHead>) -> Self {
        let mut walk = Self {
            vault,
            noted,
            noted_seen: false,
            first: head.first_seq,
            next: head.first_seq,
            previous: Some(head.first_previous.clone()),
            lines: 0,
            findings: Vec::new(),
        };
        walk.compare(head.first_seq - 1, &head.first_previous);
        walk
    }

    /// Reads every line there is; what comes after `end` is not ours.
    pub async fn read(&mut self, tx: &impl ConnectionTrait, end: i64) -> Result<(), StorageError> {
        let mut after = i64::MIN;
        loop {
            let piece: Vec<i64> = audit::Entity::find()
                .select_only()
                .column(audit::Column::Seq)
                .filter(audit::Column::Seq.gt(after))
                .order_by_asc(audit::Column::Seq)
                .limit(PIECE)
                .into_tuple()
                .all(tx)
                .await?;
            let (Some(from), Some(to)) = (piece.first(), piece.last()) else {
                return Ok(());
            };
            self.read_piece(tx, (*from, *to), &piece, end).await?;
            after = *to;
        }
    }

    /// The same as far as `end` and no further.
    pub async fn read_until(
        &mut self,
        tx: &impl ConnectionTrait,
        end: i64,
    ) -> Result<(), StorageError> {
        while self.next <= end {
            let from = self.next;
            let to = end.min(from + i64::try_from(PIECE).unwrap_or(1) - 1);
            let piece: Vec<i64> = (from..=to).collect();
            self.read_piece(tx, (from, to), &piece, end).await?;
            if self.next <= to {
                self.find(Finding::Missing(
                    self.next.unsigned_abs(),
                    to.unsigned_abs(),
                ));
                return Ok(());
            }
        }
        Ok(())
    }

    async fn read_piece(
        &mut self,
        tx: &impl ConnectionTrait,
        (from, to): (i64, i64),
        piece: &[i64],
        end: i64,
    ) -> Result<(), StorageError> {
        let mut found_by: BTreeMap<i64, BTreeSet<(String, String)>> = BTreeMap::new();
        let clients = audit_client::Entity::find()
            .filter(audit_client::Column::Seq.between(from, to))
            .all(tx)
            .await?;
        for row in clients {
            let pair = (row.organisation, row.client_id);
            found_by.entry(row.seq).or_default().insert(pair);
        }
        let rows = audit::Entity::find()
            .filter(audit::Column::Seq.between(from, to))
            .order_by_asc(audit::Column::Seq)
            .all(tx)
            .await;
        let lines: Vec<(i64, Option<audit::Model>)> = match rows {
            Ok(rows) => rows.into_iter().map(|row| (row.seq, Some(row))).collect(),
            // One of them holds what no column of its kind can: which one?
            Err(_) => {
                let mut lines = Vec::with_capacity(piece.len());
                for seq in piece {
                    match audit::Entity::find_by_id(*seq).one(tx).await {
                        Ok(None) => {}
                        Ok(Some(row)) => lines.push((*seq, Some(row))),
                        Err(_) => lines.push((*seq, None)),
                    }
                }
                lines
            }
        };
        for (seq, line) in lines {
            self.step(seq, line, found_by.remove(&seq).unwrap_or_default(), end);
        }
        Ok(())
    }

    fn step(
        &mut self,
        seq: i64,
        line: Option<audit::Model>,
        found_by: BTreeSet<(String, String)>,
        end: i64,
    ) {
        self.lines += 1;
        let number = seq.unsigned_abs();
        if seq < self.first || seq > end {
            self.find(Finding::Added(number));
            return;
        }
        if seq > self.next {
            self.find(Finding::Missing(self.next.unsigned_abs(), number - 1));
            self.previous = None;
        }
        self.next = seq + 1;
        let Some(line) = line.filter(|line| is_sealed(line, self.vault)) else {
            self.find(Finding::Changed(number));
            self.previous = None;
            return;
        };
        if self
            .previous
            .as_ref()
            .is_some_and(|p| *p != line.previous_hash)
        {
            self.find(Finding::OutOfPlace(number));
        }
        let named: Vec<String> = serde_json::from_str(&line.clients).unwrap_or_default();
        let organisation = line.organisation.unwrap_or_default();
        let named: BTreeSet<(String, String)> = named
            .into_iter()
            .map(|client| (organisation.clone(), client))
            .collect();
        if named != found_by {
            self.find(Finding::FoundByOthers(number));
        }
        self.compare(seq, &line.hash);
        self.previous = Some(line.hash);
    }

    /// Whether the last line is the one that the head ends with.
    fn arrive(&mut self, head: &Head) {
        if self.next <= head.last_seq {
            let (from, to) = (self.next.unsigned_abs(), head.last_seq.unsigned_abs());
            self.find(Finding::Missing(from, to));
        } else if self.previous.as_ref().is_some_and(|p| *p != head.last_hash) {
            self.find(Finding::OutOfPlace(head.last_seq.unsigned_abs()));
        }
    }

    fn compare(&mut self, seq: i64, hash: &str) {
        if let Some(noted) = self
            .noted
            .filter(|noted| i64::try_from(noted.seq) == Ok(seq))
        {
            self.noted_seen = true;
            if noted.hash != hash {
                self.find(Finding::NotAsNoted(noted.seq));
            }
        }
    }

    fn compare_with_noted(&mut self) {
        if let Some(noted) = self.noted
            && !self.noted_seen
        {
            self.find(Finding::NotAsNoted(noted.seq));
        }
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < NAMED {
            self.findings.push(finding);
        }
    }
}

/// Lines that are not there, and by which clients are found all the same.
async fn strays(tx: &impl ConnectionTrait) -> Result<Vec<u64>, StorageError> {
    use sea_orm::QueryTrait;
    let there = audit::Entity::find()
        .select_only()
        .column(audit::Column::Seq)
        .into_query();
    let strays: Vec<i64> = audit_client::Entity::find()
        .select_only()
        .column(audit_client::Column::Seq)
        .distinct()
        .filter(audit_client::Column::Seq.not_in_subquery(there))
        .order_by_asc(audit_client::Column::Seq)
        .limit(NAMED as u64)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(strays.into_iter().map(i64::unsigned_abs).collect())
}
