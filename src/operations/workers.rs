//! Workers, for a door that needs some: `run` works on its own batch, a server may work beside answering.
//!
//! Doors do not know each other, so `main` hands one to the other through this.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::{App, Failure};

/// Starts workers in this process.
pub trait StartWorkers: Sync {
    fn start(&self, app: Arc<App>) -> BoxFuture<'_, Result<Box<dyn Workers>, Failure>>;
}

/// Workers that run until they are stopped.
pub trait Workers: Send {
    /// They ended without being asked to; nobody works on the queue any more.
    fn have_ended(&self) -> bool;

    /// Takes no new job, waits a while for those under way, hands back what is left, and ends.
    fn stop(self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>>;
}
