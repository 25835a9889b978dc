//! Who may ask, how often, how much and how long; and what every answer says to a browser.

#[path = "access/journeys.rs"]
mod journeys;
#[path = "access/limits.rs"]
mod limits;
#[path = "access/locks.rs"]
mod locks;
#[path = "access/watched.rs"]
mod watched;

use crate::support::{cli::Cli, fixture, service::Service};

const TEAMS: &str = "/api/v1/organisations/de-beste-zorg/teams";

/// A service with the invented organisation, that makes no letters, with these settings.
fn service(settings: &[(&str, &str)]) -> Service {
    let settings: Vec<(String, String)> = settings
        .iter()
        .map(|(name, value)| (format!("BRIEVENBUS_{name}"), (*value).to_owned()))
        .collect();
    let cli = Cli::new().with(&settings);
    cli.ok(&["import", fixture::FOLDER]);
    Service::of(cli, &["--workers", "0"])
}
