//! What is printed: a line a trial, what was violated, and the sums.

use std::collections::BTreeMap;

use crate::{
    faults::Fault,
    plan::{Database, Plan, Store},
    trial::Outcome,
};

/// More than this of one trial is no more to read.
const MOST_VIOLATIONS: usize = 25;

pub struct Tally {
    database: Database,
    pub trials: usize,
    /// Trials with a violation.
    pub failed: usize,
    violations: usize,
    kills: usize,
    stops: usize,
    retries: usize,
    jobs: usize,
    letters: usize,
    faults: BTreeMap<Fault, usize>,
}

impl Tally {
    pub fn new(database: Database) -> Self {
        Self {
            database,
            trials: 0,
            failed: 0,
            violations: 0,
            kills: 0,
            stops: 0,
            retries: 0,
            jobs: 0,
            letters: 0,
            faults: BTreeMap::new(),
        }
    }

    /// Counts a trial and prints its line.
    pub fn add(&mut self, plan: &Plan, outcome: &Outcome, number: u64, of: u64) {
        self.trials += 1;
        self.kills += outcome.kills;
        self.stops += outcome.stops;
        self.retries += outcome.retries;
        self.jobs += outcome.jobs;
        self.letters += outcome.letters;
        self.violations += outcome.violations.len();
        let fault = plan.fault.as_ref().map(|planned| planned.fault);
        if let Some(fault) = fault {
            *self.faults.entry(fault).or_default() += 1;
        }
        let database = self.database.name();
        println!(
            "{database} {number}/{of} seed {}: {:.1} s, {}{}, fault {}, {} workers, {} kills, {} stops, {} jobs, \
             {} letters, {} retries, {} unfinished uploads, {} violations",
            plan.seed,
            outcome.took.as_secs_f64(),
            match plan.store {
                Store::Folder => "folder",
                Store::Bucket => "bucket",
            },
            if plan.apart { " apart" } else { "" },
            fault.map_or("none", Fault::name),
            plan.workers.len(),
            outcome.kills,
            outcome.stops,
            outcome.jobs,
            outcome.letters,
            outcome.retries,
            outcome.unfinished_uploads,
            outcome.violations.len(),
        );
        if outcome.violations.is_empty() {
            return;
        }
        self.failed += 1;
        for violation in outcome.violations.iter().take(MOST_VIOLATIONS) {
            println!("  violated: {violation}");
        }
        println!("  plan: {plan:?}");
        if let Some(kept) = &outcome.kept {
            println!("  kept: {}", kept.display());
        }
        println!(
            "  again: --trials 1 --database {database} --seed {}",
            plan.seed
        );
    }

    pub fn line(&self) -> String {
        let faults: Vec<String> = self
            .faults
            .iter()
            .map(|(fault, times)| format!("{} {times}", fault.name()))
            .collect();
        format!(
            "{}: {} trials, {} jobs, {} letters, {} kills (kill -9), {} stops (SIGTERM), {} retries, faults: {}; \
             {} violations",
            self.database.name(),
            self.trials,
            self.jobs,
            self.letters,
            self.kills,
            self.stops,
            self.retries,
            faults.join(", "),
            self.violations
        )
    }
}
