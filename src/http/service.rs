//! What every handler shares.

use std::sync::Arc;

use super::api::Followers;
use crate::operations::{App, running::Stopping};

/// Cloning shares it.
#[derive(Clone)]
pub struct Service {
    /// Acting as the program itself; handlers work with the app of their caller.
    pub app: Arc<App>,
    /// Raised when the server is to stop: whoever keeps a connection open lets go.
    pub closing: Stopping,
    /// The batches that somebody follows.
    pub followers: Followers,
}

impl Service {
    pub fn new(app: Arc<App>) -> Self {
        Self {
            app,
            closing: Stopping::default(),
            followers: Followers::default(),
        }
    }
}
