//! `client list` and `team list`: where everybody stands, in the words that Caren has for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::{Value, json};

use super::{codes, day, invite, newest, refused};
use crate::support::{
    cli::Cli,
    database::{BOTH, Kind},
    export::Export,
};

const NOT_LINKED: &str = "Niet gekoppeld";
const LINKED: &str = "Actieve koppeling";
const UNKNOWN: &str = "Onbekend";
const THREE_DAYS: &str = "Uitnodiging is nog 3 dagen geldig";

/// Two teams, the second with a ward below it, and a client of each status; 200006 is in both teams.
fn export() -> Export {
    let mut export = Export::new()
        .team("1", "Noord")
        .team("2", "Zuid")
        .team("21", "Afdeling");
    for (client, team, status) in [
        ("200001", "1", NOT_LINKED),
        ("200002", "1", NOT_LINKED),
        ("200003", "1", LINKED),
        ("200004", "1", THREE_DAYS),
        ("200005", "1", ""),
        ("200006", "1", UNKNOWN),
        ("200007", "21", NOT_LINKED),
        ("200008", "2", "Uitnodiging is nog 1 dag geldig"),
    ] {
        export = export
            .client(client, "Jansen", &[("caren_status", status)])
            .assign(client, team, "MAIN");
    }
    export.assign("200006", "2", "STANDARD")
}

fn imported(kind: Kind) -> Cli {
    let cli = Cli::on(kind);
    take_in(&cli, &export());
    cli
}

#[track_caller]
fn take_in(cli: &Cli, export: &Export) {
    let folder = export.write(cli.home(), "export");
    let locations = folder.join("locations.csv");
    let flat = fs::read_to_string(&locations).unwrap();
    let tree = flat.replace("21;;", "21;2;");
    assert_ne!(flat, tree);
    fs::write(locations, tree).unwrap();
    cli.ok(&["import", "export"]);
}

/// The status of each client, of one team or of all.
#[track_caller]
fn statuses(cli: &Cli, more: &[&str]) -> BTreeMap<String, String> {
    let command = ["client", "list", "--organisation", "zorg", "--json"];
    let listed = cli.ok(&[&command, more].concat()).json();
    let lines = listed.as_array().unwrap();
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    let statuses: BTreeMap<String, String> = lines
        .iter()
        .map(|line| (text(line, "client_id"), text(line, "status")))
        .collect();
    assert_eq!(statuses.len(), lines.len(), "a client is listed twice");
    statuses
}

/// The teams as (id, depth, [clients, linked, not linked, invited, unknown]).
#[track_caller]
fn teams(cli: &Cli) -> Vec<(String, u64, [u64; 5])> {
    let command = ["team", "list", "--organisation", "zorg", "--json"];
    let listed = cli.ok(&command).json();
    let lines = listed.as_array().unwrap();
    lines
        .iter()
        .map(|line| {
            let fields = ["clients", "linked", "not_linked", "invited", "unknown"];
            let counts = fields.map(|field| line[field].as_u64().unwrap());
            assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "{line}");
            let id = line["id"].as_str().unwrap().to_owned();
            (id, line["depth"].as_u64().unwrap(), counts)
        })
        .collect()
}

#[track_caller]
fn assert_statuses(cli: &Cli, expected: [&str; 8]) {
    let clients = (200_001..).map(|number| number.to_string());
    let expected = clients.zip(expected.map(str::to_owned)).collect();
    assert_eq!(statuses(cli, &[]), expected);
}

#[track_caller]
fn assert_teams(cli: &Cli, noord: [u64; 5], zuid: [u64; 5], ward: [u64; 5]) {
    let line = |id: &str, depth: u64, counts| (id.to_owned(), depth, counts);
    assert_eq!(
        teams(cli),
        [line("1", 0, noord), line("2", 0, zuid), line("21", 1, ward)]
    );
}

/// A client is the object that the API has for one, by number, and with what the last batch made of them.
#[track_caller]
fn assert_shape(cli: &Cli) {
    let command = ["client", "list", "--organisation", "zorg", "--json"];
    let listed = cli.ok(&command).json();
    let numbers: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|client| client["client_id"].as_str().unwrap())
        .collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let client = &listed[0];
    assert_eq!(client["link"], "linked", "{client}");
    assert_eq!(client["in_export"], true, "{client}");
    assert_eq!(client["last_batch"]["team"], "Noord", "{client}");
    assert_eq!(client["last_batch"]["left_out"], Value::Null, "{client}");
}

#[test]
fn everybody_is_listed_with_the_status_that_caren_would_show() {
    const ONE_DAY: &str = "Uitnodiging is nog 1 dag geldig";
    const SIX_WEEKS: &str = "Uitnodiging is nog 42 dagen geldig";
    for kind in BOTH {
        let cli = imported(kind);
        let as_exported = [
            NOT_LINKED, NOT_LINKED, LINKED, THREE_DAYS, UNKNOWN, UNKNOWN, NOT_LINKED, ONE_DAY,
        ];
        assert_statuses(&cli, as_exported);
        assert_teams(&cli, [6, 1, 2, 1, 2], [3, 0, 1, 1, 1], [1, 0, 1, 0, 0]);

        let noord = codes(&invite(&cli, &["--team", "Noord", "--accept-unknown"]));
        invite(&cli, &["--team", "Zuid", "--valid-until", &day(1)]);
        let invited = [
            SIX_WEEKS, SIX_WEEKS, LINKED, THREE_DAYS, SIX_WEEKS, SIX_WEEKS, ONE_DAY, ONE_DAY,
        ];
        assert_statuses(&cli, invited);
        assert_teams(&cli, [6, 1, 0, 5, 0], [3, 0, 0, 3, 0], [1, 0, 0, 1, 0]);

        cli.ok(&["invitation", "redeem", &noord["200001"]]);
        cli.ok(&["invitation", "cancel", &newest(&cli, "200002")]);
        cli.ok(&["invitation", "cancel", &newest(&cli, "200005")]);
        // A new letter is valid for six weeks from today, whatever the old one was.
        cli.ok(&["invitation", "reissue", &newest(&cli, "200007")]);
        let after = [
            LINKED, NOT_LINKED, LINKED, THREE_DAYS, UNKNOWN, SIX_WEEKS, SIX_WEEKS, ONE_DAY,
        ];
        assert_statuses(&cli, after);
        assert_teams(&cli, [6, 2, 1, 2, 1], [3, 0, 0, 3, 0], [1, 0, 0, 1, 0]);

        assert_shape(&cli);

        let table = cli.ok(&["client", "list", "--organisation", "zorg"]).stdout;
        let line = table.lines().find(|line| line.contains("200004"));
        assert!(line.unwrap().contains(THREE_DAYS), "{table}");
        let table = cli.ok(&["team", "list", "--organisation", "zorg"]).stdout;
        assert!(
            table.lines().any(|line| line.starts_with("  Afdeling")),
            "{table}"
        );
    }
}

#[test]
fn of_a_team_those_are_listed_who_are_in_it_or_below_it_today() {
    for kind in BOTH {
        let cli = imported(kind);
        let of =
            |team: &str| -> Vec<String> { statuses(&cli, &["--team", team]).into_keys().collect() };
        assert_eq!(of("Zuid"), ["200006", "200007", "200008"]);
        assert_eq!(of("2"), of("zuid"));
        assert_eq!(of("Afdeling"), ["200007"]);
        // One has left the export, and one its team.
        let next = export()
            .without("200008")
            .without("200007")
            .client("200007", "Jansen", &[]);
        take_in(&cli, &next);
        assert_eq!(of("Zuid"), ["200006"]);
        assert_eq!(of("Afdeling"), Vec::<String>::new());
        let all = statuses(&cli, &[]);
        assert!(all.contains_key("200007") && !all.contains_key("200008"));
        assert_teams(&cli, [6, 1, 2, 1, 2], [1, 0, 0, 0, 1], [0; 5]);

        let list = [
            "client",
            "list",
            "--organisation",
            "zorg",
            "--team",
            "Zuiden",
        ];
        refused(&cli, &list, "there is no team 'Zuiden'");
        for listing in ["client", "team"] {
            let command = [listing, "list", "--organisation", "onbekend"];
            refused(&cli, &command, "there is no organisation 'onbekend'");
        }
    }
}

#[test]
fn an_export_that_is_newer_than_the_link_knows_better_than_we_do() {
    for kind in BOTH {
        let cli = imported(kind);
        invite(&cli, &["--team", "Afdeling"]);
        let listed = cli
            .ok(&["team", "list", "--organisation", "zorg", "--json"])
            .json();
        assert_eq!(
            listed[2],
            json!({
                "id": "21",
                "name": "Afdeling",
                "depth": 1,
                "clients": 1,
                "linked": 0,
                "not_linked": 0,
                "invited": 1,
                "unknown": 0,
            })
        );
        // Caren has told Ons that the client is connected, though not with our code.
        let next = export()
            .without("200007")
            .client("200007", "Jansen", &[("caren_status", LINKED)])
            .assign("200007", "21", "MAIN");
        take_in(&cli, &next);
        assert_eq!(statuses(&cli, &["--team", "Afdeling"])["200007"], LINKED);
    }
}

#[test]
fn a_second_letter_that_expired_unused_does_not_undo_the_link() {
    for kind in BOTH {
        let cli = imported(kind);
        let noord = codes(&invite(&cli, &["--team", "Noord"]));
        cli.ok(&["invitation", "redeem", &noord["200001"]]);
        cli.ok(&["invitation", "reissue", &newest(&cli, "200001")]);
        cli.rows().query(
            "UPDATE invitation SET valid_until = '2026-01-01' WHERE state = 'open' AND client_id = '200001'",
        );
        assert_eq!(statuses(&cli, &[])["200001"], "Actieve koppeling");
    }
}

/// They are looked up a thousand at a time, since each is a variable of a query.
#[test]
fn a_list_goes_on_after_the_first_thousand() {
    let cli = Cli::new();
    cli.ok(&["sample", "--clients", "1100", "--out", "export"]);
    let slug = cli.ok(&["import", "export", "--json"]).json()["organisation"]
        .as_str()
        .unwrap()
        .to_owned();
    let listed = cli
        .ok(&["client", "list", "--organisation", &slug, "--json"])
        .json();
    let numbers: BTreeSet<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|client| client["client_id"].as_str().unwrap())
        .collect();
    assert_eq!(listed.as_array().unwrap().len(), 1_100);
    assert_eq!(numbers.len(), 1_100, "somebody is listed twice");

    let tree = cli
        .ok(&["team", "list", "--organisation", &slug, "--json"])
        .json();
    let top = &tree[0];
    let id = top["id"].as_str().unwrap();
    let below = [
        "client",
        "list",
        "--organisation",
        &slug,
        "--team",
        id,
        "--json",
    ];
    let below = cli.ok(&below).json();
    let below = below.as_array().unwrap();
    assert!(below.len() > 1_000, "{}", below.len());
    assert_eq!(top["clients"], below.len());
    let linked = below
        .iter()
        .filter(|client| client["status"] == "Actieve koppeling");
    assert_eq!(top["linked"], linked.count());
}
