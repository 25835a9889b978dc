//! A server that answers over HTTP, for a door that starts one: `main` hands it to the command line, since doors do
//! not know each other.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use futures::future::BoxFuture;

use super::{App, Failure};

/// Where the server listens and what it may believe of those who ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Port 0: one that is free.
    pub listen: SocketAddr,
    /// The address that people type, `https://brieven.example`, when something stands in front; cookies are marked
    /// secure when it starts with `https`.
    pub public_url: Option<String>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
        }
    }
}

/// Starts a server in this process.
pub trait StartServer: Sync {
    fn start(&self, app: Arc<App>) -> BoxFuture<'_, Result<Box<dyn Server>, Failure>>;
}

/// A server that answers until it is stopped.
pub trait Server: Send {
    /// Where it listens.
    fn address(&self) -> SocketAddr;

    /// It ended without being asked to.
    fn has_ended(&self) -> bool;

    /// Takes no new request, answers those under way, and ends.
    fn stop(self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>>;
}
