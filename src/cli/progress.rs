//! How far the batch is: bars on a screen, a line per finished team elsewhere.

use std::{collections::HashMap, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::terminal::Terminal;
use crate::{
    domain::team_job::TeamJobState, operations::show_batch::TeamStatus, wording::english::count,
};

/// Widest team name beside a bar, in characters.
const NAME_CHARS: usize = 30;

pub struct Progress<'a> {
    terminal: &'a Terminal,
    bars: MultiProgress,
    total: ProgressBar,
    teams: HashMap<String, ProgressBar>,
    ended: Vec<String>,
}

impl<'a> Progress<'a> {
    pub fn new(terminal: &'a Terminal) -> Self {
        let bars = MultiProgress::new();
        if !terminal.interactive {
            bars.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        let total = bars.add(ProgressBar::new(0));
        total.set_style(style("{prefix:30} {wide_bar} {pos}/{len} teams"));
        total.set_prefix("All teams");
        total.enable_steady_tick(Duration::from_millis(200));
        Self {
            terminal,
            bars,
            total,
            teams: HashMap::new(),
            ended: Vec::new(),
        }
    }

    /// Shows where the teams are now.
    pub fn show(&mut self, teams: &[TeamStatus]) {
        let done = teams.iter().filter(|team| team.state.is_final()).count();
        self.total.set_length(teams.len() as u64);
        self.total.set_position(done as u64);
        for team in teams {
            match team.state {
                TeamJobState::Queued => self.hide(team),
                TeamJobState::Working => self.show_working(team),
                _ => self.show_ended(team),
            }
        }
    }

    /// Says something in the midst of it.
    pub fn note(&self, text: &str) {
        if self.bars.is_hidden() {
            self.terminal.note(text);
        } else {
            // `suspend` would panic on a screen that is gone.
            let _ = self.bars.println(text);
        }
    }

    pub fn finish(&self) {
        self.total.finish_and_clear();
        let _ = self.bars.clear();
    }

    /// It waits, perhaps for another try.
    fn hide(&mut self, team: &TeamStatus) {
        if let Some(bar) = self.teams.remove(&team.team_job) {
            bar.finish_and_clear();
        }
    }

    fn show_working(&mut self, team: &TeamStatus) {
        // Who gets a letter is not known yet.
        if team.expected == 0 {
            return;
        }
        let bars = &self.bars;
        let bar = self.teams.entry(team.team_job.clone()).or_insert_with(|| {
            let bar = bars.add(ProgressBar::new(0));
            bar.set_style(style("  {prefix:28} {wide_bar} {pos}/{len} letters"));
            bar.set_prefix(shortened(&team.team_name));
            bar
        });
        bar.set_length(team.expected.into());
        bar.set_position(team.made.into());
    }

    fn show_ended(&mut self, team: &TeamStatus) {
        if self.ended.contains(&team.team_job) {
            return;
        }
        self.ended.push(team.team_job.clone());
        self.hide(team);
        if !self.terminal.interactive && !self.terminal.json {
            let state = team.state.as_str();
            let made = match team.state {
                TeamJobState::Done => {
                    format!(", {}", count(team.made as usize, "letter", "letters"))
                }
                _ => String::new(),
            };
            self.terminal
                .note(&format!("{}: {state}{made}", team.team_name));
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    // Only a template that clap-like braces make invalid would fail, and ours are written above.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS - 2 {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME_CHARS - 3).collect();
    format!("{start}…")
}
