//! The pages for people, in Dutch.
//!
//! | part | does |
//! |---|---|
//! | `layout` | what is around every page, and how one is answered |
//! | `addresses` | what stands in the address of a page |
//! | `fields` | what a form brings |
//! | `failure` | a page instead of the one that was asked for |
//! | `assets` | style, script and pictures |
//! | `support` | the pages that Nedap support works with |
//! | `provider` | the pages that a care provider works with |

pub mod addresses;
mod assets;
pub mod failure;
pub mod fields;
pub mod layout;
mod provider;
mod support;

use axum::Router;

pub use self::failure::{PageFailure, no_such_page, session_ended};
use super::service::Service;

pub fn routes() -> Router<Service> {
    Router::new()
        .merge(assets::routes())
        .merge(support::routes())
        .merge(provider::routes())
}
