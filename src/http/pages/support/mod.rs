//! The pages that Nedap support works with, each thin over operations.

mod batch;
mod batches;
mod check;
mod choice;
mod clients;
mod import;
mod locations;
mod log;
mod log_table;
mod new_batch;
mod organisations;
mod reasons;
mod tokens;

use axum::Router;

use crate::http::service::Service;

pub fn routes() -> Router<Service> {
    Router::new()
        .merge(organisations::routes())
        .merge(locations::routes())
        .merge(new_batch::routes())
        .merge(batches::routes())
        .merge(batch::routes())
        .merge(clients::routes())
        .merge(import::routes())
        .merge(log::routes())
        .merge(tokens::routes())
}
