//! What every handler shares.

use std::sync::Arc;

use super::{limits::Places, rates::Rates};
use crate::operations::{App, running::Stopping};

/// Cloning shares it.
#[derive(Clone)]
pub struct Service {
    /// Acting as the program itself; handlers work with the app of their caller.
    pub app: Arc<App>,
    /// Raised when the server is to stop: whoever keeps a connection open lets go.
    pub closing: Stopping,
    /// For requests that are worked on at the same time.
    pub places: Arc<Places>,
    pub rates: Arc<Rates>,
}

impl Service {
    pub fn new(app: Arc<App>) -> Self {
        Self {
            places: Arc::new(Places::new(app.server.most_requests)),
            rates: Arc::default(),
            app,
            closing: Stopping::default(),
        }
    }
}
