//! What `run --json` says: a batch, and where its bundles lie.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use crate::operations::{collect_bundles::Collected, show_batch::BatchSummary};

/// What a run has come to. `clients` = `letters` + all of `left_out`.
#[derive(Serialize)]
pub struct Run<'a> {
    batch: &'a str,
    clients: usize,
    letters: usize,
    left_out: BTreeMap<&'static str, usize>,
    teams: Vec<RunTeam<'a>>,
}

#[derive(Serialize)]
pub struct RunTeam<'a> {
    id: &'a str,
    name: &'a str,
    state: &'a str,
    clients: usize,
    letters: usize,
    left_out: &'a BTreeMap<&'static str, usize>,
    /// Where it was written.
    bundle: Option<&'a PathBuf>,
    /// Of its bundle.
    sha256: Option<&'a str>,
}

impl<'a> Run<'a> {
    pub fn new(summary: &'a BatchSummary, files: &'a Collected) -> Self {
        let teams = summary.teams.iter().map(|team| RunTeam {
            id: &team.team_id,
            name: &team.team_name,
            state: team.state.as_str(),
            clients: team.clients,
            letters: team.letters,
            left_out: &team.left_out,
            bundle: files.get(&team.team_job),
            sha256: team.bundle.as_ref().map(|bundle| bundle.sha256.as_str()),
        });
        Self {
            batch: &summary.id,
            clients: summary.clients(),
            letters: summary.letters(),
            left_out: summary.left_out(),
            teams: teams.collect(),
        }
    }
}
