//! `template check` and `template preview`: what CI runs on a provider's letter.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::terminal::Terminal;
use crate::{
    operations::{
        Failure,
        app::Settings,
        check_template::{Problem, TemplateReport, check_templates},
        presses::start_presses,
        preview_template::{How, Preview, PreviewRequest, preview_templates},
    },
    wording::english::count,
};

#[derive(Debug, Subcommand)]
pub enum Template {
    /// Try every sample on every look of the letter, and say what is wrong
    Check(TemplateCheck),
    /// Draw every sample in every look of the letter, and a page with all of them
    Preview(TemplatePreview),
}

#[derive(Debug, Args)]
pub struct TemplateCheck {
    /// Folders with template.toml, text.txt, layout.typ and samples
    #[arg(required = true, value_name = "DIR")]
    pub templates: Vec<PathBuf>,
    /// Also try the text, the logo and the longest name and address of this export
    #[arg(long = "organisation", value_name = "FOLDER")]
    pub organisations: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct TemplatePreview {
    /// Folders with template.toml, text.txt, layout.typ and samples
    #[arg(required = true, value_name = "DIR")]
    pub templates: Vec<PathBuf>,
    /// Where the pictures go, and index.html
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Pictures to compare with: an earlier --out, or a folder of templates with their expected pictures
    #[arg(long, value_name = "DIR")]
    pub compare: Option<PathBuf>,
    /// Whose text, logo and preferences to show [default: an invented organisation's]
    #[arg(long, value_name = "FOLDER")]
    pub organisation: Option<PathBuf>,
}

pub async fn check(
    arguments: TemplateCheck,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let press = start_presses(settings)?;
    let reports = check_templates(&press, arguments.templates, arguments.organisations).await?;
    if terminal.json {
        terminal.print_json(&serde_json::json!({ "templates": &reports }))?;
    } else {
        for line in reports.iter().flat_map(report_lines) {
            terminal.print(&line)?;
        }
    }
    let wrong = |report: &&TemplateReport| report.problems.iter().any(|problem| !problem.note);
    match reports.iter().filter(wrong).count() {
        0 => Ok(()),
        broken => Err(Failure::input(
            "template_broken",
            format!(
                "{} of {} cannot be used as it is",
                broken,
                count(reports.len(), "letter template", "letter templates")
            ),
            "mend what is named above and check again",
        )),
    }
}

fn report_lines(report: &TemplateReport) -> Vec<String> {
    let letters = count(report.letters, "letter", "letters");
    let wrong = report.problems.iter().filter(|problem| !problem.note);
    let mut lines = vec![match wrong.count() {
        0 => format!(
            "{}: {letters} tried, all as they should be",
            report.template
        ),
        problems => format!(
            "{}: {letters} tried, {} found",
            report.template,
            count(problems, "problem", "problems")
        ),
    }];
    lines.extend(report.problems.iter().flat_map(problem_lines));
    lines
}

fn problem_lines(problem: &Problem) -> Vec<String> {
    let owner = problem
        .organisation
        .as_ref()
        .map(|slug| format!("{slug}, "))
        .unwrap_or_default();
    let place = match (problem.line, problem.column) {
        (Some(line), Some(column)) => format!(", line {line}, column {column}"),
        _ => String::new(),
    };
    let kind = if problem.note { "note" } else { "error" };
    let mut lines = vec![format!(
        "  {kind}: {owner}{}{place}: {}",
        problem.file, problem.problem
    )];
    if let Some(hint) = &problem.hint {
        lines.push(format!("  hint: {hint}"));
    }
    if let Some(example) = &problem.example {
        lines.push(format!(
            "    in {}, such as {example}",
            count(problem.letters, "letter", "letters")
        ));
    }
    lines
}

pub async fn preview(
    arguments: TemplatePreview,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let press = start_presses(settings)?;
    let compared = arguments.compare.is_some();
    let request = PreviewRequest {
        templates: arguments.templates,
        organisation: arguments.organisation,
        out: arguments.out,
        compare: arguments.compare,
    };
    let preview = preview_templates(&press, request).await?;
    if terminal.json {
        terminal.print_json(&preview)?;
    } else {
        for line in preview_lines(&preview, compared) {
            terminal.print(&line)?;
        }
    }
    if preview.changed.is_empty() {
        return Ok(());
    }
    Err(Failure::input(
        "letters_look_different",
        format!(
            "{} not as expected",
            count(preview.changed.len(), "letter looks", "letters look")
        ),
        format!(
            "look at {}; when it is as it should be, put the new pictures in place of the old",
            preview.page.display()
        ),
    ))
}

fn preview_lines(preview: &Preview, compared: bool) -> Vec<String> {
    let mut lines: Vec<String> = preview
        .changed
        .iter()
        .map(|picture| match picture.how {
            How::Different => format!("{}: {} pixels changed", picture.file, picture.pixels),
            How::New => format!("{}: new", picture.file),
            How::Gone => format!("{}: gone", picture.file),
        })
        .collect();
    let pictures = count(preview.pictures, "letter", "letters");
    lines.push(match compared {
        true => format!(
            "{pictures} drawn and compared, see {}",
            preview.page.display()
        ),
        false => format!("{pictures} drawn, see {}", preview.page.display()),
    });
    lines
}
