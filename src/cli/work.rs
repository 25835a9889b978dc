//! `work`: workers alone.

use std::{sync::Arc, time::Duration};

use clap::Args;

use super::{open_app, signals::asked_to_stop, terminal::Terminal};
use crate::{
    operations::{
        App, Failure, Kind,
        app::Settings,
        key_watch::key_was_changed,
        list_batches::any_job_left,
        presses::start_presses,
        workers::{StartWorkers, Workers},
    },
    wording::english::count,
};

#[derive(Debug, Args)]
pub struct Work {
    /// Jobs at a time, and processes that set letters [default: one per processor]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,
    /// End when no job is left
    #[arg(long)]
    pub until_idle: bool,
}

/// How often it is asked whether there is anything left to do.
const LOOK: Duration = Duration::from_millis(200);

pub async fn run(
    arguments: &Work,
    settings: &Settings,
    terminal: &Terminal,
    workers: &dyn StartWorkers,
) -> Result<(), Failure> {
    let app = Arc::new(open_app(settings, start_presses(settings)?).await?);
    let worker = workers.start(Arc::clone(&app)).await?;
    let jobs = count(settings.threads, "job", "jobs");
    terminal.note(&format!("working on {jobs} at a time"));
    let ended = tokio::select! {
        ended = until_over(&app, &*worker, arguments.until_idle) => ended,
        changed = key_was_changed(&app) => Err(changed),
        () = asked_to_stop() => {
            terminal.note("stopping: jobs under way are finished or handed back");
            Ok(())
        }
    };
    let stopped = worker.stop().await;
    app.close().await;
    ended.and(stopped)
}

/// Waits until nothing is left to do, if that is asked for, or until nobody works any more.
async fn until_over(app: &App, worker: &dyn Workers, until_idle: bool) -> Result<(), Failure> {
    loop {
        if worker.have_ended() {
            return Err(stuck());
        }
        if until_idle {
            match any_job_left(app).await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                // The workers wait for the database, and so does this.
                Err(failure) => tracing::warn!(%failure, "not looked whether a job is left"),
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The workers have ended without being asked to.
pub(super) fn stuck() -> Failure {
    Failure {
        kind: Kind::TryAgain,
        code: "stuck",
        hint: Some(
            "see that the database can be reached and the disk is not full, then start it again"
                .to_owned(),
        ),
        ..Failure::ours("the workers cannot go on")
    }
}
