//! `doctor`: a calm table of what was looked at.

use std::io::{self, IsTerminal};

use console::{Style, Term, measure_text_width, pad_str};

use super::{system_clock, terminal::Terminal};
use crate::{
    config,
    operations::{
        Failure,
        app::Settings,
        doctor::{Examination, Fault, Finding, Health, Origin, Setting, SettingsInUse, examine},
    },
    wording::english::count,
};

/// Characters a line when the output is no terminal.
const WIDTH: usize = 120;
/// Narrower than this, text is not broken into lines that anybody would want to read.
const LEAST: usize = 30;

pub async fn run(
    settings: &Settings,
    in_use: SettingsInUse,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let examination = examine(settings, in_use, &system_clock()).await;
    match terminal.json {
        true => terminal.print_json(&examination)?,
        false => terminal.print(&table(&examination))?,
    }
    verdict(&examination)
}

/// 1 when something is set wrong, 2 when something of ours is broken.
fn verdict(examination: &Examination) -> Result<(), Failure> {
    let problems: Vec<&Finding> = examination
        .checks
        .iter()
        .filter(|found| found.state == Health::Problem)
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = problems.iter().map(|found| found.check).collect();
    let told = Failure::input(
        "unwell",
        format!(
            "{} of {} found a problem: {}",
            problems.len(),
            count(examination.checks.len(), "check", "checks"),
            names.join(", ")
        ),
        "do what is said under each, then run `brievenbus doctor` again",
    );
    let ours = problems
        .iter()
        .any(|found| found.fault == Some(Fault::Program));
    Err(match ours {
        true => Failure {
            hint: told.hint,
            ..Failure::ours(told.message)
        },
        false => told,
    })
}

fn table(examination: &Examination) -> String {
    let width = Term::stdout()
        .size_checked()
        .map_or(WIDTH, |(_, columns)| usize::from(columns));
    let colour = io::stdout().is_terminal() && !config::no_color();
    let longest = examination.checks.iter().map(|found| found.check.len());
    let name = longest.max().unwrap_or(0);
    let mut lines = Vec::new();
    for found in &examination.checks {
        let state = pad_str(word(found.state), 7, console::Alignment::Left, None);
        let state = style(found.state).force_styling(colour).apply_to(state);
        let indent = 7 + 2 + name + 2;
        let room = width.saturating_sub(indent).max(LEAST);
        let mut text = wrapped(&found.message, room);
        if let Some(hint) = &found.hint {
            text.extend(wrapped(&format!("hint: {hint}"), room));
        }
        for (place, line) in text.iter().enumerate() {
            lines.push(match place {
                0 => format!("{state}  {:name$}  {line}", found.check),
                _ => format!("{}{line}", " ".repeat(indent)),
            });
        }
    }
    lines.push(String::new());
    lines.extend(settings(&examination.settings));
    lines.join("\n")
}

fn settings(settings: &[Setting]) -> Vec<String> {
    let value = |setting: &Setting| setting.value.clone().unwrap_or_else(|| "-".to_owned());
    let widest = |text: fn(&Setting) -> usize| settings.iter().map(text).max().unwrap_or(0);
    let name = widest(|setting| setting.name.len());
    let from = widest(|setting| origin(setting.from).len());
    settings
        .iter()
        .map(|setting| {
            format!(
                "{:name$}  {:from$}  {}",
                setting.name,
                origin(setting.from),
                value(setting)
            )
        })
        .collect()
}

fn origin(from: Origin) -> &'static str {
    match from {
        Origin::Flag => "flag",
        Origin::Environment => "environment",
        Origin::File => "file",
        Origin::Default => "default",
    }
}

fn word(state: Health) -> &'static str {
    match state {
        Health::Ok => "ok",
        Health::Warning => "warning",
        Health::Problem => "problem",
    }
}

fn style(state: Health) -> Style {
    match state {
        Health::Ok => Style::new().green(),
        Health::Warning => Style::new().yellow(),
        Health::Problem => Style::new().red().bold(),
    }
}

/// Lines of at most `room` characters, broken between words; a longer word has a line of its own.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if measure_text_width(line) + 1 + measure_text_width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Kind;

    #[test]
    fn what_is_set_wrong_ends_with_1_and_what_is_ours_with_2_and_a_warning_well() {
        let found = |check, state, fault| Finding {
            check,
            state,
            message: String::new(),
            hint: None,
            fault,
            milliseconds: 0,
        };
        let ended = |found: &[Finding]| {
            let examination = Examination {
                state: Health::Problem,
                checks: found.to_vec(),
                settings: Vec::new(),
            };
            verdict(&examination).map_err(|failure| failure.kind).err()
        };
        let warning = found("disk", Health::Warning, None);
        let setup = found("key", Health::Problem, Some(Fault::Setup));
        let program = found("fonts", Health::Problem, Some(Fault::Program));
        assert_eq!(ended(std::slice::from_ref(&warning)), None);
        assert_eq!(ended(&[warning, setup.clone()]), Some(Kind::Input));
        assert_eq!(ended(&[setup, program]), Some(Kind::Ours));
    }

    #[test]
    fn text_is_broken_between_words() {
        assert_eq!(wrapped("een twee drie", 8), ["een twee", "drie"]);
        assert_eq!(wrapped("onbreekbaar ja", 4), ["onbreekbaar", "ja"]);
    }
}
