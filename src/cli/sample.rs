//! `sample`

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

use super::terminal::Terminal;
use crate::{
    exports::sample::{DEFAULT_TEAMS, SampleSpec, write_sample},
    operations::Failure,
    wording::english::count,
};

#[derive(Debug, Args)]
pub struct Sample {
    /// How many clients
    #[arg(long, value_name = "N")]
    pub clients: usize,
    /// How many teams [default: 8, or as many as there are clients]
    #[arg(long, value_name = "M")]
    pub teams: Option<usize>,
    /// Another seed, another invented export
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// A folder that does not exist yet, or is empty
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

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
