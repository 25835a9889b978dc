//! The pages that Nedap support works with, each thin over operations.

use axum::Router;

use crate::http::service::Service;

pub fn routes() -> Router<Service> {
    Router::new()
}
