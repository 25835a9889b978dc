//! Back up, destroy, restore, go on: nothing lost. The steps are those of `docs/operating.md`, read from it, with the folders
//! of a test in place of those of a machine.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use brievenbus::{domain::invitation::Code, storage::vault::Vault};
use serde_json::{Value, json};

use crate::support::{
    bundle::Bundle,
    cli::{self, Cli},
    codes_in,
    database::{BOTH, Kind},
    eventually,
    export::Export,
    files_below, postgres,
};

/// The commands under `<!-- tried: NAME -->`.
#[track_caller]
fn step(name: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let page = fs::read_to_string(page).unwrap();
    let marker = format!("<!-- tried: {name} -->\n```sh\n");
    let (_, after) = page
        .split_once(&marker)
        .unwrap_or_else(|| panic!("the page has no step '{name}'"));
    after.split_once("```").unwrap().0.to_owned()
}

#[test]
fn every_step_of_the_page_that_says_so_is_tried() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let page = fs::read_to_string(page).unwrap();
    let marked: Vec<&str> = page
        .split("<!-- tried: ")
        .skip(1)
        .filter_map(|rest| rest.split(" -->").next())
        .collect();
    let source = include_str!("operating.rs");
    for name in &marked {
        assert!(source.contains(&format!("follow(\"{name}\")")), "{name}");
    }
    assert_eq!(marked.len(), 6);
}

/// A machine as the page tells of it, in a folder.
struct Machine {
    cli: Cli,
    kind: Kind,
}

impl Machine {
    fn new(kind: Kind) -> Self {
        let cli = match kind {
            Kind::Sqlite => Cli::new(),
            Kind::Postgres => {
                Cli::new().with_database(&Self::server().replace("postgres@", "brievenbus@"))
            }
        };
        let machine = Self { cli, kind };
        let home = machine.cli.home();
        for folder in ["etc", "backups", "safe", "bin"] {
            fs::create_dir(home.join(folder)).unwrap();
        }
        // Whoever it is, the tests are they; and there is no service to stop or start but what a test does itself.
        machine.program("sudo", "[ \"$1\" != -u ] || shift 2\nexec \"$@\"");
        machine.program("systemctl", "echo \"systemctl $*\" >> calls");
        machine.program("chown", "echo \"chown $*\" >> calls");
        symlink(
            env!("CARGO_BIN_EXE_brievenbus"),
            home.join("bin/brievenbus"),
        )
        .unwrap();
        let mut config = format!("data-dir = \"{}\"\n", machine.cli.data_dir().display());
        if let Some(url) = machine.cli.database_url() {
            config += &format!("database-url = \"{url}\"\n");
        }
        fs::write(home.join("etc/brievenbus.toml"), config).unwrap();
        machine
    }

    fn server() -> String {
        postgres::shared().url("brievenbus")
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.cli.home().join("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Does what the page says, word for word.
    #[track_caller]
    fn follow(&self, name: &str) -> String {
        let home = self.cli.home().to_str().unwrap();
        let script = step(name)
            .replace("/var/lib/brievenbus", &format!("{home}/data"))
            .replace("/var/backups/brievenbus", &format!("{home}/backups"))
            .replace("/etc/brievenbus", &format!("{home}/etc"))
            .replace("/mnt/safe", &format!("{home}/safe"));
        let mut command = Command::new("sh");
        command
            .args(["-euc", &script])
            .current_dir(self.cli.home())
            .env_clear()
            .env("PATH", format!("{home}/bin:/usr/bin:/bin:/usr/sbin:/sbin"));
        if self.kind == Kind::Postgres {
            let url = Self::server();
            let port = url.rsplit(':').next().unwrap().split('/').next().unwrap();
            let server = [
                ("PGHOST", "127.0.0.1"),
                ("PGUSER", "postgres"),
                ("PGPORT", port),
            ];
            command.envs(server);
        }
        let answer = cli::answer(&mut command);
        assert_eq!(
            answer.exit,
            Some(0),
            "{name}: {}{}",
            answer.stdout,
            answer.stderr
        );
        answer.stdout
    }

    /// As if there had never been anything.
    fn destroy(&self) {
        fs::remove_dir_all(self.cli.data_dir()).unwrap();
        if self.kind == Kind::Postgres {
            postgres::shared().remove_database(&Self::server());
        }
    }
}

/// What a provider has printed: three letters.
fn printed(cli: &Cli) -> (Value, BTreeMap<String, String>) {
    Export::new()
        .team("1", "Noord")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .client("100002", "Pietersen", &[])
        .assign("100002", "1", "MAIN")
        .client("100003", "Smit", &[])
        .assign("100003", "1", "MAIN")
        .write(cli.home(), "small");
    cli.ok(&["import", "small"]);
    cli.ok(&["batch", "submit", "--organisation", "zorg"]);
    cli.ok(&["work", "--until-idle"]);
    let bundles = cli.fetch_all();
    let codes = cli.bundles()[0].codes();
    assert_eq!(codes.len(), 3);
    (bundles, codes)
}

/// A batch of another organisation, which takes a while.
fn large(cli: &Cli) -> (String, Value) {
    let sample = [
        "sample",
        "--clients",
        "2400",
        "--teams",
        "3",
        "--out",
        "large",
    ];
    cli.ok(&sample);
    cli.ok(&["import", "large"]);
    let slug = cli
        .rows()
        .query("SELECT slug FROM organisation WHERE slug <> 'zorg'")[0][0]
        .clone();
    let submit = ["batch", "submit", "--organisation", &slug, "--json"];
    let batch = cli.ok(&submit).json();
    (slug, batch)
}

/// Id, hash and state of every invitation of an organisation.
fn invitations(cli: &Cli, slug: &str) -> BTreeMap<String, (String, String)> {
    let sql = format!("SELECT id, code_hash, state FROM invitation WHERE organisation = '{slug}'");
    let rows = cli.rows().query(&sql);
    rows.into_iter()
        .map(|row| (row[0].clone(), (row[1].clone(), row[2].clone())))
        .collect()
}

fn states(cli: &Cli) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    for row in cli.rows().query("SELECT state FROM team_job") {
        *states.entry(row[0].clone()).or_default() += 1;
    }
    states
}

#[test]
fn back_up_destroy_restore_go_on_nothing_lost() {
    for kind in BOTH {
        let machine = Machine::new(kind);
        if kind == Kind::Postgres {
            machine.follow("PostgreSQL");
        }
        let cli = &machine.cli;
        let (bundles, codes) = printed(cli);
        let (slug, batch) = large(cli);
        let mut worker = cli.start("worker", &["work", "--workers", "1"]);
        eventually("a team is half done", || {
            cli.rows()
                .query("SELECT count(*) FROM team_job WHERE state = 'working' AND made > 0")
                == [["1"]]
        });
        machine.follow("keep the key");
        match kind {
            Kind::Sqlite => machine.follow("back up, SQLite"),
            Kind::Postgres => machine.follow("back up, PostgreSQL"),
        };
        worker.kill().unwrap();
        worker.wait().unwrap();
        machine.destroy();
        match kind {
            Kind::Sqlite => machine.follow("restore, SQLite"),
            Kind::Postgres => machine.follow("restore, PostgreSQL"),
        };

        // It was copied in the middle of the work.
        let at_backup = invitations(cli, &slug);
        assert!(!at_backup.is_empty());
        let states = states(cli);
        assert_eq!(states.get("working"), Some(&1), "{states:?}");
        assert_fetched_again(cli, &bundles);
        for code in codes.values().take(2) {
            cli.ok(&["invitation", "redeem", code]);
        }
        cli.ok(&["work", "--until-idle"]);
        assert_whole(cli, &slug, &batch, &at_backup);
        let calls = fs::read_to_string(cli.home().join("calls")).unwrap();
        assert!(calls.contains("systemctl stop") && calls.contains("systemctl start"));
    }
}

/// Every bundle that was there before is there again, the same to the byte.
#[track_caller]
fn assert_fetched_again(cli: &Cli, before: &Value) {
    for bundle in before.as_array().unwrap() {
        let id = bundle["id"].as_str().unwrap();
        let name = bundle["file_name"].as_str().unwrap();
        cli.ok(&["bundle", "fetch", id, "--out", "again"]);
        let again = fs::read(cli.home().join("again").join(name)).unwrap();
        let first = fs::read(cli.out().join(name)).unwrap();
        assert!(again == first, "{name} is another");
    }
    let listed = cli.ok(&["bundle", "list", "--json"]).json();
    for bundle in before.as_array().unwrap() {
        let same = listed
            .as_array()
            .unwrap()
            .iter()
            .any(|there| there["id"] == bundle["id"] && there["sha256"] == bundle["sha256"]);
        assert!(same, "{bundle}");
    }
}

/// The batch is done, everybody has one invitation, those of before the backup among them, and the letters have their codes.
#[track_caller]
fn assert_whole(
    cli: &Cli,
    slug: &str,
    batch: &Value,
    at_backup: &BTreeMap<String, (String, String)>,
) {
    let shown = cli
        .ok(&["batch", "show", batch["id"].as_str().unwrap(), "--json"])
        .json();
    assert_eq!(shown["state"], "done", "{shown}");
    let left_out = shown["left_out"].as_object().unwrap();
    let left_out: u64 = left_out.values().map(|count| count.as_u64().unwrap()).sum();
    let letters = shown["letters"].as_u64().unwrap();
    assert_eq!(shown["clients"].as_u64().unwrap(), letters + left_out);

    let now = invitations(cli, slug);
    assert_eq!(now.len() as u64, letters, "an invitation a letter");
    for (id, invitation) in at_backup {
        assert!(
            now.get(id) == Some(invitation),
            "invitation {id} is another"
        );
    }
    let twice =
        "SELECT client_id FROM invitation GROUP BY organisation, client_id HAVING count(*) > 1";
    assert_eq!(cli.rows().query(twice), Vec::<Vec<String>>::new());

    cli.fetch_all();
    let vault = Vault::open(&cli.data_dir().join("key")).unwrap();
    let hashes: Vec<&String> = now.values().map(|(hash, _)| hash).collect();
    let mut printed = 0;
    for bundle in cli
        .bundles()
        .iter()
        .filter(|bundle| bundle.manifest["organisation"]["slug"] == slug)
    {
        bundle.assert_whole();
        for code in bundle.codes().values() {
            assert!(hashes.contains(&&vault.hash(&Code::parse(code).unwrap())));
            printed += 1;
        }
    }
    assert_eq!(printed, letters);
}

/// Its files, as they are named in it.
fn files(folder: &Path) -> Vec<String> {
    files_below(folder)
        .iter()
        .map(|file| {
            file.strip_prefix(folder)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn a_backup_is_for_its_owner_alone_and_has_the_key_only_when_asked() {
    let cli = Cli::new();
    let (bundles, codes) = printed(&cli);
    let answer = cli.ok(&["backup", "--out", "copies/one"]);
    assert!(
        answer.stdout.contains("the key is not in it"),
        "{}",
        answer.stdout
    );
    let one = cli.home().join("copies/one");
    let names = files(&one);
    assert!(names.contains(&"brievenbus.sqlite".to_owned()), "{names:?}");
    assert!(!names.contains(&"key".to_owned()), "{names:?}");
    assert_eq!(
        names
            .iter()
            .filter(|name| name.starts_with("bundles/"))
            .count(),
        1
    );
    let codes = codes.into_values().collect();
    for name in &names {
        let mode = fs::metadata(one.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
        let found = codes_in(&fs::read(one.join(name)).unwrap(), &codes);
        assert!(found.is_empty(), "{name} shows a code");
    }
    let mode = fs::metadata(&one).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    // Nothing else lies beside it.
    assert_eq!(fs::read_dir(cli.home().join("copies")).unwrap().count(), 1);

    let told = cli
        .ok(&["backup", "--out", "copies/two", "--with-key", "--json"])
        .json();
    assert_eq!(told["key"], true);
    assert_eq!(told["bundles"], 1);
    // It is a data folder: whoever has it needs nothing else.
    let id = bundles[0]["id"].as_str().unwrap();
    let fetch = [
        "--data-dir",
        "copies/two",
        "bundle",
        "fetch",
        id,
        "--out",
        "theirs",
    ];
    cli.ok(&fetch);
    let theirs = fs::read_dir(cli.home().join("theirs"))
        .unwrap()
        .next()
        .unwrap();
    assert_eq!(Bundle::open(&theirs.unwrap().path()).codes().len(), 3);
}

#[test]
fn a_backup_writes_over_nothing_and_says_what_the_store_has_lost() {
    let cli = Cli::new();
    let (bundles, _) = printed(&cli);
    fs::create_dir(cli.home().join("there")).unwrap();
    let refused = cli.try_run(&["backup", "--out", "there"]);
    assert_eq!(refused.exit, Some(1));
    assert!(
        refused.stderr.contains("is there already"),
        "{}",
        refused.stderr
    );

    fs::remove_dir_all(cli.data_dir().join("bundles")).unwrap();
    let lost = cli.try_run(&["backup", "--out", "copy", "--json"]);
    assert_eq!(lost.exit, Some(2), "{}", lost.stderr);
    assert_eq!(lost.json()["lost"][0], bundles[0]["id"]);
    assert!(lost.stderr.contains(bundles[0]["id"].as_str().unwrap()));
    assert!(cli.home().join("copy/brievenbus.sqlite").exists());
}

#[test]
fn a_backup_misses_nothing_that_was_cleared_away_and_goes_on_without_what_is_damaged() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        let (bundles, _) = printed(&cli);
        let damaged = bundles[0]["id"].as_str().unwrap();
        let file = files_below(&cli.data_dir().join("bundles")).remove(0);
        let one_client = |client: &str| {
            Export::new()
                .team("2", "Zuid")
                .client(client, "Jansen", &[])
                .assign(client, "2", "MAIN")
                .write(cli.home(), "more");
        };
        // Its code has expired long ago, so it goes at once; after it another is made.
        one_client("100004");
        let long_ago = ["--letter-date", "2020-03-02", "--valid-until", "2020-04-13"];
        cli.run("more", &long_ago);
        assert_eq!(cli.ok(&["purge", "--json"]).json()["bundles"], 1);
        one_client("100005");
        cli.run("more", &[]);
        let told = cli.ok(&["backup", "--out", "sound", "--json"]).json();
        assert_eq!(
            (&told["bundles"], &told["lost"]),
            (&json!(2), &json!([])),
            "{kind:?}"
        );

        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
        let without = |out: &str| {
            let answer = cli.try_run(&["backup", "--out", out, "--json"]);
            assert_eq!(answer.exit, Some(2), "{}", answer.stderr);
            assert!(answer.stderr.contains(damaged), "{}", answer.stderr);
            let told = answer.json();
            assert_eq!(
                (&told["bundles"], &told["lost"]),
                (&json!(1), &json!([damaged]))
            );
            // What cannot be opened is not in it, and the rest is.
            let copied = files_below(&cli.home().join(out).join("bundles"));
            assert_eq!(copied.len(), 1);
        };
        without("one");
        // Nor is a bundle in the way that was left behind with its key.
        cli.ok(&["key", "rotate", "--leave-behind"]);
        without("two");
    }
}
