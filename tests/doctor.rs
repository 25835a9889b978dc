//! `doctor`: what is well, what is not, and what to do about it; and it leaves everything as it was.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::support::{
    cli::{self, Answer, Cli},
    database::{BOTH, Kind},
    eventually,
    export::Export,
    files_below,
};

/// With a batch that is done.
fn used(kind: Kind) -> Cli {
    let cli = Cli::on(kind);
    Export::new()
        .team("1", "Noord")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .write(cli.home(), "export");
    cli.ok(&["run", "export", "--out", "out"]);
    cli
}

#[track_caller]
fn examine(cli: &Cli, more: &[&str]) -> (Value, Answer) {
    let answer = cli.try_run(&[&["doctor", "--json"], more].concat());
    (answer.json(), answer)
}

#[track_caller]
fn check<'a>(examination: &'a Value, name: &str) -> &'a Value {
    let checks = examination["checks"].as_array().unwrap();
    checks
        .iter()
        .find(|check| check["check"] == name)
        .unwrap_or_else(|| panic!("no check {name}"))
}

const CHECKS: [&str; 11] = [
    "settings",
    "data-folder",
    "disk",
    "database",
    "key",
    "store",
    "clock",
    "queue",
    "fonts",
    "presses",
    "templates",
];

/// All checks were done; those that are not well are exactly these. How full the disk of the tests is, is not theirs.
#[track_caller]
fn assert_unwell(examination: &Value, expected: &[(&str, &str)]) {
    let found: Vec<(&str, &str)> = CHECKS
        .iter()
        .map(|name| (*name, check(examination, name)["state"].as_str().unwrap()))
        .filter(|(name, state)| *state != "ok" && *name != "disk")
        .collect();
    assert_eq!(found, expected, "{examination:#}");
    let checks = examination["checks"].as_array().unwrap();
    assert_eq!(checks.len(), CHECKS.len());
    for check in checks.iter().filter(|check| check["state"] != "ok") {
        assert!(check["hint"].as_str().is_some(), "{check}");
    }
}

/// The check has a problem that says this, and the way out says that.
#[track_caller]
fn assert_problem((examination, answer): &(Value, Answer), name: &str, what: &str, hint: &str) {
    let check = check(examination, name);
    assert_eq!(check["state"], "problem", "{check}");
    assert!(check["message"].as_str().unwrap().contains(what), "{check}");
    assert!(check["hint"].as_str().unwrap().contains(hint), "{check}");
    assert_eq!(check["fault"], "setup", "{check}");
    assert_eq!(answer.exit, Some(1), "{}", answer.stderr);
    assert!(answer.stderr.contains(name), "{}", answer.stderr);
    assert_eq!(examination["state"], "problem");
}

/// Names, modes and sizes of what lies in a folder, but for the journal that SQLite folds when somebody looks.
fn contents(folder: &Path) -> Vec<(PathBuf, u32, u64)> {
    files_below(folder)
        .into_iter()
        .filter(|path| !path.to_str().unwrap().ends_with("-wal"))
        .filter(|path| !path.to_str().unwrap().ends_with("-shm"))
        .map(|path| {
            let data = fs::metadata(&path).unwrap();
            (path, data.permissions().mode(), data.len())
        })
        .collect()
}

#[test]
fn all_is_well_and_stays_as_it_was() {
    for kind in BOTH {
        let cli = used(kind);
        let before = contents(&cli.data_dir());
        let (examination, answer) = examine(&cli, &[]);
        assert_unwell(&examination, &[]);
        assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
        assert_eq!(contents(&cli.data_dir()), before);
        let engine = check(&examination, "database")["message"].as_str().unwrap();
        let name = match kind {
            Kind::Sqlite => "SQLite",
            Kind::Postgres => "PostgreSQL",
        };
        assert!(engine.starts_with(name), "{engine}");
        let store = check(&examination, "store")["message"].as_str().unwrap();
        assert!(store.contains("1 bundle in it"), "{store}");
    }
}

#[test]
fn where_nothing_was_ever_done_nothing_is_made() {
    let cli = Cli::new();
    let (examination, answer) = examine(&cli, &[]);
    let missing = ["data-folder", "database", "key", "store"].map(|name| (name, "warning"));
    assert_unwell(&examination, &missing);
    assert_eq!(answer.exit, Some(0));
    assert!(!cli.data_dir().exists());
}

#[test]
fn the_table_has_a_line_for_each_and_no_colours_in_a_pipe() {
    let cli = used(Kind::Sqlite);
    fs::set_permissions(
        cli.data_dir().join("key"),
        fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let answer = cli.try_run(&["doctor"]);
    let first: Vec<&str> = answer
        .stdout
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split_whitespace().nth(1).unwrap())
        .collect();
    assert_eq!(first, CHECKS);
    assert!(answer.stdout.contains("problem  key "), "{}", answer.stdout);
    assert!(answer.stdout.contains("hint: "), "{}", answer.stdout);
    assert!(!answer.stdout.contains('\u{1b}'));
    assert!(
        answer
            .stderr
            .starts_with("error: 1 of 11 checks found a problem: key")
    );
}

#[test]
fn a_key_that_others_may_read_or_that_is_another_is_a_problem() {
    let cli = used(Kind::Sqlite);
    let key = cli.data_dir().join("key");
    let right = fs::read(&key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let loose = examine(&cli, &[]);
    assert_problem(&loose, "key", "can be read by others", "chmod 600");
    assert_unwell(&loose.0, &[("key", "problem")]);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&key, "11".repeat(32)).unwrap();
    assert_problem(
        &examine(&cli, &[]),
        "key",
        "is not the one",
        "right key file",
    );

    fs::remove_file(&key).unwrap();
    assert_problem(&examine(&cli, &[]), "key", "is not there", "right key file");
    assert!(!key.exists(), "a new one would open nothing");

    fs::write(&key, right).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    assert_unwell(&examine(&cli, &[]).0, &[]);
}

#[test]
fn a_store_that_cannot_be_used_or_has_lost_its_bundles_is_a_problem() {
    let cli = used(Kind::Sqlite);
    fs::write(cli.home().join("file"), "in the way").unwrap();
    let blocked = examine(&cli, &["--store", "file:file/store"]);
    assert_problem(&blocked, "store", "file/store", "--store");
    let empty = examine(&cli, &["--store", "file:another"]);
    assert_problem(&empty, "store", "knows 1 bundle", "--store");
    assert!(!cli.home().join("another").exists());
    let unknown = examine(&cli, &["--store", "ftp://somewhere"]);
    assert_problem(&unknown, "store", "not one we know", "file:FOLDER");
    assert_unwell(&unknown.0, &[("store", "problem")]);
    // Not only the newest is missed.
    Export::new()
        .team("1", "Noord")
        .client("100002", "Pietersen", &[])
        .assign("100002", "1", "MAIN")
        .write(cli.home(), "more");
    cli.run("more", &[]);
    let keys = cli.rows().query("SELECT store_key FROM bundle ORDER BY id");
    assert_eq!(keys.len(), 2);
    let oldest = cli.data_dir().join("bundles").join(&keys[0][0]);
    fs::rename(&oldest, cli.home().join("kept")).unwrap();
    let missing = examine(&cli, &[]);
    assert_problem(
        &missing,
        "store",
        "knows 2 bundles, but one of them is not in",
        "--store",
    );
    fs::rename(cli.home().join("kept"), &oldest).unwrap();
    assert_unwell(&examine(&cli, &[]).0, &[]);

    let nobody = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "someone"),
        ("AWS_SECRET_ACCESS_KEY", "geheim"),
        ("AWS_REGION", "here"),
    ];
    let cli = cli.with(&nobody.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let away = examine(&cli, &["--store", "s3://letters/x"]);
    assert_problem(&away, "store", "did not do as asked", "can be reached");
    let said = format!("{}{}", away.1.stdout, away.1.stderr);
    assert!(!said.contains("geheim"), "{said}");
}

#[test]
fn a_bundle_that_was_cleared_away_is_not_missed() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        Export::new()
            .team("1", "Noord")
            .client("100001", "Jansen", &[])
            .assign("100001", "1", "MAIN")
            .write(cli.home(), "export");
        let long_ago = ["--letter-date", "2020-03-02", "--valid-until", "2020-04-13"];
        cli.run("export", &long_ago);
        assert_eq!(cli.ok(&["purge", "--json"]).json()["bundles"], 1);
        let (examination, answer) = examine(&cli, &[]);
        assert_unwell(&examination, &[]);
        assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
        let store = check(&examination, "store")["message"].as_str().unwrap();
        assert!(store.contains("0 bundles in it"), "{store}");
    }
}

#[test]
fn a_database_is_made_for_its_owner_alone_and_one_that_is_not_so_is_told() {
    let cli = Cli::new();
    let folder = cli.home().join("elsewhere");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let elsewhere = ["--database-url", "sqlite:elsewhere/x.db"];
    cli.ok(&[&["bundle", "list"], &elsewhere[..]].concat());
    for file in files_below(&folder) {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
    let data_folder = || {
        let (examination, answer) = examine(&cli, &elsewhere);
        assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
        check(&examination, "data-folder").clone()
    };
    assert_eq!(data_folder()["state"], "ok");
    let file = folder.join("x.db");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let told = data_folder();
    assert_eq!(told["state"], "warning");
    assert!(
        told["hint"].as_str().unwrap().contains("chmod 600"),
        "{told}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_a_problem() {
    let cli = used(Kind::Sqlite);
    let spool = cli.data_dir().join("spool");
    fs::remove_dir_all(&spool).unwrap();
    fs::write(&spool, "in the way").unwrap();
    assert_problem(
        &examine(&cli, &[]),
        "data-folder",
        "nothing can be written",
        "make it writable",
    );
    fs::remove_file(&spool).unwrap();
    fs::set_permissions(cli.data_dir(), fs::Permissions::from_mode(0o755)).unwrap();
    let (open, answer) = examine(&cli, &[]);
    assert_unwell(&open, &[("data-folder", "warning")]);
    assert_eq!(answer.exit, Some(0));
}

#[test]
fn a_full_disk_is_a_problem_and_keeps_no_other_check_from_being_done() {
    // Mounts are for root; where the tests are not, the rule itself is tested with numbers beside its code.
    let mounts = Command::new("unshare").args(["--mount", "true"]).output();
    if !mounts.is_ok_and(|answer| answer.status.success()) {
        return;
    }
    let cli = used(Kind::Sqlite);
    fs::create_dir(cli.home().join("small")).unwrap();
    let script = "mount -t tmpfs -o size=16m tmpfs small && cp -a data/. small/ \
                  && (dd if=/dev/zero of=small/filler bs=4k 2>/dev/null || true) \
                  && exec \"$BRIEVENBUS_BIN\" --data-dir small doctor --json";
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--propagation", "private", "sh", "-c", script])
        .env("BRIEVENBUS_BIN", env!("CARGO_BIN_EXE_brievenbus"))
        .current_dir(cli.home());
    let answer = cli::answer(&mut command);
    let full = (answer.json(), answer);
    assert_problem(&full, "disk", "is full", "make room");
    assert_eq!(check(&full.0, "fonts")["state"], "ok");
    assert_eq!(check(&full.0, "presses")["state"], "ok");
}

#[test]
fn a_database_that_cannot_be_reached_is_a_problem_and_its_password_is_in_no_answer() {
    let cli = used(Kind::Sqlite);
    let url = "postgres://letters:geheim@127.0.0.1:1/x?sslpassword=geheim";
    let away = examine(&cli, &["--database-url", url]);
    assert_problem(&away, "database", "did not answer", "--database-url");
    assert_unwell(
        &away.0,
        &[
            ("database", "problem"),
            ("key", "warning"),
            ("queue", "warning"),
        ],
    );
    let settings = away.0["settings"].as_array().unwrap();
    let setting = settings
        .iter()
        .find(|s| s["name"] == "database-url")
        .unwrap();
    assert_eq!(setting["value"], "postgres://…@127.0.0.1:1/x");
    assert_eq!(setting["from"], "flag");
    let said = format!("{}{}", away.1.stdout, away.1.stderr);
    assert!(!said.contains("geheim"), "{said}");

    fs::write(
        cli.home().join("text"),
        "no database, but a text that is long enough",
    )
    .unwrap();
    let text = examine(&cli, &["--database-url", "sqlite:text"]);
    assert_problem(&text, "database", "not a database", "--database-url");
    let unknown = examine(&cli, &["--database-url", "mysql://root:geheim@x/y"]);
    assert_problem(&unknown, "database", "not one we know", "sqlite:FILE");
}

#[test]
fn a_database_of_a_newer_program_is_a_problem_and_used_by_nobody() {
    for kind in BOTH {
        let cli = used(kind);
        cli.rows()
            .query("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)");
        let newer = examine(&cli, &[]);
        assert_problem(&newer, "database", "m9999_later", "use the newer one");
        // 1: starting it again mends nothing.
        let refused = cli.try_run(&["bundle", "list"]);
        assert_eq!(refused.exit, Some(1), "{}", refused.stderr);
        assert!(
            refused
                .stderr
                .starts_with("error: a newer brievenbus has been here")
                && refused.stderr.contains("m9999_later")
                && refused.stderr.contains("hint: use the newer one"),
            "{}",
            refused.stderr
        );
    }
}

#[test]
fn a_clock_that_was_set_back_behind_what_was_done_is_a_problem() {
    let cli = used(Kind::Sqlite);
    let later = "UPDATE batch SET created_at = '2099-01-01 00:00:00+00:00'";
    cli.rows().query(later);
    let back = examine(&cli, &[]);
    assert_problem(&back, "clock", "2099-01-01", "time service");
}

#[test]
fn work_that_nobody_does_and_work_that_failed_are_told() {
    for kind in BOTH {
        let cli = used(kind);
        let submit = [
            "batch",
            "submit",
            "--organisation",
            "zorg",
            "--letter-date",
            "2026-11-21",
        ];
        cli.ok(&submit);
        if kind == Kind::Postgres {
            // Who has just ended might be on another machine, for all that a server knows.
            cli.rows()
                .query("UPDATE apalis.workers SET last_seen = now() - interval '5 minutes'");
        }
        let (waiting, answer) = examine(&cli, &[]);
        assert_unwell(&waiting, &[("queue", "warning")]);
        let message = &check(&waiting, "queue")["message"];
        assert_eq!(message, "1 team waits and nobody is at work");
        assert_eq!(answer.exit, Some(0));

        let mut worker = cli.start("worker", &["work"]);
        eventually("the job is done", || {
            cli.rows()
                .query("SELECT count(*) FROM team_job WHERE state = 'done'")
                == [["2"]]
        });
        assert_unwell(&examine(&cli, &[]).0, &[]);
        worker.kill().unwrap();
        worker.wait().unwrap();
        cli.rows().query(
            "UPDATE team_job SET state = 'failed' WHERE id = (SELECT max(id) FROM team_job)",
        );
        let (failed, _) = examine(&cli, &[]);
        let queue = &check(&failed, "queue");
        assert!(
            queue["message"]
                .as_str()
                .unwrap()
                .starts_with("1 team has failed"),
            "{queue}"
        );
        assert!(queue["hint"].as_str().unwrap().contains("batch retry"));
    }
}

#[test]
fn it_is_told_where_each_setting_comes_from() {
    let cli = used(Kind::Sqlite).with(&[
        ("BRIEVENBUS_JOB_DEADLINE".to_owned(), "60".to_owned()),
        ("BRIEVENBUS_DATADIR".to_owned(), "elsewhere".to_owned()),
        ("BRIEVENBUS_LOG".to_owned(), "brievenbus=loud".to_owned()),
    ]);
    fs::write(
        cli.home().join("c.toml"),
        "job-deadline = 90\nworkers = 3\n",
    )
    .unwrap();
    let (examination, answer) = examine(
        &cli,
        &["--config", "c.toml", "--store", "file:data/bundles"],
    );
    let settings = examination["settings"].as_array().unwrap();
    let told = |name: &str| {
        let setting = settings.iter().find(|s| s["name"] == name).unwrap();
        let text = |key: &str| setting[key].as_str().unwrap_or("-").to_owned();
        (text("value"), text("from"))
    };
    let pair = |value: &str, from: &str| (value.to_owned(), from.to_owned());
    assert_eq!(told("data-dir"), pair("data", "environment"));
    assert_eq!(told("job-deadline"), pair("60", "environment"));
    assert_eq!(told("workers"), pair("3", "file"));
    assert_eq!(told("store"), pair("file:data/bundles", "flag"));
    assert_eq!(told("database-url"), pair("-", "default"));
    assert_eq!(told("log-format"), pair("text", "default"));
    assert_eq!(told("oidc-groups-claim"), pair("groups", "default"));
    for seconds in ["0", "604801"] {
        fs::write(
            cli.home().join("d.toml"),
            format!("job-deadline = {seconds}\n"),
        )
        .unwrap();
        let refused = cli
            .command(&["bundle", "list", "--config", "d.toml"])
            .env_remove("BRIEVENBUS_JOB_DEADLINE")
            .output()
            .unwrap();
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8(refused.stderr).unwrap();
        let cannot = format!("job-deadline cannot be {seconds} seconds");
        assert!(said.contains(&cannot), "{said}");
    }
    let slip = check(&examination, "settings");
    assert!(
        slip["message"]
            .as_str()
            .unwrap()
            .contains("BRIEVENBUS_DATADIR")
    );
    assert!(
        answer.stderr.starts_with("note: BRIEVENBUS_LOG "),
        "{}",
        answer.stderr
    );
    assert_eq!(answer.exit, Some(0));
}

#[test]
fn every_setting_is_in_the_table_of_the_operating_page() {
    let cli = Cli::new();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let page = fs::read_to_string(page).unwrap();
    let help = ["--help", "serve --help", "work --help"].map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        cli.ok(&words).stdout
    });
    let (examination, _) = examine(&cli, &[]);
    let settings = examination["settings"].as_array().unwrap();
    assert!(settings.len() >= 7);
    for setting in settings {
        let name = setting["name"].as_str().unwrap();
        let flag = format!("--{name}");
        let variable = format!("BRIEVENBUS_{}", name.to_uppercase().replace('-', "_"));
        // Some are in a table of the file.
        let keys = [
            format!("| `{name}` |"),
            format!("| `[access]` `{name}` |"),
            format!("| `[oidc]` `{}` |", name.trim_start_matches("oidc-")),
        ];
        let row = page
            .lines()
            .find(|line| keys.iter().any(|key| line.starts_with(key)))
            .unwrap_or_else(|| panic!("{name} is not in the table"));
        assert!(row.contains(&format!("`{variable}`")), "{row}");
        let has_flag = help.iter().any(|text| text.contains(&format!("{flag} ")));
        assert_eq!(row.contains(&format!("`{flag}`")), has_flag, "{row}");
        if let Some(default) = setting["value"].as_str()
            && setting["from"] == "default"
            && name != "workers"
        {
            assert!(row.contains(&format!("`{default}`")), "{row}: {default}");
        }
    }
}

#[test]
fn an_empty_database_on_a_server_is_where_one_begins() {
    let cli = Cli::on(Kind::Postgres);
    let (found, _) = examine(&cli, &[]);
    for name in ["database", "clock", "queue"] {
        assert_eq!(check(&found, name)["state"], "ok", "{name}: {found}");
    }
    let said = |name: &str| check(&found, name)["message"].as_str().unwrap().to_owned();
    let empty = "can be written, and is empty: the tables are made at first use";
    assert!(said("database").ends_with(empty), "{}", said("database"));
    assert!(said("key").ends_with("is not there yet"), "{}", said("key"));
    fs::create_dir_all(cli.data_dir().join("bundles")).unwrap();
    let (found, _) = examine(&cli, &[]);
    let store = check(&found, "store");
    let message = store["message"].as_str().unwrap();
    assert!(message.ends_with("0 bundles in it"), "{message}");
}

#[test]
fn a_key_from_before_a_rotation_is_said_to_be_one() {
    for kind in BOTH {
        let cli = used(kind);
        let key = cli.data_dir().join("key");
        let old = fs::read(&key).unwrap();
        cli.ok(&["key", "rotate"]);
        assert_eq!(check(&examine(&cli, &[]).0, "key")["state"], "ok");
        fs::write(&key, old).unwrap();
        let (found, _) = examine(&cli, &[]);
        let said = check(&found, "key");
        assert_eq!(said["state"], "problem", "{said}");
        let message = said["message"].as_str().unwrap();
        assert!(message.contains("the key was rotated"), "{message}");
    }
}
