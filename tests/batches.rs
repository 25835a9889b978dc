//! `batch` and `bundle`: what support submits, watches, cancels and tries again, on both databases.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{
    bundle::Bundle,
    cli::Cli,
    database::{BOTH, Kind},
    eventually,
    export::Export,
    files_below,
};

/// Two teams with ten clients each, of whom two are in both and one has no postcode.
fn export() -> Export {
    let mut export = Export::new().team("1", "Noord").team("2", "Zuid");
    for number in 0..20 {
        let id = (100_001 + number).to_string();
        let postcode = if number == 3 { "" } else { "7513 KC" };
        export = export.client(
            &id,
            &format!("Jansen{number}"),
            &[("home_number", "12"), ("zipcode", postcode)],
        );
        let team = if number < 10 { "1" } else { "2" };
        export = export.assign(&id, team, "MAIN");
        if (8..10).contains(&number) {
            export = export.assign(&id, "2", "STANDARD");
        }
    }
    export
}

fn imported(kind: Kind) -> Cli {
    let cli = Cli::on(kind);
    export().write(cli.home(), "export");
    cli.ok(&["import", "export"]);
    cli
}

const SUBMIT: [&str; 7] = [
    "batch",
    "submit",
    "--organisation",
    "zorg",
    "--letter-date",
    "2026-11-21",
    "--json",
];

#[track_caller]
fn submit(cli: &Cli, more: &[&str]) -> Value {
    cli.ok(&[&SUBMIT, more].concat()).json()
}

#[track_caller]
fn show(cli: &Cli, batch: &Value) -> Value {
    cli.ok(&["batch", "show", batch["id"].as_str().unwrap(), "--json"])
        .json()
}

fn work(cli: &Cli) {
    cli.ok(&["work", "--until-idle"]);
}

fn teams(batch: &Value) -> &Vec<Value> {
    batch["teams"].as_array().unwrap()
}

/// Every bundle in the store, fetched into the output folder.
#[track_caller]
fn fetch_all(cli: &Cli) -> Vec<Bundle> {
    let listed = cli.fetch_all();
    let bundles = cli.bundles();
    for bundle in &bundles {
        bundle.assert_whole();
        let line = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["file_name"] == bundle.file_name)
            .unwrap();
        assert_eq!(line["sha256"], bundle.sha256);
    }
    bundles
}

#[test]
fn a_database_from_before_outcomes_were_counted_is_counted_once() {
    for kind in BOTH {
        let cli = imported(kind);
        let batch = submit(&cli, &[]);
        work(&cli);
        let done = show(&cli, &batch);
        for sentence in [
            "DROP TABLE outcome_count",
            "DELETE FROM seaql_migrations WHERE version = 'm0011_outcome_counts'",
        ] {
            cli.rows().query(sentence);
        }
        assert_eq!(show(&cli, &batch), done);
    }
}

#[test]
fn codes_that_would_never_work_are_spoken_of() {
    let cli = imported(Kind::Sqlite);
    let past = "the codes expire on 2021-03-17, which has passed";
    let more = ["--letter-date", "2021-03-10", "--valid-until", "2021-03-17"];
    let submit = ["batch", "submit", "--organisation", "zorg"];
    for last in [&["--dry-run"][..], &[]] {
        let said = cli.ok(&[&submit[..], &more, last].concat());
        assert!(said.stderr.contains(past), "{}", said.stderr);
    }
    let said = cli.ok(&[&submit[..], &["--valid-until", "2121-03-17"]].concat());
    assert!(!said.stderr.contains("note:"), "{}", said.stderr);
    let again = ["--again", "expired", "--dry-run"];
    let later = [&submit[..], &again, &["--letter-date", "2121-03-17"]].concat();
    let said = cli.ok(&later);
    let stops = "clients whose code works today and expires before 2121-03-17 get a new one, and the old one stops working when that is issued";
    assert!(said.stderr.contains(stops), "{}", said.stderr);
    let today = cli.ok(&[&submit[..], &again].concat());
    assert!(!today.stderr.contains("note:"), "{}", today.stderr);
}

#[test]
fn a_batch_is_submitted_worked_on_shown_and_fetched() {
    for kind in BOTH {
        let cli = imported(kind);
        let batch = submit(&cli, &[]);
        assert_eq!(batch["state"], "queued");
        assert_eq!(batch["organisation"], "zorg");
        assert_eq!(
            (&batch["clients"], &batch["letters"]),
            (&0.into(), &0.into())
        );
        for team in teams(&batch) {
            assert_eq!(team["state"], "queued");
            assert_eq!(team["attempts"], 0);
        }
        work(&cli);
        let done = show(&cli, &batch);
        assert_eq!(done["state"], "done");
        assert_eq!(done["clients"], 22);
        assert_eq!(done["letters"], 19);
        assert_eq!(
            done["left_out"],
            serde_json::json!({ "incomplete": 1, "other_team": 2 })
        );
        let rows = cli.rows();
        let outcome = "SELECT team_job_id, COALESCE(reason, 'letter') AS outcome";
        assert_eq!(
            rows.query("SELECT * FROM outcome_count ORDER BY team_job_id, outcome"),
            rows.query(&format!(
                "{outcome}, COUNT(*) FROM team_client GROUP BY 1, 2 ORDER BY 1, 2"
            ))
        );
        for team in teams(&done) {
            assert_eq!(team["expected"], team["made"]);
            assert_eq!(team["attempts"], 1);
            assert_eq!(team["history"][0]["outcome"], "done");
        }
        let list = cli.ok(&["batch", "list", "--json"]).json();
        assert_eq!(list[0]["id"], batch["id"]);
        assert_eq!(list[0]["state"], "done");
        let watched = cli.ok(&["batch", "watch", batch["id"].as_str().unwrap()]);
        assert!(watched.stdout.contains("Noord"), "{}", watched.stdout);

        let bundles = fetch_all(&cli);
        assert_eq!(bundles.len(), 2);
        let letters: usize = bundles.iter().map(|bundle| bundle.letters().count()).sum();
        assert_eq!(letters, 19);
    }
}

#[test]
fn a_dry_run_tells_what_would_happen_and_issues_nothing() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        let long = "Wolvenbrinkhorst".repeat(11);
        export()
            .client("200001", &long, &[])
            .assign("200001", "1", "MAIN")
            .write(cli.home(), "export");
        cli.ok(&["import", "export"]);
        let forecast = submit(&cli, &["--dry-run"]);
        assert!(forecast.get("id").is_none());
        for table in ["batch", "team_job", "invitation"] {
            let rows = cli.rows().query(&format!("SELECT count(*) FROM {table}"));
            assert_eq!(rows, [["0"]], "{table}");
        }
        let noord = &teams(&forecast)[0];
        assert_eq!(noord["impossible"][0]["client_id"], "200001");
        assert_eq!(noord["impossible"][0]["reason"], "does_not_fit");

        let batch = submit(&cli, &[]);
        work(&cli);
        let done = show(&cli, &batch);
        for field in ["clients", "letters", "left_out"] {
            assert_eq!(forecast[field], done[field], "{field}");
            for (would, did) in teams(&forecast).iter().zip(teams(&done)) {
                assert_eq!(would[field], did[field], "{field} of {}", would["name"]);
            }
        }
        assert_eq!(forecast["in_other_batches"], 0);
        // Now everybody has an open invitation, and the next dry run knows.
        let again = submit(&cli, &["--dry-run"]);
        assert_eq!(again["letters"], 0);
        assert_eq!(again["left_out"]["open_invitation"], 21);
    }
}

#[test]
fn a_dry_run_says_who_is_in_a_batch_that_is_under_way() {
    for kind in BOTH {
        let cli = imported(kind);
        let first = submit(&cli, &["--team", "Noord"]);
        let forecast = submit(&cli, &["--dry-run"]);
        let of_noord = submit(&cli, &["--dry-run", "--team", "Noord"]);
        let letters = of_noord["letters"].as_u64().unwrap();
        assert!(letters > 0 && letters < forecast["letters"].as_u64().unwrap());
        assert_eq!(of_noord["in_other_batches"], letters);
        // The clients of another organisation with the same numbers are other people.
        let mut other = export();
        other.toml = other.toml.replace("zorg", "elders");
        other.write(cli.home(), "elders");
        cli.ok(&["import", "elders"]);
        let elsewhere = ["batch", "submit", "--organisation", "elders", "--dry-run"];
        let elsewhere = cli.ok(&[&elsewhere[..], &["--json"]].concat()).json();
        assert!(elsewhere["letters"].as_u64().unwrap() > 0);
        assert_eq!(elsewhere["in_other_batches"], 0);
        assert_eq!(forecast["in_other_batches"], letters);
        let read = [
            "batch",
            "submit",
            "--organisation",
            "zorg",
            "--team",
            "Noord",
            "--dry-run",
        ];
        let said = cli.ok(&read).stdout;
        let clients = format!("also in a batch that is under way: {letters} clients;");
        assert!(said.contains(&clients), "{said}");

        cli.ok(&["batch", "cancel", first["id"].as_str().unwrap()]);
        let forecast = submit(&cli, &["--dry-run"]);
        assert_eq!(forecast["in_other_batches"], 0);
    }
}

/// Starts ten of the same command at once, and waits for all.
fn ten_at_once(cli: &Cli, arguments: &[&str]) -> Vec<Value> {
    let started: Vec<_> = (0..10)
        .map(|number| {
            let name = format!("submit{number}");
            let child = cli.start(&name, arguments);
            (name, child)
        })
        .collect();
    started
        .into_iter()
        .map(|(name, child)| {
            let answer = cli.wait(&name, child);
            assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
            answer.json()
        })
        .collect()
}

#[test]
fn ten_submits_with_one_idempotency_key_at_once_are_one_batch() {
    for kind in BOTH {
        let cli = imported(kind);
        let arguments = [&SUBMIT[..], &["--idempotency-key", "november"]].concat();
        let batches = ten_at_once(&cli, &arguments);
        let ids: BTreeSet<&str> = batches
            .iter()
            .map(|batch| batch["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(cli.rows().query("SELECT count(*) FROM batch"), [["1"]]);
        assert_eq!(cli.rows().query("SELECT count(*) FROM team_job"), [["2"]]);
        let another = submit(&cli, &["--idempotency-key", "december"]);
        assert!(!ids.contains(another["id"].as_str().unwrap()));
        // With anything else it is another request, and would be lost if it were taken for the first.
        for more in [
            &["--team", "Noord"][..],
            &["--address-window", "right"],
            &["--order", "address"],
            &["--again", "expired"],
            &["--valid-until", "2031-01-20"],
        ] {
            let refused = cli.try_run(&[&arguments[..], more].concat());
            assert_eq!(refused.exit, Some(1), "{more:?}");
            let said = "this idempotency key was used for another request, in batch";
            assert!(refused.stderr.contains(said), "{}", refused.stderr);
        }
        // And the other way round: what the first asked for, and the second leaves open.
        let right = ["--idempotency-key", "rechts", "--address-window", "right"];
        let right = submit(&cli, &right);
        let open = cli.try_run(&[&SUBMIT[..], &["--idempotency-key", "rechts"]].concat());
        assert_eq!(open.exit, Some(1));
        let said = format!(
            "another request, in batch {}",
            right["id"].as_str().unwrap()
        );
        assert!(open.stderr.contains(&said), "{}", open.stderr);
        // The same again is the same batch, whatever was taken in since and whatever goes first.
        let mut changed = export().team("3", "Oost").client("300001", "Jansen", &[]);
        changed.toml = changed
            .toml
            .replace("validity_days = 42", "validity_days = 21");
        changed
            .assign("300001", "3", "MAIN")
            .write(cli.home(), "changed");
        cli.ok(&["import", "changed"]);
        let there = cli
            .ok(&[&arguments[..], &["--priority", "high"]].concat())
            .json();
        assert!(ids.contains(there["id"].as_str().unwrap()));
        assert_eq!(there["teams"].as_array().unwrap().len(), 2);
        assert_eq!(
            cli.try_run(&[&SUBMIT[..], &["--idempotency-key", ""]].concat())
                .exit,
            Some(1)
        );
    }
}

#[test]
fn ten_submits_of_the_same_teams_at_once_make_one_letter_a_client() {
    for kind in BOTH {
        let cli = imported(kind);
        ten_at_once(&cli, &SUBMIT);
        let workers = ["a", "b"].map(|name| (name, cli.start(name, &["work", "--until-idle"])));
        for (name, worker) in workers {
            assert_eq!(cli.wait(name, worker).exit, Some(0));
        }
        let bundles = fetch_all(&cli);
        assert_eq!(bundles.len(), 20);
        let mut codes = BTreeMap::new();
        for (client, code) in bundles.iter().flat_map(Bundle::codes) {
            let before = codes.insert(client.clone(), code);
            assert!(before.is_none(), "two letters for client {client}");
        }
        assert_eq!(codes.len(), 19);
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

#[test]
fn a_batch_that_waits_is_cancelled_at_once_and_makes_nothing() {
    for kind in BOTH {
        let cli = imported(kind);
        let batch = submit(&cli, &[]);
        let id = batch["id"].as_str().unwrap();
        let cancelled = cli.ok(&["batch", "cancel", id, "--json"]).json();
        assert_eq!(cancelled["state"], "cancelled");
        work(&cli);
        assert_eq!(cli.rows().query("SELECT count(*) FROM invitation"), [["0"]]);
        assert_eq!(show(&cli, &batch)["state"], "cancelled");
        let watched = cli.try_run(&["batch", "watch", id]);
        assert_eq!(watched.exit, Some(1));
        // Once is enough.
        let again = cli.try_run(&["batch", "cancel", id]);
        assert_eq!(again.exit, Some(1));
        assert!(
            again.stderr.contains("no team of this batch waits"),
            "{}",
            again.stderr
        );
        // Nobody was invited, so the next batch is for everybody.
        let next = submit(&cli, &[]);
        work(&cli);
        assert_eq!(show(&cli, &next)["letters"], 19);
    }
}

#[test]
fn a_batch_that_is_worked_on_is_cancelled_between_letters_and_its_codes_are_withdrawn() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        cli.ok(&[
            "sample",
            "--clients",
            "4000",
            "--teams",
            "1",
            "--out",
            "export",
        ]);
        cli.ok(&["import", "export"]);
        let slug = cli.rows().query("SELECT slug FROM organisation")[0][0].clone();
        let batch = cli
            .ok(&["batch", "submit", "--organisation", &slug, "--json"])
            .json();
        let worker = cli.start("work", &["work", "--until-idle"]);
        eventually("letters are being made", || {
            cli.rows()
                .query("SELECT made FROM team_job WHERE state = 'working'")
                > vec![vec!["0".to_owned()]]
        });
        cli.ok(&["batch", "cancel", batch["id"].as_str().unwrap()]);
        assert_eq!(cli.wait("work", worker).exit, Some(0));
        let shown = show(&cli, &batch);
        assert_eq!(shown["state"], "cancelled");
        assert_eq!(teams(&shown)[0]["history"][0]["outcome"], "cancelled");
        let codes = cli
            .rows()
            .query("SELECT DISTINCT state, withdrawn, sealed_code, sealed_words FROM invitation");
        assert_eq!(codes, [["cancelled", "1", "", ""]]);
        assert!(files_below(&cli.data_dir().join("bundles")).is_empty());
        assert_eq!(
            cli.ok(&["bundle", "list", "--json"]).json(),
            serde_json::json!([])
        );
    }
}

#[test]
fn a_team_that_failed_is_tried_again_when_somebody_asks() {
    for kind in BOTH {
        let cli = imported(kind);
        let batch = submit(&cli, &["--team", "Noord"]);
        let id = batch["id"].as_str().unwrap();
        // One try is left, and the store is a file.
        cli.rows().query("UPDATE team_job SET tries = 4");
        let store = cli.data_dir().join("bundles");
        std::fs::write(&store, "in the way").unwrap();
        work(&cli);
        let failed = show(&cli, &batch);
        assert_eq!(failed["state"], "failed", "{failed}");
        let history = &teams(&failed)[0]["history"];
        assert_eq!(history[0]["outcome"], "failed");
        assert_eq!(history[0]["code"], "store");
        assert_eq!(
            cli.rows()
                .query("SELECT count(*) FROM invitation WHERE state = 'open'"),
            [["0"]]
        );
        let shown = cli.ok(&["batch", "show", id]).stdout;
        assert!(
            shown.contains("attempt 1: the folder data/bundles of the store cannot be used"),
            "{shown}"
        );
        assert_eq!(cli.try_run(&["batch", "watch", id]).exit, Some(2));

        std::fs::remove_file(&store).unwrap();
        assert_eq!(
            cli.ok(&["batch", "retry", id, "--json"]).json()["state"],
            "queued"
        );
        work(&cli);
        let done = show(&cli, &batch);
        assert_eq!(done["state"], "done");
        assert_eq!(done["letters"], 9);
        assert_eq!(teams(&done)[0]["attempts"], 2);
        let nothing = cli.try_run(&["batch", "retry", id]);
        assert_eq!(nothing.exit, Some(1));
        assert!(nothing.stderr.contains("no team of this batch has failed"));
    }
}

#[test]
fn of_batches_that_wait_the_one_with_the_highest_priority_is_first() {
    for kind in BOTH {
        let cli = imported(kind);
        let ids: Vec<String> = ["low", "normal", "high"]
            .iter()
            .map(|priority| {
                let batch = submit(&cli, &["--team", "Noord", "--priority", priority]);
                batch["id"].as_str().unwrap().to_owned()
            })
            .collect();
        cli.ok(&["work", "--workers", "1", "--until-idle"]);
        let order = cli.rows().query(
            "SELECT j.batch_id FROM team_job j JOIN team_job_attempt a ON a.team_job_id = j.id \
             ORDER BY a.started_at",
        );
        let order: Vec<&String> = order.iter().flatten().collect();
        assert_eq!(order, [&ids[2], &ids[1], &ids[0]]);
    }
}

#[test]
fn a_request_that_cannot_be_is_refused_and_nothing_is_saved() {
    let cli = imported(Kind::Sqlite);
    for (arguments, sentence) in [
        (
            &["batch", "submit", "--organisation", "onbekend"][..],
            "there is no organisation 'onbekend'",
        ),
        (
            &["team", "list", "--organisation", "onbekend"],
            "there is no organisation 'onbekend'",
        ),
        (
            &[
                "batch",
                "submit",
                "--organisation",
                "zorg",
                "--team",
                "Nord",
            ],
            "there is no team 'Nord'",
        ),
        (
            &["batch", "submit", "--organisation", "zorg", "--logo"],
            "has no logo",
        ),
        (
            &["batch", "submit", "--organisation", "Zorg!"],
            "invalid value",
        ),
        (&["batch", "show", "01X"], "there is no batch '01X'"),
        (&["batch", "watch", "01X"], "there is no batch '01X'"),
        (&["batch", "cancel", "01X"], "there is no batch '01X'"),
        (&["batch", "retry", "01X"], "there is no batch '01X'"),
        (
            &["bundle", "fetch", "01X", "--out", "out"],
            "there is no bundle '01X'",
        ),
        (&["work", "--workers", "0"], "no workers would do no work"),
    ] {
        let answer = cli.try_run(arguments);
        assert_eq!(answer.exit, Some(1), "{arguments:?}");
        assert!(
            answer.stderr.contains(sentence),
            "{arguments:?}: {}",
            answer.stderr
        );
        assert!(answer.stderr.contains("hint: "), "{}", answer.stderr);
    }
    assert_eq!(cli.rows().query("SELECT count(*) FROM batch"), [["0"]]);
}

#[test]
fn a_bundle_that_is_not_in_the_store_is_said_to_be_so_and_nothing_is_undone() {
    for kind in BOTH {
        let cli = imported(kind);
        let batch = submit(&cli, &[]);
        work(&cli);
        let listed = cli.ok(&["bundle", "list", "--json"]).json();
        let id = listed[0]["id"].as_str().unwrap();
        // The wrong store is as good as none.
        let elsewhere = [
            "bundle",
            "fetch",
            id,
            "--out",
            "out",
            "--store",
            "file:elsewhere",
        ];
        let answer = cli.try_run(&elsewhere);
        assert_eq!(answer.exit, Some(2));
        assert!(answer.stderr.contains("--store"), "{}", answer.stderr);
        assert_eq!(show(&cli, &batch)["state"], "done");
        assert_eq!(cli.ok(&["bundle", "list", "--json"]).json(), listed);
        cli.ok(&["bundle", "fetch", id, "--out", "out"]);
    }
}

#[test]
fn orphans_are_purged_and_bundles_stay() {
    for kind in BOTH {
        let cli = imported(kind);
        submit(&cli, &[]);
        work(&cli);
        let store = cli.data_dir().join("bundles");
        let before = files_below(&store);
        assert_eq!(before.len(), 2);
        // What an attempt of one of our jobs left, and what somebody else keeps in the same place.
        let job = &cli
            .rows()
            .query("SELECT id FROM team_job ORDER BY position")[0][0];
        let orphan = store.join(format!("zorg/01X/{job}-7"));
        std::fs::create_dir_all(&orphan).unwrap();
        std::fs::write(orphan.join("bundle.sealed#1"), "half").unwrap();
        let theirs = store.join("zorg/01X/01Y-1");
        std::fs::create_dir_all(&theirs).unwrap();
        std::fs::write(theirs.join("bundle.sealed"), "whole").unwrap();
        std::fs::write(store.join("holiday.jpg"), "sun").unwrap();
        let purged = cli.ok(&["purge", "--json"]).json();
        assert_eq!((&purged["files"], &purged["bytes"]), (&1.into(), &4.into()));
        assert!(purged["workers"].is_u64(), "{purged}");
        assert!(!orphan.exists());
        let left = files_below(&store);
        assert!(before.iter().all(|bundle| left.contains(bundle)));
        assert_eq!(left.len(), before.len() + 2);
        assert_eq!(cli.ok(&["purge", "--json"]).json()["files"], 0);
    }
}
