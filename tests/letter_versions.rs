//! A provider's own letter: written, measured, published, and what the next bundle prints.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use brievenbus::{
    domain::{
        actor::{Actor, Role},
        batch::BatchRequest,
        client::ClientId,
        invitation::Code,
        letter_fault::LetterField,
        letter_setup::{LetterChanges, LogoChoice, VersionState},
        organisation::{AddressWindow, Slug},
    },
    letters::{Press, PressProgram},
    operations::{
        App, Failure,
        app::{DrawCode, Settings},
        discard_letter_draft::discard_letter_draft,
        fetch_bundle::fetch_bundle,
        import_export::{Imported, import_export, read_export},
        letter_draft::{LetterOverview, UploadedLogo, letter_draft},
        letter_faults::LetterFault,
        list_audit::{AuditFilter, list_audit},
        list_letter_versions::list_letter_versions,
        preview_batch_letter::preview_batch_letter,
        preview_letter::{
            LetterPreview, PREVIEW_DPI, Preview, PreviewLetter, Whom, preview_letter,
        },
        publish_letter::{Publication, Publish, Published, publish_letter},
        restore_letter_version::restore_letter_version,
        run_team_job::{Ended, run_team_job},
        save_letter_draft::{SavedDraft, Saving, save_letter_draft},
        submit_batch::{Submission, prepare_batch, submit_batch},
        switches::Switches,
        upload_logo::{LogoUpload, MOST_LOGO_BYTES, upload_logo},
    },
    storage::new_id,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    bundle::Bundle,
    cli::{Answer, Cli},
    database::{Kind, on_both},
    export::Export,
    one_line,
    workshop::LOGO,
};

/// An app on a fresh data folder with an export of three clients in two teams, used by somebody of the provider.
struct Office {
    app: App,
    home: TempDir,
}

impl Office {
    async fn open(kind: Kind) -> Self {
        let home = tempfile::tempdir().unwrap();
        let database_url = tokio::task::spawn_blocking(move || kind.fresh())
            .await
            .unwrap();
        let settings = Settings {
            data_dir: home.path().join("data"),
            database_url,
            store: None,
            store_access: BTreeMap::new(),
            threads: 1,
            job_deadline: Duration::from_secs(600),
            retention: brievenbus::operations::purge::Retention::default(),
            server: brievenbus::operations::server::ServerSettings::default(),
            switches: Switches::default(),
        };
        let now: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
        let program = PressProgram::at(env!("CARGO_BIN_EXE_brievenbus"));
        let press = Arc::new(Press::start(&program, 1).unwrap());
        let app = App::open(&settings, press, Arc::new(move || now), counting())
            .await
            .unwrap();
        let office = Self {
            app: app.acting_as(provider("zorg")),
            home,
        };
        let imported = office.import().await;
        assert!(imported.kept_letter.is_none());
        office
    }

    async fn import(&self) -> Imported {
        let export = read_export(self.export()).await.unwrap();
        import_export(&self.app, &export).await.unwrap()
    }

    fn export(&self) -> PathBuf {
        let mut export = Export::new().team("1", "Noord").team("2", "Zuid");
        for id in ["100001", "100002"] {
            export = export.client(id, "Jansen", &[]).assign(id, "1", "MAIN");
        }
        export
            .client("100003", "Jansen", &[])
            .assign("100003", "2", "MAIN")
            .write(self.home.path(), "export")
    }

    async fn overview(&self) -> LetterOverview {
        letter_draft(&self.app, &slug()).await.unwrap()
    }

    async fn save(&self, changes: LetterChanges) -> SavedDraft {
        let seen = self.overview().await.revision;
        saved(save_letter_draft(&self.app, &slug(), &changes, &seen).await)
    }

    async fn publish(&self) -> Publication {
        let seen = self.overview().await.revision;
        publish_letter(&self.app, &slug(), Publish::Draft, &seen)
            .await
            .unwrap()
    }

    async fn published(&self, text: &str) -> Published {
        self.save(wording(text)).await;
        match self.publish().await {
            Publication::Published(published) => published,
            refused => panic!("{refused:?}"),
        }
    }

    /// Submits a batch for a team.
    async fn submit(&self, team: &str) -> Submitted {
        let request = BatchRequest {
            teams: vec![team.to_owned()],
            ..BatchRequest::default()
        };
        let prepared = prepare_batch(&self.app, &slug(), &request).await.unwrap();
        let id = new_id();
        let submission = Submission {
            id: &id,
            ..Submission::default()
        };
        submit_batch(&self.app, &prepared, &submission)
            .await
            .unwrap();
        let teams = self.app.db.team_statuses(&id).await.unwrap();
        Submitted {
            team_job: teams[0].team_job.clone(),
            batch: id,
        }
    }

    /// Works on a job, and takes its bundle out.
    async fn bundle(&self, submitted: &Submitted) -> Bundle {
        let worker = self.app.acting_as(Actor::worker());
        let ended = run_team_job(&worker, &submitted.team_job, "test")
            .await
            .unwrap();
        assert_eq!(ended, Ended::Finished);
        let stored = self
            .app
            .db
            .bundles(&submitted.batch)
            .await
            .unwrap()
            .remove(0);
        let out = self.home.path().join("out");
        let file = fetch_bundle(&self.app, &stored.id, &out).await.unwrap();
        tokio::task::spawn_blocking(move || Bundle::open(&file))
            .await
            .unwrap()
    }

    async fn try_preview(&self, changes: LetterChanges, whom: Whom) -> Result<Preview, Failure> {
        let request = PreviewLetter {
            organisation: Some(slug()),
            changes,
            whom,
            dpi: PREVIEW_DPI,
        };
        preview_letter(&self.app, &request).await
    }

    async fn preview(&self, changes: LetterChanges) -> LetterPreview {
        drawn(self.try_preview(changes, Whom::Plain).await.unwrap())
    }

    async fn faults(&self, text: &str) -> Vec<LetterFault> {
        match self.try_preview(wording(text), Whom::Plain).await.unwrap() {
            Preview::Faults(faults) => faults,
            Preview::Drawn(preview) => panic!("{text:?} was drawn: {:?}", preview.text),
        }
    }

    async fn upload(&self, name: &str, bytes: &[u8]) -> LogoUpload {
        upload_logo(&self.app, &slug(), name, bytes.to_vec())
            .await
            .unwrap()
    }

    async fn uploaded(&self) -> UploadedLogo {
        match self.upload("Ons logo.svg", LOGO.as_bytes()).await {
            LogoUpload::Kept(logo) => logo,
            LogoUpload::Refused(fault) => panic!("{fault:?}"),
        }
    }
}

/// A batch of one team.
struct Submitted {
    batch: String,
    team_job: String,
}

fn slug() -> Slug {
    Slug::try_from("zorg".to_owned()).unwrap()
}

fn provider(of: &str) -> Actor {
    Actor {
        user: format!("token of {of}"),
        role: Role::Provider,
        organisation: Some(Slug::try_from(of.to_owned()).unwrap()),
        source: "192.0.2.1".to_owned(),
    }
}

fn counting() -> DrawCode {
    let drawn = AtomicUsize::new(1_000_000_000);
    Arc::new(move || {
        let code = drawn.fetch_add(1, Ordering::SeqCst).to_string();
        Ok(Code::parse(&code).unwrap())
    })
}

fn wording(text: &str) -> LetterChanges {
    LetterChanges {
        text: Some(text.to_owned()),
        ..LetterChanges::default()
    }
}

fn saved(saving: Result<Saving, Failure>) -> SavedDraft {
    match saving.unwrap() {
        Saving::Saved(saved) => saved,
        Saving::Refused(faults) => panic!("{faults:?}"),
    }
}

fn drawn(preview: Preview) -> LetterPreview {
    match preview {
        Preview::Drawn(preview) => *preview,
        Preview::Faults(faults) => panic!("{faults:?}"),
    }
}

/// A letter of so many paragraphs of one line.
fn lines(count: usize) -> String {
    let line = "Dit is een regel van de brief.\n\n";
    format!("[SALUTATION],\n\n{}", line.repeat(count))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_what_the_next_bundle_prints_and_running_batches_keep_the_old() {
    on_both(async |kind| {
        let office = Office::open(kind).await;
        let before = office.submit("1").await;
        let published = office
            .published("[SALUTATION],\n\nDit is de nieuwe tekst.")
            .await;
        assert_eq!(
            (published.number, published.clients, published.would_not_fit),
            (1, 3, 0)
        );
        let after = office.submit("2").await;

        let old = office.bundle(&before).await;
        assert!(
            one_line(old.letter("100001")).contains("Via deze brief willen wij u graag informeren")
        );
        let new = office.bundle(&after).await;
        let letter = one_line(new.letter("100003"));
        assert!(letter.contains("Dit is de nieuwe tekst."), "{letter}");
        assert!(!letter.contains("Via deze brief"), "{letter}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_keeps_the_published_letter_and_says_so_until_the_exports_is_published_again() {
    on_both(async |kind| {
        let office = Office::open(kind).await;
        office.published("Dit is de nieuwe tekst.").await;
        let kept = office.import().await.kept_letter.unwrap();
        let sentence = kept.to_string();
        assert!(
            sentence.starts_with("the letter published on 2026-11-21 by token of zorg is kept; "),
            "{sentence}"
        );
        let job = office.submit("1").await;
        let bundle = office.bundle(&job).await;
        assert!(bundle.letter("100001").contains("Dit is de nieuwe tekst."));

        let seen = office.overview().await.revision;
        let back = publish_letter(&office.app, &slug(), Publish::AsInExport, &seen)
            .await
            .unwrap();
        assert!(matches!(
            back,
            Publication::Published(Published { number: 2, .. })
        ));
        assert!(office.import().await.kept_letter.is_none());
        let job = office.submit("2").await;
        let bundle = office.bundle(&job).await;
        assert!(one_line(bundle.letter("100003")).contains("Via deze brief"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_does_not_fit_stays_a_draft_and_says_by_how_many_lines() {
    let office = Office::open(Kind::Sqlite).await;
    let saved = office.save(wording(&lines(60))).await;
    assert!(
        saved.faults.is_empty() && saved.lines_too_many > 5,
        "{saved:?}"
    );
    let Publication::Refused {
        faults,
        lines_too_many,
    } = office.publish().await
    else {
        panic!("it was published");
    };
    assert_eq!(lines_too_many, saved.lines_too_many);
    assert_eq!(faults[0].field, LetterField::Text);
    assert_eq!(
        faults[0].sentence,
        format!("De tekst is {lines_too_many} regels te lang voor één A4. Maak de tekst korter.")
    );
    // So many lines fewer do fit, and one more does not.
    let preview = office.preview(LetterChanges::default()).await;
    assert_eq!(preview.plainest.lines_too_many, lines_too_many);
    assert!(!preview.plainest.fits && preview.plainest.percent > 100);
    assert!(office.overview().await.published.is_none());
    let job = office.submit("1").await;
    let bundle = office.bundle(&job).await;
    assert!(one_line(bundle.letter("100001")).contains("Via deze brief"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_meter_goes_up_with_the_text_and_agrees_with_what_fits() {
    let office = Office::open(Kind::Sqlite).await;
    let mut before = 0;
    let mut seen = (false, false, false);
    for count in 1..30 {
        let meter = office.preview(wording(&lines(count))).await.plainest;
        assert!(meter.percent >= before, "{count}: {meter:?}");
        before = meter.percent;
        assert_eq!(meter.fits, meter.lines_too_many == 0);
        let first_size = (meter.size_pt - 10.5).abs() < 0.01;
        assert_eq!(first_size, meter.percent <= 100, "{count}: {meter:?}");
        match (meter.fits, first_size) {
            (true, true) => seen.0 = true,
            (true, false) => seen.1 = true,
            (false, _) => {
                assert!(meter.smallest_size);
                seen.2 = true;
            }
        }
    }
    assert_eq!(seen, (true, true, true), "not every way to fit was met");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_whose_letter_would_not_fit_are_counted_when_it_is_published() {
    let office = Office::open(Kind::Sqlite).await;
    let long = "Oldenbarnevelt Schimmelpenninck van der Oye ".repeat(4);
    let export = Export::new()
        .team("1", "Noord")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .client("100002", long.trim(), &[])
        .assign("100002", "1", "MAIN")
        .client("100003", "Jansen", &[("zipcode", "")])
        .assign("100003", "1", "MAIN")
        .write(office.home.path(), "another");
    let export = read_export(export).await.unwrap();
    import_export(&office.app, &export).await.unwrap();
    // As long as can be for a short name.
    let mut count = 10;
    while office
        .preview(wording(&lines(count + 1)))
        .await
        .plainest
        .fits
    {
        count += 1;
    }
    let published = office.published(&lines(count)).await;
    assert_eq!((published.clients, published.would_not_fit), (2, 1));
    assert_eq!(published.examples, [ClientId::new("100002").unwrap()]);
    // Whoever published it has seen who that is.
    let log = list_audit(&office.app, &AuditFilter::default(), 0).await;
    let line = log.unwrap().pop().unwrap();
    assert_eq!(line.action, "organisation_changed");
    assert_eq!(line.clients, ["100002"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_write_at_the_same_time_the_second_learns_of_the_first() {
    on_both(async |kind| {
        let office = Office::open(kind).await;
        let (app, slug) = (&office.app, slug());
        let seen = office.overview().await.revision;
        let first = saved(save_letter_draft(app, &slug, &wording("Van de een."), &seen).await);
        let failure = save_letter_draft(app, &slug, &wording("Van de ander."), &seen)
            .await
            .unwrap_err();
        assert_eq!(failure.code, "letter_changed");
        let publishing = publish_letter(app, &slug, Publish::Draft, &seen).await;
        assert_eq!(publishing.unwrap_err().code, "letter_changed");
        let discarding = discard_letter_draft(app, &slug, &seen).await;
        assert_eq!(discarding.unwrap_err().code, "letter_changed");
        let text = office.overview().await.current.letter.text.unwrap();
        assert_eq!(text.content, "Van de een.");

        // Also when somebody published in between, and a draft was never there.
        office.publish().await;
        let stale = save_letter_draft(app, &slug, &wording("Te laat."), &first.revision).await;
        assert_eq!(stale.unwrap_err().code, "letter_changed");

        // At the very same moment one of them is saved.
        let seen = office.overview().await.revision;
        let (one, other) = (wording("Een."), wording("Twee."));
        let (one, other) = tokio::join!(
            save_letter_draft(app, &slug, &one, &seen),
            save_letter_draft(app, &slug, &other, &seen),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_is_kept_and_can_be_a_draft_again() {
    on_both(async |kind| {
        let office = Office::open(kind).await;
        let (app, slug) = (&office.app, slug());
        office.published("De eerste.").await;
        office.published("De tweede.").await;
        let seen = office.overview().await.revision;
        let restored = restore_letter_version(app, &slug, 1, &seen).await.unwrap();
        assert_eq!(restored.number, 3);
        let overview = office.overview().await;
        assert_eq!(overview.current.letter.text.unwrap().content, "De eerste.");
        assert_eq!(overview.published.unwrap().number, 2);

        // Somebody publishes another version while the draft waits: the draft comes after it.
        let back = publish_letter(app, &slug, Publish::AsInExport, &overview.revision).await;
        assert!(matches!(
            back.unwrap(),
            Publication::Published(Published { number: 4, .. })
        ));
        let Publication::Published(last) = office.publish().await else {
            panic!("refused");
        };
        assert_eq!(last.number, 5);
        let versions = list_letter_versions(app, &slug).await.unwrap();
        let states: Vec<(u32, VersionState)> = versions
            .iter()
            .map(|version| (version.number, version.state))
            .collect();
        assert_eq!(
            states,
            [
                (5, VersionState::Published),
                (4, VersionState::Superseded),
                (2, VersionState::Superseded),
                (1, VersionState::Superseded)
            ]
        );
        let missing =
            restore_letter_version(app, &slug, 3, &office.overview().await.revision).await;
        assert_eq!(missing.unwrap_err().code, "unknown_version");

        office.save(wording("Weg ermee.")).await;
        let seen = office.overview().await.revision;
        discard_letter_draft(app, &slug, &seen).await.unwrap();
        let again = discard_letter_draft(app, &slug, &seen).await;
        assert_eq!(again.unwrap_err().code, "no_draft");
        assert!(office.overview().await.draft.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_contact_details_and_logo_are_those_of_the_version() {
    let office = Office::open(Kind::Sqlite).await;
    let logo = office.uploaded().await;
    let changes = LetterChanges {
        text: Some("Bel [TELEPHONE] of mail [EMAIL]. [CARE_PROVIDER_NAME]".to_owned()),
        address_window: Some(AddressWindow::Right),
        with_logo: Some(true),
        logo: Some(LogoChoice::Uploaded(logo.hash)),
        validity_days: Some(10),
        telephone: Some("0800-1234".to_owned()),
        email: Some("brieven@zorg.example".to_owned()),
        ..LetterChanges::default()
    };
    office.save(changes).await;
    office.publish().await;
    office.import().await;
    let job = office.submit("1").await;
    let bundle = office.bundle(&job).await;
    let letter = one_line(bundle.letter("100001"));
    assert!(
        letter.contains("Bel 0800-1234 of mail brieven@zorg.example."),
        "{letter}"
    );
    assert!(letter.contains("Geldig tot 1 december 2026"), "{letter}");
    assert_eq!(bundle.manifest["options"]["address_window"], "right");
    assert_eq!(bundle.manifest["options"]["with_logo"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisations_letter_does_not_exist() {
    let office = Office::open(Kind::Sqlite).await;
    let logo = office.uploaded().await;
    for actor in [
        provider("andere-zorg"),
        Actor {
            role: Role::Ci,
            organisation: None,
            ..provider("zorg")
        },
    ] {
        let app = office.app.acting_as(actor);
        let failures = [
            letter_draft(&app, &slug()).await.map(drop),
            save_letter_draft(&app, &slug(), &wording("x"), "")
                .await
                .map(drop),
            publish_letter(&app, &slug(), Publish::Draft, "")
                .await
                .map(drop),
            discard_letter_draft(&app, &slug(), "").await,
            restore_letter_version(&app, &slug(), 1, "").await.map(drop),
            list_letter_versions(&app, &slug()).await.map(drop),
            upload_logo(&app, &slug(), "a.svg", LOGO.into())
                .await
                .map(drop),
            preview_letter(
                &app,
                &PreviewLetter {
                    organisation: Some(slug()),
                    changes: LetterChanges::default(),
                    whom: Whom::Client(ClientId::new("100001").unwrap()),
                    dpi: PREVIEW_DPI,
                },
            )
            .await
            .map(drop),
        ];
        for failure in failures {
            assert_eq!(failure.unwrap_err().code, "unknown_organisation");
        }
    }
    // Nor does its logo, for whoever has heard of its hash.
    let other = fs::read_to_string(office.export().join("organisation.toml")).unwrap();
    let folder = office.export();
    fs::write(
        folder.join("organisation.toml"),
        other.replacen("\"zorg\"", "\"andere-zorg\"", 1),
    )
    .unwrap();
    let export = read_export(folder).await.unwrap();
    import_export(&office.app, &export).await.unwrap();
    let theirs = Slug::try_from("andere-zorg".to_owned()).unwrap();
    let app = office.app.acting_as(provider("andere-zorg"));
    let seen = letter_draft(&app, &theirs).await.unwrap().revision;
    let stolen = LetterChanges {
        logo: Some(LogoChoice::Uploaded(logo.hash)),
        ..LetterChanges::default()
    };
    let Saving::Refused(faults) = save_letter_draft(&app, &theirs, &stolen, &seen)
        .await
        .unwrap()
    else {
        panic!("the logo of another was taken");
    };
    assert_eq!(faults[0].field, LetterField::Logo);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_all_at_once_in_dutch_with_their_place() {
    let office = Office::open(Kind::Sqlite).await;
    let faults = office
        .faults("Beste [NAAM],\n\n# Kop\n\nBel [TELEFONE] <b>nu</b>.")
        .await;
    let told: Vec<(Option<usize>, Option<usize>)> = faults
        .iter()
        .map(|fault| (fault.line, fault.column))
        .collect();
    assert_eq!(
        told,
        [
            (Some(1), Some(7)),
            (Some(3), Some(1)),
            (Some(5), Some(5)),
            (Some(5), Some(16))
        ]
    );
    assert_eq!(
        faults[2].sentence,
        "Het invulveld [TELEFONE] bestaat niet. Bedoelt u [TELEPHONE]?"
    );
    assert_eq!(faults[2].hint.as_deref(), Some("did you mean [TELEPHONE]?"));
    // What is wrong is kept all the same, and mended later.
    let saved = office.save(wording("# Kop")).await;
    assert_eq!(saved.faults.len(), 1);
    assert!(matches!(
        office.publish().await,
        Publication::Refused { .. }
    ));
    let missing = LetterChanges {
        website: Some(String::new()),
        ..wording("Zie [WEBSITE].")
    };
    let Preview::Faults(faults) = office.try_preview(missing, Whom::Plain).await.unwrap() else {
        panic!("a hole was left in the letter");
    };
    assert_eq!(faults[0].field, LetterField::Website);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_never_run_and_are_answered_calmly() {
    let office = Office::open(Kind::Sqlite).await;
    // Printed as it stands: it means nothing to us.
    let code = "#set page(height: 1pt) #read(\"/etc/passwd\") $x^2$ #panic() {{7*7}} %s ' OR 1=1";
    let preview = office.preview(wording(code)).await;
    let printed = preview.text.join(" ");
    assert!(
        printed.contains("#set page(height: 1pt)") && printed.contains("{{7*7}}"),
        "{printed}"
    );
    for text in [
        "<script>alert(1)</script>",
        "a\u{0}b",
        "\u{202e}achterstevoren",
        "שלום עולם",
        "مرحبا",
        "😀",
        &"x".repeat(1_000_000),
        &"[".repeat(20_000),
        &"> ".repeat(10_000),
        &"- ".repeat(10_000),
        &"*".repeat(20_000),
        &"x".repeat(2_000),
        "",
    ] {
        let start: String = text.chars().take(20).collect();
        match office.try_preview(wording(text), Whom::Longest).await {
            Ok(Preview::Faults(faults)) => {
                assert!(!faults.is_empty() && faults.len() <= 10, "{start:?}");
                assert!(
                    faults
                        .iter()
                        .all(|fault| fault.sentence.ends_with(['.', '?']))
                );
            }
            // An empty text is the standard text.
            Ok(Preview::Drawn(_)) => {
                assert!(text.is_empty() || start.starts_with('*'), "{start:?}")
            }
            Err(failure) => panic!("{start:?}: {failure:?}"),
        }
    }
    // A text that no letter holds is not kept, whatever database it is.
    let seen = office.overview().await.revision;
    let long = save_letter_draft(
        &office.app,
        &slug(),
        &wording(&"x".repeat(1_000_000)),
        &seen,
    )
    .await;
    assert!(matches!(long.unwrap(), Saving::Refused(_)));
    on_both(async |kind| {
        let office = Office::open(kind).await;
        let saved = office.save(wording("a\u{0}b\u{202e}")).await;
        assert_eq!(saved.faults.len(), 2);
        assert_eq!(
            office.overview().await.current.letter.text.unwrap().content,
            "a\u{0}b\u{202e}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logos_are_refused_before_they_are_decoded_and_kept_when_they_can_be_set() {
    let office = Office::open(Kind::Sqlite).await;
    // 20,000 pixels square, in a file of a few bytes.
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bomb.extend(20_000_u32.to_be_bytes());
    bomb.extend(20_000_u32.to_be_bytes());
    bomb.extend(b"\x08\x06\0\0\0\0\0\0\0");
    let script = LOGO.replacen('>', "><script>alert(1)</script>", 1);
    let cases: [(&str, &[u8], &str); 8] = [
        ("bom.png", &bomb, "40 megapixels"),
        ("logo.svg", script.as_bytes(), "script"),
        ("logo.png", LOGO.as_bytes(), "past niet bij zijn naam"),
        ("logo.gif", b"GIF89a", ".svg, .png, .jpg of .pdf"),
        ("logo", LOGO.as_bytes(), ".svg, .png, .jpg of .pdf"),
        ("logo.pdf", b"%PDF-1.7\n", "kan niet gelezen worden"),
        ("logo.svg", b"<svg", "kan niet gelezen worden"),
        ("groot.png", &vec![0; MOST_LOGO_BYTES + 1], "8 MB"),
    ];
    for (name, bytes, what) in cases {
        match office.upload(name, bytes).await {
            LogoUpload::Refused(fault) => {
                assert!(fault.sentence.contains(what), "{name}: {fault:?}")
            }
            LogoUpload::Kept(_) => panic!("{name} was kept"),
        }
    }
    assert!(office.overview().await.logos.is_empty());
    let logo = office.uploaded().await;
    assert_eq!(logo.file_name, "Ons logo.svg");
    assert_eq!(office.overview().await.logos, [office.uploaded().await]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_logos_the_newest_are_kept_and_those_on_a_letter() {
    on_both(async |kind| {
        let mut office = Office::open(kind).await;
        let (began, seconds) = (office.app.now(), Arc::new(AtomicI64::new(0)));
        office.app.clock =
            Arc::new(move || began + TimeDelta::seconds(seconds.fetch_add(1, Ordering::Relaxed)));
        let chosen = office.uploaded().await;
        office
            .save(LetterChanges {
                with_logo: Some(true),
                logo: Some(LogoChoice::Uploaded(chosen.hash.clone())),
                ..LetterChanges::default()
            })
            .await;
        for number in 1..=22 {
            let other = LOGO.replace("1f6f78", &format!("1f6f{number:02}"));
            let name = format!("{number}.svg");
            assert!(matches!(
                office.upload(&name, other.as_bytes()).await,
                LogoUpload::Kept(_)
            ));
        }
        let logos = office.overview().await.logos;
        let names: Vec<&str> = logos.iter().map(|logo| logo.file_name.as_str()).collect();
        let newest: Vec<String> = (3..=22).rev().map(|n| format!("{n}.svg")).collect();
        assert_eq!(names[..20], newest);
        assert_eq!(names[20..], ["Ons logo.svg"]);
        assert!(logos.iter().any(|logo| logo.hash == chosen.hash));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_a_picture_of_the_letter_that_nobody_can_take_for_one() {
    let office = Office::open(Kind::Sqlite).await;
    let preview = office.preview(LetterChanges::default()).await;
    assert_eq!(&preview.png[..8], b"\x89PNG\r\n\x1a\n");
    // A4 at 100 dots per inch.
    assert_eq!((preview.width, preview.height), (827, 1169));
    assert!(preview.alt.contains("VOORBEELD") && preview.alt.contains("adresvenster links"));
    let text = preview.text.join("\n");
    assert!(text.contains("Geachte Mevr. A. Jansen,"), "{text}");
    assert!(text.contains("Via deze brief willen wij u graag informeren"));
    assert!(text.contains("Geldig tot 2 januari 2027"));
    assert!(preview.plainest.fits && preview.longest.fits);
    assert!(preview.longest.percent >= preview.plainest.percent);

    // A client of its own, as a batch would write to them; the code is still nobody's.
    let client = ClientId::new("100003").unwrap();
    let real = office
        .try_preview(wording("Van [TEAM_NAME]: [CODE]"), Whom::Client(client))
        .await;
    let real = drawn(real.unwrap()).text.join("\n");
    assert!(real.contains("Van Zuid: 0482915630"), "{real}");
    let nobody = Whom::Client(ClientId::new("999999").unwrap());
    let failure = office
        .try_preview(LetterChanges::default(), nobody)
        .await
        .unwrap_err();
    assert_eq!(failure.code, "unknown_client");
    let rows = office
        .app
        .db
        .invitations(&Default::default(), office.app.today())
        .await
        .unwrap();
    assert!(rows.is_empty(), "a preview issued something");

    // The same in another look is another picture; and the invented organisation's letter needs no organisation.
    let right = office
        .preview(LetterChanges {
            address_window: Some(AddressWindow::Right),
            ..LetterChanges::default()
        })
        .await;
    assert_ne!(right.png, preview.png);
    let request = PreviewLetter {
        organisation: None,
        changes: wording("[SALUTATION], hallo."),
        whom: Whom::Longest,
        dpi: 72,
    };
    let ci = Actor {
        role: Role::Ci,
        organisation: None,
        ..provider("zorg")
    };
    let invented = drawn(
        preview_letter(&office.app.acting_as(ci), &request)
            .await
            .unwrap(),
    );
    assert!(invented.text.join(" ").contains("Oldenbarnevelt"));
    keep_pictures(&[
        ("plain", &preview),
        ("right", &right),
        ("invented", &invented),
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_letter_of_a_batch_can_be_looked_at_before_it_is_submitted() {
    let office = Office::open(Kind::Sqlite).await;
    let request = |team: &str| BatchRequest {
        teams: vec![team.to_owned()],
        address_window: Some(AddressWindow::Right),
        ..BatchRequest::default()
    };
    let shown = preview_batch_letter(&office.app, &slug(), &request("Zuid"), 100)
        .await
        .unwrap();
    let shown = shown.unwrap();
    assert_eq!(
        (shown.client.as_str(), shown.team_name.as_str()),
        ("100003", "Zuid")
    );
    let preview = drawn(shown.preview);
    assert!(preview.alt.contains("adresvenster rechts"));
    // Who has a letter already gets none.
    let job = office.submit("2").await;
    office.bundle(&job).await;
    let none = preview_batch_letter(&office.app, &slug(), &request("Zuid"), 100)
        .await
        .unwrap();
    assert!(none.is_none());
}

#[test]
fn the_same_at_the_terminal() {
    let cli = Cli::new();
    Export::new()
        .team("1", "Noord")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .write(cli.home(), "export");
    cli.ok(&["import", "export"]);
    let of = ["--organisation", "zorg"];
    let letter = |arguments: &[&str]| cli.try_run(&[&["letter"], arguments, &of].concat());
    fs::write(cli.home().join("brief.txt"), "[SALUTATION],\n\nNieuw.").unwrap();
    fs::write(cli.home().join("fout.txt"), "Beste [NAAM]").unwrap();

    assert!(
        letter(&["show"])
            .stdout
            .contains("published: as in the export")
    );
    let saved = letter(&["draft", "--text", "fout.txt"]);
    assert!(
        saved
            .stderr
            .contains("note: line 1, column 7: there is no placeholder [NAAM]")
    );
    assert_eq!(letter(&["publish"]).exit, Some(1));
    assert_eq!(letter(&["draft", "--text", "brief.txt"]).exit, Some(0));
    assert_eq!(letter(&["preview", "--out", "brief.png"]).exit, Some(0));
    assert!(
        fs::read(cli.home().join("brief.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    assert_eq!(
        letter(&["publish"]).stdout,
        "version 1 is the letter of every batch from now on\n"
    );
    let again = cli.ok(&["import", "export"]);
    assert!(
        again.stdout.contains("note: the letter published on "),
        "{}",
        again.stdout
    );
    cli.run("export", &[]);
    let bundle = cli.bundles().remove(0);
    assert!(bundle.letter("100001").contains("Nieuw."));
    assert_eq!(letter(&["publish", "--as-in-export"]).exit, Some(0));
    assert_eq!(letter(&["restore", "1"]).exit, Some(0));
    assert_eq!(letter(&["discard"]).exit, Some(0));
    let versions = letter(&["versions", "--json"]).json();
    assert_eq!(versions.as_array().unwrap().len(), 2);
    assert_json_as_the_api_has_it(&letter);
}

/// With `--json` a script reads the objects of the API: no field is called otherwise, and nothing of how a letter is
/// stored comes along.
fn assert_json_as_the_api_has_it(letter: &impl Fn(&[&str]) -> Answer) {
    let versions = letter(&["versions", "--json"]).json();
    let version = &versions[1];
    assert!(version["saved"].is_string(), "{version}");
    assert!(version["published"].is_string(), "{version}");
    let saved = letter(&["draft", "--text", "brief.txt", "--json"]).json();
    assert!(saved["revision"].is_string(), "{saved}");
    assert_eq!(saved["faults"], json!([]), "{saved}");
    let shown = letter(&["show", "--json"]).json();
    assert_eq!(shown["revision"], saved["revision"]);
    let text = "[SALUTATION],\n\nNieuw.";
    assert_eq!(shown["current"]["text"], text, "{shown}");
    assert_eq!(shown["draft"]["choices"]["text"], text, "{shown}");
    assert_eq!(shown["current"]["letter"], Value::Null, "{shown}");
    let picture = letter(&["preview", "--out", "brief.png", "--json"]).json();
    assert_eq!(picture["width"], 827, "{picture}");
    assert_eq!(picture["drawn"]["fits"], true, "{picture}");
    assert_eq!(picture["png"], Value::Null, "it is in the file");
    let published = letter(&["publish", "--json"]).json();
    assert_eq!(published["would_not_fit"], 0, "{published}");
}

/// For whoever wants to look at them.
fn keep_pictures(pictures: &[(&str, &LetterPreview)]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letter-previews");
    fs::create_dir_all(&folder).unwrap();
    for (name, picture) in pictures {
        fs::write(folder.join(format!("{name}.png")), &picture.png).unwrap();
    }
}
