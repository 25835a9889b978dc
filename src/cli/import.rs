//! `import`

use std::path::PathBuf;

use clap::Args;

use super::{open_app, system_clock, terminal::Terminal};
use crate::{
    answers::import::{Import as Answer, KeptLetter},
    domain::calendar::day_in_amsterdam,
    exports::ImportReport,
    operations::{
        Failure,
        app::Settings,
        import_export::{Imported, check_letter, import_export, read_export},
        presses::start_presses,
    },
    wording::english::{count, problem},
};

#[derive(Debug, Args)]
pub struct Import {
    /// Folder with organisation.toml, locations.csv, clients.csv and location_assignments.csv
    pub folder: PathBuf,
}

/// Columns that may be missing, but whose absence changes who gets a letter.
const TELLING: [&str; 8] = [
    "secret_client",
    "death_date",
    "caren_status",
    "street",
    "home_number",
    "zipcode",
    "city",
    "end_date",
];

/// Warnings that are shown before the rest is only counted.
const SHOWN: usize = 20;

pub async fn run(
    arguments: Import,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let export = read_export(arguments.folder).await?;
    let press = start_presses(settings)?;
    let note = check_letter(&press, &export, day_in_amsterdam(system_clock()())).await?;
    let app = open_app(settings, press).await?;
    let Imported { kept_letter } = import_export(&app, &export).await?;
    app.close().await;
    // A letter that is not used may be too long.
    let note = note.filter(|_| kept_letter.is_none());
    if let Some(note) = &note {
        terminal.note(&format!("note: {note}"));
    }
    if terminal.json {
        return terminal.print_json(&Answer {
            organisation: export.organisation.slug,
            report: export.report,
            note,
            kept_letter: kept_letter.map(KeptLetter::from),
        });
    }
    terminal.print(&format!(
        "{} taken in: {}",
        export.organisation.slug,
        count(export.report.clients, "client", "clients")
    ))?;
    if let Some(kept) = kept_letter {
        terminal.print(&format!("note: {kept}"))?;
    }
    for line in report_lines(&export.report) {
        terminal.print(&line)?;
    }
    Ok(())
}

/// What somebody should know about an export, a line each; nothing when all is well.
pub fn report_lines(report: &ImportReport) -> Vec<String> {
    let mut lines = Vec::new();
    for file in &report.files {
        for column in &file.ignored_columns {
            let nearest = column
                .nearest
                .map(|name| format!("; was it meant to be {name}?"));
            lines.push(format!(
                "note: {}: column {} is not known and was not read{}",
                file.file,
                column.name,
                nearest.unwrap_or_default()
            ));
        }
    }
    for file in &report.files {
        for column in file.absent_columns.iter().filter(|c| TELLING.contains(c)) {
            lines.push(format!(
                "note: {}: there is no column {column}, so nobody has one",
                file.file
            ));
        }
    }
    for problems in &report.problems {
        lines.push(format!(
            "note: {}: {} {} (no letter: incomplete)",
            count(problems.clients, "client", "clients"),
            problems.field,
            problem(problems.kind)
        ));
    }
    if report.clients_without_assignment > 0 {
        lines.push(format!(
            "note: {} without any location assignment, in no team",
            count(report.clients_without_assignment, "client", "clients")
        ));
    }
    lines.extend(
        report
            .warnings
            .iter()
            .take(SHOWN)
            .map(|warning| format!("note: {warning}")),
    );
    if report.warnings.len() > SHOWN {
        lines.push(format!(
            "note: and {} more; `brievenbus import --json` lists them all",
            report.warnings.len() - SHOWN
        ));
    }
    lines
}
