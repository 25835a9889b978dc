//! Sealed at rest: what lies in the store opens with the key only, in its place, and unchanged; a locked bundle opens with
//! its password. Downloads, and changing the key, have a file each.

mod downloads;
mod rotation;

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use brievenbus::{
    letters::{Press, PressProgram},
    operations::{
        App,
        app::{Settings, system_codes},
        switches::Switches,
    },
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use zip::ZipArchive;

use crate::support::{
    bundle::{Bundle, sha256},
    cli::{Answer, Cli},
    export::Export,
    files_below,
};

/// Plain bytes in a sealed piece, its tag, and what stands before the first.
const PIECE: usize = 65_536;
const TAG: usize = 16;
const HEADER: usize = 33;

/// Team Noord with a dozen clients, so that its bundle takes several pieces, and team Zuid with as many.
fn export() -> Export {
    let mut export = Export::new().team("1", "Noord").team("2", "Zuid");
    for number in 0..24 {
        let id = (100_001 + number).to_string();
        let team = if number < 12 { "1" } else { "2" };
        export = export.client(&id, "Jansen", &[]).assign(&id, team, "MAIN");
    }
    export
}

/// Bundles of the small export, in the order of their teams.
fn made(cli: &Cli) -> Vec<Value> {
    export().write(cli.home(), "export");
    cli.run("export", &[]);
    let listed = cli.ok(&["bundle", "list", "--json"]).json();
    let mut bundles = listed.as_array().unwrap().clone();
    bundles.sort_by_key(|bundle| bundle["team"].as_str().unwrap().to_owned());
    assert_eq!(bundles.len(), 2);
    bundles
}

/// Where a bundle lies in the folder of the store.
fn place(cli: &Cli, bundle: &Value) -> PathBuf {
    let id = bundle["id"].as_str().unwrap();
    let sql = format!("SELECT store_key FROM bundle WHERE id = '{id}'");
    cli.data_dir()
        .join("bundles")
        .join(&cli.rows().query(&sql)[0][0])
}

fn fetch(cli: &Cli, bundle: &Value) -> Answer {
    cli.try_run(&[
        "bundle",
        "fetch",
        bundle["id"].as_str().unwrap(),
        "--out",
        "fetched",
    ])
}

/// Fetches a bundle and sees that it is the one that was made.
#[track_caller]
fn assert_fetched(cli: &Cli, bundle: &Value) {
    let answer = fetch(cli, bundle);
    assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
    let file = cli
        .home()
        .join("fetched")
        .join(bundle["file_name"].as_str().unwrap());
    let bytes = fs::read(file).unwrap();
    assert_eq!(bundle["sha256"], sha256(&bytes));
    assert_eq!(bundle["bytes"], bytes.len());
}

/// The program inside this process, on the folder, the database and the store of `cli`.
async fn open(cli: &Cli) -> App {
    let store = |name: &str| {
        let found = cli.environment().iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    let settings = Settings {
        data_dir: cli.data_dir(),
        database_url: cli.database_url().map(str::to_owned),
        store: store("BRIEVENBUS_STORE"),
        store_access: cli.environment().iter().cloned().collect(),
        threads: 1,
        job_deadline: std::time::Duration::from_secs(600),
        retention: brievenbus::operations::purge::Retention::default(),
        server: brievenbus::operations::server::ServerSettings::default(),
        switches: Switches::default(),
    };
    let now: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    let program = PressProgram::at(env!("CARGO_BIN_EXE_brievenbus"));
    let press = Arc::new(Press::start(&program, 1).unwrap());
    App::open(&settings, press, Arc::new(move || now), system_codes())
        .await
        .unwrap()
}

#[test]
fn one_changed_byte_anywhere_in_a_sealed_bundle_is_noticed() {
    let cli = Cli::new();
    let bundles = made(&cli);
    let (noord, zuid) = (place(&cli, &bundles[0]), place(&cli, &bundles[1]));
    let good = fs::read(&noord).unwrap();
    let pieces = (good.len() - HEADER).div_ceil(PIECE + TAG);
    assert!(pieces > 3, "{pieces} pieces");
    let flipped = |position: usize| {
        let mut bytes = good.clone();
        bytes[position] ^= 1;
        (format!("byte {position} of {}", good.len()), bytes)
    };
    let piece = |number: usize| HEADER + number * (PIECE + TAG);
    let mut swapped = good.clone();
    swapped[piece(0)..piece(1)].copy_from_slice(&good[piece(1)..piece(2)]);
    swapped[piece(1)..piece(2)].copy_from_slice(&good[piece(0)..piece(1)]);
    let mut doubled = good.clone();
    doubled[piece(1)..piece(2)].copy_from_slice(&good[piece(0)..piece(1)]);
    let mut changes: Vec<(String, Vec<u8>)> = [
        0,
        5,
        6,
        13,
        14,
        HEADER - 1,
        HEADER,
        piece(1) - 1,
        piece(1),
        good.len() / 2,
        piece(pieces - 1),
        good.len() - TAG - 1,
        good.len() - 1,
    ]
    .map(flipped)
    .into();
    changes.extend([
        ("two pieces swapped".to_owned(), swapped),
        ("a piece twice".to_owned(), doubled),
        (
            "cut off after a piece".to_owned(),
            good[..piece(2)].to_vec(),
        ),
        (
            "cut off before the last byte".to_owned(),
            good[..good.len() - 1].to_vec(),
        ),
        ("empty".to_owned(), Vec::new()),
        ("a byte too many".to_owned(), [&good[..], b"x"].concat()),
        (
            "without its seal".to_owned(),
            fs::read(cli.out().join(bundles[0]["file_name"].as_str().unwrap())).unwrap(),
        ),
        ("the other team's".to_owned(), fs::read(&zuid).unwrap()),
    ]);
    for (what, bytes) in changes {
        fs::write(&noord, bytes).unwrap();
        let answer = fetch(&cli, &bundles[0]);
        assert_eq!(answer.exit, Some(2), "{what}: {}", answer.stderr);
        let said = answer.stderr.lines().next().unwrap();
        let expected = [
            "error: the bundle in the store is not the one that was made",
            "error: the bundle in the store is sealed with a key that is not in the key file",
        ];
        assert!(expected.contains(&said), "{what}: {said}");
        assert_eq!(
            files_below(&cli.home().join("fetched")),
            Vec::<PathBuf>::new(),
            "{what}"
        );
    }
    fs::write(&noord, good).unwrap();
    assert_fetched(&cli, &bundles[0]);
    assert_fetched(&cli, &bundles[1]);
}

#[test]
fn a_bundle_in_anothers_place_does_not_open_even_when_it_is_as_large() {
    let cli = Cli::new();
    let bundles = made(&cli);
    let (noord, zuid) = (place(&cli, &bundles[0]), place(&cli, &bundles[1]));
    let moved = fs::read(&zuid).unwrap();
    fs::write(&noord, &moved).unwrap();
    // Whoever can write to the database as well makes it believe that this is Noord's.
    cli.rows().query(&format!(
        "UPDATE bundle SET bytes = {}, sha256 = '{}' WHERE id = '{}'",
        bundles[1]["bytes"],
        bundles[1]["sha256"].as_str().unwrap(),
        bundles[0]["id"].as_str().unwrap()
    ));
    let answer = fetch(&cli, &bundles[0]);
    assert_eq!(answer.exit, Some(2), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("is not the one that was made"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_fetch_that_fails_takes_nothing_out() {
    let cli = Cli::new();
    export().write(cli.home(), "export");
    cli.ok(&["import", "export"]);
    cli.ok(&["batch", "submit", "--organisation", "zorg"]);
    cli.ok(&["work", "--until-idle"]);
    let listed = cli.ok(&["bundle", "list", "--json"]).json();
    let noord = listed.as_array().unwrap()[0].clone();
    let file = place(&cli, &noord);
    let mut bytes = fs::read(&file).unwrap();
    bytes[HEADER + 100] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(fetch(&cli, &noord).exit, Some(2));
    let collected = cli
        .rows()
        .query("SELECT count(*) FROM bundle WHERE collected_at IS NOT NULL");
    assert_eq!(collected, [["0"]]);
}

/// Fetches a bundle locked with the password that stands in a file, or is written to standard input.
fn fetch_locked(cli: &Cli, id: &str, password: &str, from_input: bool) -> Answer {
    let file = if from_input { "-" } else { "password" };
    let mut command = cli.command(&[
        "bundle",
        "fetch",
        id,
        "--out",
        "locked",
        "--password-file",
        file,
    ]);
    let password = format!("{password}\n");
    fs::write(cli.home().join("password"), &password).unwrap();
    if from_input {
        let input = File::open(cli.home().join("password")).unwrap();
        command.stdin(Stdio::from(input));
    }
    crate::support::cli::answer(&mut command)
}

/// What is in a zip, for whoever knows the password.
fn unlocked(file: &Path, password: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut zip = ZipArchive::new(File::open(file).unwrap()).unwrap();
    let mut entries = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip
            .by_index_decrypt(index, password.as_bytes())
            .map_err(|error| error.to_string())?;
        assert!(entry.encrypted(), "an entry without a lock");
        let mut bytes = Vec::new();
        entry
            .read_to_end(&mut bytes)
            .map_err(|error| error.to_string())?;
        entries.push((entry.name().unwrap().into_owned(), bytes));
    }
    Ok(entries)
}

#[test]
fn a_locked_bundle_opens_with_its_password_only() {
    const PASSWORD: &str = "paard nietje batterij";
    let cli = Cli::new();
    let bundles = made(&cli);
    let id = bundles[0]["id"].as_str().unwrap();
    let name = bundles[0]["file_name"].as_str().unwrap();
    let plain = Bundle::open(&cli.out().join(name));
    // Not to be mistaken for the one that opens without.
    let locked = name.replace(".zip", "_met-wachtwoord.zip");
    let file = cli.home().join("locked").join(&locked);
    for from_input in [false, true] {
        let answer = fetch_locked(&cli, id, PASSWORD, from_input);
        assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
        assert_eq!(answer.stdout, format!("locked/{locked}\n"));
        assert!(unlocked(&file, PASSWORD).unwrap() == plain.entries);
        assert!(unlocked(&file, "paard nietje batterie").is_err());
        let bytes = fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("%PDF-") && !text.contains("Jansen"));
        fs::remove_file(&file).unwrap();
    }
    for (weak, said) in [
        ("elf letters", "shorter than 12 characters"),
        ("", "shorter than 12 characters"),
        (
            "vijfentwintig één",
            "characters that programs write differently",
        ),
    ] {
        let answer = fetch_locked(&cli, id, weak, false);
        assert_eq!(answer.exit, Some(1));
        assert!(answer.stderr.contains(said), "{}", answer.stderr);
        assert!(weak.is_empty() || !answer.stderr.contains(weak));
        assert_eq!(
            files_below(&cli.home().join("locked")),
            Vec::<PathBuf>::new()
        );
    }
}
