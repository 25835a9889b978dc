//! A `run` that is killed, at whatever moment, is gone on with by the next one: nobody has two codes, nobody is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{bundle::Bundle, cli::Cli, codes_in, database::Rows, files_below};

const RUN: [&str; 7] = [
    "run",
    "export",
    "--out",
    "out",
    "--json",
    "--letter-date",
    "2026-01-15",
];

/// What to wait for before the kill: a query whose first cell is no longer 0.
struct Moment {
    name: &'static str,
    reached: &'static str,
    /// A bundle that is half in the store will do as well.
    or_half_a_bundle: bool,
}

impl Moment {
    fn reached(&self, cli: &Cli) -> bool {
        (self.or_half_a_bundle
            && stored_files(cli)
                .iter()
                .any(|file| !file.ends_with(".sealed")))
            || Rows::of(&cli.data_dir()).query(self.reached)[0][0] != "0"
    }
}

/// Everything in the store, as its keys.
fn stored_files(cli: &Cli) -> Vec<String> {
    let store = cli.data_dir().join("bundles");
    let files = files_below(&store).into_iter();
    files
        .map(|file| {
            file.strip_prefix(&store)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

const BATCH_SAVED: Moment = Moment {
    name: "the batch is saved",
    reached: "SELECT count(*) FROM team_job",
    or_half_a_bundle: false,
};
const CODES_ISSUED: Moment = Moment {
    name: "codes are issued, no bundle is made",
    reached: "SELECT count(*) FROM invitation",
    or_half_a_bundle: false,
};
const FIRST_DONE: Moment = Moment {
    name: "a team is done and the others are not",
    reached: "SELECT count(*) FROM team_job WHERE state = 'done'",
    or_half_a_bundle: false,
};
const BUNDLE_ON_ITS_WAY: Moment = Moment {
    name: "a bundle is being stored",
    reached: FIRST_DONE.reached,
    or_half_a_bundle: true,
};
const HALF_DONE: Moment = Moment {
    name: "half of the teams are done",
    reached: "SELECT count(*) >= 4 FROM team_job WHERE state = 'done'",
    or_half_a_bundle: false,
};
const LAST_WORKING: Moment = Moment {
    name: "the last team is being worked on",
    reached: "SELECT total(state = 'done') = 7 AND total(state = 'working') = 1 FROM team_job",
    or_half_a_bundle: false,
};

/// What a run that nobody disturbs makes of the sample: by team and client, `brief` or the reason.
static UNDISTURBED: LazyLock<BTreeMap<(String, String), String>> = LazyLock::new(|| {
    let cli = sample();
    cli.ok(&RUN);
    outcomes(&cli.bundles())
});

fn sample() -> Cli {
    let cli = Cli::new();
    cli.ok(&[
        "sample",
        "--clients",
        "2000",
        "--seed",
        "7",
        "--out",
        "export",
    ]);
    // So that the database is there to be asked from the start.
    cli.ok(&["import", "export"]);
    cli
}

fn outcomes(bundles: &[Bundle]) -> BTreeMap<(String, String), String> {
    let of = |bundle: &Bundle| {
        let team = bundle.team().to_owned();
        bundle
            .outcomes()
            .into_iter()
            .map(move |(client, outcome)| ((team.clone(), client), outcome))
    };
    let all: BTreeMap<_, _> = bundles.iter().flat_map(of).collect();
    let rows: usize = bundles.iter().map(|bundle| bundle.overview.len()).sum();
    assert_eq!(all.len(), rows, "a client is twice in a team");
    all
}

/// What a killed run left behind.
struct Killed {
    /// The hash of the code of each open invitation.
    codes: BTreeMap<String, String>,
    /// The data folder without the bundles, as it lay there.
    files: Vec<(PathBuf, Vec<u8>)>,
}

/// Starts a run, waits for the moment, and kills it (`kill -9`). `None` when the moment was over too soon.
#[track_caller]
fn kill_at(cli: &Cli, moment: &Moment) -> Option<Killed> {
    let mut child = cli.start("killed", &RUN);
    let deadline = Instant::now() + Duration::from_secs(120);
    while !moment.reached(cli) {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        assert!(Instant::now() < deadline, "never saw that {}", moment.name);
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    let status = child.wait().unwrap();
    if status.signal() != Some(9) {
        return None;
    }
    let files: Vec<(PathBuf, Vec<u8>)> = files_below(&cli.data_dir())
        .into_iter()
        .filter(|file| !file.starts_with(cli.data_dir().join("bundles")))
        .map(|file| (file.clone(), fs::read(file).unwrap()))
        .collect();
    // The next run has to find the database as it was left, so it is a copy that is asked.
    let copy = tempfile::tempdir().unwrap();
    for (file, bytes) in &files {
        fs::write(copy.path().join(file.file_name().unwrap()), bytes).unwrap();
    }
    let rows = Rows::of(copy.path());
    let in_time = moment.or_half_a_bundle || rows.query(moment.reached)[0][0] != "0";
    in_time.then(|| Killed {
        codes: rows.open_code_hashes(),
        files,
    })
}

/// Runs again, to the end, and checks everything that must hold whatever happened before.
#[track_caller]
fn finish_and_check(cli: &Cli, killed: &Killed) {
    let answer = cli.ok(&RUN);
    assert!(
        answer.stderr.contains("which was interrupted"),
        "{}",
        answer.stderr
    );
    let answer = answer.json();
    // Whole zips and nothing else in the output folder: `bundles` fails on anything that is not one.
    let bundles = cli.bundles();
    for bundle in &bundles {
        bundle.assert_whole();
    }
    assert_hashes(cli, &answer, &bundles);
    assert!(
        outcomes(&bundles) == *UNDISTURBED,
        "not what a run makes that nobody disturbs"
    );

    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for (client, code) in bundles.iter().flat_map(Bundle::codes) {
        let before = codes.insert(client.clone(), code);
        assert!(before.is_none(), "client {client} has two letters");
    }
    let rows = Rows::of(&cli.data_dir());
    rows.assert_codes_are_the_open_ones(&codes);
    assert_eq!(
        rows.query("SELECT count(*) FROM invitation")[0][0],
        codes.len().to_string()
    );
    // Who had a code before the end of the first run has it still.
    let now = rows.open_code_hashes();
    for (client, hash) in &killed.codes {
        assert_eq!(
            now.get(client),
            Some(hash),
            "client {client} was given another code"
        );
    }
    // And no code lay about in what was left behind.
    let printed: BTreeSet<String> = codes.into_values().collect();
    for (file, bytes) in &killed.files {
        assert!(
            codes_in(bytes, &printed).is_empty(),
            "a code is in {}",
            file.display()
        );
    }
}

/// The answer and the database know each bundle by the sha256 that the file has.
#[track_caller]
fn assert_hashes(cli: &Cli, answer: &Value, bundles: &[Bundle]) {
    let teams = answer["teams"].as_array().unwrap();
    assert_eq!(teams.len(), bundles.len());
    let stored =
        Rows::of(&cli.data_dir()).query("SELECT file_name, sha256, collected_at FROM bundle");
    assert_eq!(stored.len(), bundles.len());
    for bundle in bundles {
        let team = teams
            .iter()
            .find(|team| team["id"] == bundle.team())
            .unwrap();
        assert_eq!(team["state"], "done");
        assert_eq!(team["sha256"], bundle.sha256);
        assert_eq!(team["bundle"], format!("out/{}", bundle.file_name));
        let row = stored
            .iter()
            .find(|row| row[0] == bundle.file_name)
            .unwrap();
        assert_eq!(row[1], bundle.sha256);
        assert_ne!(row[2], "", "{} was collected", bundle.file_name);
    }
}

/// A fresh folder in which a run was killed at `moment`. Some moments are short, so there are a few tries.
#[track_caller]
fn killed_sample(moment: &Moment) -> (Cli, Killed) {
    let tried = (0..5).find_map(|_| {
        let cli = sample();
        let killed = kill_at(&cli, moment)?;
        Some((cli, killed))
    });
    tried.unwrap_or_else(|| panic!("never in time to see that {}", moment.name))
}

#[track_caller]
fn killed_once(moment: &Moment) -> Killed {
    let (cli, killed) = killed_sample(moment);
    finish_and_check(&cli, &killed);
    killed
}

#[test]
fn killed_as_soon_as_the_batch_is_saved() {
    killed_once(&BATCH_SAVED);
}

#[test]
fn killed_between_codes_and_letters() {
    let killed = killed_once(&CODES_ISSUED);
    assert!(!killed.codes.is_empty());
}

#[test]
fn killed_while_a_bundle_is_being_stored() {
    let (cli, killed) = killed_sample(&BUNDLE_ON_ITS_WAY);
    finish_and_check(&cli, &killed);
    // Nothing but bundles is kept: half of one is full of codes that nobody would ever clear away.
    let keys = Rows::of(&cli.data_dir()).query("SELECT store_key FROM bundle ORDER BY 1");
    let keys: Vec<&String> = keys.iter().flatten().collect();
    assert_eq!(stored_files(&cli).iter().collect::<Vec<_>>(), keys);
}

#[test]
fn killed_when_a_team_is_done_and_the_others_are_not() {
    killed_once(&FIRST_DONE);
}

#[test]
fn killed_with_one_team_to_go() {
    killed_once(&LAST_WORKING);
}

#[test]
fn killed_again_and_again() {
    let cli = sample();
    let mut last = None;
    for moment in [CODES_ISSUED, FIRST_DONE, HALF_DONE] {
        let killed = kill_at(&cli, &moment).unwrap();
        if let Some(Killed { codes, .. }) = last {
            for (client, hash) in codes {
                assert_eq!(killed.codes.get(&client), Some(&hash), "client {client}");
            }
        }
        last = Some(killed);
    }
    finish_and_check(&cli, &last.unwrap());
}

#[test]
fn a_run_for_something_else_finishes_the_interrupted_one_first() {
    let (cli, killed) = killed_sample(&FIRST_DONE);
    let other = [&RUN[..6], &["2026-01-16"]].concat();
    let answer = cli.ok(&other);
    assert!(
        answer.stderr.contains(
            "which was interrupted, as it was asked for then: letters dated 2026-01-15, codes \
             valid until 2026-02-26, window on the left, with logo"
        ),
        "{}",
        answer.stderr
    );
    let answer = answer.json();
    assert_eq!(answer["letters"], 0, "everybody was invited by the first");
    let (new, old): (Vec<Bundle>, Vec<Bundle>) = cli
        .bundles()
        .into_iter()
        .partition(|bundle| bundle.manifest["batch"] == answer["batch"]);
    assert_eq!((new.len(), old.len()), (8, 8));
    assert!(
        outcomes(&old) == *UNDISTURBED,
        "the interrupted run was not made whole"
    );
    let codes: BTreeMap<String, String> = old.iter().flat_map(Bundle::codes).collect();
    let rows = Rows::of(&cli.data_dir());
    rows.assert_codes_are_the_open_ones(&codes);
    let now = rows.open_code_hashes();
    assert!(
        killed
            .codes
            .iter()
            .all(|(client, hash)| now.get(client) == Some(hash))
    );
}
