//! Two `run`s at the same time on one data folder: whoever is first invites, and the other says so.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{
    bundle::Bundle,
    cli::{Answer, Cli},
    database::Rows,
    export::Export,
    fixture::{FOLDER, LETTER_DATE},
};

/// Starts both commands before it waits for either.
fn both(cli: &Cli, first: &[&str], second: &[&str]) -> [Answer; 2] {
    let started = [("first", first), ("second", second)].map(|(name, more)| {
        let arguments = [
            &[
                "run",
                "--out",
                "out",
                "--json",
                "--letter-date",
                LETTER_DATE,
            ],
            more,
        ]
        .concat();
        (name, cli.start(name, &arguments))
    });
    started.map(|(name, child)| {
        let answer = cli.wait(name, child);
        assert_eq!(answer.exit, Some(0), "{name}: {}", answer.stderr);
        answer
    })
}

/// Every client of `clients` has one letter in one of the bundles, with the code of their one open invitation;
/// everywhere else they are left out because of it.
#[track_caller]
fn assert_one_letter_each(cli: &Cli, bundles: &[Bundle], clients: &BTreeSet<String>) {
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for bundle in bundles {
        bundle.assert_whole();
        for (client, code) in bundle.codes() {
            let before = codes.insert(client.clone(), code);
            assert!(before.is_none(), "two letters for client {client}");
        }
        for row in bundle
            .overview
            .iter()
            .filter(|row| clients.contains(&row.client))
        {
            let expected =
                row.is_letter() || ["open_invitation", "other_team"].contains(&row.reason.as_str());
            assert!(expected, "client {} is {}", row.client, row.reason);
        }
    }
    assert!(
        codes.keys().eq(clients),
        "{} letters for {} clients",
        codes.len(),
        clients.len()
    );
    let rows = Rows::of(&cli.data_dir());
    rows.assert_codes_are_the_open_ones(&codes);
    // To be second is no failure: no job had to be tried again for it.
    let failed =
        rows.query("SELECT attempt, reason FROM team_job_attempt WHERE reason IS NOT NULL");
    assert_eq!(failed, Vec::<Vec<String>>::new());
}

/// Two teams with sixty clients in common, half of them first in the one and half in the other, and five of its own each.
fn shared_export() -> (Export, BTreeSet<String>) {
    let mut export = Export::new().team("1", "Noord").team("2", "Zuid");
    let mut clients = BTreeSet::new();
    for number in 0..70 {
        let id = format!("{}", 200_001 + number);
        export = export.client(
            &id,
            &format!("Jansen{number}"),
            &[("home_number", &(number + 1).to_string())],
        );
        let (main, standard) = if number % 2 == 0 {
            ("1", "2")
        } else {
            ("2", "1")
        };
        export = export.assign(&id, main, "MAIN");
        if number < 60 {
            export = export.assign(&id, standard, "STANDARD");
        }
        clients.insert(id);
    }
    (export, clients)
}

#[test]
fn runs_of_two_teams_that_share_clients_invite_everybody_once() {
    let (export, clients) = shared_export();
    // The first time they also make the database and the key together.
    for prepared in [false, true, true] {
        let cli = Cli::new();
        export.write(cli.home(), "export");
        if prepared {
            cli.ok(&["import", "export"]);
        }
        both(
            &cli,
            &["export", "--team", "Noord"],
            &["export", "--team", "Zuid"],
        );
        let bundles = cli.bundles();
        assert_eq!(bundles.len(), 2);
        for bundle in &bundles {
            assert_eq!(
                bundle.overview.len(),
                65,
                "clients of team {}",
                bundle.team()
            );
        }
        assert_one_letter_each(&cli, &bundles, &clients);
    }
}

#[test]
fn two_runs_of_the_same_team_invite_everybody_once() {
    let (export, clients) = shared_export();
    let of_noord: BTreeSet<String> = clients
        .iter()
        .filter(|id| id.as_str() <= "200060" || id.parse::<u32>().unwrap() % 2 == 1)
        .cloned()
        .collect();
    assert_eq!(of_noord.len(), 65);
    let cli = Cli::new();
    export.write(cli.home(), "export");
    let team = ["export", "--team", "Noord"];
    let [first, second] = both(&cli, &team, &team);
    assert_ne!(first.json()["batch"], second.json()["batch"]);
    let bundles = cli.bundles();
    assert_eq!(bundles.len(), 2);
    for bundle in &bundles {
        assert!(bundle.outcomes().keys().eq(&of_noord));
    }
    assert_one_letter_each(&cli, &bundles, &of_noord);
}

#[test]
fn two_runs_of_everything_share_the_work_and_nobody_is_lost() {
    let cli = Cli::new();
    let answers = both(&cli, &[FOLDER], &[FOLDER]).map(|answer| answer.json());
    let letters: u64 = answers
        .iter()
        .map(|answer| answer["letters"].as_u64().unwrap())
        .sum();
    assert_eq!(letters, 292);
    for answer in &answers {
        assert_eq!(answer["clients"], 347);
        let left_out = answer["left_out"].as_object().unwrap().values();
        let left_out: u64 = left_out.map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(left_out + answer["letters"].as_u64().unwrap(), 347);
    }
    let bundles = cli.bundles();
    assert_eq!(bundles.len(), 18);
    let clients: BTreeSet<String> = bundles
        .iter()
        .flat_map(Bundle::letters)
        .map(|row| row.client.clone())
        .collect();
    assert_eq!(clients.len(), 292);
    assert_one_letter_each(&cli, &bundles, &clients);
}
