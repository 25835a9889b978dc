//! `run`: the main job in one go, through the same queue as the service.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use serde::Serialize;

use super::{
    arguments::Run, import::report_lines, open_app, progress::Progress, system_clock, table,
    terminal::Terminal,
};
use crate::{
    domain::{batch::BatchRequest, calendar::day_in_amsterdam},
    exports::Export,
    operations::{
        App, Failure,
        app::Settings,
        collect_bundles::{check_folder, collect_bundle},
        edition::logo_of_export,
        import_export::{import_export, read_export},
        show_batch::{BatchSummary, show_batch},
        start_run::{RunBatch, start_run},
        submit_batch::{CheckedRequest, check_request},
    },
    wording::english::count,
    worker::Worker,
};

/// How often the screen and the folder are brought up to date.
const LOOK: Duration = Duration::from_millis(100);

pub async fn run(arguments: Run, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    // Everything that can be wrong with the input is found before anything is changed.
    let export = read_export(arguments.folder).await?;
    let request = BatchRequest::from(arguments.request);
    let checked = check(&export, &request).await?;
    check_folder(&arguments.out)?;

    let app = Arc::new(open_app(settings).await?);
    import_export(&app, &export).await?;
    if !terminal.json {
        for line in report_lines(&export.report) {
            terminal.note(&line);
        }
    }
    let slug = &export.organisation.slug;
    let batches = start_run(&app, slug, &request, &checked, &export.fingerprint).await?;
    for batch in batches.iter().filter(|batch| batch.resumed) {
        terminal.note(&format!("note: going on with batch {}, which was interrupted", batch.id));
    }
    let worker = Worker::start(Arc::clone(&app)).await?;
    let files = work(&app, &batches, &arguments.out, terminal).await;
    worker.stop().await?;
    report(&app, &batches, &files?, terminal).await
}

async fn check(export: &Export, request: &BatchRequest) -> Result<CheckedRequest, Failure> {
    check_request(
        request,
        &export.organisation,
        export.logo.as_ref().map(logo_of_export),
        &export.locations,
        &export.assignments,
        day_in_amsterdam(system_clock()()),
    )
    .await
}

/// Files by batch and team.
type Files = BTreeMap<(String, String), PathBuf>;

/// Waits until every team has ended, and takes each bundle out of the store as soon as it is there.
async fn work(
    app: &App,
    batches: &[RunBatch],
    out: &std::path::Path,
    terminal: &Terminal,
) -> Result<Files, Failure> {
    let mut progress = Progress::new(terminal);
    let mut files = Files::new();
    loop {
        let mut statuses = Vec::new();
        for batch in batches {
            let teams = app.db.team_statuses(&batch.id).await?;
            for bundle in app.db.bundles(&batch.id).await? {
                let Some(team) = teams.iter().find(|team| team.team_job == bundle.team_job) else {
                    continue;
                };
                let place = (batch.id.clone(), team.team_id.clone());
                if !files.contains_key(&place) {
                    files.insert(place, collect_bundle(app, &bundle, out).await?);
                }
            }
            statuses.extend(teams);
        }
        progress.show(&statuses);
        let ended = statuses.iter().filter(|team| team.state.is_final()).count();
        let done = statuses
            .iter()
            .filter(|team| team.state == crate::domain::batch::TeamJobState::Done)
            .count();
        if ended == statuses.len() && files.len() == done {
            progress.finish();
            return Ok(files);
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn report(
    app: &App,
    batches: &[RunBatch],
    files: &Files,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut failed = 0;
    for (place, batch) in batches.iter().enumerate() {
        let summary = show_batch(app, &batch.id).await?;
        let files: BTreeMap<String, PathBuf> = files
            .iter()
            .filter(|((id, _), _)| *id == batch.id)
            .map(|((_, team), path)| (team.clone(), path.clone()))
            .collect();
        failed += summary.teams.iter().filter(|team| team.failure.is_some()).count();
        if !terminal.json {
            terminal.print(&table::teams(&summary, &files));
        } else if place + 1 == batches.len() {
            // One object: what was asked for. Bundles of an interrupted run lie beside it.
            terminal.print_json(&answer(&summary, &files))?;
        }
    }
    if failed > 0 {
        return Err(Failure::ours(format!(
            "{} failed; the others are done",
            count(failed, "team", "teams")
        )));
    }
    Ok(())
}

/// What `run --json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    batch: &'a str,
    clients: usize,
    letters: usize,
    left_out: BTreeMap<&'static str, usize>,
    teams: Vec<TeamAnswer<'a>>,
}

#[derive(Serialize)]
struct TeamAnswer<'a> {
    id: &'a str,
    name: &'a str,
    state: &'a str,
    clients: usize,
    letters: usize,
    left_out: &'a BTreeMap<&'static str, usize>,
    bundle: Option<&'a PathBuf>,
    sha256: Option<&'a str>,
}

fn answer<'a>(summary: &'a BatchSummary, files: &'a BTreeMap<String, PathBuf>) -> Answer<'a> {
    Answer {
        batch: &summary.id,
        clients: summary.clients(),
        letters: summary.letters(),
        left_out: summary.left_out(),
        teams: summary
            .teams
            .iter()
            .map(|team| TeamAnswer {
                id: &team.team_id,
                name: &team.team_name,
                state: team.state.as_str(),
                clients: team.clients,
                letters: team.letters,
                left_out: &team.left_out,
                bundle: files.get(&team.team_id),
                sha256: team.bundle.as_ref().map(|bundle| bundle.sha256.as_str()),
            })
            .collect(),
    }
}
