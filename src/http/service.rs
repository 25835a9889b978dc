//! What every handler shares.

use std::sync::Arc;

use super::{
    access::oidc::Oidc, api::Followers, guesses::Guesses, health::Looked, limits::Places,
    metrics::Latest, rates::Rates,
};
use crate::operations::{App, Failure, running::Stopping};

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
    pub guesses: Arc<Guesses>,
    /// Where support may sign in besides with a token.
    pub oidc: Arc<Option<Oidc>>,
    /// Numbers from the database, for `/metrics`.
    pub latest: Arc<Latest>,
    /// Whether it can do its work, for `/readyz`.
    pub looked: Arc<Looked>,
    /// The batches that somebody follows.
    pub followers: Followers,
}

impl Service {
    pub fn new(app: Arc<App>) -> Result<Self, Failure> {
        Ok(Self {
            places: Arc::new(Places::new(app.server.most_requests)),
            rates: Arc::default(),
            guesses: Arc::default(),
            oidc: Arc::new(Oidc::new(&app.server)?),
            app,
            closing: Stopping::default(),
            latest: Arc::default(),
            looked: Arc::default(),
            followers: Followers::default(),
        })
    }
}
