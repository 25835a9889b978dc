//! `run`: the main job in one go, through the same queue as the service.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Args;

use super::{
    batch_arguments::{Request, notes_on_dates},
    import::report_lines,
    open_app,
    progress::Progress,
    signals::asked_to_stop,
    system_clock, table,
    terminal::Terminal,
    trouble::Trouble,
};
use crate::{
    answers::run::Run as RunAnswer,
    domain::{batch::BatchRequest, calendar::day_in_amsterdam, organisation::AddressWindow},
    exports::Export,
    operations::{
        App, Failure, Kind,
        app::Settings,
        collect_bundles::{Collected, Tried, check_folder, collect_ready, make_folder},
        import_export::{Imported, check_letter, import_export, read_export},
        key_watch::key_was_changed,
        presses::{Press, start_presses},
        show_batch::{TeamStatus, progress, show_batch},
        start_run::{RunBatch, start_run},
        submit_batch::{CheckedRequest, check_request},
        workers::{StartWorkers, Workers},
    },
    wording::english::count,
};

#[derive(Debug, Args)]
pub struct Run {
    /// Folder with organisation.toml, locations.csv, clients.csv and location_assignments.csv
    pub folder: PathBuf,
    /// Where the bundles go
    #[arg(long, value_name = "DIR", default_value = "bundles")]
    pub out: PathBuf,
    #[command(flatten)]
    pub request: Request,
}

/// How long nothing may move before `run` gives up waiting: longer than other runs on the same queue take.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often the screen and the folder are brought up to date.
const LOOK: Duration = Duration::from_millis(100);

pub async fn run(
    arguments: Run,
    settings: &Settings,
    terminal: &Terminal,
    workers: &dyn StartWorkers,
) -> Result<(), Failure> {
    // Everything that can be wrong with the input is found before anything is changed.
    let export = read_export(arguments.folder).await?;
    let request = BatchRequest::from(arguments.request);
    let press = start_presses(settings)?;
    let (checked, note) = check(&press, &export, &request).await?;
    check_folder(&arguments.out)?;

    let app = Arc::new(open_app(settings, press).await?);
    app.shelf.check()?;
    make_folder(&arguments.out)?;
    let Imported { kept_letter } = import_export(&app, &export).await?;
    // Of two letters only the one that is used is spoken of.
    let kept = kept_letter.map(|kept| kept.to_string());
    if let Some(note) = kept.or(note) {
        terminal.note(&format!("note: {note}"));
    }
    for note in notes_on_dates(&checked.options, app.today()) {
        terminal.note(&note);
    }
    if !terminal.json {
        for line in report_lines(&export.report) {
            terminal.note(&line);
        }
    }
    let slug = export.organisation.slug.clone();
    // It is in the database now; a large export need not stay in memory as well.
    drop(export);
    let batches = start_run(&app, &slug, &request).await?;
    for (place, batch) in batches.iter().enumerate() {
        if batch.resumed {
            terminal.note(&note_on_resumed(batch, place + 1 == batches.len()));
        }
    }
    let worker = workers.start(Arc::clone(&app)).await?;
    let worked = tokio::select! {
        worked = work(&app, &batches, &arguments.out, terminal, &*worker) => worked,
        changed = key_was_changed(&app) => Err(changed),
        () = asked_to_stop() => Err(stopped()),
    };
    let stopped = worker.stop().await;
    // Of two failures the first is the one to tell.
    let files = worked?;
    stopped?;
    let reported = report(&app, &batches, &files, terminal).await;
    app.close().await;
    reported
}

fn note_on_resumed(batch: &RunBatch, asked_for: bool) -> String {
    let note = format!(
        "note: going on with batch {}, which was interrupted",
        batch.id
    );
    if asked_for {
        return note;
    }
    let options = &batch.options;
    let window = match options.address_window {
        AddressWindow::Left => "left",
        AddressWindow::Right => "right",
    };
    let logo = if options.with_logo { "with" } else { "without" };
    format!(
        "{note}, as it was asked for then: letters dated {}, codes valid until {}, window on the {window}, {logo} logo",
        options.letter_date, options.valid_until
    )
}

async fn check(
    press: &Arc<Press>,
    export: &Export,
    request: &BatchRequest,
) -> Result<(CheckedRequest, Option<String>), Failure> {
    let today = day_in_amsterdam(system_clock()());
    let note = check_letter(press, export, today).await?;
    let checked = check_request(
        press,
        request,
        &export.organisation,
        export.logo.clone(),
        &export.locations,
        &export.assignments,
        today,
    )
    .await?;
    Ok((checked, note))
}

/// Waits until every team has ended, and takes each bundle out of the store as soon as it is there.
async fn work(
    app: &App,
    batches: &[RunBatch],
    out: &Path,
    terminal: &Terminal,
    workers: &dyn Workers,
) -> Result<Collected, Failure> {
    let mut collecting = Collecting {
        app,
        batches,
        out,
        screen: Progress::new(terminal),
        trouble: Trouble::default(),
        collected: Collected::new(),
        tried: Tried::default(),
        given_up: BTreeSet::new(),
    };
    let mut last_seen = (Instant::now(), Vec::new());
    loop {
        if workers.have_ended() {
            return Err(stuck("the workers cannot go on"));
        }
        if last_seen.0.elapsed() > PATIENCE {
            return Err(stuck("nothing has moved for ten minutes"));
        }
        if let Some(teams) = collecting.look().await? {
            collecting.screen.show(&teams);
            if teams.iter().all(|team| team.state.is_final()) {
                collecting.screen.finish();
                return Ok(collecting.collected);
            }
            if last_seen.1 != teams {
                last_seen = (Instant::now(), teams);
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The bundles of a run on their way out of the store.
struct Collecting<'a> {
    app: &'a App,
    batches: &'a [RunBatch],
    out: &'a Path,
    screen: Progress<'a>,
    trouble: Trouble,
    collected: Collected,
    tried: Tried,
    /// Interrupted batches with a bundle that is gone or damaged: it must not stand in the way of new letters for ever.
    given_up: BTreeSet<&'a str>,
}

impl Collecting<'_> {
    /// Takes out what is there by now, and tells where the teams are; `None` when the database or the store is away. The
    /// workers wait for those, and so does whoever looks on.
    async fn look(&mut self) -> Result<Option<Vec<TeamStatus>>, Failure> {
        let mut teams = Vec::new();
        for batch in self.batches {
            // Asked in this order, a team that has ended has its bundle collected in the same round.
            match progress(self.app, &batch.id).await {
                Ok(statuses) => {
                    self.say_what_failed(&batch.id, &statuses).await;
                    teams.extend(statuses);
                }
                Err(failure) if failure.kind == Kind::TryAgain => {
                    tracing::warn!(%failure, "progress not seen");
                    return Ok(self.wait_for(&failure));
                }
                Err(failure) => return Err(failure),
            }
            if self.given_up.contains(batch.id.as_str()) {
                continue;
            }
            let (collected, tried) = (&mut self.collected, &mut self.tried);
            match collect_ready(self.app, &batch.id, self.out, collected, tried).await {
                Ok(()) => {}
                Err(failure) if matches!(failure.code, "database" | "store") => {
                    tracing::warn!(%failure, "bundles not collected yet");
                    return Ok(self.wait_for(&failure));
                }
                Err(failure) if batch.resumed && self.batches.len() > 1 => {
                    let note = format!("note: batch {}: {failure}", batch.id);
                    self.screen.note(&note);
                    self.given_up.insert(&batch.id);
                }
                Err(failure) => return Err(failure),
            }
        }
        self.trouble.back();
        Ok(Some(teams))
    }

    fn wait_for(&mut self, failure: &Failure) -> Option<Vec<TeamStatus>> {
        if let Some(note) = self.trouble.away(failure, Instant::now()) {
            self.screen.note(&note);
        }
        None
    }

    async fn say_what_failed(&mut self, batch: &str, teams: &[TeamStatus]) {
        match self.trouble.attempts(self.app, batch, teams).await {
            Ok(notes) => notes.iter().for_each(|note| self.screen.note(note)),
            // Something to know on the way, and no reason to stop.
            Err(failure) => tracing::warn!(%failure, "failed attempts not seen"),
        }
    }
}

fn stopped() -> Failure {
    Failure {
        kind: Kind::TryAgain,
        code: "stopped",
        hint: Some("run the same command again: it goes on where it was".to_owned()),
        ..Failure::ours("it was told to stop before all teams were done")
    }
}

fn stuck(what: &str) -> Failure {
    Failure {
        kind: Kind::TryAgain,
        code: "stuck",
        message: what.to_owned(),
        hint: Some(
            "see that the disk is not full and the data folder can be written, then run the same command again: it goes on where it was"
                .to_owned(),
        ),
        source: None,
    }
}

async fn report(
    app: &App,
    batches: &[RunBatch],
    files: &Collected,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for (place, batch) in batches.iter().enumerate() {
        let summary = show_batch(app, &batch.id).await?;
        failures.extend(
            summary
                .teams
                .iter()
                .filter_map(|team| team.failure().map(str::to_owned)),
        );
        if !terminal.json {
            terminal.print(&table::teams(&summary, files))?;
        } else if place + 1 == batches.len() {
            // One object: what was asked for. Bundles of an interrupted run lie beside it.
            terminal.print_json(&RunAnswer::new(&summary, files))?;
        }
    }
    let Some(reason) = failures.first() else {
        return Ok(());
    };
    Err(Failure {
        kind: Kind::Ours,
        code: "teams_failed",
        message: format!(
            "{} failed ({reason}); the others are done",
            count(failures.len(), "team", "teams")
        ),
        hint: Some(
            "mend what is named, if it can be, and run the same command again: clients of the failed teams get their letters then, nobody else a second one"
                .to_owned(),
        ),
        source: None,
    })
}
