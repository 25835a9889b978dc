//! `purge`, and what a server clears away by itself: what is kept for how long, with a clock that is moved.

use std::collections::BTreeSet;

use brievenbus::{
    domain::{batch::BatchRequest, organisation::Slug, team_job::TeamJobState},
    operations::{
        cancel_invitation::cancel_invitation,
        daily_purge::purge_if_due,
        fetch_bundle::{Removal, fetch_bundle, list_bundles},
        list_audit::{AuditFilter, list_audit},
        list_invitations::{InvitationFilter, list_invitations},
        purge::{Purged, forecast_purge, purge},
        render_letter::render_letter,
        retry_batch::retry_batch,
        show_batch::show_batch,
        start_run::start_run,
        verify_audit::verify_audit,
    },
};
use chrono::TimeDelta;

use crate::support::{
    app::House,
    cli::Cli,
    database::{BOTH, on_both},
    export::Export,
    files_below,
};

/// Two clients of team Noord, one of team Zuid, and nobody to write to in team Oost.
fn export() -> Export {
    Export::new()
        .team("1", "Noord")
        .team("2", "Zuid")
        .team("3", "Oost")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .client("100002", "Pietersen", &[])
        .assign("100002", "1", "MAIN")
        .client("100003", "Smit", &[])
        .assign("100003", "2", "MAIN")
        .client("100004", "Bakker", &[("death_date", "2020-01-01")])
        .assign("100004", "3", "MAIN")
}

/// A later export of the same organisation, with none of those clients.
fn others() -> Export {
    Export::new()
        .team("1", "Noord")
        .client("100009", "Vos", &[])
        .assign("100009", "1", "MAIN")
}

fn zorg() -> Slug {
    Slug::try_from("zorg".to_owned()).unwrap()
}

fn days(days: i64) -> TimeDelta {
    TimeDelta::days(days)
}

/// What is said beforehand is what is done, and then there is nothing left to do.
async fn purged(house: &House) -> Purged {
    let forecast = forecast_purge(&house.app).await.unwrap();
    let before = files_below(&house.store());
    assert_eq!(forecast_purge(&house.app).await.unwrap(), forecast);
    assert_eq!(
        files_below(&house.store()),
        before,
        "a dry run removes nothing"
    );
    let done = purge(&house.app).await.unwrap();
    assert_eq!(done, forecast);
    assert_eq!(purge(&house.app).await.unwrap(), Purged::default());
    assert_eq!(forecast_purge(&house.app).await.unwrap(), Purged::default());
    let verified = verify_audit(&house.app, None).await.unwrap();
    assert!(verified.findings.is_empty(), "{:?}", verified.findings);
    done
}

async fn newest(house: &House, client: &str) -> String {
    let filter = InvitationFilter {
        client: Some(client.to_owned()),
        ..InvitationFilter::default()
    };
    let mut found = list_invitations(&house.app, &filter).await.unwrap();
    found.pop().unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_removed_after_thirty_days_and_said_to_be() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let batch = house.invite(&BatchRequest::default()).await;
        let before = show_batch(&house.app, &batch).await.unwrap();
        let known = house.app.db.bundles(&batch).await.unwrap();
        house.wait(days(30) - TimeDelta::seconds(1));
        assert_eq!(purged(&house).await, Purged::default());
        house.wait(TimeDelta::seconds(1));
        let bytes: u64 = (files_below(&house.store()).iter())
            .map(|file| file.metadata().unwrap().len())
            .sum();
        let done = purged(&house).await;
        assert_eq!((done.bundles, done.bytes, done.files), (3, bytes, 0));
        assert!(files_below(&house.store()).is_empty());

        let listed = list_bundles(&house.app).await.unwrap();
        assert_eq!(listed.len(), 3, "that they were there is remembered");
        for (bundle, _) in &listed {
            let removed = bundle.removed.unwrap();
            assert_eq!((removed.at, removed.why), (house.app.now(), Removal::Kept));
            let out = house.path().join("out");
            let failure = fetch_bundle(&house.app, &bundle.id, &out)
                .await
                .unwrap_err();
            assert_eq!(failure.code, "bundle_removed");
            assert!(failure.hint.unwrap().contains("invitation letter"));
            assert!(files_below(&out).is_empty());
        }
        // What came of everybody is still known, and so is the letter of whoever has a code that works.
        let after = show_batch(&house.app, &batch).await.unwrap();
        assert_eq!(after.left_out(), before.left_out());
        assert_eq!((after.letters(), after.state), (3, TeamJobState::Done));
        let letter = render_letter(&house.app, &newest(&house, "100001").await).await;
        assert!(letter.unwrap().starts_with(b"%PDF"));
        // Whoever looked for one a moment before it went does not have it made again.
        assert!(house.app.db.remake_bundle(&known[0]).await.unwrap());
        assert_eq!(list_bundles(&house.app).await.unwrap(), listed);
        // Nothing was lost, so nothing is gone on with: this is another batch.
        let runs = start_run(&house.app, &zorg(), &BatchRequest::default())
            .await
            .unwrap();
        assert_eq!(runs.len(), 1);
        assert!(!runs[0].resumed && runs[0].id != batch);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_removed_as_soon_as_none_of_its_codes_works() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        house.invite(&BatchRequest::default()).await;
        let there = async || -> BTreeSet<String> {
            let listed = list_bundles(&house.app).await.unwrap();
            let there = listed
                .into_iter()
                .filter(|(bundle, _)| bundle.removed.is_none());
            there.map(|(_, team)| team).collect()
        };
        cancel_invitation(&house.app, &newest(&house, "100001").await)
            .await
            .unwrap();
        cancel_invitation(&house.app, &newest(&house, "100003").await)
            .await
            .unwrap();
        // In Noord there is another code; in Oost there never was one, and the overview is to be read.
        assert_eq!(purged(&house).await.bundles, 1);
        assert_eq!(there().await, ["Noord", "Oost"].map(str::to_owned).into());
        let listed = list_bundles(&house.app).await.unwrap();
        let zuid = listed.iter().find(|(_, team)| team == "Zuid").unwrap();
        assert_eq!(zuid.0.removed.unwrap().why, Removal::Closed);
        cancel_invitation(&house.app, &newest(&house, "100002").await)
            .await
            .unwrap();
        assert_eq!(purged(&house).await.bundles, 1);
        assert_eq!(there().await, ["Oost"].map(str::to_owned).into());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_expired_are_wiped_and_their_bundle_goes_with_them() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let request = BatchRequest {
            valid_until: Some("2026-11-28".parse().unwrap()),
            ..BatchRequest::default()
        };
        house.invite(&request).await;
        house.wait(days(7));
        assert_eq!(purged(&house).await, Purged::default(), "the last day");
        house.wait(days(1));
        let done = purged(&house).await;
        assert_eq!((done.expired, done.bundles), (3, 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_a_client_was_is_forgotten_a_year_after_the_last_export_with_them() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let batch = house.invite(&BatchRequest::default()).await;
        let before = show_batch(&house.app, &batch).await.unwrap();
        house.wait(days(300));
        purge(&house.app).await.unwrap();
        let last = Export::new()
            .team("1", "Noord")
            .client("100001", "Jansen", &[])
            .assign("100001", "1", "MAIN");
        house.take_in(&last).await;
        house.wait(days(65));
        assert_eq!(purged(&house).await.clients, 0, "a year to the day");
        house.wait(TimeDelta::seconds(1));
        assert_eq!(purged(&house).await.clients, 3);

        let clients = house
            .query("SELECT client_id, record FROM client ORDER BY client_id")
            .await;
        assert!(clients[0][1].contains("Jansen"));
        for row in &clients[1..] {
            for known in ["Pietersen", "Smit", "Bakker", "Dorpsstraat", "2020-01-01"] {
                assert!(!row[1].contains(known), "{}: {}", row[0], row[1]);
            }
            assert!(row[1].contains(&row[0]));
        }
        assert_eq!(
            house
                .query("SELECT DISTINCT client_id FROM assignment")
                .await,
            [["100001"]]
        );
        assert_eq!(
            house
                .query("SELECT count(*) FROM invitation WHERE sealed_words IS NOT NULL")
                .await,
            [["0"]]
        );
        // The books are as they were, and the clients can come back.
        let after = show_batch(&house.app, &batch).await.unwrap();
        assert_eq!(
            (after.letters(), after.left_out()),
            (before.letters(), before.left_out())
        );
        house.take_in(&export()).await;
        let clients = house
            .query("SELECT record FROM client WHERE client_id = '100002' AND anonymised_at IS NULL")
            .await;
        assert!(clients[0][0].contains("Pietersen"));
        assert_eq!(purged(&house).await.clients, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_the_last_export_is_not_forgotten_however_old_it_is() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        house.wait(days(800));
        assert_eq!(purged(&house).await.clients, 0);
        house.take_in(&others()).await;
        assert_eq!(
            purged(&house).await.clients,
            4,
            "as soon as there is another"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_with_a_code_that_works_is_forgotten() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let request = BatchRequest {
            teams: vec!["Zuid".to_owned()],
            valid_until: Some("2027-12-31".parse().unwrap()),
            ..BatchRequest::default()
        };
        house.invite(&request).await;
        house.take_in(&others()).await;
        house.wait(days(366));
        assert_eq!(purged(&house).await.clients, 3);
        let open = newest(&house, "100003").await;
        render_letter(&house.app, &open).await.unwrap();
        house.wait(days(100));
        let done = purged(&house).await;
        assert_eq!((done.expired, done.clients), (1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_kept_for_five_years_and_holds_after_that() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let noted = verify_audit(&house.app, None).await.unwrap().head;
        house.wait(days(365));
        purge(&house.app).await.unwrap();
        let lines = verify_audit(&house.app, None).await.unwrap().lines;
        house.wait(days(4 * 365 + 1));
        assert_eq!(purged(&house).await.audit, 0, "five years to the day");
        house.wait(TimeDelta::seconds(1));
        assert_eq!(purged(&house).await.audit, 1);
        let verified = verify_audit(&house.app, Some(&noted)).await.unwrap();
        assert_eq!((verified.first, verified.findings.len()), (2, 0));
        house.wait(days(366));
        assert_eq!(purged(&house).await.audit, lines - 1);
        house.wait(days(10 * 365));
        let all = verify_audit(&house.app, None).await.unwrap().lines;
        assert_eq!(forecast_purge(&house.app).await.unwrap().audit, all);
        purge(&house.app).await.unwrap();
        let left = verify_audit(&house.app, None).await.unwrap();
        assert_eq!(
            (left.lines, left.findings.len()),
            (1, 0),
            "that it was cleared away"
        );
        assert_eq!(
            house.query("SELECT count(*) FROM audit_client").await,
            [["0"]]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_data_was_in_a_bundle_is_known_as_long_as_who_downloaded_it() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        house.invite(&BatchRequest::default()).await;
        let noord = list_bundles(&house.app).await.unwrap();
        let noord = noord.iter().find(|(_, team)| team == "Noord").unwrap();
        house.wait(days(20));
        fetch_bundle(&house.app, &noord.0.id, &house.path().join("out"))
            .await
            .unwrap();
        house.wait(days(11));
        assert_eq!(purged(&house).await.bundles, 3);

        // Of the lines from before, only what is older than the first to lean on is gone.
        house.wait(days(5 * 365 + 1 - 31 + 10));
        let made = "action IN ('letters_made', 'clients_left_out')";
        let first = house
            .query(&format!("SELECT min(seq) FROM audit WHERE {made}"))
            .await;
        let before: u64 = first[0][0].parse().unwrap();
        assert!(before > 1);
        assert_eq!(purged(&house).await.audit, before - 1);
        let filter = AuditFilter {
            client: Some("100001".to_owned()),
            ..AuditFilter::default()
        };
        let lines = list_audit(&house.app, &filter, 0).await.unwrap();
        let actions: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
        assert_eq!(
            actions,
            ["letters_made", "bundle_downloaded", "bundle_removed"]
        );

        house.wait(days(22));
        purge(&house.app).await.unwrap();
        let left = house
            .query(&format!("SELECT count(*) FROM audit WHERE {made}"))
            .await;
        assert_eq!(left, [["0"]], "five years after the bundles were removed");
        let verified = verify_audit(&house.app, None).await.unwrap();
        assert!(verified.findings.is_empty(), "{:?}", verified.findings);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_made_to_look_old_is_not_helped_to_disappear() {
    let house = House::open(crate::support::database::Kind::Sqlite).await;
    house.take_in(&export()).await;
    house
        .query("DROP TRIGGER audit_keeps; UPDATE audit SET at = '2001-01-01 00:00:00+00:00' WHERE seq = 1")
        .await;
    let failure = purge(&house.app).await.unwrap_err();
    assert_eq!(failure.code, "audit_broken");
    let verified = verify_audit(&house.app, None).await.unwrap();
    assert_eq!(verified.findings[0].to_string(), "line 1 was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_ended_long_ago_is_forgotten_and_its_job_can_be_tried_again() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let batch = house.invite(&BatchRequest::default()).await;
        let (jobs, old) = match kind {
            crate::support::database::Kind::Sqlite => {
                ("Jobs", "strftime('%s', 'now') - 31 * 86400")
            }
            crate::support::database::Kind::Postgres => {
                ("apalis.jobs", "now() - interval '31 days'")
            }
        };
        // One of them is not done in our books: it is not the queue's to forget.
        house
            .query(&format!(
                "UPDATE {jobs} SET status = 'Done', done_at = {old}"
            ))
            .await;
        house
            .query("UPDATE team_job SET state = 'working' WHERE position = 0")
            .await;
        assert_eq!(purged(&house).await.tasks, 2);
        house
            .query("UPDATE team_job SET state = 'failed' WHERE position > 0")
            .await;
        assert_eq!(retry_batch(&house.app, &batch).await.unwrap(), 2);
        let waiting = format!("SELECT count(*) FROM {jobs} WHERE status = 'Pending'");
        assert_eq!(house.query(&waiting).await, [["2"]]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_clears_away_a_day_whoever_asks() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        let others = [house.beside().await, house.beside().await];
        let all = async || {
            let asked = [&house.app, &others[0], &others[1], &house.app, &others[0]];
            let answers = futures::future::join_all(asked.map(purge_if_due)).await;
            let done = answers
                .into_iter()
                .filter(|answer| answer.as_ref().unwrap().is_some());
            done.count()
        };
        assert_eq!(all().await, 1);
        assert_eq!(all().await, 0);
        house.wait(days(1));
        assert_eq!(all().await, 1);
        // Somebody claims the day and dies.
        house.wait(days(1));
        let day = house.app.today();
        assert!(
            house
                .app
                .db
                .claim_purge(day, house.app.now())
                .await
                .unwrap()
        );
        house.wait(TimeDelta::minutes(59));
        assert_eq!(all().await, 0);
        house.wait(TimeDelta::minutes(1));
        assert_eq!(all().await, 1);
        house.wait(TimeDelta::hours(2));
        assert_eq!(all().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_clear_away_at_the_same_time_do_it_once() {
    on_both(async |kind| {
        let house = House::open(kind).await;
        house.take_in(&export()).await;
        house.invite(&BatchRequest::default()).await;
        house.take_in(&others()).await;
        house.wait(days(400));
        let other = house.beside().await;
        let forecast = forecast_purge(&house.app).await.unwrap();
        assert_eq!(forecast.clients, 4);
        let (first, second) = tokio::join!(purge(&house.app), purge(&other));
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.bundles + second.bundles, forecast.bundles);
        assert_eq!(first.clients + second.clients, forecast.clients);
        assert_eq!(first.expired + second.expired, forecast.expired);
        let verified = verify_audit(&house.app, None).await.unwrap();
        assert!(verified.findings.is_empty());
        let removed = house
            .query("SELECT count(*) FROM audit WHERE action = 'bundle_removed'")
            .await;
        assert_eq!(removed, [["3"]]);
    })
    .await;
}

#[test]
fn how_long_is_a_setting_and_five_years_of_audit_are_the_least() {
    for kind in BOTH {
        let days = ("BRIEVENBUS_BUNDLE_DAYS".to_owned(), "1".to_owned());
        let cli = Cli::on(kind).with(&[days]);
        export().write(cli.home(), "export");
        cli.run("export", &[]);
        assert_eq!(
            cli.ok(&["purge", "--dry-run", "--json"]).json()["bundles"],
            0
        );
        std::fs::write(cli.home().join("short.toml"), "audit-years = 4\n").unwrap();
        std::fs::write(
            cli.home().join("long.toml"),
            "audit-years = 7\nanonymise-after-days = 90\n",
        )
        .unwrap();
        let refused = cli.try_run(&["purge", "--config", "short.toml"]);
        assert_eq!(refused.exit, Some(1));
        assert!(
            refused.stderr.contains("audit-years is 4"),
            "{}",
            refused.stderr
        );
        std::fs::write(
            cli.home().join("names.toml"),
            "bundle-days = 91\nanonymise-after-days = 90\n",
        )
        .unwrap();
        let refused = cli
            .command(&["purge", "--config", "names.toml"])
            .env_remove("BRIEVENBUS_BUNDLE_DAYS")
            .output()
            .unwrap();
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let said = cli.ok(&["purge", "--dry-run", "--config", "long.toml"]);
        assert!(said.stderr.contains("nothing was cleared away"));
        // As if the bundles had been made long ago.
        cli.rows()
            .query("UPDATE bundle SET created_at = '2020-01-01 00:00:00+00:00'");
        assert_eq!(
            cli.ok(&["purge", "--dry-run", "--json"]).json()["bundles"],
            3
        );
        assert_eq!(cli.ok(&["purge", "--json"]).json()["bundles"], 3);
        let listed = cli.ok(&["bundle", "list", "--json"]).json();
        assert!(
            listed
                .as_array()
                .unwrap()
                .iter()
                .all(|bundle| bundle["removed"].is_string() && bundle["removed_why"] == "kept")
        );
        assert!(cli.ok(&["bundle", "list"]).stdout.contains("removed"));
        // A second run makes no letter, and looks for no bundle that is gone.
        let again = cli.run("export", &[]);
        assert_eq!(again["letters"], 0);
    }
}
