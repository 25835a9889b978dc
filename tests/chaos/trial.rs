//! One trial, from an empty folder to what is wrong at the end of it.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::{
    checks::{self, Answered},
    course::Course,
    exports::Export,
    home::Home,
    plan::Plan,
    postgres::Postgres,
};

/// What the trials have in common.
pub struct Suite<'a> {
    pub program: PathBuf,
    pub folder: PathBuf,
    pub postgres: Option<&'a Postgres>,
}

#[derive(Default)]
pub struct Outcome {
    pub violations: Vec<String>,
    /// The folder, when something was violated.
    pub kept: Option<PathBuf>,
    pub kills: usize,
    pub stops: usize,
    /// How many times a batch with failed jobs was tried again.
    pub retries: usize,
    pub jobs: usize,
    pub letters: usize,
    /// Multipart uploads that nobody completed: no objects, and S3's to clear away.
    pub unfinished_uploads: usize,
    pub took: Duration,
}

pub fn run(plan: &Plan, suite: &Suite) -> Outcome {
    let begun = Instant::now();
    let home = Home::make(plan, suite);
    let mut outcome = Outcome::default();
    if let Err(violation) = play(plan, &home, &mut outcome) {
        outcome.violations.push(violation);
    }
    if !outcome.violations.is_empty() {
        outcome.kept = Some(home.keep());
    }
    outcome.took = begun.elapsed();
    outcome
}

fn play(plan: &Plan, home: &Home, outcome: &mut Outcome) -> Result<(), String> {
    let (clients, teams) = (plan.clients.to_string(), plan.teams.to_string());
    let seed = plan.seed.to_string();
    let size = ["--clients", &clients, "--teams", &teams, "--seed", &seed];
    home.ask(&[&["sample", "--out", "export"], &size[..]].concat())?;
    home.ask(&["import", "export"])?;
    let export = Export::read(&home.folder().join("export"));

    let mut course = Course::begin(plan, home, &export);
    let end = course.run();
    let keys: Answered = course.keys();
    course.close(outcome);
    end?;
    checks::check(plan, home, &export, &keys, outcome)
}
