//! The door on the network: an API for scripts under `/api/v1`, pages for people at `/`.
//!
//! | part | does |
//! |---|---|
//! | `connection` | what is set on every connection |
//! | `service` | what every handler shares |
//! | `caller` | who asks, and whether they may: each handler takes the caller that it is for |
//! | `problem` | a failure as `application/problem+json` |
//! | `request` | what happens to every request, whatever it asks |
//! | `access` | signing in and out; where a request came from, and whether our own pages made it |
//! | `limits`, `rates`, `guesses` | how large, how long, how many, how often, and how often in vain |
//! | `headers` | what every answer says to a browser |
//! | `input`, `parcels` | what a request brings, read or refused |
//! | `attachments`, `ranges` | files to save, whole or in parts |
//! | `health`, `metrics` | for whoever looks after the server |
//! | `chores` | what is done every few minutes |
//! | `api` | the routes for scripts, each with its place in the OpenAPI document |
//! | `pages` | the routes for people, in Dutch |

mod access;
mod api;
mod attachments;
mod caller;
mod chores;
mod connection;
mod guesses;
mod headers;
mod health;
mod input;
mod limits;
mod metrics;
mod pages;
mod parcels;
mod problem;
mod ranges;
mod rates;
mod request;
mod service;

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use axum_server::Handle;
use futures::{FutureExt, future::BoxFuture};
use hyper_util::rt::TokioTimer;
use tokio::task::JoinHandle;

use self::{connection::Acceptor, service::Service};
use crate::operations::{
    App, Failure,
    running::Stopping,
    server::{Server, StartServer},
};

/// How long a client may take to say what it wants.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// Bytes that wait to be sent on a connection, and of the head of a request: a client that reads slowly is not to fill
/// the memory.
const BUFFER: usize = 64 << 10;
/// How long answers that are under way may take when the server is to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Starts a server in this process.
pub struct Listening;

impl StartServer for Listening {
    fn start(&self, app: Arc<App>) -> BoxFuture<'_, Result<Box<dyn Server>, Failure>> {
        async move { Ok(Box::new(Running::start(app)?) as Box<dyn Server>) }.boxed()
    }
}

/// A server that answers.
struct Running {
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    closing: Stopping,
    answering: JoinHandle<std::io::Result<()>>,
}

impl Running {
    fn start(app: Arc<App>) -> Result<Self, Failure> {
        let listen = app.server.listen;
        let in_use = |error: std::io::Error| {
            Failure::input(
                "listen",
                format!("the address {listen} cannot be listened at: {error}"),
                "choose another with --listen, or end what listens there",
            )
        };
        let listener = TcpListener::bind(listen).map_err(in_use)?;
        let address = listener.local_addr().map_err(in_use)?;
        metrics::start();
        let service = Service::new(app)?;
        let closing = service.closing.clone();
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(listener)
            .map_err(in_use)?
            .acceptor(Acceptor::default())
            .handle(handle.clone());
        server
            .http_builder()
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIME)
            .max_buf_size(BUFFER);
        tokio::spawn(chores::until_closing(service.clone()));
        let answers = routes(service).into_make_service_with_connect_info::<SocketAddr>();
        let answering = tokio::spawn(server.serve(answers));
        Ok(Self {
            address,
            handle,
            closing,
            answering,
        })
    }
}

impl Server for Running {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn has_ended(&self) -> bool {
        self.answering.is_finished()
    }

    fn stop(self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>> {
        async move {
            // Those who follow a batch would listen for ever.
            self.closing.raise();
            self.handle.graceful_shutdown(Some(GRACE));
            match self.answering.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(Failure::ours(format!(
                    "the server did not stop well: {error}"
                ))),
                Err(error) => Err(Failure::ours(format!("the server broke down: {error}"))),
            }
        }
        .boxed()
    }
}

/// Everything that is answered.
fn routes(service: Service) -> Router {
    every_route()
        .layer(middleware::from_fn_with_state(
            service.clone(),
            request::around,
        ))
        .with_state(service)
}

fn every_route() -> Router<Service> {
    Router::new()
        .nest("/api/v1", api::routes())
        .merge(access::routes())
        .merge(pages::routes())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .merge(breakdowns())
        .fallback(nothing_here)
}

/// Routes that break down, for tests of what happens then.
#[cfg(feature = "test-switches")]
fn breakdowns() -> Router<Service> {
    #[expect(clippy::panic, reason = "that is what it is for")]
    async fn break_down() {
        panic!("a secret in a panic");
    }
    Router::new()
        .route("/api/v1/tests/panic", get(break_down))
        .route("/tests/panic", get(break_down))
}

#[cfg(not(feature = "test-switches"))]
fn breakdowns() -> Router<Service> {
    Router::new()
}

async fn nothing_here(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return problem::Problem::from(problem::unknown_address()).into_response();
    }
    pages::PageFailure(pages::no_such_page()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Whoever adds a route says there for whom it is, and `tests/matrix.rs` sees that it is so.
    const ROWS: &str = include_str!("../../tests/matrix/routes.txt");

    #[test]
    fn every_route_has_a_row_in_the_matrix() {
        // The only view that axum gives of its routes.
        let shown = format!("{:?}", every_route());
        let routed: BTreeSet<&str> = shown
            .split('"')
            .filter(|text| text.starts_with('/'))
            .filter(|path| !path.contains("__private") && !path.contains("/tests/"))
            // Where the routes below it hang; nothing is there itself.
            .filter(|path| *path != "/api/v1")
            .collect();
        assert!(routed.len() > 40, "the routes were not found");
        let listed: BTreeSet<&str> = ROWS
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .collect();
        assert_eq!(routed, listed);
    }
}
