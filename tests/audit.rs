//! `audit`: who got at whose data, and that nobody can make the log say otherwise without being found out.

use std::{fs, path::Path, process::Command};

use brievenbus::{
    domain::{
        actor::{Actor, Role},
        audit::{Access, Action},
        client::ClientId,
        eligibility::Reason,
        letter_setup::LetterChanges,
        organisation::Slug,
    },
    operations::{
        browse_bundles::show_bundle,
        browse_invitations::{browse_invitations, show_invitation},
        create_token::{NewToken, create_token},
        fetch_bundle::fetch_bundle,
        list_audit::{AuditFilter, list_audit},
        list_clients::list_clients,
        list_invitations::{InvitationFilter, list_invitations},
        list_left_out::list_left_out,
        preview_letter::{PREVIEW_DPI, PreviewLetter, Whom, preview_letter},
        record_access::record_access,
        sign_in::sign_in,
        sign_out::sign_out,
        verify_audit::{Finding, verify_audit},
    },
    storage::letter_versions::{Change, Changed},
};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::support::{
    app::House,
    cli::{Answer, Cli},
    database::{BOTH, Kind, Rows, on_both},
    export::Export,
    files_below,
};

fn export() -> Export {
    Export::new()
        .team("1", "Noord")
        .team("2", "Zuid")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .client("100002", "Pietersen", &[("death_date", "2020-01-01")])
        .assign("100002", "1", "MAIN")
        .client("100003", "Smit", &[])
        .assign("100003", "2", "MAIN")
}

/// The program as somebody called jan types it, with the export taken in.
fn imported(kind: Kind) -> Cli {
    let cli = Cli::on(kind).with(&[("USER".to_owned(), "jan".to_owned())]);
    export().write(cli.home(), "export");
    cli.ok(&["import", "export"]);
    cli
}

#[track_caller]
fn lines(cli: &Cli, more: &[&str]) -> Vec<Value> {
    let listed = cli
        .ok(&[&["audit", "list", "--json"], more].concat())
        .json();
    listed.as_array().unwrap().clone()
}

/// `action outcome [clients] object`, the object without its id.
fn short(line: &Value) -> String {
    let clients: Vec<&str> = (line["clients"].as_array().unwrap().iter())
        .map(|client| client.as_str().unwrap().trim_start_matches("10000"))
        .collect();
    let object = line["object"].as_str().unwrap_or("-");
    format!(
        "{} {} [{}] {}",
        line["action"].as_str().unwrap(),
        line["outcome"].as_str().unwrap(),
        clients.join(" "),
        object.split(' ').next().unwrap()
    )
}

/// The id of the one bundle of a team, and of a client's newest invitation.
#[track_caller]
fn bundle_of(cli: &Cli, team: &str) -> String {
    let listed = cli.ok(&["bundle", "list", "--json"]).json();
    let mut bundles = listed.as_array().unwrap().iter();
    let bundle = bundles.find(|bundle| bundle["team"] == team).unwrap();
    bundle["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn invitation_of(cli: &Cli, client: &str) -> String {
    let sql = format!("SELECT id FROM invitation WHERE client_id = '{client}' ORDER BY id DESC");
    cli.rows().query(&sql)[0][0].clone()
}

#[test]
fn every_access_to_client_data_leaves_its_line() {
    for kind in BOTH {
        let cli = imported(kind);
        let submit = ["batch", "submit", "--organisation", "zorg", "--json"];
        cli.ok(&[&submit[..], &["--dry-run"]].concat());
        let batch = cli.ok(&submit).json()["id"].as_str().unwrap().to_owned();
        cli.ok(&["work", "--until-idle"]);
        let noord = bundle_of(&cli, "Noord");
        cli.ok(&["bundle", "fetch", &noord, "--out", "out"]);
        let code = cli.bundles()[0].codes()["100001"].clone();
        cli.ok(&[
            "client",
            "list",
            "--organisation",
            "zorg",
            "--team",
            "Noord",
        ]);
        cli.ok(&["invitation", "list"]);
        cli.ok(&["invitation", "list", "--client", "100002"]);
        let (first, third) = (invitation_of(&cli, "100001"), invitation_of(&cli, "100003"));
        cli.ok(&["invitation", "letter", &third, "--out", "letter.pdf"]);
        cli.ok(&["invitation", "reissue", &third]);
        cli.ok(&["invitation", "cancel", &invitation_of(&cli, "100003")]);
        cli.ok(&["invitation", "redeem", &code]);
        for refused in [
            vec!["invitation", "redeem", &code],
            vec!["invitation", "redeem", "0000000000"],
            vec!["invitation", "redeem", "Jansen"],
            vec!["invitation", "cancel", &first],
            vec!["invitation", "reissue", "Jansen"],
            vec!["invitation", "letter", &third, "--out", "letter.pdf"],
            vec!["bundle", "fetch", "Jansen", "--out", "out"],
            vec!["batch", "cancel", &batch],
            vec!["batch", "retry", &batch],
            vec!["client", "list", "--organisation", "elders"],
        ] {
            assert_eq!(cli.try_run(&refused).exit, Some(1), "{refused:?}");
        }
        cli.ok(&["purge"]);
        // Neither of these shows anything of a client.
        cli.ok(&["batch", "show", &batch]);
        cli.ok(&["team", "list", "--organisation", "zorg"]);

        let lines = lines(&cli, &[]);
        let mut said: Vec<String> = lines.iter().map(short).collect();
        // Which team is first is the queue's business.
        said[3..6].sort();
        assert_eq!(
            said,
            [
                "import done [1 2 3] -",
                "batch_tried done [1 2 3] -",
                "batch_submitted done [] batch",
                "clients_left_out done [2] bundle",
                "letters_made done [1] bundle",
                "letters_made done [3] bundle",
                "bundle_downloaded done [] bundle",
                "clients_listed done [1 2] -",
                "invitations_listed done [1 3] -",
                "invitations_listed done [] -",
                "letter_printed done [3] invitation",
                "invitation_reissued done [3] invitation",
                "invitation_cancelled done [3] invitation",
                "code_redeemed done [1] invitation",
                "code_redeemed refused:code_used [1] invitation",
                "code_redeemed refused:unknown_code [] -",
                "code_redeemed refused:not_a_code [] -",
                "invitation_cancelled refused:invitation_not_open [1] invitation",
                "invitation_reissued refused:unknown_invitation [] invitation",
                "letter_printed refused:invitation_not_open [3] invitation",
                "bundle_downloaded refused:unknown_bundle [] bundle",
                "batch_cancelled refused:batch_has_ended [] batch",
                "batch_retried refused:nothing_failed [] batch",
                "clients_listed refused:unknown_organisation [] -",
                "purged done [] -",
                // None of their codes works any more.
                "bundle_removed done [] bundle",
                "bundle_removed done [] bundle",
            ]
        );
        // Anybody can call themselves jan, and nobody chooses a number.
        let operator = format!("cli uid {}", rustix::process::getuid().as_raw());
        for (place, line) in lines.iter().enumerate() {
            let by_worker = (3..6).contains(&place);
            let who = if by_worker {
                ("brievenbus", "worker", "worker")
            } else {
                ("os:jan", "operator", operator.as_str())
            };
            let said = ["user", "role", "source"].map(|key| line[key].as_str().unwrap());
            assert_eq!((said[0], said[1], said[2]), who, "{line}");
            assert_eq!(line["seq"], place + 1);
            if !line["clients"].as_array().unwrap().is_empty() {
                assert_eq!(line["organisation"], "zorg", "{line}");
            }
        }
        assert_eq!(lines[6]["object"], format!("bundle {noord}"));
        // Whoever is in a bundle is found by what was done with it, and by nothing that was done with another.
        let of = |more: &[&str]| -> Vec<String> {
            let listed = self::lines(&cli, more);
            let about = listed.iter().filter(|line| {
                let object = line["object"].as_str();
                object.is_some_and(|object| object.starts_with("bundle "))
            });
            about.map(short).collect()
        };
        assert_eq!(
            of(&["--client", "100001"]),
            [
                "letters_made done [1] bundle",
                "bundle_downloaded done [] bundle",
                "bundle_removed done [] bundle"
            ]
        );
        assert_eq!(
            of(&["--client", "100002"]),
            [
                "clients_left_out done [2] bundle",
                "bundle_downloaded done [] bundle",
                "bundle_removed done [] bundle"
            ]
        );
        assert_eq!(
            of(&["--client", "100003"]),
            [
                "letters_made done [3] bundle",
                "bundle_removed done [] bundle"
            ]
        );
        assert_eq!(
            of(&["--bundle", &noord]),
            [
                "letters_made done [1] bundle",
                "clients_left_out done [2] bundle",
                "bundle_downloaded done [] bundle",
                "bundle_removed done [] bundle"
            ]
        );
        // What was typed in the place of an id is nowhere, and no code is.
        let everything = cli
            .rows()
            .query("SELECT outcome, actor, source, clients, object FROM audit")
            .concat()
            .join("\n");
        for secret in ["Jansen", code.as_str(), "0000000000"] {
            assert!(!everything.contains(secret), "{secret}");
        }
        let verified = cli.ok(&["audit", "verify", "--json"]).json();
        assert_eq!(
            verified["lines"],
            lines.len() + 5,
            "reading it five times is in it"
        );
        assert_eq!(verified["findings"], Value::Array(Vec::new()));
    }
}

#[test]
fn a_run_is_an_import_a_batch_letters_and_downloads() {
    for kind in BOTH {
        let cli = Cli::on(kind);
        export().write(cli.home(), "export");
        cli.run("export", &[]);
        let mut said: Vec<String> = lines(&cli, &[]).iter().map(short).collect();
        // The teams are made, and taken out, in any order.
        said[2..].sort();
        assert_eq!(
            said,
            [
                "import done [1 2 3] -",
                "batch_submitted done [] batch",
                "bundle_downloaded done [] bundle",
                "bundle_downloaded done [] bundle",
                "clients_left_out done [2] bundle",
                "letters_made done [1] bundle",
                "letters_made done [3] bundle",
            ]
        );
    }
}

#[test]
fn the_log_is_found_by_client_by_user_by_day_and_taken_along_as_csv() {
    for kind in BOTH {
        let cli = imported(kind);
        cli.ok(&["client", "list", "--organisation", "zorg", "--team", "Zuid"]);
        let of = |more: &[&str]| -> Vec<String> {
            let listed = lines(&cli, more);
            // That it was looked for is in the log from then on.
            let listed = listed
                .iter()
                .filter(|line| line["action"] != "audit_listed");
            listed.map(short).collect()
        };
        let both = ["import done [1 2 3] -", "clients_listed done [3] -"];
        assert_eq!(of(&["--client", "100001"]), both[..1]);
        assert_eq!(of(&["--client", "100003"]), both);
        assert_eq!(of(&["--user", "os:jan", "--organisation", "zorg"]), both);
        assert!(of(&["--user", "os:piet"]).is_empty());
        assert_eq!(of(&["--action", "clients_listed"]), both[1..]);
        assert_eq!(
            of(&["--since", "2020-01-01", "--until", "31-12-2199"]),
            both
        );
        assert!(of(&["--since", "2199-01-01"]).is_empty());
        assert!(of(&["--until", "2020-01-01"]).is_empty());
        let wrong = cli.try_run(&["audit", "list", "--action", "import_all"]);
        assert_eq!(wrong.exit, Some(1));
        let looked = lines(&cli, &["--action", "audit_listed", "--client", "100001"]);
        assert_eq!(short(&looked[0]), "audit_listed done [1] -");
        let csv = cli
            .ok(&["audit", "list", "--csv", "--action", "import"])
            .stdout;
        let mut rows = csv.lines();
        assert_eq!(
            rows.next().unwrap(),
            "seq;at;user;role;source;action;outcome;organisation;clients;object"
        );
        let row = rows.next().unwrap();
        assert!(row.starts_with("1;"), "{row}");
        assert!(
            row.contains(";os:jan;operator;cli uid ")
                && row.ends_with(";import;done;zorg;100001 100002 100003;"),
            "{row}"
        );
        assert_eq!(rows.next(), None);
        let table = cli.ok(&["audit", "list", "--client", "100003"]).stdout;
        assert!(
            table.contains("3 clients") || table.contains("100001 100002 100003"),
            "{table}"
        );
    }
}

/// The data folder of `cli` once more, as somebody with the database and without the key has changed it.
fn changed(cli: &Cli, sql: &str) -> Answer {
    let copy = cli.home().join("changed");
    let _ = fs::remove_dir_all(&copy);
    copy_folder(&cli.data_dir(), &copy);
    let triggers = Rows::of(&copy).query("SELECT name FROM sqlite_master WHERE type = 'trigger'");
    let drop: String = triggers
        .iter()
        .map(|row| format!("DROP TRIGGER {};", row[0]))
        .collect();
    Rows::of(&copy).query(&format!("{drop} {sql}"));
    cli.try_run(&["audit", "verify", "--data-dir", "changed"])
}

fn copy_folder(from: &Path, to: &Path) {
    for file in files_below(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
    }
}

#[test]
fn whatever_is_changed_in_the_log_is_found_and_named() {
    let cli = imported(Kind::Sqlite);
    for team in ["Noord", "Zuid", "Noord", "Zuid"] {
        cli.ok(&["client", "list", "--organisation", "zorg", "--team", team]);
    }
    let swap = "UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; \
                UPDATE audit SET seq = 3 WHERE seq = -1";
    let copy = "INSERT INTO audit SELECT 6, at, action, outcome, actor, role, source, organisation, clients, object, \
                previous_hash, hash FROM audit WHERE seq = 5";
    let renumber = "DELETE FROM audit WHERE seq = 3; DELETE FROM audit_client WHERE seq = 3; \
                    UPDATE audit SET seq = seq - 1 WHERE seq > 3; \
                    UPDATE audit_client SET seq = seq - 1 WHERE seq > 3; UPDATE audit_head SET last_seq = 4";
    for (sql, finding) in [
        (
            "UPDATE audit SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET at = 'long ago' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET action = 'import' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET outcome = 'refused:x' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET actor = 'os:piet' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET role = 'support' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET source = '10.0.0.1' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET organisation = 'elders' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET organisation = NULL WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET clients = '[]' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET clients = clients || ' ' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET object = 'bundle X' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET object = '' WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET previous_hash = hash WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET hash = previous_hash WHERE seq = 3",
            "line 3 was changed",
        ),
        (
            "UPDATE audit SET seq = 9 WHERE seq = 3",
            "line 3 is missing",
        ),
        (
            "UPDATE audit_client SET client_id = '100009' WHERE seq = 3",
            "line 3 is not found by",
        ),
        (
            "DELETE FROM audit_client WHERE seq = 3",
            "line 3 is not found by",
        ),
        (
            "INSERT INTO audit_client VALUES (3, '100001', 'zorg')",
            "line 3 is not found by",
        ),
        (
            "INSERT INTO audit_client VALUES (77, '100001', 'zorg')",
            "line 77 is not found by",
        ),
        ("DELETE FROM audit WHERE seq = 1", "line 1 is missing"),
        ("DELETE FROM audit WHERE seq = 3", "line 3 is missing"),
        (
            "DELETE FROM audit WHERE seq IN (2, 3, 4)",
            "lines 2 to 4 are missing",
        ),
        ("DELETE FROM audit WHERE seq = 5", "line 5 is missing"),
        (renumber, "line 3 was changed"),
        (swap, "line 2 was changed"),
        (copy, "line 6 was added by somebody else"),
        ("UPDATE audit_head SET last_seq = 4", "the head was changed"),
        (
            "UPDATE audit_head SET first_seq = 2; DELETE FROM audit WHERE seq = 1",
            "the head was changed",
        ),
        (
            "UPDATE audit_head SET last_hash = first_previous",
            "the head was changed",
        ),
        (
            "UPDATE audit_head SET mac = last_hash",
            "the head was changed",
        ),
        ("DELETE FROM audit_head", "the head is missing"),
        ("DELETE FROM audit", "lines 1 to 5 are missing"),
    ] {
        let answer = changed(&cli, sql);
        assert_eq!(answer.exit, Some(1), "{sql}: {}", answer.stdout);
        assert!(answer.stdout.contains(finding), "{sql}: {}", answer.stdout);
        assert!(answer.stderr.contains("audit log"), "{}", answer.stderr);
    }
    // Both lines are named, and nothing that is not so.
    let swapped = changed(&cli, swap).stdout;
    assert_eq!(swapped, "line 2 was changed\nline 3 was changed\n");
    let untouched = changed(&cli, "SELECT 1");
    assert_eq!(untouched.exit, Some(0), "{}", untouched.stdout);
    assert!(untouched.stdout.contains("5 lines as they were written"));
}

#[test]
fn a_log_that_was_put_back_as_a_whole_is_found_by_a_head_that_was_noted() {
    let cli = imported(Kind::Sqlite);
    let head = || {
        let verified = cli.ok(&["audit", "verify", "--json"]).json();
        verified["head"].as_str().unwrap().to_owned()
    };
    let old = cli.home().join("old");
    copy_folder(&cli.data_dir(), &old);
    let before = head();
    cli.ok(&["client", "list", "--organisation", "zorg"]);
    let noted = head();
    cli.ok(&["client", "list", "--organisation", "zorg"]);
    // The log has gone on since, as it should.
    cli.ok(&["audit", "verify", "--expect", &noted]);
    cli.ok(&["audit", "verify", "--expect", &before]);
    let wrong = format!("2:{}", "0".repeat(64));
    assert_eq!(
        cli.try_run(&["audit", "verify", "--expect", &wrong]).exit,
        Some(1)
    );
    assert_eq!(
        cli.try_run(&["audit", "verify", "--expect", "2:abc"]).exit,
        Some(1)
    );
    fs::remove_dir_all(cli.data_dir()).unwrap();
    copy_folder(&old, &cli.data_dir());
    cli.ok(&["audit", "verify"]);
    let put_back = cli.try_run(&["audit", "verify", "--expect", &noted]);
    assert_eq!(put_back.exit, Some(1));
    assert!(
        put_back
            .stdout
            .contains("line 2 is not the one that was noted"),
        "{}",
        put_back.stdout
    );
}

#[test]
fn the_database_itself_refuses_to_change_the_log() {
    for kind in BOTH {
        let cli = imported(kind);
        cli.ok(&["client", "list", "--organisation", "zorg"]);
        let mut refused = vec![
            "UPDATE audit SET actor = 'x' WHERE seq = 1",
            "UPDATE audit_client SET client_id = 'x' WHERE seq = 1",
            "DELETE FROM audit WHERE seq = 1",
            "DELETE FROM audit",
            "DELETE FROM audit_client WHERE seq = 2",
            "DELETE FROM audit_head",
            "UPDATE audit_head SET last_seq = 1",
            "UPDATE audit_head SET first_seq = 0",
        ];
        match kind {
            Kind::Sqlite => {
                refused.push("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1")
            }
            Kind::Postgres => refused.extend([
                "TRUNCATE audit",
                "TRUNCATE audit_client",
                "TRUNCATE audit_head",
            ]),
        }
        for sql in refused {
            assert!(cli.rows().try_query(sql).is_err(), "{sql}");
        }
        cli.ok(&["audit", "verify"]);
    }
}

#[test]
fn a_change_is_found_on_postgresql_as_well() {
    let cli = imported(Kind::Postgres);
    cli.ok(&["client", "list", "--organisation", "zorg"]);
    let rows = cli.rows();
    rows.query("ALTER TABLE audit DISABLE TRIGGER USER");
    rows.query("UPDATE audit SET actor = 'os:piet' WHERE seq = 1");
    let answer = cli.try_run(&["audit", "verify"]);
    assert_eq!(answer.exit, Some(1));
    assert_eq!(answer.stdout.trim(), "line 1 was changed");
    rows.query("DELETE FROM audit WHERE seq = 2");
    let answer = cli.try_run(&["audit", "verify", "--json"]);
    assert_eq!(answer.exit, Some(1));
    assert_eq!(
        answer.json()["findings"][1]["lines"],
        serde_json::json!([2, 2])
    );
}

#[test]
fn whoever_cannot_be_written_down_gets_nothing() {
    for kind in BOTH {
        let cli = imported(kind);
        let submit = ["batch", "submit", "--organisation", "zorg", "--json"];
        cli.ok(&submit);
        cli.ok(&["work", "--until-idle"]);
        let noord = bundle_of(&cli, "Noord");
        let open = invitation_of(&cli, "100001");
        let token = cli
            .ok(&["token", "create", "--role", "ci", "--json"])
            .json();
        let token = token["id"].as_str().unwrap().to_owned();
        // Nobody but us can make a head that holds.
        cli.rows()
            .query("UPDATE audit_head SET mac = first_previous");
        for denied in [
            vec!["client", "list", "--organisation", "zorg", "--json"],
            vec!["invitation", "list", "--json"],
            vec!["invitation", "letter", &open, "--out", "letter.pdf"],
            vec!["invitation", "cancel", &open],
            vec!["invitation", "reissue", &open],
            vec!["bundle", "fetch", &noord, "--out", "out"],
            vec![
                "batch",
                "submit",
                "--organisation",
                "zorg",
                "--dry-run",
                "--json",
            ],
            vec!["batch", "submit", "--organisation", "zorg", "--json"],
            vec!["import", "export"],
            vec!["audit", "list", "--csv"],
            vec!["token", "create", "--role", "ci"],
            vec!["token", "revoke", &token],
        ] {
            let answer = cli.try_run(&denied);
            assert_eq!(answer.exit, Some(2), "{denied:?}");
            assert_eq!(answer.stdout, "", "{denied:?}");
            assert!(answer.stderr.contains("audit verify"), "{}", answer.stderr);
        }
        assert!(!cli.home().join("letter.pdf").exists());
        assert!(files_below(&cli.out()).is_empty());
        let states = cli.rows().query("SELECT DISTINCT state FROM invitation");
        assert_eq!(states, [["open"]]);
        let batches = cli.rows().query("SELECT count(*) FROM batch");
        assert_eq!(batches, [["1"]]);
        let tokens = "SELECT count(*) FROM access_token";
        let working = format!("{tokens} WHERE revoked_at IS NULL");
        assert_eq!(cli.rows().query(tokens), [["1"]]);
        assert_eq!(cli.rows().query(&working), [["1"]]);
        assert_eq!(cli.try_run(&["audit", "verify"]).exit, Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_at_the_same_time_the_log_is_one_chain() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        let apps = [
            house.app.clone(),
            house.beside().await,
            house.beside().await,
        ];
        let slug = Slug::try_from("zorg".to_owned()).unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..60 {
            let (app, slug) = (apps[number % apps.len()].clone(), slug.clone());
            tasks.spawn(async move {
                // Enough for three lines.
                let clients = (0..1_200).map(|n| ClientId::new(&n.to_string()).unwrap());
                let access = Access::done(Action::ClientsListed).of(&slug);
                let access = match number % 20 {
                    0 => access.to_clients(clients),
                    _ => access,
                };
                record_access(&app, access).await.unwrap();
            });
        }
        tasks.join_all().await;
        let verified = verify_audit(&house.app, None).await.unwrap();
        assert_eq!(verified.findings, Vec::<Finding>::new());
        assert_eq!((verified.first, verified.lines), (1, 60 + 3 * 2));
        assert_eq!(verified.head.seq, verified.lines);
        let of_one = AuditFilter {
            client: Some("1199".to_owned()),
            ..AuditFilter::default()
        };
        assert_eq!(list_audit(&house.app, &of_one, 0).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_reads_its_own_lines_and_is_written_down_where_it_may_not_be() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let provider = |slug: &str| {
            house.app.acting_as(Actor {
                user: format!("token {slug}"),
                role: Role::Provider,
                organisation: Slug::try_from(slug.to_owned()).ok(),
                source: "10.0.0.7".to_owned(),
            })
        };
        let elders = provider("elders");
        let zorg = Slug::try_from("zorg".to_owned()).unwrap();
        let batch = house.invite(&Default::default()).await;
        let bundle = house.app.db.bundles(&batch).await.unwrap().remove(0);
        list_clients(&elders, &zorg, None).await.unwrap_err();
        let filter = InvitationFilter {
            organisation: Some(zorg.clone()),
            ..InvitationFilter::default()
        };
        list_invitations(&elders, &filter).await.unwrap_err();
        let out = house.path().join("out");
        fetch_bundle(&elders, &bundle.id, &out).await.unwrap_err();
        let invitation = house.query("SELECT min(id) FROM invitation").await;
        let invitation = invitation[0][0].as_str();
        list_left_out(&elders, &batch, Reason::Deceased, (0, 10))
            .await
            .unwrap_err();
        show_bundle(&elders, &zorg, &bundle.id).await.unwrap_err();
        show_invitation(&elders, &zorg, invitation)
            .await
            .unwrap_err();
        let everything = InvitationFilter::default();
        browse_invitations(&elders, &zorg, &everything, 1, 10)
            .await
            .unwrap_err();
        preview_letter(&elders, &preview_to("100001"))
            .await
            .unwrap_err();
        let own = list_audit(&elders, &AuditFilter::default(), 0).await;
        assert_eq!(own.unwrap_err().code, "unknown_organisation");
        list_clients(&provider("zorg"), &zorg, None).await.unwrap();

        let all = list_audit(&house.app, &AuditFilter::default(), 0)
            .await
            .unwrap();
        let refused: Vec<&str> = all
            .iter()
            .filter(|line| line.user == "token elders")
            .map(|line| {
                assert_eq!(
                    (line.role.as_str(), line.source.as_str()),
                    ("provider", "10.0.0.7")
                );
                assert!(line.clients.is_empty());
                line.outcome.as_str()
            })
            .collect();
        assert_eq!(
            refused,
            [
                "refused:unknown_organisation",
                "refused:unknown_organisation",
                "refused:unknown_bundle",
                "refused:unknown_batch",
                "refused:unknown_organisation",
                "refused:unknown_organisation",
                "refused:unknown_organisation",
                "refused:unknown_organisation",
                "refused:unknown_organisation"
            ]
        );
        // That somebody can get no letter, and why, says something of them.
        let refused = preview_letter(&provider("zorg"), &preview_to("100002")).await;
        assert_eq!(refused.unwrap_err().code, "no_letter_possible");
        let own = list_audit(&provider("zorg"), &AuditFilter::default(), 0)
            .await
            .unwrap();
        let previewed = own
            .iter()
            .find(|line| line.action == "letter_previewed" && line.user == "token zorg")
            .unwrap();
        assert_eq!(previewed.outcome, "refused:no_letter_possible");
        assert_eq!(previewed.clients, ["100002"]);
        assert!(
            own.iter()
                .all(|line| line.organisation.as_deref() == Some("zorg"))
        );
        assert!(
            own.iter()
                .any(|line| line.user == "token zorg" && line.clients.len() == 3)
        );
    })
    .await;
}

/// What somebody wants to see who looks at the letter to a client of the small export.
fn preview_to(client: &str) -> PreviewLetter {
    PreviewLetter {
        organisation: Slug::try_from("zorg".to_owned()).ok(),
        changes: LetterChanges::default(),
        whom: Whom::Client(ClientId::new(client).unwrap()),
        dpi: PREVIEW_DPI,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_changed_is_not_in_the_log_and_what_cannot_be_logged_is_not_changed() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let slug = Slug::try_from("zorg".to_owned()).unwrap();
        let change = Change {
            slug: &slug,
            seen: "another revision",
            by: "somebody",
            now: house.app.now(),
        };
        let access = Access::done(Action::OrganisationChanged).of(&slug);
        let (db, scribe) = (&house.app.db, house.app.scribe());
        let published = db.publish_letter_of_export(change, &scribe, &access).await;
        assert!(matches!(published, Ok(Changed::Meanwhile)));
        let changes = "SELECT count(*) FROM audit WHERE action = 'organisation_changed'";
        assert_eq!(house.query(changes).await, [["0"]]);

        let new = NewToken {
            role: Role::Support,
            organisation: None,
            label: String::new(),
            days: 1,
        };
        let (_, secret) = create_token(&house.app, new).await.unwrap();
        let (_, session) = sign_in(&house.app, &secret).await.unwrap();
        house
            .query("UPDATE audit_head SET mac = first_previous")
            .await;
        let signed_out = sign_out(&house.app, &session).await;
        assert_eq!(signed_out.unwrap_err().code, "audit_broken");
        assert!(sign_in(&house.app, &secret).await.is_err());
        let published = db
            .publish_letter_of_export(
                Change {
                    seen: "as-in-export",
                    ..change
                },
                &scribe,
                &access,
            )
            .await;
        assert!(published.is_err());
        let sessions = "SELECT count(*) FROM session";
        assert_eq!(house.query(sessions).await, [["1"]], "the first one");
        let versions = "SELECT count(*) FROM letter_version";
        assert_eq!(house.query(versions).await, [["0"]]);
    })
    .await;
}

#[test]
fn a_page_is_not_the_end_of_the_log() {
    let cli = imported(Kind::Sqlite);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let house = House::open(Kind::Sqlite).await;
        for _ in 0..1_010 {
            let access = Access::done(Action::ClientsListed);
            record_access(&house.app, access).await.unwrap();
        }
        house.app.close().await;
        fs::remove_dir_all(cli.data_dir()).unwrap();
        copy_folder(&house.path().join("data"), &cli.data_dir());
    });
    assert_eq!(lines(&cli, &["--action", "clients_listed"]).len(), 1_010);
    let csv = cli.ok(&["audit", "list", "--csv", "--action", "clients_listed"]);
    assert_eq!(csv.stdout.lines().count(), 1_011);
    let verify: &mut Command = &mut cli.command(&["audit", "verify"]);
    assert!(verify.status().unwrap().success());
}
