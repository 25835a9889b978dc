//! `sample`

use chrono::NaiveDate;

use super::{arguments::Sample, terminal::Terminal};
use crate::{
    exports::sample::{DEFAULT_TEAMS, SampleSpec, write_sample},
    operations::Failure,
    wording::english::count,
};

pub async fn run(arguments: Sample, terminal: &Terminal) -> Result<(), Failure> {
    // A fixed day, so that a seed gives the same export whenever it is asked for.
    let today = NaiveDate::from_ymd_opt(2026, 1, 1)
        .ok_or_else(|| Failure::ours("the sample's day is no date"))?;
    let spec = SampleSpec {
        clients: arguments.clients,
        teams: arguments
            .teams
            .unwrap_or(DEFAULT_TEAMS.min(arguments.clients)),
        seed: arguments.seed,
        today,
    };
    let out = arguments.out.clone();
    let written = tokio::task::spawn_blocking(move || write_sample(&spec, &out)).await;
    let report = match written {
        Ok(result) => {
            result.map_err(|error| Failure::input("sample", error.to_string(), error.hint()))?
        }
        Err(error) => {
            return Err(Failure::ours(format!(
                "writing the sample stopped: {error}"
            )));
        }
    };
    if terminal.json {
        return terminal.print_json(&serde_json::json!({
            "folder": arguments.out,
            "clients": report.clients,
            "teams": report.teams,
            "seed": arguments.seed,
        }));
    }
    terminal.print(&format!(
        "{} in {} written to {}",
        count(report.clients, "client", "clients"),
        count(report.teams, "team", "teams"),
        arguments.out.display()
    ))
}
