//! `key rotate`: whatever was sealed is sealed anew and nothing is lost, also when it is killed on the way; the old key
//! opens nothing any more.

use std::{fs, os::unix::process::ExitStatusExt, path::Path};

use serde_json::{Value, json};

use super::{assert_fetched, place};
use crate::support::{
    cli::Cli,
    database::{BOTH, Kind},
    export::Export,
    poppler, ten_digit_runs,
};

/// What was there before the key was changed.
struct Before {
    /// Those that are in the store.
    bundles: Vec<Value>,
    /// Invitation and letter of everybody whose code still works, with the code.
    letters: Vec<(String, Vec<u8>, String)>,
    /// Codes that do not work any more, and what is said of them.
    closed: Vec<(String, &'static str)>,
    /// The key file.
    key: Vec<u8>,
}

/// Client 100001 is open, 100002 redeemed, 100003 reissued; the letter of 100004 expired long ago and is closed, and its bundle removed;
/// that of 100005 expired too and is not closed.
fn before(cli: &Cli) -> Before {
    let team = |id: &str, clients: &[&str]| {
        let mut export = Export::new().team("1", "Noord").team("2", "Zuid");
        for client in clients {
            export = export
                .client(client, "Jansen", &[])
                .assign(client, id, "MAIN");
        }
        export.write(cli.home(), "export");
    };
    let long_ago = ["--letter-date", "2020-03-02", "--valid-until", "2020-04-13"];
    team("2", &["100004"]);
    cli.run("export", &long_ago);
    cli.ok(&["purge"]);
    team("2", &["100005"]);
    cli.run("export", &long_ago);
    let expired = code_of_letter(cli, "100005", "expired");
    team("1", &["100001", "100002", "100003"]);
    cli.run("export", &[]);
    let redeemed = print(cli, &newest(cli, "100002")).1;
    cli.ok(&["invitation", "redeem", &redeemed]);
    let replaced = print(cli, &newest(cli, "100003")).1;
    cli.ok(&["invitation", "reissue", &newest(cli, "100003")]);
    let letters = ["100001", "100003"].map(|client| {
        let id = newest(cli, client);
        let (pdf, code) = print(cli, &id);
        (id, pdf, code)
    });
    let listed = cli.ok(&["bundle", "list", "--json"]).json();
    let (removed, bundles): (Vec<Value>, Vec<Value>) = listed
        .as_array()
        .unwrap()
        .iter()
        .cloned()
        .partition(|bundle| bundle["removed"].is_string());
    assert_eq!(removed.len(), 1, "none of its codes works");
    Before {
        bundles,
        letters: letters.into(),
        closed: vec![
            (redeemed, "this code has been used"),
            (replaced, "a newer letter has replaced this code"),
            (expired, "this code has expired"),
        ],
        key: fs::read(cli.data_dir().join("key")).unwrap(),
    }
}

/// The code on the letter of a client in the bundles that were written.
fn code_of_letter(cli: &Cli, client: &str, what: &str) -> String {
    let codes = cli.bundles().into_iter().flat_map(|bundle| bundle.codes());
    codes
        .into_iter()
        .find_map(|(of, code)| (of == client).then_some(code))
        .unwrap_or_else(|| panic!("no {what} letter"))
}

fn newest(cli: &Cli, client: &str) -> String {
    let list = ["invitation", "list", "--client", client, "--json"];
    let listed = cli.ok(&list).json();
    let newest = listed.as_array().unwrap().last().unwrap();
    newest["id"].as_str().unwrap().to_owned()
}

/// The letter of an open invitation, and its code.
#[track_caller]
fn print(cli: &Cli, id: &str) -> (Vec<u8>, String) {
    cli.ok(&["invitation", "letter", id, "--out", "letter.pdf"]);
    let pdf = fs::read(cli.home().join("letter.pdf")).unwrap();
    let pages = poppler::pages(&pdf);
    let code = ten_digit_runs(&pages[0])[0].to_owned();
    (pdf, code)
}

#[track_caller]
fn assert_nothing_lost(cli: &Cli, before: &Before) {
    for (id, pdf, _) in &before.letters {
        assert!(print(cli, id).0 == *pdf, "another letter");
    }
    for bundle in &before.bundles {
        assert_fetched(cli, bundle);
    }
    // What was written in the audit log under an older key is still known to be ours.
    cli.ok(&["audit", "verify"]);
    for (code, said) in &before.closed {
        let answer = cli.try_run(&["invitation", "redeem", code]);
        assert_eq!(answer.exit, Some(1));
        assert!(answer.stderr.contains(said), "{said}: {}", answer.stderr);
    }
}

/// Every open code works, once.
#[track_caller]
fn assert_codes_redeem_once(cli: &Cli, before: &Before) {
    for (_, _, code) in &before.letters {
        cli.ok(&["invitation", "redeem", code]);
        let again = cli.try_run(&["invitation", "redeem", code]);
        assert_eq!(again.exit, Some(1));
        assert!(
            again.stderr.contains("this code has been used"),
            "{}",
            again.stderr
        );
    }
}

/// With the old key file in its place nothing opens, and the reader is told why.
#[track_caller]
fn assert_old_key_opens_nothing(cli: &Cli, before: &Before) {
    let path = cli.data_dir().join("key");
    let new = fs::read(&path).unwrap();
    fs::write(&path, &before.key).unwrap();
    let bundle = before.bundles[0]["id"].as_str().unwrap();
    for arguments in [
        &["bundle", "fetch", bundle, "--out", "old"][..],
        &[
            "invitation",
            "letter",
            &before.letters[0].0,
            "--out",
            "old.pdf",
        ],
        &["invitation", "redeem", &before.letters[0].2],
        &["work", "--until-idle"],
        &["key", "rotate"],
    ] {
        let answer = cli.try_run(arguments);
        assert_eq!(answer.exit, Some(2), "{arguments:?}");
        assert_eq!(
            answer.stderr,
            "error: the key was rotated, and this program has the old one\n\
             hint: the key was rotated: copy the new key file here and start again\n",
            "{arguments:?}"
        );
    }
    assert!(
        fs::read(&path).unwrap() == before.key,
        "the key file was replaced"
    );
    fs::write(&path, new).unwrap();
    let digits = String::from_utf8(before.key.clone()).unwrap();
    let file = fs::read_to_string(&path).unwrap();
    assert!(
        !file.contains(digits.trim()),
        "the old key is still in the file"
    );
    // A sealed bundle names its key.
    for bundle in &before.bundles {
        let id = &fs::read(place(cli, bundle)).unwrap()[6..14];
        let listed = cli.ok(&["key", "show", "--json"]).json();
        assert_eq!(listed[0]["id"], hex::encode(id));
        assert_eq!(listed[0]["state"], "seals");
    }
}

#[test]
fn after_a_rotation_everything_opens_with_the_new_key_and_nothing_with_the_old_one() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        let before = before(&cli);
        let rotated = cli.ok(&["key", "rotate", "--json"]).json();
        // Open are 100001, 100003 and 100005, whose code has expired and is not wiped yet.
        assert_eq!(rotated["generation"], 2);
        assert_eq!(rotated["resumed"], false);
        assert_eq!(rotated["invitations"], 3);
        assert_eq!(rotated["bundles"], before.bundles.len());
        assert_eq!(rotated["left_behind"], json!([]));
        assert_nothing_lost(&cli, &before);
        assert_old_key_opens_nothing(&cli, &before);
        // A second time, with two generations that are no more.
        cli.ok(&["key", "rotate"]);
        assert_nothing_lost(&cli, &before);
        assert_old_key_opens_nothing(&cli, &before);
        assert_codes_redeem_once(&cli, &before);
        let rotations = cli
            .rows()
            .query("SELECT count(*) FROM audit WHERE action = 'key_rotated'");
        assert_eq!(rotations, [["2"]]);
        let shown = cli.ok(&["key", "show", "--json"]).json();
        // The log says which key came, as the list of keys calls it.
        let named = cli
            .rows()
            .query("SELECT object FROM audit WHERE action = 'key_rotated' ORDER BY seq");
        let called = |key: &Value| vec![format!("key {}", key["id"].as_str().unwrap())];
        assert_eq!(named, [called(&shown[1]), called(&shown[0])]);
        let states: Vec<_> = shown
            .as_array()
            .unwrap()
            .iter()
            .map(|key| {
                assert!(key["since"].is_string());
                (
                    key["generation"].as_u64().unwrap(),
                    key["state"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(states, [(3, "seals"), (2, "finds"), (1, "finds")]);
    }
}

#[test]
fn what_is_shown_of_the_key_is_nothing_secret() {
    let cli = Cli::new();
    let first = cli.ok(&["key", "show"]).stdout;
    cli.ok(&["key", "rotate"]);
    let answer = cli.ok(&["key", "show"]);
    let file = fs::read_to_string(cli.data_dir().join("key")).unwrap();
    let secrets: Vec<&str> = file
        .split_whitespace()
        .filter(|word| word.len() == 64)
        .collect();
    assert_eq!(secrets.len(), 2);
    for secret in secrets {
        for half in [&secret[..16], &secret[48..]] {
            assert!(!answer.stdout.contains(half) && !first.contains(half));
        }
    }
    let lines: Vec<&str> = answer.stdout.lines().map(str::trim).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("Generation"));
    assert!(lines[1].starts_with('2') && lines[1].ends_with("seals"));
    assert!(lines[2].starts_with('1') && lines[2].ends_with("knows the codes of its time"));
    // The id of a generation stays.
    let id = first
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap();
    assert!(lines[2].contains(id));
}

#[test]
fn killed_at_any_step_a_rotation_is_finished_by_the_next_one() {
    for kind in BOTH {
        for step in [
            "written",
            "switched",
            "some-invitations",
            "invitations",
            "one-bundle",
            "bundles",
            "reduced",
        ] {
            let cli = Cli::on(kind);
            let before = before(&cli);
            let killed = cli
                .command(&["key", "rotate"])
                .env("BRIEVENBUS_TEST_DIE_ROTATING", step)
                .output()
                .unwrap();
            assert!(
                killed.status.signal().is_some(),
                "{kind:?}, {step}: it lived"
            );
            // In between nothing is lost either, and what is asked for is answered.
            assert_nothing_lost(&cli, &before);
            let rotated = cli.ok(&["key", "rotate", "--json"]).json();
            // After the last step there was nothing left to finish.
            let over = step == "reduced";
            assert_eq!(rotated["resumed"], !over, "{kind:?}, {step}");
            assert_eq!(
                rotated["generation"],
                if over { 3 } else { 2 },
                "{kind:?}, {step}"
            );
            assert_nothing_lost(&cli, &before);
            assert_old_key_opens_nothing(&cli, &before);
            assert_codes_redeem_once(&cli, &before);
            let left = fs::read_dir(cli.data_dir()).unwrap();
            let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            assert!(left.into_iter().all(|name| !name.ends_with(".new")));
        }
    }
}

#[test]
fn a_lost_bundle_holds_a_rotation_up_until_it_is_back_or_left_behind() {
    let cli = Cli::new();
    let before = before(&cli);
    let lost = &before.bundles[0];
    let id = lost["id"].as_str().unwrap();
    let (file, away) = (place(&cli, lost), cli.home().join("away"));
    fs::rename(&file, &away).unwrap();
    let answer = cli.try_run(&["key", "rotate"]);
    assert_eq!(answer.exit, Some(1), "{}", answer.stderr);
    assert!(
        answer.stderr.starts_with(&format!(
            "error: these bundles are lost or damaged and could not be sealed anew: {id}\n"
        )),
        "{}",
        answer.stderr
    );
    // It comes back from a backup, sealed with the old key, which is still there for it.
    fs::rename(&away, &file).unwrap();
    assert_fetched(&cli, lost);
    let shown = cli.ok(&["key", "show", "--json"]).json();
    assert_eq!(shown[1]["state"], "opens");
    fs::copy(&file, &away).unwrap();
    let rotated = cli.ok(&["key", "rotate", "--json"]).json();
    assert_eq!(
        (&rotated["resumed"], &rotated["bundles"]),
        (&json!(true), &json!(1))
    );
    assert_nothing_lost(&cli, &before);

    // Left behind, it opens no more when it turns up again.
    fs::remove_file(&file).unwrap();
    let rotated = cli
        .ok(&["key", "rotate", "--leave-behind", "--json"])
        .json();
    assert_eq!(rotated["left_behind"], json!([id]));
    fs::rename(&away, &file).unwrap();
    let fetch = cli.try_run(&["bundle", "fetch", id, "--out", "fetched"]);
    assert_eq!(fetch.exit, Some(2));
    assert!(
        fetch.stderr.contains("a key that is not in the key file"),
        "{}",
        fetch.stderr
    );
}

#[test]
fn a_wrong_key_file_or_one_that_lacks_a_generation_is_an_error_and_stays_as_it_is() {
    for kind in [Kind::Sqlite] {
        let cli = Cli::on(kind);
        before(&cli);
        cli.ok(&["key", "rotate"]);
        let path = cli.data_dir().join("key");
        let good = fs::read_to_string(&path).unwrap();
        let current: String = (good.lines())
            .filter(|line| !line.contains(" lookup "))
            .map(|line| format!("{line}\n"))
            .collect();
        let lookups = good.replace(" key ", " lookup ");
        for (file, said) in [
            (current, "lacks an older generation of the key"),
            (
                format!("{}\n", "5a".repeat(32)),
                "is not the one that this database was made with",
            ),
            (lookups, "lacks the key of its newest generation"),
            (
                "nonsense of a kind\n".to_owned(),
                "has no generation of the key on line 1",
            ),
        ] {
            fs::write(&path, &file).unwrap();
            refused(&cli, &path, said);
            assert_eq!(fs::read_to_string(&path).unwrap(), file);
        }
        fs::remove_file(&path).unwrap();
        refused(&cli, &path, "is not there");
        assert!(!path.exists(), "a key was made in place of the lost one");
    }
}

#[track_caller]
fn refused(cli: &Cli, path: &Path, said: &str) {
    for arguments in [["bundle", "list"], ["key", "rotate"]] {
        let answer = cli.try_run(&arguments);
        assert_eq!(answer.exit, Some(1), "{said}: {}", answer.stderr);
        assert!(answer.stderr.contains(said), "{said}: {}", answer.stderr);
        assert!(answer.stderr.contains("key file"), "{}", path.display());
    }
}
