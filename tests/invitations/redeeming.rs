//! `invitation redeem`: once, in time, and never more than once, whoever is at the door at the same moment.

use std::sync::Arc;

use brievenbus::{
    letters::{Press, PressProgram},
    operations::{
        App,
        app::{Settings, system_codes},
        purge::Retention,
        redeem_code::redeem_code,
        switches::Switches,
    },
};
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::{runtime::Runtime, sync::Barrier, task::JoinSet};

use super::{
    LONG_AGO, code_on, codes, export, imported, invite, list, newest, print, refused, states,
    take_in,
};
use crate::support::{cli::Cli, database::BOTH};

#[test]
fn a_code_connects_its_client_once_however_it_is_spaced() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let codes = codes(&invite(&cli, &[]));
        let parts = |code: &str, at: &[usize], between: &str| {
            let mut typed = String::new();
            for (place, digit) in code.chars().enumerate() {
                if at.contains(&place) {
                    typed += between;
                }
                typed.push(digit);
            }
            typed
        };
        for (client, typed) in [
            ("100001", parts(&codes["100001"], &[5], " ")),
            ("100002", parts(&codes["100002"], &[3, 6], "-")),
            ("100003", parts(&codes["100003"], &[2, 4, 6, 8], "  ")),
        ] {
            let redeemed = cli.ok(&["invitation", "redeem", &typed, "--json"]).json();
            assert_eq!(
                redeemed,
                json!({
                    "id": newest(&cli, client),
                    "organisation": "zorg",
                    "client_id": client,
                    "state": "redeemed",
                })
            );
            for again in [&typed, &codes[client]] {
                refused(
                    &cli,
                    &["invitation", "redeem", again],
                    "this code has been used",
                );
            }
            assert_eq!(states(&cli, client), ["redeemed"]);
        }
        refused(
            &cli,
            &["invitation", "cancel", &newest(&cli, "100001")],
            "this invitation is not open any more: it is redeemed",
        );
    }
}

#[test]
fn what_is_no_code_or_nobodys_is_refused_and_costs_nobody_their_code() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let codes = codes(&invite(&cli, &[]));
        let code = &codes["100001"];
        let (head, last) = code.split_at(9);
        let other = format!("{head}{}", if last == "0" { "1" } else { "0" });
        refused(
            &cli,
            &["invitation", "redeem", &other],
            "no letter has this code",
        );
        for typed in [head, &format!("{code}0"), &format!("{head}O"), "", "code"] {
            refused(&cli, &["invitation", "redeem", typed], "this is not a code");
        }
        assert_eq!(list(&cli, &["--state", "open"]).len(), 3);
        cli.ok(&["invitation", "redeem", code]);
    }
}

#[test]
fn a_client_number_that_two_providers_have_is_two_clients() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let ours = codes(&invite(&cli, &[]));
        let mut theirs = export();
        theirs.toml = theirs.toml.replacen("zorg", "thuis", 1);
        take_in(&cli, &theirs);
        cli.ok(&["batch", "submit", "--organisation", "thuis"]);
        cli.ok(&["work", "--until-idle"]);
        let of = |organisation: &str| {
            let more = ["--organisation", organisation, "--client", "100001"];
            let lines = list(&cli, &more);
            assert_eq!(lines.len(), 1, "invitations of one of {organisation}");
            lines[0].clone()
        };
        let id = of("thuis")["id"].as_str().unwrap().to_owned();
        let redeemed = cli.ok(&["invitation", "redeem", &ours["100001"], "--json"]);
        assert_eq!(redeemed.json()["organisation"], "zorg");
        assert_eq!(of("zorg")["state"], "redeemed");
        assert_eq!(of("thuis")["state"], "open");
        let redeemed = cli.ok(&[
            "invitation",
            "redeem",
            &code_on(&print(&cli, &id)),
            "--json",
        ]);
        assert_eq!(redeemed.json()["organisation"], "thuis");
        assert_eq!(of("thuis")["state"], "redeemed");
    }
}

#[test]
fn a_code_has_expired_after_its_last_day_without_anybody_writing_that_down() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let past = codes(&invite(
            &cli,
            &[&["--team", "Noord"][..], &LONG_AGO].concat(),
        ));
        invite(&cli, &["--team", "Zuid"]);
        let shown = |state: &str| -> Vec<String> {
            let lines = list(&cli, &["--state", state]);
            assert!(lines.iter().all(|line| line["state"] == state));
            let mut clients: Vec<String> = lines
                .iter()
                .map(|line| line["client_id"].as_str().unwrap().to_owned())
                .collect();
            clients.sort();
            clients
        };
        assert_eq!(shown("expired"), ["100001", "100002"]);
        assert_eq!(shown("open"), ["100003"]);
        for client in ["100001", "100002"] {
            refused(
                &cli,
                &["invitation", "redeem", &past[client]],
                "this code has expired",
            );
            refused(
                &cli,
                &["invitation", "cancel", &newest(&cli, client)],
                "this invitation is not open any more: it is expired",
            );
            assert_eq!(states(&cli, client), ["expired"]);
        }
        // Nothing ran in the meantime but the two jobs that made the letters.
        let attempts = cli.rows().query("SELECT count(*) FROM team_job_attempt");
        assert_eq!(attempts, [["2"]]);
    }
}

#[test]
fn of_a_thousand_who_redeem_one_code_at_the_same_moment_one_succeeds() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let codes = codes(&invite(&cli, &[]));
        let answers = Runtime::new()
            .unwrap()
            .block_on(a_thousand_times(&cli, &codes["100001"]));
        assert_eq!(answers.len(), 1_000);
        let succeeded = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(succeeded, 1);
        for refusal in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert_eq!(*refusal, "code_used");
        }
        assert_eq!(states(&cli, "100001"), ["redeemed"]);

        // The same with processes of their own.
        let started: Vec<_> = (0..10)
            .map(|number| {
                let name = format!("redeem{number}");
                let child = cli.start(&name, &["invitation", "redeem", &codes["100002"]]);
                (name, child)
            })
            .collect();
        let mut succeeded = 0;
        for (name, child) in started {
            let answer = cli.wait(&name, child);
            match answer.exit {
                Some(0) => succeeded += 1,
                exit => {
                    assert_eq!(exit, Some(1), "{}", answer.stderr);
                    assert!(
                        answer.stderr.contains("this code has been used"),
                        "{}",
                        answer.stderr
                    );
                }
            }
        }
        assert_eq!(succeeded, 1);
        let rows = cli.rows().query(
            "SELECT client_id, state, sealed_code IS NULL, sealed_words IS NULL FROM invitation ORDER BY 1",
        );
        assert_eq!(
            rows,
            [
                ["100001", "redeemed", "1", "1"],
                ["100002", "redeemed", "1", "1"],
                ["100003", "open", "0", "0"],
            ]
        );
    }
}

/// Five hundred at each of two programs that have the same database; all wait for each other before they begin. How each
/// was answered: well, or with the code of the refusal.
async fn a_thousand_times(cli: &Cli, code: &str) -> Vec<Result<(), &'static str>> {
    let ready = Arc::new(Barrier::new(1_000));
    let mut tasks = JoinSet::new();
    let mut apps = Vec::new();
    for _ in 0..2 {
        apps.push(open(cli).await);
    }
    for app in &apps {
        for _ in 0..500 {
            let (app, ready, code) = (app.clone(), Arc::clone(&ready), code.to_owned());
            tasks.spawn(async move {
                ready.wait().await;
                let answer = redeem_code(&app, &code).await;
                answer.map(drop).map_err(|failure| failure.code)
            });
        }
    }
    let answers = tasks.join_all().await;
    for app in apps {
        app.close().await;
    }
    answers
}

/// The program inside this process, on the folder and the database of `cli`.
async fn open(cli: &Cli) -> App {
    let settings = Settings {
        data_dir: cli.data_dir(),
        database_url: cli.database_url().map(str::to_owned),
        store: None,
        store_access: std::collections::BTreeMap::new(),
        threads: 1,
        job_deadline: std::time::Duration::from_secs(600),
        server: brievenbus::operations::server::ServerSettings::default(),
        retention: Retention::default(),
        switches: Switches::default(),
    };
    // Before the last day of every code that a test issues without saying until when.
    let now: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    let program = PressProgram::at(env!("CARGO_BIN_EXE_brievenbus"));
    let press = Arc::new(Press::start(&program, 1).unwrap());
    App::open(&settings, press, Arc::new(move || now), system_codes())
        .await
        .unwrap()
}
