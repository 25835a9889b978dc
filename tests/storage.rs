//! What the database and a team job promise, tried inside the process with a clock that stands still and codes that
//! are known beforehand.

use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use brievenbus::{
    domain::{
        batch::BatchRequest, client::ClientId, invitation::Code, organisation::Slug,
        team_job::TeamJobState,
    },
    letters::{Press, PressProgram},
    operations::{
        App,
        app::{DrawCode, Settings},
        fetch_bundle::{fetch_bundle, list_bundles},
        import_export::{import_export, read_export},
        purge::Retention,
        readiness::readiness,
        redeem_code::redeem_code,
        rotate_key::rotate_key,
        run_team_job::{Ended, run_team_job},
        submit_batch::{Submission, prepare_batch, submit_batch},
        switches::Switches,
    },
    storage::{
        StorageError,
        endings::{Blame, NewBundle},
        new_id,
        outcomes::Outcome,
        team_jobs::{Start, StartedJob},
    },
};
use chrono::{DateTime, Utc};
use tempfile::TempDir;

use crate::support::{
    bundle::Bundle,
    database::{Kind, Rows, on_both},
    export::Export,
};

/// Codes in a row, from a list and then counting from 1,000,000,001; and how many were drawn.
#[derive(Clone, Default)]
struct Codes {
    first: Arc<Mutex<VecDeque<Draw>>>,
    drawn: Arc<AtomicUsize>,
}

enum Draw {
    Code(&'static str),
    Fails,
    Panics,
}

impl Codes {
    fn starting_with(first: impl IntoIterator<Item = Draw>) -> Self {
        Self {
            first: Arc::new(Mutex::new(first.into_iter().collect())),
            drawn: Arc::default(),
        }
    }

    fn drawn(&self) -> usize {
        self.drawn.load(Ordering::SeqCst)
    }

    fn draw(&self) -> DrawCode {
        let codes = self.clone();
        Arc::new(move || {
            let next = codes.first.lock().unwrap().pop_front();
            let number = codes.drawn.fetch_add(1, Ordering::SeqCst) + 1;
            match next {
                Some(Draw::Code(digits)) => Ok(code(digits)),
                Some(Draw::Fails) => Err(StorageError::Random("the test has none left".to_owned())),
                Some(Draw::Panics) => panic!("on purpose, in the middle of drawing codes"),
                None => Ok(code(&format!("{:010}", 1_000_000_000 + number))),
            }
        })
    }
}

fn code(digits: &str) -> Code {
    Code::parse(digits).unwrap()
}

/// An app on a fresh data folder, with a small export taken in: clients 100001 to 100003 in team 1, and client 100003
/// in team 2 as well.
struct TestApp {
    app: App,
    home: TempDir,
    database_url: Option<String>,
}

impl TestApp {
    async fn open(kind: Kind, codes: &Codes) -> Self {
        Self::open_wide(kind, codes, 1).await
    }

    async fn open_wide(kind: Kind, codes: &Codes, threads: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let database_url = tokio::task::spawn_blocking(move || kind.fresh())
            .await
            .unwrap();
        let app = open(home.path(), database_url.as_deref(), codes, threads).await;
        let mut export = Export::new().team("1", "Noord").team("2", "Zuid");
        for id in ["100001", "100002", "100003"] {
            export = export.client(id, "Jansen", &[]).assign(id, "1", "MAIN");
        }
        let export = export
            .assign("100003", "2", "STANDARD")
            .write(home.path(), "export");
        let export = read_export(export).await.unwrap();
        import_export(&app, &export).await.unwrap();
        Self {
            app,
            home,
            database_url,
        }
    }

    /// Another process on the same data folder.
    async fn beside(&self, codes: &Codes) -> App {
        open(self.home.path(), self.database_url.as_deref(), codes, 1).await
    }

    fn rows(&self) -> Rows {
        Rows::at(self.database_url.as_deref(), &self.home.path().join("data"))
    }

    /// Reads rows, which opens the database from a runtime of its own.
    async fn query(&self, sql: &'static str) -> Vec<Vec<String>> {
        let rows = self.rows();
        tokio::task::spawn_blocking(move || rows.query(sql))
            .await
            .unwrap()
    }

    /// Submits a batch for one team; the id of its job.
    async fn submit(&self, team: &str) -> String {
        self.submit_as(&new_id(), team).await
    }

    async fn submit_as(&self, id: &str, team: &str) -> String {
        let slug = Slug::try_from("zorg".to_owned()).unwrap();
        let request = BatchRequest {
            teams: vec![team.to_owned()],
            ..BatchRequest::default()
        };
        let prepared = prepare_batch(&self.app, &slug, &request).await.unwrap();
        let submission = Submission {
            id,
            ..Submission::default()
        };
        submit_batch(&self.app, &prepared, &submission)
            .await
            .unwrap();
        let teams = self.app.db.team_statuses(id).await.unwrap();
        assert_eq!(teams.len(), 1);
        teams[0].team_job.clone()
    }

    /// Submits a batch for one team and starts its job.
    async fn started(&self, team: &str) -> StartedJob {
        let job = self.submit(team).await;
        self.attempt(&job).await
    }

    async fn attempt(&self, job: &str) -> StartedJob {
        let start = self
            .app
            .db
            .start_attempt(job, "test", self.app.now())
            .await
            .unwrap();
        match start {
            Start::Started(job) => *job,
            other => panic!("{other:?}"),
        }
    }

    async fn state(&self, job: &StartedJob) -> TeamJobState {
        state(&self.app, &job.batch.id).await
    }
}

async fn open(home: &Path, database_url: Option<&str>, codes: &Codes, threads: usize) -> App {
    let settings = Settings {
        data_dir: home.join("data"),
        database_url: database_url.map(str::to_owned),
        store: None,
        store_access: BTreeMap::new(),
        threads,
        job_deadline: Duration::from_secs(600),
        server: brievenbus::operations::server::ServerSettings::default(),
        retention: Retention::default(),
        switches: Switches::default(),
    };
    let now: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    let program = PressProgram::at(env!("CARGO_BIN_EXE_brievenbus"));
    let press = Arc::new(Press::start(&program, threads).unwrap());
    App::open(&settings, press, Arc::new(move || now), codes.draw())
        .await
        .unwrap()
}

async fn state(app: &App, batch: &str) -> TeamJobState {
    app.db.team_statuses(batch).await.unwrap()[0].state
}

fn ids<const N: usize>(ids: [&str; N]) -> Vec<ClientId> {
    ids.into_iter()
        .map(|id| ClientId::new(id).unwrap())
        .collect()
}

/// What was issued: client and code, and who was too late.
struct Issued {
    codes: Vec<(String, String)>,
    taken: Vec<String>,
}

async fn try_issue(
    app: &App,
    job: &StartedJob,
    clients: &[ClientId],
) -> Result<Issued, StorageError> {
    let draw = Arc::clone(&app.draw_code);
    let clients: Vec<(ClientId, String)> = clients
        .iter()
        .map(|client| (client.clone(), "{}".to_owned()))
        .collect();
    let issued = app
        .db
        .issue_invitations(job, &clients, &[], &app.vault, &mut || draw(), app.now())
        .await?;
    let mut codes: Vec<(String, String)> = issued
        .codes
        .iter()
        .map(|(client, code)| (client.to_string(), code.digits().to_owned()))
        .collect();
    codes.sort();
    let mut taken: Vec<String> = issued.taken.keys().map(ToString::to_string).collect();
    taken.sort();
    Ok(Issued { codes, taken })
}

async fn issue(app: &App, job: &StartedJob, clients: &[ClientId]) -> Issued {
    try_issue(app, job, clients).await.unwrap()
}

/// Why an attempt failed, when trying again cannot help.
fn for_good(reason: &str) -> Blame<'_> {
    Blame {
        code: "test",
        reason,
        may_pass: false,
    }
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs
        .map(|(client, code)| (client.to_owned(), code.to_owned()))
        .to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_jobs_that_invite_a_client_one_gets_it_and_the_other_learns_of_it() {
    on_both(async |kind| {
        let codes = Codes::default();
        let test = TestApp::open(kind, &codes).await;
        let (noord, zuid) = (test.started("1").await, test.started("2").await);
        let first = issue(&test.app, &noord, &ids(["100002", "100003"])).await;
        assert_eq!(
            first.codes,
            pairs([("100002", "1000000001"), ("100003", "1000000002")])
        );
        assert!(first.taken.is_empty());
        let second = issue(&test.app, &zuid, &ids(["100003"])).await;
        assert!(second.codes.is_empty());
        assert_eq!(second.taken, ["100003"]);
        // The first asks again, as a retry does, and has the same codes.
        let again = issue(&test.app, &noord, &ids(["100002", "100003"])).await;
        assert_eq!(again.codes, first.codes);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_same_moment_too() {
    on_both(async |kind| {
        let codes = Codes::default();
        let test = TestApp::open(kind, &codes).await;
        let other = test.beside(&codes).await;
        for _ in 0..10 {
            let (noord, zuid) = (test.started("1").await, test.started("1").await);
            let clients = ids(["100001", "100002", "100003"]);
            let (first, second) = tokio::join!(
                issue(&test.app, &noord, &clients),
                issue(&other, &zuid, &clients)
            );
            assert_eq!(first.codes.len() + second.codes.len(), 3);
            assert_eq!(first.taken.len() + second.taken.len(), 3);
            assert_eq!(first.codes.len(), second.taken.len());
            let open = test
                .query("SELECT client_id FROM invitation WHERE state = 'open' ORDER BY 1")
                .await;
            assert_eq!(open, [["100001"], ["100002"], ["100003"]]);
            for job in [noord, zuid] {
                test.app
                    .db
                    .fail_attempt(&job, for_good("the next round"), test.app.now())
                    .await
                    .unwrap();
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_drawn_before_is_drawn_again() {
    on_both(async |kind| {
        let codes = Codes::starting_with([
            Draw::Code("0000000007"),
            Draw::Code("0000000007"),
            Draw::Code("0123456789"),
            // For the second job, which comes when the first code is closed: never reused all the same.
            Draw::Code("0000000007"),
            Draw::Code("0123456789"),
            Draw::Code("0000000008"),
        ]);
        let test = TestApp::open(kind, &codes).await;
        let noord = test.started("1").await;
        let first = issue(&test.app, &noord, &ids(["100001", "100002"])).await;
        assert_eq!(
            first.codes,
            pairs([("100001", "0000000007"), ("100002", "0123456789")])
        );
        test.app
            .db
            .fail_attempt(&noord, for_good("over"), test.app.now())
            .await
            .unwrap();

        let next = test.started("1").await;
        let second = issue(&test.app, &next, &ids(["100001"])).await;
        assert_eq!(second.codes, pairs([("100001", "0000000008")]));
        assert_eq!(codes.drawn(), 6);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_was_taken_over_may_write_nothing() {
    on_both(async |kind| {
        let test = TestApp::open(kind, &Codes::default()).await;
        let slow = test.started("1").await;
        let clients = ids(["100001", "100002", "100003"]);
        let issued = issue(&test.app, &slow, &clients).await;
        // Somebody thought it dead and took over.
        let quick = test.attempt(&slow.team_job).await;
        assert_eq!((slow.attempt, quick.attempt), (1, 2));

        let taken_over =
            |result: Result<(), StorageError>| matches!(result, Err(StorageError::TakenOver));
        assert!(taken_over(
            try_issue(&test.app, &slow, &clients).await.map(drop)
        ));
        let now = test.app.now();
        let outcomes: Vec<(ClientId, Outcome)> = clients
            .iter()
            .cloned()
            .zip((1..).map(Outcome::Letter))
            .collect();
        let bundle = NewBundle {
            file_name: "slow.zip".to_owned(),
            store_key: "slow.zip".to_owned(),
            bytes: 1,
            sha256: "0".repeat(64),
        };
        assert!(taken_over(
            test.app
                .db
                .finish_team_job(&slow, &outcomes, &bundle, &test.app.scribe())
                .await
        ));
        assert!(taken_over(
            test.app
                .db
                .fail_attempt(&slow, for_good("slow"), now)
                .await
                .map(drop)
        ));
        test.app.db.report_progress(&slow, 3, 3).await.unwrap();

        let teams = test.app.db.team_statuses(&slow.batch.id).await.unwrap();
        assert_eq!(
            (teams[0].state, teams[0].made, teams[0].attempts),
            (TeamJobState::Working, 0, 2)
        );
        assert!(
            test.app
                .db
                .bundles(&slow.batch.id)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            test.app
                .db
                .outcomes(&slow.team_job)
                .await
                .unwrap()
                .is_empty()
        );
        // The one who took over has the codes and ends the job.
        let kept = issue(&test.app, &quick, &clients).await;
        assert_eq!(kept.codes, issued.codes);
        test.app
            .db
            .finish_team_job(&quick, &outcomes, &bundle, &test.app.scribe())
            .await
            .unwrap();
        assert_eq!(test.state(&quick).await, TeamJobState::Done);
        // And now the slow one is too late for good.
        assert!(taken_over(
            test.app
                .db
                .fail_attempt(&slow, for_good("slow"), now)
                .await
                .map(drop)
        ));
        assert!(taken_over(
            try_issue(&test.app, &slow, &clients).await.map(drop)
        ));
        assert_eq!(test.state(&quick).await, TeamJobState::Done);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_cancelled_stays_so_however_its_attempt_ends() {
    on_both(async |kind| {
        let test = TestApp::open(kind, &Codes::default()).await;
        let now = test.app.now();
        let db = &test.app.db;
        for end in ["fails", "is handed back", "is done", "dies"] {
            let job = test.started("1").await;
            let issued = issue(&test.app, &job, &ids(["100001", "100002", "100003"])).await;
            assert_eq!(issued.codes.len(), 3, "nobody is held up by the one before");
            let scribe = test.app.scribe();
            assert_eq!(db.cancel_batch(&job.batch, &scribe).await.unwrap(), 1);
            let passing = Blame {
                may_pass: true,
                ..for_good("no paper")
            };
            match end {
                "fails" => drop(db.fail_attempt(&job, passing, now).await.unwrap()),
                "is handed back" => db.hand_back(&job, now).await.unwrap(),
                "is done" => {
                    let bundle = NewBundle {
                        file_name: "late.zip".to_owned(),
                        store_key: "late.zip".to_owned(),
                        bytes: 1,
                        sha256: "0".repeat(64),
                    };
                    let refused = db.finish_team_job(&job, &[], &bundle, &scribe).await;
                    assert!(matches!(refused, Err(StorageError::Cancelled)));
                    db.end_cancelled(&job, now).await.unwrap();
                }
                _ => {
                    let next = db.start_attempt(&job.team_job, "next", now).await.unwrap();
                    assert!(matches!(next, Start::Ended(_)));
                }
            }
            assert_eq!(test.state(&job).await, TeamJobState::Cancelled, "it {end}");
            let open = test
                .query("SELECT count(*) FROM invitation WHERE state = 'open'")
                .await;
            assert_eq!(open, [["0"]], "it {end}");
            let attempts = db.attempts(&job.team_job).await.unwrap();
            assert!(attempts.iter().all(|attempt| attempt.outcome.is_some()));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_never_left_the_house_is_no_invitation() {
    on_both(async |kind| {
        let test = TestApp::open(kind, &Codes::default()).await;
        let failed = test.started("1").await;
        let clients = ids(["100001", "100002", "100003"]);
        issue(&test.app, &failed, &clients).await;
        test.app
            .db
            .fail_attempt(&failed, for_good("no paper"), test.app.now())
            .await
            .unwrap();
        assert_eq!(test.state(&failed).await, TeamJobState::Failed);
        let withdrawn = test
            .query("SELECT DISTINCT state, withdrawn, sealed_code FROM invitation")
            .await;
        assert_eq!(withdrawn, [["cancelled", "1", ""]]);

        let next = test.started("1").await;
        let last = test
            .app
            .db
            .last_invitations(
                &next.batch.organisation.slug,
                Some(&next.batch.id),
                &clients,
            )
            .await
            .unwrap();
        assert!(last.is_empty());
        // So the next batch writes them.
        let job = test.submit("1").await;
        assert_eq!(
            run_team_job(&test.app, &job, "test").await.unwrap(),
            Ended::Finished
        );
        let outcomes = test.app.db.outcomes(&job).await.unwrap();
        assert_eq!(outcomes.len(), 3);
        assert!(
            outcomes
                .iter()
                .all(|(_, outcome)| matches!(outcome, Outcome::Letter(_)))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_read_a_page_at_a_time_and_everybody_once() {
    on_both(async |kind| {
        let test = TestApp::open(kind, &Codes::default()).await;
        let gone = "UPDATE client SET in_export = FALSE WHERE client_id = '100002'";
        test.query(gone).await;
        let slug = Slug::try_from("zorg".to_owned()).unwrap();
        let mut after: Option<ClientId> = None;
        for expected in ["100001", "100003"] {
            let page = test.app.db.clients_in_export(&slug, after.as_ref(), 1);
            let page = page.await.unwrap();
            assert_eq!(page.len(), 1);
            assert_eq!(page[0].id.as_str(), expected);
            assert!(page[0].in_export);
            after = Some(page[0].id.clone());
        }
        let page = test.app.db.clients_in_export(&slug, after.as_ref(), 1);
        assert!(page.await.unwrap().is_empty());
        let all = test.app.db.clients_in_export(&slug, None, 10).await;
        assert_eq!(all.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_was_lost_is_made_again_and_its_outcomes_are_counted_once() {
    on_both(async |kind| {
        let codes = Codes::default();
        let test = TestApp::open(kind, &codes).await;
        let job = test.submit("1").await;
        let counted = "SELECT team_job_id, outcome, clients FROM outcome_count ORDER BY outcome";
        for attempt in ["the first", "the second"] {
            let ended = run_team_job(&test.app, &job, "test").await.unwrap();
            assert_eq!(ended, Ended::Finished, "{attempt}");
            let letters = [[job.as_str(), "letter", "3"]];
            assert_eq!(test.query(counted).await, letters, "{attempt}");
            let batches = test.query("SELECT batch_id FROM bundle").await;
            let bundles = test.app.db.bundles(&batches[0][0]).await.unwrap();
            assert_eq!(bundles.len(), 1, "{attempt}");
            fs::remove_dir_all(test.home.path().join("data/bundles")).unwrap();
            assert!(test.app.db.remake_bundle(&bundles[0]).await.unwrap());
        }
    })
    .await;
}

/// Makes the store refuse bundles: a file in the place of its folder.
fn break_store(test: &TestApp) {
    let store = test.home.path().join("data/bundles");
    if store.exists() {
        fs::remove_dir_all(&store).unwrap();
    }
    fs::write(&store, "in the way").unwrap();
}

fn mend_store(test: &TestApp) {
    let store = test.home.path().join("data/bundles");
    fs::remove_file(&store).unwrap();
    fs::create_dir(&store).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_keeps_failing_has_failed_after_five_tries_and_its_codes_are_withdrawn() {
    on_both(async |kind| {
        let codes = Codes::default();
        let test = TestApp::open(kind, &codes).await;
        let job = test.submit("1").await;
        break_store(&test);
        for attempt in 1..=5 {
            match run_team_job(&test.app, &job, "test").await.unwrap() {
                Ended::Queued => {
                    assert!(attempt < 5);
                    let open = test
                        .query("SELECT count(*) FROM invitation WHERE state = 'open'")
                        .await;
                    assert_eq!(open, [["3"]], "the codes are kept for the next try");
                }
                Ended::Finished => assert_eq!(attempt, 5),
            }
        }
        assert_eq!(codes.drawn(), 3, "no try draws new codes");
        let attempts = test.app.db.attempts(&job).await.unwrap();
        assert_eq!(attempts.len(), 5);
        for attempt in &attempts {
            assert!(attempt.ended_at.is_some());
            let reason = attempt.reason.as_deref().unwrap();
            assert!(reason.contains("store"), "{reason}");
        }
        assert_eq!(test.query("SELECT state FROM team_job").await, [["failed"]]);
        let withdrawn = test
            .query("SELECT DISTINCT state, withdrawn, sealed_code FROM invitation")
            .await;
        assert_eq!(withdrawn, [["cancelled", "1", ""]]);
        // It is over: a sixth try does nothing.
        assert_eq!(
            run_team_job(&test.app, &job, "test").await.unwrap(),
            Ended::Finished
        );
        assert_eq!(test.app.db.attempts(&job).await.unwrap().len(), 5);

        // Nobody has been invited, so a new batch is for everybody.
        mend_store(&test);
        let next = test.submit("1").await;
        assert_eq!(
            run_team_job(&test.app, &next, "test").await.unwrap(),
            Ended::Finished
        );
        assert_eq!(
            test.query("SELECT count(*) FROM invitation WHERE state = 'open'")
                .await,
            [["3"]]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_random_numbers_nobody_is_invited() {
    on_both(async |kind| {
        let codes = Codes::starting_with([Draw::Code("0000000001"), Draw::Fails]);
        let test = TestApp::open(kind, &codes).await;
        let job = test.submit("1").await;
        let ended = run_team_job(&test.app, &job, "test").await.unwrap();
        assert!(matches!(ended, Ended::Queued));
        // Not even the client for whom there was a code.
        assert_eq!(test.query("SELECT count(*) FROM invitation").await, [["0"]]);
        let attempts = test.app.db.attempts(&job).await.unwrap();
        assert!(
            attempts[0]
                .reason
                .as_deref()
                .unwrap()
                .contains("random numbers")
        );
        assert_eq!(
            run_team_job(&test.app, &job, "test").await.unwrap(),
            Ended::Finished
        );
        assert_eq!(
            test.query("SELECT count(*) FROM invitation WHERE state = 'open'")
                .await,
            [["3"]]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_caught_and_written_down_and_the_next_try_goes_well() {
    on_both(async |kind| {
        let codes = Codes::starting_with([Draw::Code("0000000001"), Draw::Panics]);
        let test = TestApp::open(kind, &codes).await;
        let job = test.submit("1").await;
        let ended = run_team_job(&test.app, &job, "test").await.unwrap();
        assert!(matches!(ended, Ended::Queued));
        assert_eq!(test.query("SELECT state FROM team_job").await, [["queued"]]);
        assert_eq!(test.query("SELECT count(*) FROM invitation").await, [["0"]]);
        let attempts = test.app.db.attempts(&job).await.unwrap();
        assert_eq!(attempts.len(), 1);
        assert!(attempts[0].ended_at.is_some());
        let reason = attempts[0].reason.as_deref().unwrap();
        assert!(
            reason.contains("broke down") && !reason.contains("on purpose"),
            "{reason}"
        );

        assert_eq!(
            run_team_job(&test.app, &job, "test").await.unwrap(),
            Ended::Finished
        );
        assert_eq!(test.query("SELECT state FROM team_job").await, [["done"]]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_kills_its_worker_every_time_is_given_up() {
    on_both(async |kind| {
        let test = TestApp::open(kind, &Codes::default()).await;
        let job = test.submit("1").await;
        for _ in 0..5 {
            // It starts, has its codes, and nothing is heard of it again.
            let started = test.attempt(&job).await;
            issue(&test.app, &started, &ids(["100001"])).await;
        }
        assert_eq!(
            run_team_job(&test.app, &job, "test").await.unwrap(),
            Ended::Finished
        );
        assert_eq!(test.query("SELECT state FROM team_job").await, [["failed"]]);
        assert_eq!(
            test.query("SELECT state, withdrawn, sealed_code FROM invitation")
                .await,
            [["cancelled", "1", ""]]
        );
        let attempts = test.app.db.attempts(&job).await.unwrap();
        assert!(
            attempts
                .iter()
                .all(|attempt| attempt.ended_at.is_some() && attempt.reason.is_some())
        );
    })
    .await;
}

/// The one bundle in the store of a data folder.
async fn only_bundle(test: &TestApp) -> (String, Vec<u8>) {
    let files = crate::support::files_below(&test.home.path().join("data/bundles"));
    assert_eq!(files.len(), 1, "{files:?}");
    let bundles = list_bundles(&test.app).await.unwrap();
    let [(bundle, _)] = &bundles[..] else {
        panic!("{bundles:?}")
    };
    let out = test.home.path().join("out");
    let file = fetch_bundle(&test.app, &bundle.id, &out).await.unwrap();
    Bundle::open(&file).assert_whole();
    (bundle.file_name.clone(), fs::read(file).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_input_and_codes_make_the_same_bytes_also_after_a_failed_try() {
    on_both(async |kind| {
        const BATCH: &str = "01M7ZXTQ4J9K8SW1J9HGSR3VKD";
        let mut bundles = Vec::new();
        for (threads, tries) in [(1, 1), (2, 1), (1, 2)] {
            let codes = Codes::default();
            let test = TestApp::open_wide(kind, &codes, threads).await;
            let job = test.submit_as(BATCH, "1").await;
            if tries > 1 {
                break_store(&test);
                assert!(matches!(
                    run_team_job(&test.app, &job, "test").await.unwrap(),
                    Ended::Queued
                ));
                mend_store(&test);
            }
            assert_eq!(
                run_team_job(&test.app, &job, "test").await.unwrap(),
                Ended::Finished
            );
            assert_eq!(codes.drawn(), 3);
            bundles.push(only_bundle(&test).await);
        }
        assert!(
            bundles[0] == bundles[1],
            "two threads make other bytes than one"
        );
        assert!(
            bundles[0] == bundles[2],
            "a second try makes other bytes than the first"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_used_is_never_issued_again_whatever_key_it_was_issued_under() {
    on_both(async |kind| {
        let codes = Codes::starting_with([
            Draw::Code("0000000007"),
            Draw::Code("0000000008"),
            // Then under another key: the one that is closed, the one that is open, and a new one.
            Draw::Code("0000000007"),
            Draw::Code("0000000008"),
            Draw::Code("0000000009"),
        ]);
        let test = TestApp::open(kind, &codes).await;
        let job = test.started("1").await;
        let issued = issue(&test.app, &job, &ids(["100001", "100002"])).await;
        assert_eq!(
            issued.codes,
            pairs([("100001", "0000000007"), ("100002", "0000000008")])
        );
        let redeemed = redeem_code(&test.app, "0000000007").await.unwrap();
        assert_eq!(redeemed.client.as_str(), "100001");
        let rotated = rotate_key(&test.app, false).await.unwrap();
        assert_eq!((rotated.number, rotated.invitations), (2, 1));

        // Whoever has the old key issues nothing, and no try is counted.
        let draw = |app: App, job: StartedJob| async move {
            try_issue(&app, &job, &ids(["100003"])).await.map(|_| ())
        };
        let refused = draw(test.app.clone(), job.clone()).await;
        assert!(matches!(refused, Err(StorageError::KeyRotated)));
        assert_eq!(
            redeem_code(&test.app, "0000000008").await.unwrap_err().code,
            "key_rotated"
        );

        let app = test.beside(&codes).await;
        let issued = issue(&app, &job, &ids(["100002", "100003"])).await;
        assert_eq!(
            issued.codes,
            pairs([("100002", "0000000008"), ("100003", "0000000009")])
        );
        assert_eq!(codes.drawn(), 5);
        for (code, answer) in [
            ("0000000007", Err("code_used")),
            ("0000000008", Ok(())),
            ("0000000008", Err("code_used")),
            ("0000000001", Err("unknown_code")),
        ] {
            let redeemed = redeem_code(&app, code).await.map(|_| ());
            assert_eq!(redeemed.map_err(|failure| failure.code), answer, "{code}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_loses_nothing_to_a_worker_that_has_the_old_key() {
    on_both(async |kind| {
        let codes = Codes::default();
        let test = TestApp::open(kind, &codes).await;
        let early = test.submit("1").await;
        assert_eq!(
            run_team_job(&test.app, &early, "test").await.unwrap(),
            Ended::Finished
        );
        let (_, bytes) = only_bundle(&test).await;
        let late = test.submit("2").await;
        assert!(readiness(&test.app).await.is_ready());
        rotate_key(&test.app, false).await.unwrap();
        let ready = readiness(&test.app).await;
        assert!(!ready.key && ready.database && ready.store, "{ready:?}");
        assert!(!ready.is_ready());
        for _ in 0..10 {
            let refused = run_team_job(&test.app, &late, "old").await.err().unwrap();
            assert_eq!((refused.code, refused.may_pass()), ("key_rotated", true));
        }
        let (bundle, _) = list_bundles(&test.app).await.unwrap().remove(0);
        let out = test.home.path().join("old");
        let refused = fetch_bundle(&test.app, &bundle.id, &out)
            .await
            .err()
            .unwrap();
        assert_eq!(refused.code, "key_rotated");

        let app = test.beside(&codes).await;
        assert!(readiness(&app).await.is_ready());
        let file = fetch_bundle(&app, &bundle.id, &out).await.unwrap();
        assert!(fs::read(file).unwrap() == bytes);
        assert_eq!(
            run_team_job(&app, &late, "new").await.unwrap(),
            Ended::Finished
        );
        let attempts = app.db.attempts(&late).await.unwrap();
        assert_eq!(attempts.len(), 1);
    })
    .await;
}

/// An attempt that was under way when the key was changed: what it has stored is sealed with a key that goes away.
#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_was_stored_under_the_old_key_is_not_recorded() {
    on_both(async |kind| {
        let codes = Codes::default();
        let test = TestApp::open(kind, &codes).await;
        let job = test.started("1").await;
        let clients = ids(["100001", "100002", "100003"]);
        issue(&test.app, &job, &clients).await;
        rotate_key(&test.app, false).await.unwrap();
        let outcomes: Vec<(ClientId, Outcome)> = clients
            .into_iter()
            .zip((1..).map(Outcome::Letter))
            .collect();
        let bundle = NewBundle {
            file_name: "late.zip".to_owned(),
            store_key: "late.sealed".to_owned(),
            bytes: 1,
            sha256: String::new(),
        };
        let refused = (test.app.db)
            .finish_team_job(&job, &outcomes, &bundle, &test.app.scribe())
            .await;
        assert!(matches!(refused, Err(StorageError::KeyRotated)));
        let app = test.beside(&codes).await;
        let finished = (app.db)
            .finish_team_job(&job, &outcomes, &bundle, &app.scribe())
            .await;
        assert!(finished.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misfit_costs_its_code_and_nobody_elses() {
    on_both(async |kind| {
        let test = TestApp::open(kind, &Codes::default()).await;
        let long = "Wolvenbrinkhorst".repeat(11);
        let export = Export::new()
            .team("1", "Noord")
            .client("100001", "Jansen", &[])
            .client("100002", &long, &[])
            .assign("100001", "1", "MAIN")
            .assign("100002", "1", "MAIN")
            .write(test.home.path(), "long");
        import_export(&test.app, &read_export(export).await.unwrap())
            .await
            .unwrap();
        let job = test.submit("1").await;
        assert_eq!(
            run_team_job(&test.app, &job, "test").await.unwrap(),
            Ended::Finished
        );
        let rows = test
        .query("SELECT client_id, state, withdrawn, sealed_code IS NULL FROM invitation ORDER BY 1")
        .await;
        assert_eq!(
            rows,
            [
                ["100001", "open", "0", "0"],
                ["100002", "cancelled", "1", "1"]
            ]
        );
        let (_, bytes) = only_bundle(&test).await;
        assert!(!bytes.is_empty());
    })
    .await;
}
