//! The tables as sea-orm sees them: one entity a file, columns only. What they mean is said in the aggregate files.

pub mod access_token;
pub mod assignment;
pub mod audit;
pub mod audit_client;
pub mod audit_head;
pub mod batch;
pub mod bundle;
pub mod client;
pub mod failed_tries;
pub mod intake_form;
pub mod invitation;
pub mod key_generation;
pub mod letter_logo;
pub mod letter_version;
pub mod location;
pub mod logo;
pub mod organisation;
pub mod outcome_count;
pub mod purge_day;
pub mod session;
pub mod team_client;
pub mod team_job;
pub mod team_job_attempt;
