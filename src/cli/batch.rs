//! `batch submit`, `list`, `show`, `watch`, `cancel` and `retry`

use std::time::Duration;

use super::{
    batch_arguments::{Batch, BatchList, Submit, notes_on_dates},
    open_app,
    progress::Progress,
    table::{self, columns},
    terminal::Terminal,
};
use crate::{
    answers::batch::{Batch as Answer, BatchForecast, BatchInList},
    domain::{batch::BatchRequest, team_job::TeamJobState},
    operations::{
        App, Failure, Kind,
        app::Settings,
        cancel_batch::cancel_batch,
        dry_run::dry_run,
        list_batches::list_batches,
        presses::start_presses,
        retry_batch::retry_batch,
        show_batch::{find_batch, progress, show_batch},
        submit_batch::{Submission, new_batch_id, prepare_batch, submit_batch, submitted_before},
    },
    wording::english::count,
};

/// How often a batch that is watched is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub async fn run(command: Batch, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = match command {
        Batch::Submit(arguments) => submit(&app, *arguments, terminal).await,
        Batch::List(arguments) => list(&app, arguments, terminal).await,
        Batch::Show(id) => show(&app, &id.id, terminal).await,
        Batch::Watch(id) => watch(&app, &id.id, terminal).await,
        Batch::Cancel(id) => cancel(&app, &id.id, terminal).await,
        Batch::Retry(id) => retry(&app, &id.id, terminal).await,
    };
    app.close().await;
    done
}

async fn submit(app: &App, arguments: Submit, terminal: &Terminal) -> Result<(), Failure> {
    let request = BatchRequest {
        priority: arguments.priority.into(),
        ..arguments.request.into()
    };
    let key = arguments.idempotency_key.as_deref();
    if let Some(id) = submitted_before(app, &arguments.organisation, &request, key).await? {
        return submitted(app, &id, false, terminal).await;
    }
    let prepared = prepare_batch(app, &arguments.organisation, &request).await?;
    for note in notes_on_dates(prepared.options(), app.today()) {
        terminal.note(&note);
    }
    if arguments.dry_run {
        let forecast = dry_run(app, &prepared).await?;
        if terminal.json {
            return terminal.print_json(&BatchForecast::from(forecast));
        }
        return terminal.print(&table::forecast(&forecast));
    }
    let new = new_batch_id();
    let submission = Submission {
        id: &new,
        run_home: None,
        idempotency_key: key,
    };
    let id = submit_batch(app, &prepared, &submission).await?;
    submitted(app, &id, id == new, terminal).await
}

async fn submitted(app: &App, id: &str, new: bool, terminal: &Terminal) -> Result<(), Failure> {
    let summary = show_batch(app, id).await?;
    if terminal.json {
        return terminal.print_json(&Answer::from(summary));
    }
    let teams = count(summary.teams.len(), "team", "teams");
    terminal.print(&if new {
        format!("batch {id} submitted, {teams}; follow it with\nbrievenbus batch watch {id}")
    } else {
        format!(
            "batch {id} was submitted before with this idempotency key, {teams}; nothing was added"
        )
    })
}

async fn list(app: &App, arguments: BatchList, terminal: &Terminal) -> Result<(), Failure> {
    let batches = list_batches(app, arguments.organisation.as_ref(), arguments.most).await?;
    if terminal.json {
        let batches: Vec<_> = batches.into_iter().map(BatchInList::from).collect();
        return terminal.print_json(&batches);
    }
    let mut rows =
        vec![["Id", "State", "Teams", "Letters", "Created", "Organisation"].map(str::to_owned)];
    rows.extend(batches.into_iter().map(|batch| {
        [
            batch.id,
            batch.state.as_str().to_owned(),
            format!("{}/{}", batch.done, batch.teams),
            batch.made.to_string(),
            batch.created_at.format("%Y-%m-%d %H:%M").to_string(),
            batch.organisation,
        ]
    }));
    terminal.print(&columns(&rows))
}

async fn show(app: &App, id: &str, terminal: &Terminal) -> Result<(), Failure> {
    let summary = show_batch(app, id).await?;
    if terminal.json {
        return terminal.print_json(&Answer::from(summary));
    }
    terminal.print(&table::batch(&summary))
}

/// Ends when the batch has: well when all its letters are made.
async fn watch(app: &App, id: &str, terminal: &Terminal) -> Result<(), Failure> {
    find_batch(app, id).await?;
    let mut screen = Progress::new(terminal);
    loop {
        match progress(app, id).await {
            Ok(teams) => {
                screen.show(&teams);
                if teams.iter().all(|team| team.state.is_final()) {
                    break;
                }
            }
            // It may come back, and whoever watches waits anyway.
            Err(failure) if failure.kind == Kind::TryAgain => {
                tracing::warn!(%failure, "progress not seen");
            }
            Err(failure) => return Err(failure),
        }
        tokio::time::sleep(LOOK).await;
    }
    screen.finish();
    let summary = show_batch(app, id).await?;
    let state = summary.state;
    if terminal.json {
        terminal.print_json(&Answer::from(summary))?;
    } else {
        terminal.print(&table::batch(&summary))?;
    }
    match state {
        TeamJobState::Failed => Err(Failure {
            code: "teams_failed",
            hint: Some(format!(
                "mend what is named, if it can be, then `brievenbus batch retry {id}`"
            )),
            ..Failure::ours("a team of the batch has failed")
        }),
        TeamJobState::Cancelled => Err(Failure::conflict(
            "batch_cancelled",
            "the batch was cancelled",
            "submit it again if its letters are wanted after all",
        )),
        _ => Ok(()),
    }
}

async fn cancel(app: &App, id: &str, terminal: &Terminal) -> Result<(), Failure> {
    let cancelled = cancel_batch(app, id).await?;
    if terminal.json {
        return terminal.print_json(&Answer::from(show_batch(app, id).await?));
    }
    terminal.print(&format!(
        "{} cancelled; one that is being worked on stops within seconds",
        count(cancelled, "team", "teams")
    ))
}

async fn retry(app: &App, id: &str, terminal: &Terminal) -> Result<(), Failure> {
    let retried = retry_batch(app, id).await?;
    if terminal.json {
        return terminal.print_json(&Answer::from(show_batch(app, id).await?));
    }
    terminal.print(&format!(
        "{} on the queue again",
        count(retried, "team", "teams")
    ))
}
