//! Chaos: the program is killed, stopped and starved at random instants, and afterwards everything is looked at from
//! the outside: the rows in the database, the files in the store, and what the commands answer.
//!
//! `cargo test --release --test chaos -- --trials 200 --database both`. A trial's plan follows from its seed, so that
//! `--trials 1 --seed S --database D` plays one again; how the processes' steps fall between each other does not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a suite that cannot go on has failed"
)]
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

mod arguments;
mod checks;
mod course;
mod dice;
mod errands;
mod exports;
mod faults;
mod home;
mod mounts;
mod plan;
mod redeem;
mod rows;
mod shelf;
mod stored;
mod tally;
mod trial;
mod workers;

#[allow(dead_code, reason = "the journeys ask more of it")]
#[path = "../support/bucket.rs"]
mod bucket;
#[allow(dead_code, reason = "the journeys ask more of it")]
#[path = "../support/bundle.rs"]
mod bundle;
#[allow(dead_code, reason = "the journeys ask more of it")]
#[path = "../support/poppler.rs"]
mod poppler;
#[allow(dead_code, reason = "the journeys ask more of it")]
#[path = "../support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "the journeys ask more of it")]
#[path = "../support/server.rs"]
mod server;

use std::{fs, process::ExitCode};

use arguments::Arguments;
use plan::{Database, Means, Plan};
use postgres::Postgres;
use tally::Tally;
use trial::Suite;

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            println!("error: {wrong}");
            return ExitCode::FAILURE;
        }
    };
    let mounts = arguments.in_own_mounts || mounts::enter(&arguments);
    let means = Means {
        mounts,
        fake_clock: faults::fake_clock().is_some(),
    };
    for (there, what) in [
        (means.mounts, "no tmpfs can be mounted: no full disks"),
        (
            means.fake_clock,
            "faketime is not installed: no clock jumps",
        ),
    ] {
        if !there {
            println!("note: {what}");
        }
    }
    if means.mounts {
        mounts::own_shared_memory();
    }
    println!("seed {}", arguments.seed);
    let folder = server::folder("chaos");
    let mut passed = 0;
    let mut failed = 0;
    for &database in &arguments.databases {
        let postgres = (database == Database::Postgres).then(Postgres::start);
        let suite = Suite {
            program: arguments.program.clone(),
            folder: folder.path().to_owned(),
            postgres: postgres.as_ref(),
        };
        let mut tally = Tally::new(database);
        for number in 0..arguments.trials {
            let seed = arguments.seed.wrapping_add(number);
            let plan = Plan::of(seed, database, &means, arguments.fault);
            let outcome = trial::run(&plan, &suite);
            tally.add(&plan, &outcome, number + 1, arguments.trials);
        }
        println!("{}", tally.line());
        passed += tally.trials - tally.failed;
        failed += tally.failed;
    }
    // Mounted folders would be emptied instead of removed.
    let _ = fs::remove_dir_all(folder.path());
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "test result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out"
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Every run of exactly ten digits in `text`.
fn ten_digit_runs(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 10)
        .collect()
}
