//! brievenbus: batches of invitation letters, from a care provider's export to a bundle of letters per team.
pub mod domain;
pub mod bundles;
pub mod cli;
pub mod config;
pub mod exports;
pub mod letters;
pub mod operations;
pub mod storage;
pub mod wording;
pub mod worker;
