//! The pages for people, in Dutch.
//!
//! | part | does |
//! |---|---|
//! | `layout` | what is around every page |
//! | `places` | where one can go |
//! | `reply` | how a page is answered, and how the next one is told what was done |
//! | `addresses` | what stands in the address of a page |
//! | `fields` | what a form brings |
//! | `faults` | what is wrong with a form |
//! | `pager` | the pages of a long list |
//! | `failure` | a page instead of the one that was asked for |
//! | `assets` | style, script and pictures |
//! | `support` | the pages that Nedap support works with |
//! | `provider` | the pages that a care provider works with |

pub mod addresses;
mod assets;
pub mod failure;
pub mod faults;
pub mod fields;
pub mod layout;
pub mod pager;
pub mod places;
mod provider;
pub mod reply;
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
