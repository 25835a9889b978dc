//! What only a press process does: compile a layout, prove the pages, export or draw them, decode a logo. A layout is
//! code and a logo is somebody else's file, so nothing in here runs in the program that knows the clients.
//!
//! `press/serve.rs` is the only caller.

pub(super) mod artwork;
pub(super) mod chunk;
mod complaint;
mod fault;
pub(super) mod forme;
pub(super) mod picture;
mod proof;
pub(super) mod sketch;
mod survey;
mod window;
mod words;
mod world;

pub use complaint::Complaint;
pub use fault::Misfit;
pub(super) use fault::{Breach, Fault};
pub(super) use forme::Forme;
