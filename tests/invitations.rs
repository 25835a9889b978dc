//! `invitation`: the life of a code after its letter was made, on both databases. Listed, cancelled, closed for good; the
//! letter once more, a new one, redeeming, and where everybody stands have a file each.

mod letters;
mod redeeming;
mod reissues;
mod standing;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use serde_json::{Value, json};

use crate::support::{
    bundle::Bundle,
    cli::{self, Cli},
    codes_in,
    database::{BOTH, Kind},
    export::Export,
    poppler, ten_digit_runs,
};

/// Dates of letters whose codes have expired long ago.
const LONG_AGO: [&str; 4] = ["--letter-date", "2020-03-02", "--valid-until", "2020-04-13"];

/// Two clients of team Noord, and one of team Zuid.
fn export() -> Export {
    Export::new()
        .team("1", "Noord")
        .team("2", "Zuid")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .client("100002", "Pietersen", &[])
        .assign("100002", "1", "MAIN")
        .client("100003", "Smit", &[])
        .assign("100003", "2", "MAIN")
}

fn imported(kind: Kind, export: &Export) -> Cli {
    let cli = Cli::on(kind);
    take_in(&cli, export);
    cli
}

/// Takes an export in, in place of the last one.
#[track_caller]
fn take_in(cli: &Cli, export: &Export) {
    export.write(cli.home(), "export");
    cli.ok(&["import", "export"]);
}

/// Submits a batch, works on it, and fetches its bundles, in the order of their teams.
#[track_caller]
fn invite(cli: &Cli, more: &[&str]) -> Vec<Bundle> {
    let submit = ["batch", "submit", "--organisation", "zorg", "--json"];
    let batch = cli.ok(&[&submit, more].concat()).json();
    cli.ok(&["work", "--until-idle"]);
    let listed = cli.ok(&["bundle", "list", "--json"]).json();
    let mut bundles = Vec::new();
    for line in listed.as_array().unwrap() {
        if line["batch"] == batch["id"] {
            let id = line["id"].as_str().unwrap();
            cli.ok(&["bundle", "fetch", id, "--out", "out"]);
            let file = cli.out().join(line["file_name"].as_str().unwrap());
            bundles.push(Bundle::open(&file));
        }
    }
    assert_eq!(bundles.len(), batch["teams"].as_array().unwrap().len());
    bundles.sort_by(|a, b| a.team().cmp(b.team()));
    bundles
}

/// The code of every client who has a letter in one of the bundles.
fn codes(bundles: &[Bundle]) -> BTreeMap<String, String> {
    bundles.iter().flat_map(Bundle::codes).collect()
}

#[track_caller]
fn list(cli: &Cli, more: &[&str]) -> Vec<Value> {
    let listed = cli
        .ok(&[&["invitation", "list", "--json"], more].concat())
        .json();
    listed.as_array().unwrap().clone()
}

/// The id of a client's newest invitation.
#[track_caller]
fn newest(cli: &Cli, client: &str) -> String {
    let listed = list(cli, &["--client", client]);
    listed.last().unwrap()["id"].as_str().unwrap().to_owned()
}

/// The states of a client's invitations, oldest first.
#[track_caller]
fn states(cli: &Cli, client: &str) -> Vec<String> {
    let listed = list(cli, &["--client", client]);
    let states = listed.iter().map(|line| line["state"].as_str().unwrap());
    states.map(str::to_owned).collect()
}

/// Prints a letter again.
#[track_caller]
fn print(cli: &Cli, id: &str) -> Vec<u8> {
    cli.ok(&["invitation", "letter", id, "--out", "again.pdf"]);
    fs::read(cli.home().join("again.pdf")).unwrap()
}

/// The one code on the one page of a letter.
#[track_caller]
fn code_on(pdf: &[u8]) -> String {
    let pages = poppler::pages(pdf);
    assert_eq!(pages.len(), 1, "pages of a letter");
    let runs = ten_digit_runs(&pages[0]);
    assert_eq!(runs.len(), 1, "codes on a letter");
    runs[0].to_owned()
}

#[track_caller]
fn refused(cli: &Cli, arguments: &[&str], sentence: &str) {
    let answer = cli.try_run(arguments);
    assert_eq!(answer.exit, Some(1), "{arguments:?}: {}", answer.stderr);
    assert_eq!(answer.stdout, "", "{arguments:?}");
    let (error, hint) = answer.stderr.split_once('\n').unwrap();
    assert_eq!(error, format!("error: {sentence}"), "{arguments:?}");
    assert!(hint.starts_with("hint: "), "{arguments:?}: {hint}");
}

/// The day in Amsterdam that is this many days from now.
fn day(days: u32) -> String {
    let output = Command::new("date")
        .args(["+%F", "-d", &format!("+{days} days")])
        .env("TZ", "Europe/Amsterdam")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_listing_has_the_fields_of_the_contract_and_shows_what_was_asked_for() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        assert_eq!(list(&cli, &[]), Vec::<Value>::new());
        let bundles = invite(&cli, &["--letter-date", "2026-11-21"]);
        let batch = &bundles[0].manifest["batch"];
        let all = list(&cli, &[]);
        let team_of = |client: &str| {
            if client == "100003" { "Zuid" } else { "Noord" }
        };
        let mut clients = BTreeSet::new();
        for line in &all {
            let client = line["client_id"].as_str().unwrap();
            clients.insert(client);
            let expected = json!({
                "id": line["id"].as_str().unwrap(),
                "client_id": client,
                "team": team_of(client),
                "batch": batch,
                "state": "open",
                "valid_until": "2027-01-02",
                "reissue_of": null,
                "organisation": "zorg",
                "letter_date": "2026-11-21",
            });
            assert_eq!(*line, expected);
        }
        assert_eq!(clients, BTreeSet::from(["100001", "100002", "100003"]));
        let ids: BTreeSet<&str> = all
            .iter()
            .map(|line| line["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), 3);

        let shown = |more: &[&str]| -> BTreeSet<String> {
            let lines = list(&cli, more);
            let clients = lines.iter().map(|line| line["client_id"].as_str().unwrap());
            clients.map(str::to_owned).collect()
        };
        for (more, expected) in [
            (&["--team", "Noord"][..], &["100001", "100002"][..]),
            (&["--team", "1"], &["100001", "100002"]),
            (&["--team", "2"], &["100003"]),
            (&["--client", "100002"], &["100002"]),
            (&["--client", "100002", "--team", "Zuid"], &[]),
            (&["--client", "100009"], &[]),
            (&["--state", "redeemed"], &[]),
            (&["--state", "open", "--team", "Zuid"], &["100003"]),
            (&["--organisation", "zorg"], &["100001", "100002", "100003"]),
        ] {
            let expected = expected.iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(shown(more), expected, "{more:?}");
        }
        // An empty list would say that nobody was invited, which is another thing than a typing error.
        for (more, sentence) in [
            (
                ["--organisation", "een-ander"],
                "there is no organisation 'een-ander'",
            ),
            (["--team", "Nord"], "no batch was ever for a team 'Nord'"),
        ] {
            refused(
                &cli,
                &[&["invitation", "list"][..], &more].concat(),
                sentence,
            );
        }
        let table = cli.ok(&["invitation", "list", "--client", "100003"]).stdout;
        for part in ["State", "100003", "Zuid", "open", "2027-01-02"] {
            assert!(table.contains(part), "{part} in {table}");
        }
    }
}

#[test]
fn a_cancelled_code_works_no_more_and_only_a_batch_that_asks_for_it_writes_the_client_again() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let first = codes(&invite(&cli, &[]));
        let id = newest(&cli, "100001");
        let said = cli.ok(&["invitation", "cancel", &id, "--json"]).json();
        assert_eq!(said, json!({ "id": id, "state": "cancelled" }));

        refused(
            &cli,
            &["invitation", "redeem", &first["100001"]],
            "this code was cancelled",
        );
        refused(
            &cli,
            &["invitation", "cancel", &id],
            "this invitation is not open any more: it is cancelled",
        );
        refused(
            &cli,
            &["invitation", "cancel", "01X"],
            "there is no invitation '01X'",
        );
        assert_eq!(states(&cli, "100001"), ["cancelled"]);
        assert_eq!(states(&cli, "100002"), ["open"]);

        let second = &invite(&cli, &["--team", "Noord"])[0];
        assert_eq!(second.row("100001").reason, "invited_before");
        assert_eq!(second.row("100002").reason, "open_invitation");
        let third = &invite(&cli, &["--team", "Noord", "--again", "expired"])[0];
        assert_eq!(third.row("100001").reason, "invited_before");
        let fourth = &invite(&cli, &["--team", "Noord", "--again", "cancelled"])[0];
        assert_eq!(fourth.row("100002").reason, "open_invitation");
        let new = &fourth.codes()["100001"];
        assert_ne!(*new, first["100001"]);
        assert_eq!(states(&cli, "100001"), ["cancelled", "open"]);
        refused(
            &cli,
            &["invitation", "redeem", &first["100001"]],
            "this code was cancelled",
        );
        cli.ok(&["invitation", "redeem", new]);
    }
}

#[test]
fn while_a_letter_is_being_made_its_invitation_is_left_alone() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        cli.ok(&[
            "batch",
            "submit",
            "--organisation",
            "zorg",
            "--team",
            "Zuid",
        ]);
        // Its worker dies when the code is issued, so that the team is in the middle of its work for as long as it takes.
        let mut worker = cli.command(&["work", "--until-idle"]);
        let died = cli::answer(worker.env("BRIEVENBUS_TEST_DIE_AFTER", "issue"));
        assert_eq!(died.exit, None, "{}", died.stderr);
        let id = newest(&cli, "100003");
        let sealed = "SELECT state, sealed_code IS NULL FROM invitation";
        for arguments in [
            &["invitation", "cancel", &id][..],
            &["invitation", "reissue", &id],
            &["invitation", "letter", &id, "--out", "half.pdf"],
        ] {
            refused(
                &cli,
                arguments,
                "the letter of this invitation is being made at this moment",
            );
            assert_eq!(cli.rows().query(sealed), [["open", "0"]]);
        }
        assert!(!cli.home().join("half.pdf").exists());
    }
}

#[test]
fn of_an_invitation_that_is_closed_neither_code_nor_letter_is_kept_however_it_was_closed() {
    let too_long = "Wolvenbrinkhorst".repeat(11);
    let export = export()
        .client("100004", &too_long, &[])
        .assign("100004", "1", "MAIN")
        .client("100005", "Bakker", &[])
        .assign("100005", "1", "MAIN")
        .client("100006", "Visser", &[])
        .assign("100006", "2", "MAIN");
    for kind in BOTH {
        let cli = imported(kind, &export);
        // Zuid's codes have expired, and nobody has noticed yet.
        invite(&cli, &[&["--team", "Zuid"][..], &LONG_AGO].concat());
        let noord = codes(&invite(&cli, &["--team", "Noord"]));
        cli.ok(&["invitation", "cancel", &newest(&cli, "100001")]);
        cli.ok(&["invitation", "redeem", &noord["100002"]]);
        cli.ok(&["invitation", "reissue", &newest(&cli, "100005")]);
        cli.ok(&["invitation", "reissue", &newest(&cli, "100006")]);
        invite(&cli, &["--team", "Zuid", "--again", "expired"]);

        let rows = cli.rows().query(
            "SELECT client_id, state, withdrawn, sealed_code IS NULL, sealed_words IS NULL FROM invitation \
             ORDER BY client_id, state DESC",
        );
        let rows: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
        assert_eq!(
            rows,
            [
                "100001 cancelled 0 1 1",
                "100002 redeemed 0 1 1",
                "100003 open 0 0 0",
                "100003 expired 0 1 1",
                "100004 cancelled 1 1 1",
                "100005 replaced 0 1 1",
                "100005 open 0 0 0",
                "100006 open 0 0 0",
                "100006 expired 0 1 1",
            ]
        );
    }
}

#[test]
fn a_code_is_on_paper_and_in_no_answer_and_no_log() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let mut printed: BTreeSet<String> = codes(&invite(&cli, &[])).into_values().collect();
        let all: Vec<String> = printed.iter().cloned().collect();
        let (first, second) = (newest(&cli, "100001"), newest(&cli, "100002"));
        let wrong = "12345";
        let mut said = String::new();
        let mut say = |arguments: &[&str]| {
            for form in [&["-vvv"][..], &["-vvv", "--json"]] {
                // The second time it may be refused, which is an answer too.
                let answer = cli.try_run(&[arguments, form].concat());
                assert!(answer.stderr.contains(" DEBUG "), "the log was wanted");
                said += &(answer.stdout + &answer.stderr);
            }
        };
        say(&["invitation", "list"]);
        say(&["invitation", "letter", &first, "--out", "first.pdf"]);
        say(&["invitation", "reissue", &first]);
        say(&["invitation", "cancel", &second]);
        for code in &all {
            say(&["invitation", "redeem", code]);
        }
        say(&["invitation", "redeem", wrong]);
        say(&["invitation", "list", "--state", "replaced"]);
        say(&["client", "list", "--organisation", "zorg"]);
        say(&["team", "list", "--organisation", "zorg"]);
        printed.insert(code_on(&print(&cli, &newest(&cli, "100001"))));
        assert_eq!(printed.len(), 4);
        assert_eq!(codes_in(said.as_bytes(), &printed), Vec::<&String>::new());
        for name in [
            "Jansen",
            "Pietersen",
            "Smit",
            "Dorpsstraat",
            "7522 LH",
            "7522LH",
        ] {
            assert!(!said.contains(name), "{name} is in an answer or a log");
        }
    }
}

#[test]
fn what_expired_unused_is_wiped_by_purge() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        invite(&cli, &LONG_AGO);
        let purged = cli.ok(&["purge", "--json"]).json();
        let rows = cli.rows().query(
            "SELECT state, sealed_code IS NULL, sealed_words IS NULL, count(*) FROM invitation \
             GROUP BY state, sealed_code IS NULL, sealed_words IS NULL",
        );
        let [row] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!(row[..3], ["expired", "1", "1"]);
        assert_eq!(row[3], purged["expired"].to_string());
    }
}
