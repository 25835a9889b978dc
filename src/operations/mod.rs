//! The things a person asks for, one file each. A door parses, calls these, and shows the answer.

pub mod app;
<<<<<<< HEAD
pub mod authenticate;
=======
pub mod back_up;
>>>>>>> 4fd5938 (doctor, backup, completions and man pages begin)
pub mod cancel_batch;
pub mod cancel_invitation;
pub mod check_template;
pub mod collect_bundles;
<<<<<<< HEAD
pub mod create_token;
=======
pub mod doctor;
>>>>>>> 4fd5938 (doctor, backup, completions and man pages begin)
pub mod dry_run;
pub mod edition;
mod failure;
pub mod fetch_bundle;
pub mod import_export;
pub mod list_batches;
pub mod list_clients;
pub mod list_invitations;
pub mod list_teams;
pub mod list_tokens;
pub mod presses;
pub mod preview_template;
pub mod purge;
pub mod redeem_code;
pub mod reissue_invitation;
pub mod render_letter;
pub mod retry_batch;
pub mod revoke_token;
pub mod run_team_job;
pub mod running;
pub mod server;
pub mod show_batch;
pub mod specimens;
pub mod start_run;
pub mod submit_batch;
pub mod switches;
pub mod workers;

pub use app::App;
pub use failure::{Failure, Kind};
