//! A new export while a batch waits or is worked on, and between two batches: everybody of a team that was asked for has
//! one outcome, with the reason that holds when their letter would be written.

mod meanwhile;

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::support::{
    bundle::Bundle,
    cli::Cli,
    database::{BOTH, Kind},
    export::Export,
    one_line,
};

/// Six weeks that are over.
const LONG_AGO: [&str; 4] = ["--letter-date", "2020-03-02", "--valid-until", "2020-04-13"];

/// What came of the clients of a team: `brief`, or the reason.
type Outcomes = BTreeMap<String, String>;

fn outcomes<const N: usize>(expected: [(&str, &str); N]) -> Outcomes {
    expected
        .into_iter()
        .map(|(client, outcome)| (client.to_owned(), outcome.to_owned()))
        .collect()
}

/// Teams Noord and Zuid, without anybody.
fn teams() -> Export {
    Export::new().team("1", "Noord").team("2", "Zuid")
}

/// Ordinary clients in these teams.
fn with(export: Export, clients: &[(&str, &str)]) -> Export {
    clients.iter().fold(export, |export, (client, team)| {
        export
            .client(client, "Jansen", &[])
            .assign(client, team, "MAIN")
    })
}

#[track_caller]
fn take_in(cli: &Cli, export: &Export) {
    export.write(cli.home(), "export");
    cli.ok(&["import", "export"]);
}

fn imported(kind: Kind, export: &Export) -> Cli {
    let cli = Cli::on(kind);
    take_in(&cli, export);
    cli
}

#[track_caller]
fn submit(cli: &Cli, more: &[&str]) -> Value {
    let command = ["batch", "submit", "--organisation", "zorg", "--json"];
    cli.ok(&[&command, more].concat()).json()
}

/// The bundles of a batch by team, each of them whole; and nobody in them has more than one outcome, or none.
#[track_caller]
fn bundles(cli: &Cli, batch: &Value) -> BTreeMap<String, Bundle> {
    let listed = cli.ok(&["bundle", "list", "--json"]).json();
    let lines = listed.as_array().unwrap().iter();
    let bundles: BTreeMap<String, Bundle> = lines
        .filter(|line| line["batch"] == batch["id"])
        .map(|line| {
            let id = line["id"].as_str().unwrap();
            cli.ok(&["bundle", "fetch", id, "--out", "out"]);
            let file = cli.out().join(line["file_name"].as_str().unwrap());
            let bundle = Bundle::open(&file);
            bundle.assert_whole();
            (bundle.team().to_owned(), bundle)
        })
        .collect();
    assert_eq!(bundles.len(), batch["teams"].as_array().unwrap().len());
    let without_or_with_two = cli.rows().query(
        "SELECT client_id FROM team_client WHERE (letter_number IS NULL) = (reason IS NULL)",
    );
    assert_eq!(without_or_with_two, Vec::<Vec<String>>::new());
    bundles
}

#[track_caller]
fn work(cli: &Cli, batch: &Value) -> BTreeMap<String, Bundle> {
    cli.ok(&["work", "--until-idle"]);
    bundles(cli, batch)
}

/// The codes in all these bundles; nobody may have two.
#[track_caller]
fn codes<'a>(bundles: impl IntoIterator<Item = &'a Bundle>) -> BTreeMap<String, String> {
    let mut codes = BTreeMap::new();
    for (client, code) in bundles.into_iter().flat_map(Bundle::codes) {
        let before = codes.insert(client.clone(), code);
        assert!(before.is_none(), "two letters for client {client}");
    }
    codes
}

#[track_caller]
fn invitations(cli: &Cli, client: &str) -> Vec<Value> {
    let listed = cli.ok(&["invitation", "list", "--client", client, "--json"]);
    listed.json().as_array().unwrap().clone()
}

#[test]
fn who_changed_between_the_request_and_the_work_has_one_outcome_with_the_reason_of_today() {
    let stay = [("100001", "1"), ("100012", "2")];
    let leave = [("100004", "1")];
    let change = [
        ("100002", "1"),
        ("100003", "1"),
        ("100005", "1"),
        ("100006", "1"),
        ("100007", "1"),
        ("100008", "1"),
        ("100009", "1"),
        ("100010", "1"),
        ("100013", "2"),
        ("100014", "2"),
    ];
    let back = [("100011", "1")];
    let before = with(with(with(teams(), &stay), &leave), &change)
        .assign("100013", "1", "STANDARD")
        .assign("100014", "1", "STANDARD");
    let after = with(with(teams(), &stay), &back)
        // Moved to Zuid.
        .client("100002", "Jansen", &[])
        .assign("100002", "2", "MAIN")
        .client("100003", "Jansen", &[("death_date", "2020-02-02")])
        .assign("100003", "1", "MAIN")
        // Still a client, of no team.
        .client("100005", "Jansen", &[])
        .client("100006", "Jansen", &[("caren_status", "Actieve koppeling")])
        .assign("100006", "1", "MAIN")
        .client("100007", "Jansen", &[("secret_client", "ja")])
        .assign("100007", "1", "MAIN")
        .client("100008", "De Boer", &[("street", "Kade")])
        .assign("100008", "1", "MAIN")
        .client(
            "100009",
            "Jansen",
            &[("caren_status", "Uitnodiging is nog 3 dagen geldig")],
        )
        .assign("100009", "1", "MAIN")
        .client("100010", "Jansen", &[("zipcode", "")])
        .assign("100010", "1", "MAIN")
        .client("100013", "Jansen", &[("death_date", "2020-02-02")])
        .assign("100013", "2", "MAIN")
        .assign("100013", "1", "STANDARD")
        // Noord is the main team now.
        .client("100014", "Jansen", &[])
        .assign("100014", "1", "MAIN")
        .assign("100014", "2", "STANDARD");
    let newcomer = with(after, &[("100099", "1")]);
    for kind in BOTH {
        // The first export has somebody more, who is away when the request is made and back when it is worked on.
        let cli = imported(kind, &with(before.clone(), &back));
        take_in(&cli, &before);
        let batch = submit(&cli, &[]);
        take_in(&cli, &newcomer);
        let made = work(&cli, &batch);
        assert_eq!(
            made["1"].outcomes(),
            outcomes([
                ("100001", "brief"),
                ("100002", "brief"),
                ("100003", "deceased"),
                ("100004", "not_in_export"),
                ("100005", "not_in_care"),
                ("100006", "linked"),
                ("100007", "secret"),
                ("100008", "brief"),
                ("100009", "invited_elsewhere"),
                ("100010", "incomplete"),
                ("100011", "brief"),
                ("100013", "deceased"),
                ("100014", "other_team"),
            ])
        );
        assert_eq!(
            made["2"].outcomes(),
            outcomes([
                ("100012", "brief"),
                ("100013", "deceased"),
                ("100014", "brief"),
            ])
        );
        cli.rows()
            .assert_codes_are_the_open_ones(&codes(made.values()));
        let moved = one_line(made["1"].letter("100008"));
        assert!(moved.contains("Mevr. A. De Boer Kade 12"), "{moved}");
        let shown = cli
            .ok(&["batch", "show", batch["id"].as_str().unwrap(), "--json"])
            .json();
        assert_eq!(
            (&shown["clients"], &shown["letters"]),
            (&16.into(), &6.into())
        );

        // Whoever came later gets a letter from the next batch, and whoever moved gets no second one.
        let next = submit(&cli, &[]);
        let next = work(&cli, &next);
        assert_eq!(next["1"].row("100099").outcome, "brief");
        assert_eq!(next["1"].row("100011").reason, "open_invitation");
        assert_eq!(next["2"].row("100002").reason, "open_invitation");
        assert!(!next["1"].outcomes().contains_key("100002"));
        codes(made.values().chain(next.values()));
    }
}

#[test]
fn a_team_that_is_gone_from_the_next_export_is_written_as_it_was_planned() {
    for kind in BOTH {
        let cli = imported(
            kind,
            &with(
                teams(),
                &[("100001", "1"), ("100002", "2"), ("100003", "2")],
            ),
        );
        let batch = submit(&cli, &[]);
        // Zuid was merged with Noord, under another name, and one client was not moved along.
        let merged = with(
            Export::new().team("1", "Noordzuid"),
            &[("100001", "1"), ("100002", "1")],
        )
        .client("100003", "Jansen", &[])
        .assign("100003", "2", "MAIN");
        take_in(&cli, &merged);
        let made = work(&cli, &batch);
        assert_eq!(made["1"].outcomes(), outcomes([("100001", "brief")]));
        assert_eq!(
            made["2"].outcomes(),
            outcomes([("100002", "brief"), ("100003", "not_in_care")])
        );
        assert_eq!(made["2"].manifest["team"]["name"], "Zuid");
        let next = submit(&cli, &[]);
        assert_eq!(
            work(&cli, &next)["1"].outcomes(),
            outcomes([("100001", "open_invitation"), ("100002", "open_invitation")])
        );
    }
}

#[test]
fn who_is_away_for_a_while_and_comes_back_has_the_code_they_had() {
    let both = with(teams(), &[("100001", "1"), ("100002", "1")]);
    for kind in BOTH {
        let cli = imported(kind, &both);
        let batch = submit(&cli, &["--team", "Noord"]);
        let first = work(&cli, &batch);
        let had = invitations(&cli, "100002");
        take_in(&cli, &both.clone().without("100002"));
        let batch = submit(&cli, &["--team", "Noord"]);
        assert_eq!(
            work(&cli, &batch)["1"].outcomes(),
            outcomes([("100001", "open_invitation"), ("100002", "not_in_export")])
        );
        take_in(&cli, &both);
        let batch = submit(&cli, &["--team", "Noord"]);
        assert_eq!(
            work(&cli, &batch)["1"].outcomes(),
            outcomes([("100001", "open_invitation"), ("100002", "open_invitation")])
        );
        assert_eq!(invitations(&cli, "100002"), had);
        assert_eq!(had[0]["state"], "open");
        let id = had[0]["id"].as_str().unwrap();
        cli.ok(&["invitation", "letter", id, "--out", "again.pdf"]);
        let again = fs::read(cli.home().join("again.pdf")).unwrap();
        let row = first["1"].row("100002");
        assert!(again == first["1"].entry(&row.file), "another letter");
        cli.ok(&["invitation", "redeem", &first["1"].codes()["100002"]]);
    }
}

#[test]
fn who_is_asked_for_again_is_written_where_they_live_now_and_only_as_they_were_asked_for() {
    let before = with(
        teams(),
        &[("100001", "1"), ("100002", "1"), ("100003", "1")],
    );
    let after = ["100001", "100002"]
        .iter()
        .fold(before.clone(), |export, client| {
            export
                .without(client)
                .client(client, "De Boer", &[("street", "Kade")])
                .assign(client, "2", "MAIN")
        });
    for kind in BOTH {
        let cli = imported(kind, &before);
        let batch = submit(&cli, &LONG_AGO);
        let first = work(&cli, &batch);
        // All three let their code expire and got a second letter, of which two are cancelled.
        let batch = submit(&cli, &["--team", "Noord", "--again", "expired"]);
        let second = work(&cli, &batch);
        for client in ["100001", "100003"] {
            let id = invitations(&cli, client)[1]["id"]
                .as_str()
                .unwrap()
                .to_owned();
            cli.ok(&["invitation", "cancel", &id]);
        }
        take_in(&cli, &after);
        // The first two live somewhere else since, and belong to Zuid.
        let asked = |again: &[&str]| {
            let batch = submit(&cli, again);
            work(&cli, &batch)
        };
        let none = asked(&[]);
        assert_eq!(
            none["2"].outcomes(),
            outcomes([("100001", "invited_before"), ("100002", "open_invitation")])
        );
        assert_eq!(
            none["1"].outcomes(),
            outcomes([("100003", "invited_before")])
        );
        let expired = asked(&["--again", "expired"]);
        assert_eq!(expired["2"].outcomes(), none["2"].outcomes());
        let cancelled = asked(&["--again", "cancelled"]);
        assert_eq!(
            cancelled["2"].outcomes(),
            outcomes([("100001", "brief"), ("100002", "open_invitation")])
        );
        assert_eq!(cancelled["1"].outcomes(), outcomes([("100003", "brief")]));
        let letter = one_line(cancelled["2"].letter("100001"));
        assert!(letter.contains("Mevr. A. De Boer Kade 12"), "{letter}");
        for (made, said) in [
            (&first["1"], "this code has expired"),
            (&second["1"], "this code was cancelled"),
        ] {
            let old = cli.try_run(&["invitation", "redeem", &made.codes()["100001"]]);
            assert_eq!(old.exit, Some(1));
            assert!(old.stderr.contains(said), "{}", old.stderr);
        }
        cli.ok(&["invitation", "redeem", &cancelled["2"].codes()["100001"]]);
        cli.ok(&["invitation", "redeem", &second["1"].codes()["100002"]]);
    }
}
