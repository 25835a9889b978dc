//! What a script reads: the same objects on the command line with `--json` and over HTTP, each with its place in the
//! OpenAPI document.
//!
//! Doors do not know each other, so what two of them say is here. No name, address or code of a client is in any.

#![allow(
    unused_qualifications,
    reason = "the derived places in the document have them"
)]

pub mod batch;
pub mod bundle;
pub mod client;
pub mod import;
pub mod invitation;
pub mod letter;
pub mod organisation;
pub mod run;
pub mod team;
pub mod token;
mod words;

pub use words::{
    address_style, client_number, digest, id, invitation_state, left_out, name_style, or_null,
    order, role, slug, team_state, window,
};
