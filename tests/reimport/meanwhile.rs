//! Workers beside: two batches at the same time, and exports that are taken in while letters are made.

use std::{collections::BTreeSet, fs};

use super::{bundles, codes, imported, submit, take_in, teams, with, work};
use crate::support::{
    bundle::Bundle, cli::Cli, database::BOTH, eventually, export::Export, poppler,
};

/// Sixty clients in both teams, half of them first in the one and half in the other, and five of each team alone.
fn shared() -> (Export, BTreeSet<String>) {
    let mut export = teams();
    let mut clients = BTreeSet::new();
    for number in 0..70 {
        let client = (200_001 + number).to_string();
        let (main, also) = if number % 2 == 0 {
            ("1", "2")
        } else {
            ("2", "1")
        };
        export = with(export, &[(&client, main)]);
        if number < 60 {
            export = export.assign(&client, also, "STANDARD");
        }
        clients.insert(client);
    }
    (export, clients)
}

#[test]
fn two_batches_for_teams_that_overlap_worked_on_at_the_same_time_write_everybody_once() {
    let (export, clients) = shared();
    for kind in BOTH {
        for teams in [
            [&["--team", "Noord"][..], &["--team", "Zuid"]],
            [&["--team", "Noord", "--team", "Zuid"], &["--team", "Zuid"]],
            [
                &["--team", "Zuid", "--team", "Noord"],
                &["--team", "Noord", "--team", "Zuid"],
            ],
        ] {
            let cli = imported(kind, &export);
            let first = submit(&cli, teams[0]);
            // In between, one of both teams died.
            let next = export
                .clone()
                .without("200001")
                .client("200001", "Jansen", &[("death_date", "2020-02-02")])
                .assign("200001", "1", "MAIN")
                .assign("200001", "2", "STANDARD");
            take_in(&cli, &next);
            let second = submit(&cli, teams[1]);
            let workers = ["a", "b"].map(|name| (name, cli.start(name, &["work", "--until-idle"])));
            for (name, worker) in workers {
                let answer = cli.wait(name, worker);
                assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
            }
            let made: Vec<Bundle> = [first, second]
                .iter()
                .flat_map(|batch| bundles(&cli, batch).into_values())
                .collect();
            for bundle in &made {
                assert_eq!(
                    bundle.outcomes().len(),
                    65,
                    "clients of {}",
                    bundle.file_name
                );
                for (client, outcome) in bundle.outcomes() {
                    let expected: &[&str] = match client.as_str() {
                        "200001" => &["deceased"],
                        _ => &["brief", "other_team", "open_invitation"],
                    };
                    assert!(
                        expected.contains(&outcome.as_str()),
                        "{client} is {outcome}"
                    );
                }
            }
            let codes = codes(&made);
            let written: BTreeSet<&String> = codes.keys().collect();
            let living = clients.iter().filter(|client| *client != "200001");
            assert!(written.into_iter().eq(living), "{} letters", codes.len());
            cli.rows().assert_codes_are_the_open_ones(&codes);
            let failed = cli
                .rows()
                .query("SELECT reason FROM team_job_attempt WHERE reason IS NOT NULL");
            assert_eq!(
                failed,
                Vec::<Vec<String>>::new(),
                "to be late is no failure"
            );
        }
    }
}

/// Enough clients in eight teams to be busy with for a while; every tenth may be `away`.
fn many(away: bool) -> Export {
    let mut export = Export::new();
    for team in 1..=8 {
        export = export.team(&team.to_string(), &format!("Team {team}"));
    }
    for number in 0..2_400 {
        if away && number % 10 == 0 {
            continue;
        }
        let client = (300_001 + number).to_string();
        // When some are away, others are in the next team.
        let moved = usize::from(away && number % 10 == 5);
        let team = (number + moved) % 8 + 1;
        export = with(export, &[(&client, &team.to_string())]);
    }
    export
}

#[test]
fn whatever_is_taken_in_while_workers_work_nobody_is_lost_or_written_twice() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        many(true).write(cli.home(), "away");
        many(false).write(cli.home(), "all");
        cli.ok(&["import", "all"]);
        let batch = submit(&cli, &[]);
        let mut worker = cli.start("work", &["work", "--until-idle"]);
        let mut imports = 0;
        while worker.try_wait().unwrap().is_none() {
            cli.ok(&["import", if imports % 2 == 0 { "away" } else { "all" }]);
            imports += 1;
        }
        let ended = cli.wait("work", worker);
        assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
        assert!(imports > 1, "{imports} imports while letters were made");

        let made = bundles(&cli, &batch);
        let mut seen = BTreeSet::new();
        for (team, bundle) in &made {
            assert_eq!(bundle.outcomes().len(), 300, "clients of team {team}");
            for (client, outcome) in bundle.outcomes() {
                let number: usize = client.parse::<usize>().unwrap() - 300_001;
                assert_eq!((number % 8 + 1).to_string(), *team, "client {client}");
                let away = number.is_multiple_of(10) && outcome == "not_in_export";
                assert!(outcome == "brief" || away, "client {client} is {outcome}");
                assert!(seen.insert(client));
            }
        }
        assert_eq!(seen.len(), 2_400);
        cli.rows()
            .assert_codes_are_the_open_ones(&codes(made.values()));

        // Who was away gets a letter the next time, and nobody else.
        cli.ok(&["import", "all"]);
        let next = submit(&cli, &[]);
        let next = work(&cli, &next);
        let written = codes(made.values().chain(next.values()));
        assert_eq!(written.len(), 2_400);
        cli.rows().assert_codes_are_the_open_ones(&written);
    }
}

/// Everything that an export leaves in the database.
fn stored(cli: &Cli) -> Vec<Vec<Vec<String>>> {
    [
        "SELECT slug, record, export, imported_at FROM organisation",
        "SELECT location_id, record FROM location ORDER BY position",
        "SELECT client_id, in_export, record FROM client ORDER BY 1",
        "SELECT client_id, location_id, main FROM assignment ORDER BY 1, 2",
    ]
    .map(|sql| cli.rows().query(sql))
    .to_vec()
}

#[test]
fn an_export_that_cannot_be_read_is_refused_whole_while_a_batch_runs() {
    for kind in BOTH {
        let cli = imported(kind, &many(false));
        let before = stored(&cli);
        let batch = submit(&cli, &[]);
        let mut worker = cli.start("work", &["work", "--until-idle"]);
        eventually("a team is being worked on", || {
            cli.rows()
                .query("SELECT count(*) FROM team_job WHERE state = 'working'")
                != [["0"]]
        });
        // Most of it could be read: it is the last line of the last table that is broken.
        let broken = many(true).write(cli.home(), "broken");
        let contacts = broken.join("contacts.csv");
        let text = fs::read_to_string(&contacts).unwrap();
        fs::write(contacts, text + "300002;mentor\r\n").unwrap();
        let answer = cli.try_run(&["import", "broken"]);
        assert!(
            worker.try_wait().unwrap().is_none(),
            "the work is over already"
        );
        assert_eq!(answer.exit, Some(1), "{}", answer.stderr);
        assert!(answer.stderr.contains("contacts.csv"), "{}", answer.stderr);
        assert!(answer.stderr.contains("\nhint: "), "{}", answer.stderr);
        assert_eq!(cli.wait("work", worker).exit, Some(0));
        assert!(stored(&cli) == before, "something was taken in");
        let made = bundles(&cli, &batch);
        assert_eq!(codes(made.values()).len(), 2_400);
        let pages = poppler::info(made["1"].entry("brieven-001.pdf")).pages;
        assert_eq!(pages, 250);
    }
}
