//! The door that the queue comes in by: takes tasks and runs team jobs.
//!
//! apalis only says which job is next. What it says is not relied on for more: the state, the attempts and the reasons
//! are in our own tables, written by [`run_team_job`], and who is dead is for [`lease`] to tell.

mod lease;
mod ticker;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use apalis::prelude::*;
use apalis_codec::json::JsonCodec;
use apalis_core::backend::{
    Backend, BackendConfig, WireFormatBackend, ext::BackendExt, finalize::Durable,
    persistence::TaskPersistLayer,
};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use chrono::TimeDelta;
use futures::{FutureExt, future::BoxFuture};
use serde_json::Value;
use tokio::{
    task::{JoinError, JoinHandle},
    time::timeout,
};

use self::{lease::Names, ticker::Ticker};
use crate::{
    domain::actor::Actor,
    operations::{
        App, Failure,
        run_team_job::{Ended, run_team_job},
        workers::{StartWorkers, Workers},
    },
    storage::{
        database::Pool,
        tasks::{QUEUE, TeamJobTask},
    },
};

/// How long jobs that are under way may go on when the process is to stop; then they are handed back.
const GRACE: Duration = Duration::from_secs(10);
/// How long handing back may take; then the others find out by themselves.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Beats that apalis lets pass before it calls a worker dead by the clock: more than ever come, since a clock can jump.
/// Leases tell.
const NEVER: usize = 10_000_000;
/// How often apalis writes down that a worker is there.
const APALIS_BEAT: Duration = Duration::from_secs(30);

/// How often the queue is asked for work when it is quiet.
const POLL: Duration = Duration::from_millis(200);

/// Restarts without a quiet spell after which a worker gives up: two minutes of a database that refuses.
const MOST_RESTARTS: u32 = 240;
/// A worker that ran this long had recovered.
const QUIET_SPELL: Duration = Duration::from_secs(10);
/// How long a worker that failed waits before it starts again.
const RESTART_PAUSE: Duration = Duration::from_millis(500);

/// Starts workers in this process.
pub struct InProcess;

impl StartWorkers for InProcess {
    fn start(&self, app: Arc<App>) -> BoxFuture<'_, Result<Box<dyn Workers>, Failure>> {
        async { Ok(Box::new(Worker::start(app).await?) as Box<dyn Workers>) }.boxed()
    }
}

/// Workers that run until they are stopped.
struct Worker {
    app: Arc<App>,
    stop: MonitorContext,
    monitor: JoinHandle<Result<(), MonitorError>>,
    lease: JoinHandle<()>,
}

impl Worker {
    /// Starts working on the queue, on as many jobs at a time as the app has threads.
    async fn start(app: Arc<App>) -> Result<Self, Failure> {
        // Whoever started it, the work on the queue is the program's own.
        let app = Arc::new(app.acting_as(Actor::worker()));
        lease::release_the_dead(&app).await?;
        // More than one task at a time would wait, locked, behind a long job.
        let worker = match app.db.pool().clone() {
            Pool::Sqlite(pool) => {
                let config = apalis_sqlite::Config::default()
                    .queue(QUEUE)
                    .batch_size(1)
                    .heartbeat_interval(APALIS_BEAT)
                    .missed_heartbeats(NEVER);
                let backend =
                    move || SqliteStorage::<TeamJobTask>::new(&pool).with_config(config.clone());
                Self::start_on(app, backend)
            }
            Pool::Postgres(pool) => {
                let config = apalis_postgres::Config::default()
                    .queue(QUEUE)
                    .batch_size(1)
                    .heartbeat_interval(APALIS_BEAT)
                    .missed_heartbeats(NEVER);
                let backend =
                    move || PostgresStorage::<TeamJobTask>::new(&pool).with_config(config.clone());
                Self::start_on(app, backend)
            }
        };
        Ok(worker)
    }

    /// Any backend of the queue will do; only [`Worker::start`] knows which it is.
    fn start_on<B>(app: Arc<App>, backend: impl Fn() -> B + Send + Sync + 'static) -> Self
    where
        B: Backend<Task = Task<Vec<u8>>>
            + BackendConfig<
                Args = TeamJobTask,
                Kind = Durable,
                Layer = TaskPersistLayer<JsonCodec<Value>, Value>,
            > + WireFormatBackend<Compact = Vec<u8>, Codec = JsonCodec<Vec<u8>>>
            + Clone
            + Send
            + Sync
            + Unpin
            + 'static,
        B::Error: std::error::Error + Send + Sync + 'static,
    {
        let names = Names::new(app.db.worker_locks().to_owned());
        let lease = tokio::spawn(lease::keep(Arc::clone(&app)));
        let register = {
            let app = Arc::clone(&app);
            move |_: usize| {
                // A name of its own for every start: under an old one apalis either fails or never finds its orphans.
                let name = names.renew();
                WorkerBuilder::new(name)
                    .backend(backend().poll_with_strategy(Ticker::every(POLL)))
                    .concurrency(app.threads)
                    .data(Arc::clone(&app))
                    .build(handle)
            }
        };
        let streak = Streak::default();
        let monitor = Monitor::new()
            .register(register)
            .should_restart(move |_, error| {
                if streak.one_more() > MOST_RESTARTS {
                    tracing::error!(%error, "worker gives up");
                    return false;
                }
                tracing::warn!(%error, "worker restarts");
                // What made it fail may last; without a pause it would fail as fast as it can.
                tokio::task::block_in_place(|| std::thread::sleep(RESTART_PAUSE));
                true
            });
        Self {
            app,
            stop: monitor.context(),
            monitor: tokio::spawn(monitor.run()),
            lease,
        }
    }
}

impl Worker {
    /// Waits until no job is under way. An attempt may outlive the worker that began it, when that one had to start
    /// again because of the database.
    async fn finish(&mut self) -> Result<Result<(), MonitorError>, JoinError> {
        while !self.app.running.attempts().is_empty() {
            tokio::time::sleep(POLL).await;
        }
        (&mut self.monitor).await
    }
}

impl Workers for Worker {
    fn have_ended(&self) -> bool {
        self.monitor.is_finished()
    }

    fn stop(self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>> {
        async {
            let mut worker = *self;
            let stopped = worker.stop.shutdown();
            let mut ended = timeout(GRACE, worker.finish()).await;
            if ended.is_err() {
                worker.app.stopping.raise();
                ended = timeout(LAST_WORDS, worker.finish()).await;
            }
            worker.lease.abort();
            match (stopped, ended) {
                (Ok(()), Ok(Ok(Ok(())))) => Ok(()),
                (Err(error), _) | (_, Ok(Ok(Err(error)))) => Err(Failure::ours(format!(
                    "the worker did not stop well: {error}"
                ))),
                (_, Ok(Err(error))) => {
                    Err(Failure::ours(format!("the worker broke down: {error}")))
                }
                (_, Err(_)) => {
                    tracing::warn!("a job under way could not be handed back in time");
                    Ok(())
                }
            }
        }
        .boxed()
    }
}

/// Failures of a worker that come soon after each other.
#[derive(Default)]
struct Streak(Mutex<Option<(Instant, u32)>>);

impl Streak {
    /// How many there are now.
    fn one_more(&self) -> u32 {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = match *last {
            Some((at, count)) if at.elapsed() < QUIET_SPELL => count + 1,
            _ => 1,
        };
        *last = Some((Instant::now(), count));
        count
    }
}

/// One task of the queue. An error tells apalis to keep the task for another try; by then our own tables say why and
/// when.
async fn handle(
    task: TeamJobTask,
    app: Data<Arc<App>>,
    worker: WorkerContext,
) -> Result<(), BoxDynError> {
    match run_team_job(&app, &task.team_job, worker.name()).await {
        Ok(Ended::Finished) => Ok(()),
        Ok(Ended::Queued) => Err("to be tried again".into()),
        Err(failure) => {
            tracing::error!(
                team_job = task.team_job,
                code = failure.code,
                error = %failure,
                "attempt not recorded"
            );
            // So that the next try is not at once; if this cannot be written either, the queue decides.
            let soon = TimeDelta::seconds(3);
            if let Err(error) = app.db.delay_task(&task.team_job, soon).await {
                tracing::warn!(team_job = task.team_job, %error, "next try not put off");
            }
            Err(failure.into())
        }
    }
}
