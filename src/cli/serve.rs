//! `serve`

use std::{net::SocketAddr, sync::Arc};

use clap::Args;

use super::{open_app, signals::asked_to_stop, terminal::Terminal, work};
use crate::operations::{
    Failure, Kind,
    app::Settings,
    key_watch::key_was_changed,
    presses::start_presses,
    server::{Server, StartServer},
    workers::{StartWorkers, Workers},
};

#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Jobs at a time, and processes that set letters; 0: answer only, others work [default: one per processor]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,
    /// The address that people type, when something stands in front: https://brieven.example
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}

/// How often it is asked whether server and workers are still there.
const LOOK: std::time::Duration = std::time::Duration::from_millis(200);

pub async fn run(
    arguments: &Serve,
    settings: &Settings,
    terminal: &Terminal,
    workers: &dyn StartWorkers,
    server: &dyn StartServer,
) -> Result<(), Failure> {
    let app = Arc::new(open_app(settings, start_presses(settings)?).await?);
    let server = server.start(Arc::clone(&app)).await?;
    let working = match arguments.workers {
        Some(0) => None,
        _ => Some(workers.start(Arc::clone(&app)).await?),
    };
    terminal.note(&format!("listening on http://{}", server.address()));
    let ended = tokio::select! {
        ended = until_over(&*server, working.as_deref()) => ended,
        changed = key_was_changed(&app) => Err(changed),
        () = asked_to_stop() => {
            terminal.note("stopping: what was asked is answered, and jobs under way are finished or handed back");
            Ok(())
        }
    };
    let answered = server.stop().await;
    let stopped = match working {
        Some(working) => working.stop().await,
        None => Ok(()),
    };
    app.close().await;
    ended.and(answered).and(stopped)
}

/// Waits until nobody answers or nobody works any more.
async fn until_over(server: &dyn Server, workers: Option<&dyn Workers>) -> Result<(), Failure> {
    loop {
        if workers.is_some_and(Workers::have_ended) {
            return Err(work::stuck());
        }
        if server.has_ended() {
            return Err(Failure {
                kind: Kind::TryAgain,
                code: "server_ended",
                hint: Some("start it again; -v says more of what happened".to_owned()),
                ..Failure::ours("the server answers no more")
            });
        }
        tokio::time::sleep(LOOK).await;
    }
}
