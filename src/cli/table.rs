//! The closing table: a team a line, its file below it.

use std::collections::BTreeMap;

use console::{Term, measure_text_width, pad_str, truncate_str};

use crate::{
    domain::{eligibility::Reason, team_job::TeamJobState},
    operations::{
        collect_bundles::Collected,
        dry_run::Forecast,
        show_batch::{BatchSummary, TeamSummary},
    },
    wording::english::{count, reason},
};

/// Characters a line when the output is no terminal.
const WIDTH: usize = 120;
/// Narrowest and widest column for the names of teams.
const NAME: std::ops::RangeInclusive<usize> = 12..=36;
/// Columns with numbers, each with two spaces before it.
const NUMBER: usize = 8;

/// Team, clients, letters, left out by reason, file; and a line with the sum when there are more teams.
pub fn teams(summary: &BatchSummary, files: &Collected) -> String {
    let width = Term::stdout()
        .size_checked()
        .map_or(WIDTH, |(_, columns)| usize::from(columns));
    let longest = summary
        .teams
        .iter()
        .map(|team| measure_text_width(&team.team_name))
        .max();
    let name = longest.unwrap_or(0).clamp(*NAME.start(), *NAME.end());
    let mut lines = vec![line(name, ["Team", "Clients", "Letters", "Left out"])];
    for team in &summary.teams {
        let counts = (team.clients, team.letters, &team.left_out);
        lines.extend(counted(name, width, &team.team_name, counts));
        lines.push(format!("  {}", file(team, files)));
    }
    if summary.teams.len() > 1 {
        let left_out = summary.left_out();
        let counts = (summary.clients(), summary.letters(), &left_out);
        lines.push(String::new());
        lines.extend(counted(name, width, "Total", counts));
    }
    lines.join("\n")
}

/// A batch as `batch show` tells of it: the teams with their state, and why attempts ended.
pub fn batch(summary: &BatchSummary) -> String {
    let mut text = vec![format!(
        "batch {} of {}: {}; letters of {}, valid until {}",
        summary.id,
        summary.organisation,
        summary.state.as_str(),
        summary.letter_date,
        summary.valid_until
    )];
    let mut rows =
        vec![["Team", "State", "Made", "Clients", "Letters", "Left out"].map(str::to_owned)];
    for team in &summary.teams {
        let left_out: usize = team.left_out.values().sum();
        let state = match team.cancelling {
            true => "cancelling",
            false => team.state.as_str(),
        };
        rows.push([
            team.team_name.clone(),
            state.to_owned(),
            format!("{}/{}", team.made, team.expected),
            team.clients.to_string(),
            team.letters.to_string(),
            left_out.to_string(),
        ]);
    }
    text.push(columns(&rows));
    for (team, attempt) in summary
        .teams
        .iter()
        .flat_map(|team| team.attempts.iter().map(move |attempt| (team, attempt)))
    {
        if let Some(reason) = &attempt.reason {
            text.push(format!(
                "{}, attempt {}: {reason}",
                team.team_name, attempt.number
            ));
        }
    }
    let reasons = reasons(&summary.left_out());
    if !reasons.is_empty() {
        text.push(format!("left out: {reasons}"));
    }
    text.join("\n")
}

/// Who would get a letter, and who would not, and why.
pub fn forecast(forecast: &Forecast) -> String {
    let mut rows = vec![["Team", "Clients", "Letters", "Left out"].map(str::to_owned)];
    for team in &forecast.teams {
        rows.push([
            team.team_name.clone(),
            team.clients.to_string(),
            team.letters.to_string(),
            reasons(&team.left_out),
        ]);
    }
    let mut text = vec![columns(&rows)];
    for team in &forecast.teams {
        for (client, why) in &team.impossible {
            let why = reason(*why);
            text.push(format!("{}, client {client}: {why}", team.team_name));
        }
    }
    if forecast.in_other_batches > 0 {
        text.push(format!(
            "also in a batch that is under way: {}; whoever gets a letter there gets none here",
            count(forecast.in_other_batches, "client", "clients")
        ));
    }
    text.push("nothing was issued".to_owned());
    text.join("\n")
}

fn reasons(left_out: &BTreeMap<&'static str, usize>) -> String {
    let reasons: Vec<String> = Reason::ALL
        .iter()
        .filter_map(|reason| {
            let count = left_out.get(reason.code())?;
            Some(format!("{} {count}", reason.code()))
        })
        .collect();
    reasons.join(", ")
}

/// Rows under each other, each column as wide as its widest cell. A column of numbers is set to the right.
pub fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut width = [0; N];
    let mut numbers = [rows.len() > 1; N];
    for (place, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            width[column] = width[column].max(measure_text_width(cell));
            numbers[column] &= place == 0 || cell.parse::<u64>().is_ok();
        }
    }
    let lines = rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let side = match numbers[column] {
                true => console::Alignment::Right,
                false => console::Alignment::Left,
            };
            pad_str(cell, width[column], side, None)
        });
        let cells: Vec<_> = cells.collect();
        cells.join("  ").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn file(team: &TeamSummary, files: &Collected) -> String {
    match (files.get(&team.team_job), team.failure()) {
        (Some(path), _) => path.display().to_string(),
        (None, Some(reason)) => format!("{}: {reason}", TeamJobState::Failed.as_str()),
        (None, None) => team.state.as_str().to_owned(),
    }
}

/// The numbers of a team, and the reasons behind them, on as many lines as they take.
fn counted(
    name: usize,
    width: usize,
    team: &str,
    (clients, letters, left_out): (usize, usize, &BTreeMap<&'static str, usize>),
) -> Vec<String> {
    let sum: usize = left_out.values().sum();
    let (clients, letters, sum) = (clients.to_string(), letters.to_string(), sum.to_string());
    let start = line(name, [team, &clients, &letters, &sum]);
    let indent = measure_text_width(&start) + 2;
    let mut lines = vec![start];
    let mut room = width.saturating_sub(indent);
    let mut first = true;
    let reasons = Reason::ALL.iter().filter_map(|reason| {
        Some(format!(
            "{} {}",
            reason.code(),
            left_out.get(reason.code())?
        ))
    });
    for reason in reasons {
        let text = if first { reason } else { format!(", {reason}") };
        // One character is kept for the comma at the end of a line.
        if !first && text.len() + 1 > room {
            let rest = text.trim_start_matches(", ");
            if let Some(last) = lines.last_mut() {
                last.push(',');
            }
            lines.push(format!("{}{rest}", " ".repeat(indent)));
            room = width.saturating_sub(indent + rest.len());
        } else if let Some(last) = lines.last_mut() {
            if first {
                last.push_str("  ");
            }
            last.push_str(&text);
            room = room.saturating_sub(text.len());
        }
        first = false;
    }
    lines
}

fn line(name: usize, [team, numbers @ ..]: [&str; 4]) -> String {
    let team = truncate_str(team, name, "…");
    let mut line = pad_str(&team, name, console::Alignment::Left, None).into_owned();
    for number in numbers {
        let number = pad_str(number, NUMBER, console::Alignment::Right, None);
        line.push_str("  ");
        line.push_str(&number);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_wrap_between_themselves_and_stay_in_their_column() {
        let left_out = BTreeMap::from([("deceased", 1), ("linked", 12), ("secret", 3)]);
        let lines = counted(14, 66, "Wijkteam Çınar", (20, 4, &left_out));
        assert_eq!(
            lines,
            [
                "Wijkteam Çınar        20         4        16  deceased 1,",
                "                                              linked 12, secret 3",
            ]
        );
    }
}
