//! Workers that stop, die, panic, wait, and share: what they leave behind is always what an undisturbed one would.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::{
    bucket::Bucket,
    cli::Cli,
    database::{BOTH, Kind},
    eventually, files_below,
    postgres::Postgres,
};

const LETTER_DATE: &str = "2026-11-21";

/// An invented export, taken in.
fn imported(cli: &Cli, clients: usize, teams: usize) {
    let (clients, teams) = (clients.to_string(), teams.to_string());
    cli.ok(&[
        "sample",
        "--clients",
        &clients,
        "--teams",
        &teams,
        "--out",
        "export",
    ]);
    cli.ok(&["import", "export"]);
}

fn submit_arguments(cli: &Cli) -> Vec<String> {
    let slug = cli.rows().query("SELECT slug FROM organisation")[0][0].clone();
    [
        "batch",
        "submit",
        "--organisation",
        &slug,
        "--letter-date",
        LETTER_DATE,
        "--json",
        "--idempotency-key",
        "once",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[track_caller]
fn submit(cli: &Cli) -> Value {
    let arguments = submit_arguments(cli);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    cli.ok(&arguments).json()
}

#[track_caller]
fn show(cli: &Cli, batch: &Value) -> Value {
    cli.ok(&["batch", "show", batch["id"].as_str().unwrap(), "--json"])
        .json()
}

/// How the attempts at the only team of a batch ended.
fn outcomes(batch: &Value) -> Vec<&str> {
    let history = batch["teams"][0]["history"].as_array().unwrap();
    history
        .iter()
        .map(|attempt| attempt["outcome"].as_str().unwrap_or("running"))
        .collect()
}

/// The files of all bundles, by team: everything but the batch's own number, which the file name and the manifest have.
fn contents(cli: &Cli, batch: &Value) -> BTreeMap<(String, String), Vec<u8>> {
    cli.fetch_all();
    let mut files = BTreeMap::new();
    for bundle in cli.bundles() {
        bundle.assert_whole();
        for (name, bytes) in &bundle.entries {
            let mut bytes = bytes.clone();
            if name == "manifest.json" {
                let text = String::from_utf8(bytes).unwrap();
                bytes = text.replace(batch["id"].as_str().unwrap(), "BATCH").into();
            }
            files.insert((bundle.team().to_owned(), name.clone()), bytes);
        }
    }
    files
}

fn terminate(child: &Child) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
}

/// The stops that a door passes, and those that a worker passes.
const AT_THE_DOOR: [&str; 3] = ["parse", "plan", "save"];
const AT_WORK: [&str; 4] = ["select", "issue", "typeset", "pack"];

fn with_codes(cli: Cli) -> Cli {
    cli.with(&[("BRIEVENBUS_TEST_CODES".to_owned(), "7".to_owned())])
}

/// What a worker that nobody disturbs makes of one team, with codes that are known beforehand.
fn undisturbed(kind: Kind) -> BTreeMap<(String, String), Vec<u8>> {
    let cli = with_codes(Cli::on(kind));
    imported(&cli, 300, 1);
    let batch = submit(&cli);
    cli.ok(&["work", "--until-idle"]);
    contents(&cli, &batch)
}

#[test]
fn a_death_at_any_of_the_seven_stops_makes_no_difference() {
    for kind in BOTH {
        let expected = undisturbed(kind);
        assert!(expected.len() > 250);
        for stop in AT_THE_DOOR.into_iter().chain(AT_WORK) {
            let cli = with_codes(Cli::on(kind));
            imported(&cli, 300, 1);
            let arguments = match AT_THE_DOOR.contains(&stop) {
                true => submit_arguments(&cli),
                false => {
                    submit(&cli);
                    vec!["work".to_owned(), "--until-idle".to_owned()]
                }
            };
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let killed = cli
                .command(&arguments)
                .env("BRIEVENBUS_TEST_DIE_AFTER", stop)
                .output()
                .unwrap();
            assert_eq!(killed.status.code(), None, "it was to die after {stop}");
            let batch = submit(&cli);
            cli.ok(&["work", "--until-idle"]);
            let done = show(&cli, &batch);
            assert_eq!(done["state"], "done");
            if AT_WORK.contains(&stop) {
                assert_eq!(outcomes(&done), ["crashed", "done"], "{stop}");
            }
            assert_eq!(cli.rows().query("SELECT count(*) FROM batch"), [["1"]]);
            // No assert_eq: it would print hundreds of letters.
            assert!(
                contents(&cli, &batch) == expected,
                "after a death at {stop} on {kind:?} the bundle is another"
            );
            cli.ok(&["purge"]);
            assert_eq!(files_below(&cli.data_dir().join("bundles")).len(), 1);
        }
    }
}

#[test]
fn a_panic_costs_one_attempt_and_no_letter() {
    for kind in BOTH {
        for stop in AT_WORK {
            let cli =
                Cli::on(kind).with(&[("BRIEVENBUS_TEST_PANIC_AFTER".to_owned(), stop.to_owned())]);
            imported(&cli, 20, 1);
            let batch = submit(&cli);
            let worked = cli.ok(&["work", "--until-idle"]);
            assert!(!worked.stderr.contains("panicked"), "{}", worked.stderr);
            let done = show(&cli, &batch);
            assert_eq!(done["state"], "done");
            assert_eq!(outcomes(&done), ["failed", "done"], "{stop}");
            let reason = &done["teams"][0]["history"][0]["reason"];
            assert_eq!(reason, "a part of the program broke down");
        }
    }
}

/// A worker with a bucket that has stopped answering, in the middle of storing a bundle.
fn stuck_in_the_bucket(cli: &Cli, bucket: &Bucket) -> Child {
    bucket.pause();
    let worker = cli.start("stuck", &["work", "--workers", "1"]);
    eventually("all letters are made", || {
        cli.rows()
            .query("SELECT count(*) FROM team_job WHERE expected > 0 AND made = expected")
            == [["1"]]
    });
    worker
}

fn on_bucket(kind: Kind, bucket: &Bucket) -> Cli {
    let mut environment = bucket.environment();
    environment.push(("BRIEVENBUS_STORE".to_owned(), bucket.store()));
    Cli::on(kind).with(&environment)
}

#[test]
fn a_worker_that_is_told_to_stop_hands_its_job_back_and_it_loses_no_try() {
    for kind in BOTH {
        let bucket = Bucket::start();
        let cli = on_bucket(kind, &bucket);
        imported(&cli, 40, 1);
        let batch = submit(&cli);
        let worker = stuck_in_the_bucket(&cli, &bucket);
        let codes = cli.rows().open_code_hashes();
        let told = Instant::now();
        terminate(&worker);
        let answer = cli.wait("stuck", worker);
        assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
        assert!(
            told.elapsed() < Duration::from_secs(20),
            "{:?}",
            told.elapsed()
        );
        let handed_back = show(&cli, &batch);
        assert_eq!(handed_back["state"], "queued");
        assert_eq!(outcomes(&handed_back), ["handed_back"]);
        assert_eq!(cli.rows().query("SELECT tries FROM team_job"), [["0"]]);

        bucket.resume();
        cli.ok(&["work", "--until-idle"]);
        let done = show(&cli, &batch);
        assert_eq!(outcomes(&done), ["handed_back", "done"]);
        assert!(
            cli.rows().open_code_hashes() == codes,
            "the codes are others"
        );
        cli.ok(&["purge"]);
        assert_eq!(bucket.objects().len(), 1);
    }
}

#[test]
fn an_idle_worker_stops_at_once() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        imported(&cli, 3, 1);
        let worker = cli.start("idle", &["work"]);
        let log = cli.home().join("idle.stderr");
        eventually("it works", || {
            fs::read_to_string(&log).unwrap().contains("working on")
        });
        let told = Instant::now();
        terminate(&worker);
        let answer = cli.wait("idle", worker);
        assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
        assert!(answer.stderr.contains("stopping"), "{}", answer.stderr);
        assert!(told.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_job_that_takes_too_long_is_ended_and_tried_again() {
    let bucket = Bucket::start();
    let cli = on_bucket(Kind::Sqlite, &bucket)
        .with(&[("BRIEVENBUS_JOB_DEADLINE".to_owned(), "3".to_owned())]);
    imported(&cli, 20, 1);
    let batch = submit(&cli);
    let worker = stuck_in_the_bucket(&cli, &bucket);
    eventually("the attempt has ended", || {
        outcomes(&show(&cli, &batch)) == ["failed"]
    });
    bucket.resume();
    eventually("the job is done", || show(&cli, &batch)["state"] == "done");
    terminate(&worker);
    assert_eq!(cli.wait("stuck", worker).exit, Some(0));
    let done = show(&cli, &batch);
    assert_eq!(outcomes(&done), ["failed", "done"]);
    let first = &done["teams"][0]["history"][0];
    assert_eq!(first["code"], "deadline");
    assert_eq!(first["reason"], "it took longer than 3 seconds");
}

/// Takes something away for a minute as soon as a worker has begun, and waits for the end.
fn away_for_a_minute(cli: &Cli, away: impl FnOnce(), back: impl FnOnce()) -> Value {
    imported(cli, 60, 3);
    let batch = submit(cli);
    away();
    let worker = cli.start("work", &["work", "--until-idle"]);
    // Nothing can be asked in the meantime: what is away is what would answer.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(200));
    }
    back();
    let answer = cli.wait("work", worker);
    assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
    let done = show(cli, &batch);
    assert_eq!(done["state"], "done", "{done}");
    done
}

#[test]
fn a_store_that_is_away_for_a_minute_costs_attempts_and_no_job() {
    let bucket = Bucket::start();
    let cli = on_bucket(Kind::Postgres, &bucket);
    let done = away_for_a_minute(&cli, || bucket.stop(), || bucket.start_again());
    for team in done["teams"].as_array().unwrap() {
        let history = team["history"].as_array().unwrap();
        assert!(history.len() > 1, "{team}");
        let (last, failed) = history.split_last().unwrap();
        assert_eq!(last["outcome"], "done");
        for attempt in failed {
            assert_eq!(
                (&attempt["outcome"], &attempt["code"]),
                (&"failed".into(), &"store".into())
            );
        }
    }
}

#[test]
fn a_database_that_is_away_for_a_minute_costs_no_job() {
    let server = Postgres::start();
    let url = server.fresh_database();
    let bucket = Bucket::start();
    let cli = on_bucket(Kind::Sqlite, &bucket).with_database(&url);
    imported(&cli, 40, 1);
    let batch = submit(&cli);
    // A job is under way when the database goes.
    let worker = stuck_in_the_bucket(&cli, &bucket);
    server.stop();
    bucket.resume();
    let gone = Instant::now();
    while gone.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(200));
    }
    server.start_again();
    eventually("the job is done", || show(&cli, &batch)["state"] == "done");
    terminate(&worker);
    assert_eq!(cli.wait("stuck", worker).exit, Some(0));
    let done = show(&cli, &batch);
    assert_eq!(outcomes(&done).last(), Some(&"done"));
    assert!(outcomes(&done).len() > 1, "{done}");
    let failed = &done["teams"][0]["history"][0];
    assert_eq!(failed["code"], "database", "{failed}");
}

/// The data folder of another machine: the same key, and nothing else.
fn other_machine(cli: &Cli, name: &str) -> String {
    let folder = cli.home().join(name);
    fs::create_dir(&folder).unwrap();
    fs::copy(cli.data_dir().join("key"), folder.join("key")).unwrap();
    name.to_owned()
}

#[test]
fn four_machines_share_two_hundred_teams_and_two_of_them_die() {
    let bucket = Bucket::start();
    let cli = on_bucket(Kind::Postgres, &bucket);
    imported(&cli, 1_000, 200);
    let batch = submit(&cli);
    let mut machines: Vec<Machine> = (0..4)
        .map(|number| {
            let name = other_machine(&cli, &format!("machine{number}"));
            let mut command = cli.command(&["work", "--workers", "1"]);
            let log = fs::File::create(cli.home().join(format!("{name}.log"))).unwrap();
            command.args(["--data-dir", &name]).stderr(log);
            Machine(command.spawn().unwrap())
        })
        .collect();
    let count = |state: &str| -> usize {
        let sql = format!("SELECT count(*) FROM team_job WHERE state = '{state}'");
        cli.rows().query(&sql)[0][0].parse().unwrap()
    };
    eventually("a quarter is done", || count("done") >= 50);
    // All four are in the middle of a job, and stay there until two of them have died.
    bucket.pause();
    eventually("everybody has a job", || count("working") == 4);
    machines.truncate(2);
    let died = cli.rows().query("SELECT now()")[0][0].clone();
    bucket.resume();
    let killed = Instant::now();
    eventually("all are done", || count("done") == 200);
    let took = killed.elapsed();
    for mut machine in machines {
        terminate(&machine.0);
        assert!(machine.0.wait().unwrap().success());
    }
    let done = show(&cli, &batch);
    assert_eq!(done["state"], "done");
    // Nobody's job ran to its end twice, and only the dead lost an attempt.
    let attempts = cli.rows().query(
        "SELECT outcome, count(*), count(DISTINCT team_job_id) FROM team_job_attempt \
         GROUP BY outcome ORDER BY outcome",
    );
    assert_eq!(attempts, [["crashed", "2", "2"], ["done", "200", "200"]]);
    assert!(took < Duration::from_secs(60), "{took:?}");
    let waited = cli.rows().query(&format!(
        "SELECT max(EXTRACT(EPOCH FROM next.started_at - TIMESTAMPTZ '{died}')) FROM team_job_attempt dead \
         JOIN team_job_attempt next ON next.team_job_id = dead.team_job_id AND next.attempt = dead.attempt + 1 \
         WHERE dead.outcome = 'crashed'"
    ));
    let seconds: f64 = waited[0][0].parse().unwrap();
    assert!(
        seconds <= 35.0,
        "a dead worker's job waited for {seconds} s"
    );

    let clients = cli
        .rows()
        .query("SELECT count(*), count(DISTINCT client_id) FROM invitation WHERE state = 'open'");
    assert_eq!(clients[0][0], clients[0][1]);
    // Whoever has the key opens what the machines have sealed, whichever of them it was.
    let listed = cli.fetch_all();
    let bundles = cli.bundles();
    assert_eq!(bundles.len(), listed.as_array().unwrap().len());
    let printed: Vec<&str> = bundles
        .iter()
        .inspect(|bundle| bundle.assert_whole())
        .flat_map(|bundle| bundle.letters().map(|row| row.client.as_str()))
        .collect();
    assert_eq!(printed.len().to_string(), clients[0][0]);
    let clients: BTreeSet<&str> = printed.iter().copied().collect();
    assert_eq!(clients.len(), printed.len(), "somebody has two letters");
}

/// A worker that does not outlive the test.
struct Machine(Child);

impl Drop for Machine {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed.
        let _ = self.0.kill();
        self.0.wait().unwrap();
    }
}

/// A job that takes longer than a silent worker is waited for is left to the worker that has it, however many others
/// look on.
#[test]
fn a_live_worker_keeps_its_job_however_long_it_takes() {
    let bucket = Bucket::start();
    let cli = on_bucket(Kind::Postgres, &bucket);
    imported(&cli, 40, 1);
    let batch = submit(&cli);
    let worker = stuck_in_the_bucket(&cli, &bucket);
    let name = other_machine(&cli, "onlooker");
    let onlooker = Machine(
        cli.command(&["work", "--data-dir", &name])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap(),
    );
    let begun = Instant::now();
    // Longer than a silent worker is waited for; after half a minute the operating system gives the connection up.
    while begun.elapsed() < Duration::from_secs(28) {
        assert_eq!(outcomes(&show(&cli, &batch)), ["running"]);
        thread::sleep(Duration::from_millis(500));
    }
    bucket.resume();
    eventually("the job is done", || show(&cli, &batch)["state"] == "done");
    assert_eq!(outcomes(&show(&cli, &batch)), ["done"]);
    drop(onlooker);
    terminate(&worker);
    assert_eq!(cli.wait("stuck", worker).exit, Some(0));
}
