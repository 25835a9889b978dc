//! The closing table: a team a line.

use std::{collections::BTreeMap, path::PathBuf};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::{domain::eligibility::Reason, operations::show_batch::BatchSummary};

/// Widest table when the output is no terminal, in characters.
const WIDTH: u16 = 120;

/// Team, clients, letters, left out by reason, file; and a line with the sum when there are more teams.
pub fn teams(summary: &BatchSummary, files: &BTreeMap<String, PathBuf>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["Team", "Clients", "Letters", "Left out", "File"]);
    if table.width().is_none() {
        table.set_width(WIDTH);
    }
    for team in &summary.teams {
        let file = match files.get(&team.team_id) {
            Some(path) => path.display().to_string(),
            None => team
                .failure
                .clone()
                .unwrap_or_else(|| team.state.as_str().to_owned()),
        };
        table.add_row([
            team.team_name.clone(),
            team.clients.to_string(),
            team.letters.to_string(),
            left_out(&team.left_out),
            file,
        ]);
    }
    if summary.teams.len() > 1 {
        table.add_row([
            "Total".to_owned(),
            summary.clients().to_string(),
            summary.letters().to_string(),
            left_out(&summary.left_out()),
            String::new(),
        ]);
    }
    for numbers in [1, 2] {
        if let Some(column) = table.column_mut(numbers) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// `12: linked 7, deceased 5`, in the order in which reasons are tried.
fn left_out(reasons: &BTreeMap<&'static str, usize>) -> String {
    let sum: usize = reasons.values().sum();
    if sum == 0 {
        return "0".to_owned();
    }
    let list: Vec<String> = Reason::ALL
        .iter()
        .filter_map(|reason| Some(format!("{} {}", reason.code(), reasons.get(reason.code())?)))
        .collect();
    format!("{sum}: {}", list.join(", "))
}
