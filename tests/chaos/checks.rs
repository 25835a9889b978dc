//! What has to hold after every trial, looked at from the outside.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    exports::Export, faults::Fault, home::Home, plan::Plan, redeem, rows::Rows, trial::Outcome,
};

/// The batches that were answered to each idempotency key.
pub type Answered = BTreeMap<String, BTreeSet<String>>;

/// A team job, as the database has it.
pub struct Job {
    pub batch: String,
    pub team: String,
    pub state: String,
    pub made: String,
    /// Client → number of the letter, or the reason why there is none.
    pub clients: BTreeMap<String, Result<u64, String>>,
}

pub struct Check<'a> {
    pub home: &'a Home<'a>,
    pub rows: Rows,
    /// By id.
    pub jobs: BTreeMap<String, Job>,
    violations: Vec<String>,
}

/// Adds what is violated to `outcome`. An error is something that could not even be looked at.
pub fn check(
    plan: &Plan,
    home: &Home,
    export: &Export,
    keys: &Answered,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let mut check = Check {
        home,
        rows: home.rows(),
        jobs: BTreeMap::new(),
        violations: Vec::new(),
    };
    check.read_jobs()?;
    check.keys(keys)?;
    check.attempts()?;
    check.conservation(plan, export);
    check.batches()?;
    let letters = check.bundles()?;
    check.invitations(&letters)?;
    check.store()?;
    check.audit()?;
    outcome.jobs = check.jobs.len();
    outcome.letters = letters.len();
    if home.has_bucket() {
        outcome.unfinished_uploads = home.bucket().unfinished_uploads().len();
    }
    outcome.violations.append(&mut check.violations);
    redeem::check(home, &letters, plan.seed, &mut outcome.violations)
}

impl Check<'_> {
    pub fn violated(&mut self, what: String) {
        self.violations.push(what);
    }

    /// The audit log is whole, and has the letters of every job that is done, once.
    fn audit(&mut self) -> Result<(), String> {
        let verified = self.home.run(&["audit", "verify"]);
        if verified.exit != Some(0) {
            self.violated(format!("{}: {}", verified.complaint(), verified.stdout));
        }
        let sql = "SELECT object, clients FROM audit WHERE action = 'letters_made'";
        let lines = self.rows.texts(sql)?;
        let done = self.jobs.values().filter(|job| job.state == "done");
        let written: usize = done
            .map(|job| {
                job.clients
                    .values()
                    .filter(|outcome| outcome.is_ok())
                    .count()
            })
            .sum();
        let told: usize = (lines.iter())
            .map(|line| line[1].matches('"').count() / 2)
            .sum();
        // A bundle that was lost and made again is there again.
        if told < written {
            self.violated(format!(
                "the audit log has {told} letters of {written} that were made"
            ));
        }
        Ok(())
    }

    fn read_jobs(&mut self) -> Result<(), String> {
        for row in (self.rows).texts("SELECT id, batch_id, team_id, state, made FROM team_job")? {
            let [id, batch, team, state, made] = cells(row);
            let job = Job {
                batch,
                team,
                state,
                made,
                clients: BTreeMap::new(),
            };
            self.jobs.insert(id, job);
        }
        let sql = "SELECT team_job_id, client_id, letter_number, reason FROM team_client";
        for row in self.rows.query(sql)? {
            let [job, client, number, reason] = row.try_into().unwrap();
            let (job, client) = (job.unwrap(), client.unwrap());
            let outcome = match (number, reason) {
                (Some(number), None) => Ok(number.parse().unwrap()),
                (None, Some(reason)) => Err(reason),
                (number, reason) => {
                    self.violated(format!(
                        "client {client} of job {job} has letter number {number:?} and reason {reason:?}"
                    ));
                    continue;
                }
            };
            let job = self.jobs.get_mut(&job).expect("the job of a client");
            job.clients.insert(client, outcome);
        }
        Ok(())
    }

    /// The same idempotency key, however many times and by however many processes: one batch, and everybody was told
    /// the same.
    fn keys(&mut self, keys: &Answered) -> Result<(), String> {
        let sql = "SELECT idempotency_key, id FROM batch WHERE idempotency_key IS NOT NULL";
        let mut saved = Answered::new();
        for row in self.rows.texts(sql)? {
            let [key, id] = cells(row);
            saved.entry(key).or_default().insert(id);
        }
        for (key, answered) in keys {
            let saved = saved.get(key).cloned().unwrap_or_default();
            if saved.len() != 1 || saved != *answered {
                self.violated(format!(
                    "for idempotency key {key} there are the batches {saved:?}, and {answered:?} were answered"
                ));
            }
        }
        Ok(())
    }

    /// No job came to a good end twice, and none is at its end without one.
    fn attempts(&mut self) -> Result<(), String> {
        let sql = "SELECT team_job_id, outcome FROM team_job_attempt";
        let mut ends: BTreeMap<String, usize> = BTreeMap::new();
        for row in self.rows.texts(sql)? {
            let [job, outcome] = cells(row);
            let end = ends.entry(job.clone()).or_default();
            *end += usize::from(outcome == "done");
            if outcome.is_empty() {
                self.violated(format!("an attempt at job {job} never ended"));
            }
        }
        let wrong: Vec<String> = self
            .jobs
            .iter()
            .filter(|(id, _)| ends.get(*id) != Some(&1))
            .map(|(id, job)| {
                format!(
                    "job {id} is {}, and done {:?} times",
                    job.state,
                    ends.get(id)
                )
            })
            .collect();
        self.violations.extend(wrong);
        Ok(())
    }

    /// Every client of every team has exactly one outcome, and the letters are numbered one after the other.
    fn conservation(&mut self, plan: &Plan, export: &Export) {
        let changed = (plan.fault.as_ref()).is_some_and(|planned| planned.fault == Fault::Reimport);
        let mut violations = Vec::new();
        for (id, job) in &self.jobs {
            if job.state != "done" {
                violations.push(format!("job {id} is {}", job.state));
                continue;
            }
            let numbers: BTreeSet<u64> = (job.clients.values())
                .filter_map(|outcome| outcome.as_ref().ok().copied())
                .collect();
            let letters = job.letters().count();
            let expected: BTreeSet<u64> = (1..).take(letters).collect();
            if numbers != expected {
                violations.push(format!("letters of job {id} are numbered {numbers:?}"));
            }
            if job.made != letters.to_string() {
                violations.push(format!(
                    "job {id} made {} and has {letters} letters",
                    job.made
                ));
            }
            // With another export in between a batch may be of either.
            let clients: BTreeSet<String> = job.clients.keys().cloned().collect();
            if !changed && export.teams.get(&job.team) != Some(&clients) {
                violations.push(format!(
                    "job {id} has {} clients, and its team another set",
                    clients.len()
                ));
            }
        }
        self.violations.extend(violations);
    }

    /// What `batch show` answers is what the rows say.
    fn batches(&mut self) -> Result<(), String> {
        let batches: BTreeSet<String> = self.jobs.values().map(|job| job.batch.clone()).collect();
        for id in batches {
            let answer = self.home.ask(&["batch", "show", &id])?;
            let jobs = || self.jobs.values().filter(|job| job.batch == id);
            let clients: usize = jobs().map(|job| job.clients.len()).sum();
            let letters: usize = jobs().map(|job| job.letters().count()).sum();
            let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
            for reason in jobs().flat_map(|job| job.clients.values()) {
                if let Err(reason) = reason {
                    *left_out.entry(reason).or_default() += 1;
                }
            }
            let teams = answer["teams"].as_array().map_or(0, Vec::len);
            let agrees = answer["id"] == id.as_str()
                && answer["clients"] == clients
                && answer["letters"] == letters
                && answer["left_out"] == serde_json::json!(left_out)
                && teams == jobs().count();
            if !agrees {
                let rows = format!("{clients} clients, {letters} letters, left out {left_out:?}");
                self.violated(format!(
                    "batch show answers {answer}, and the rows say {rows}"
                ));
            }
        }
        Ok(())
    }
}

impl Job {
    fn letters(&self) -> impl Iterator<Item = &String> {
        let clients = self.clients.iter();
        clients.filter_map(|(client, outcome)| outcome.is_ok().then_some(client))
    }
}

pub fn cells<const N: usize>(row: Vec<String>) -> [String; N] {
    row.try_into().expect("as many cells as were asked for")
}
