//! The words of the field as types. Pure: no files, no database, no clock, no async.
//!
//! Everything here can be tested with values alone; time and randomness come in as arguments.

pub mod actor;
pub mod address;
pub mod audit;
pub mod batch;
pub mod calendar;
pub mod client;
pub mod country;
pub mod eligibility;
mod initials;
pub mod intake;
pub mod invitation;
pub mod letter_fault;
pub mod letter_setup;
pub mod location;
pub mod name;
pub mod organisation;
pub mod selection;
mod spelling;
pub mod team_job;
