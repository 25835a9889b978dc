//! The things a person asks for, one file each. A door parses, calls these, and shows the answer.

pub mod app;
pub mod check_template;
pub mod collect_bundles;
pub mod edition;
mod failure;
pub mod import_export;
pub mod presses;
pub mod preview_template;
pub mod run_team_job;
pub mod show_batch;
pub mod specimens;
pub mod start_run;
pub mod submit_batch;
pub mod workers;

pub use app::App;
pub use failure::{Failure, Kind};
