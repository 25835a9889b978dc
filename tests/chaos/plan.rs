//! What will happen in a trial, decided beforehand from its seed.

use std::time::Duration;

use crate::{dice::Dice, faults::Fault};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Folder,
    Bucket,
}

/// What this machine allows.
pub struct Means {
    pub mounts: bool,
    pub fake_clock: bool,
}

#[derive(Debug)]
pub struct Plan {
    pub seed: u64,
    pub database: Database,
    pub store: Store,
    /// Each worker has a data folder of its own, as on another machine: only the database tells whether it lives.
    pub apart: bool,
    pub clients: u64,
    pub teams: u64,
    pub batches: Vec<Batch>,
    /// A worker process each: how many jobs it takes at a time.
    pub workers: Vec<u64>,
    /// In the order in which they fall.
    pub blows: Vec<Blow>,
    pub fault: Option<PlannedFault>,
    /// By how many seconds the clock of each next worker process is off, over and over; empty: none.
    pub clocks: Vec<i64>,
}

/// A batch, and how it is submitted.
#[derive(Debug)]
pub struct Batch {
    pub at: Duration,
    /// Which of the export's teams, by number; empty: all, without naming them.
    pub teams: Vec<u64>,
    pub key: Option<String>,
    pub manner: Manner,
    /// From today to the letter date.
    pub days: u64,
}

#[derive(Debug)]
pub enum Manner {
    Once,
    /// By two processes at the same time.
    Twice,
    /// The first process is killed after this time, and a second one submits again.
    KilledFirst(Duration),
}

/// What befalls a worker process. Another takes its place.
#[derive(Debug)]
pub struct Blow {
    pub at: Duration,
    /// Modulo the number of workers.
    pub worker: u64,
    pub kind: BlowKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlowKind {
    /// `kill -9`
    Kill,
    /// SIGTERM
    Stop,
}

#[derive(Debug)]
pub struct PlannedFault {
    pub fault: Fault,
    pub at: Duration,
    pub lasts: Duration,
    /// For what else the fault has to choose.
    pub seed: u64,
}

impl Database {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl Plan {
    pub fn of(seed: u64, database: Database, means: &Means, only: Option<Fault>) -> Self {
        let dice = &mut Dice::new(seed);
        let postgres = database == Database::Postgres;
        let mut store = if postgres && dice.chance(50) {
            Store::Bucket
        } else {
            Store::Folder
        };
        let apart = dice.chance(5) && postgres;
        // Drawn all the same, so that the rest of the plan is what the seed says.
        if let Some(wanted) = only.and_then(Fault::store) {
            store = if postgres { wanted } else { Store::Folder };
        }
        let teams = dice.between(3, 8);
        let mut plan = Self {
            seed,
            database,
            store,
            apart,
            clients: dice.between(60, 400),
            teams,
            batches: batches(dice, teams),
            workers: (0..dice.between(2, 4))
                .map(|_| dice.between(1, 2))
                .collect(),
            blows: blows(dice),
            fault: None,
            clocks: Vec::new(),
        };
        let possible: Vec<Fault> = Fault::ALL
            .into_iter()
            .filter(|fault| fault.fits(&plan, means))
            .filter(|fault| only.is_none_or(|only| only == *fault))
            .collect();
        // One trial in ten is left to the blows alone.
        if !possible.is_empty() && (dice.chance(90) || only.is_some()) {
            let fault = dice.pick(&possible);
            plan.fault = Some(PlannedFault {
                fault,
                at: dice.millis(0, 800),
                lasts: fault.lasts(dice),
                seed: dice.between(0, u64::MAX - 1),
            });
            if fault == Fault::ClockJumps {
                plan.clocks = clocks(dice, plan.store);
            }
        }
        plan
    }
}

fn batches(dice: &mut Dice, teams: u64) -> Vec<Batch> {
    let many = dice.between(1, 3);
    (0..many)
        .map(|number| Batch {
            at: if number == 0 {
                Duration::ZERO
            } else {
                dice.millis(0, 1500)
            },
            teams: if dice.chance(40) {
                Vec::new()
            } else {
                (0..teams).filter(|_| dice.chance(60)).collect()
            },
            key: dice.chance(60).then(|| format!("request-{number}")),
            manner: match dice.between(1, 4) {
                1 | 2 => Manner::Once,
                3 => Manner::Twice,
                _ => Manner::KilledFirst(dice.millis(1, 120)),
            },
            days: dice.pick(&[0, 0, 1, 7]),
        })
        .collect()
}

/// Two or more, close together: a small batch takes a second, and a worker a fraction of one to begin.
fn blows(dice: &mut Dice) -> Vec<Blow> {
    let mut at = Duration::ZERO;
    (0..dice.between(2, 9))
        .map(|_| {
            at += dice.millis(20, 600);
            Blow {
                at,
                worker: dice.between(0, 99),
                kind: if dice.chance(70) {
                    BlowKind::Kill
                } else {
                    BlowKind::Stop
                },
            }
        })
        .collect()
}

/// Hours and days, to either side; codes stay valid for longer than that. A bucket refuses whoever's clock is a quarter
/// of an hour off, so there it is minutes.
fn clocks(dice: &mut Dice, store: Store) -> Vec<i64> {
    const HOUR: i64 = 3600;
    (0..dice.between(2, 5))
        .map(|_| {
            let off = match store {
                Store::Bucket => dice.pick(&[0, 60, 300, 600]),
                Store::Folder => {
                    dice.pick(&[0, HOUR, 6 * HOUR, 30 * HOUR, 3 * 24 * HOUR, 9 * 24 * HOUR])
                }
            };
            if dice.chance(50) { off } else { -off }
        })
        .collect()
}
