//! The journeys: what a person or a script can rely on, tried on the program as it is run.
//!
//! A file a journey, named after the operation. They look at what comes out (text in the PDF, bytes in the zip, rows
//! in the database, sentences on the screen), never at how it was made. `storage` and `workshop` work inside the
//! process: one needs a clock and codes that it can hold still, the other letters that no export has.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod access;
mod accessible;
mod again;
mod anything;
mod api;
mod audit;
mod batches;
mod browser;
mod doctor;
mod example;
mod house;
mod import;
mod invitations;
mod letter_versions;
mod letters;
mod manual;
mod matrix;
mod operating;
mod pages;
mod presses;
mod prose;
mod provider_pages;
mod refusals;
mod reimport;
mod resume;
mod retention;
mod run;
mod sample;
mod sealing;
mod secrecy;
mod sign_in;
mod storage;
mod support;
mod template;
mod together;
mod window;
mod workers;
mod workshop;
