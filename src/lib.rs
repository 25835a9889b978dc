//! brievenbus: batches of invitation letters, from a care provider's export to a bundle of letters per team.
//!
//! # The seven stops
//!
//! A request for letters passes seven stops, one function each:
//!
//! 1. A door parses what was typed into a [`domain::batch::BatchRequest`].
//! 2. [`domain::batch::plan_batch`] works out who is a client of which team.
//! 3. `save_plan` ([`storage`], `src/storage/batches.rs`) saves plan and tasks in one transaction.
//! 4. `select_eligible` parts each team's clients into letters and left out, with one reason each.
//! 5. `issue_invitations` gives everybody selected a code, saved before anything is typeset.
//! 6. `typeset_letters` has the presses, processes of their own, set a letter each, proved to be one A4 with the address
//!    in the window.
//! 7. `pack_bundle` packs the zip and puts it on the shelf, whole.
//!
//! The last four are the body of [`operations::run_team_job`], in that order.
//!
//! # The rings
//!
//! Imports point inward only; `tests/house.rs` keeps it so.
//!
//! ```text
//! cli  http  worker  doors: parse, call operations, show the answer
//!   answers          what a script reads, the same at every door
//!   operations       one file per thing a person asks for
//!     letters  bundles  storage  exports    workshops, which do not know each other
//!       domain       the words of the field: no I/O, no clock, no chance
//! ```
//!
//! [`wording`] holds the sentences that more than one room says, and [`config`] is the only reader of the environment.

pub mod answers;
pub mod bundles;
pub mod cli;
pub mod config;
pub mod domain;
pub mod exports;
pub mod http;
pub mod letters;
pub mod operations;
pub mod storage;
pub mod wording;
pub mod worker;
