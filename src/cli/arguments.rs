//! The command line as it is typed.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    config::Typed,
    domain::{
        batch::BatchRequest, calendar::parse_date, eligibility::Again, organisation::AddressWindow,
    },
};

/// Batches of invitation letters for the client portal Caren: from an export to a bundle of letters per team.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// Folder with the database, the bundles and the key [default: brievenbus-data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Database, sqlite:FILE [default: a file in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where bundles are kept, file:FOLDER [default: a folder in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    store: Option<String>,
    /// File with data-dir, database-url and store
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Say more on standard error; up to three times
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

impl Global {
    pub fn typed(&self) -> Typed {
        Typed {
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            store: self.store.clone(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The main job in one go: take an export in, make the letters, write a bundle per team
    Run(Box<Run>),
    /// Take a care provider's export in, all or nothing
    Import(Import),
    /// Write an invented export of any size, the same for a seed
    Sample(Sample),
    /// Check letter templates, or look at them
    #[command(subcommand)]
    Template(Template),
    /// Set letters for another brievenbus, which starts this
    #[command(hide = true)]
    Press,
}

#[derive(Debug, Args)]
pub struct Run {
    /// Folder with organisation.toml, locations.csv, clients.csv and location_assignments.csv
    pub folder: PathBuf,
    /// Where the bundles go
    #[arg(long, value_name = "DIR", default_value = "bundles")]
    pub out: PathBuf,
    #[command(flatten)]
    pub request: Request,
}

/// What a batch may be asked for.
#[derive(Debug, Args)]
pub struct Request {
    /// A location's name or id, once for each team [default: every location that clients are assigned to]
    #[arg(long = "team", value_name = "NAME|ID")]
    teams: Vec<String>,
    /// Side of the envelope that the window is on [default: as the organisation prefers]
    #[arg(long, value_enum, value_name = "SIDE")]
    address_window: Option<Window>,
    /// With the organisation's logo
    #[arg(long, overrides_with = "no_logo")]
    logo: bool,
    /// Without a logo, for paper that has one
    #[arg(long, overrides_with = "logo")]
    no_logo: bool,
    /// Date on the letters, 2026-11-21 or 21-11-2026 [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    letter_date: Option<NaiveDate>,
    /// Last day that the codes work [default: letter date + the organisation's validity]
    #[arg(long, value_name = "DATE", value_parser = date)]
    valid_until: Option<NaiveDate>,
    /// Also write to clients whose earlier invitation ended so
    #[arg(long, value_enum, value_name = "END", value_delimiter = ',')]
    again: Vec<AgainAfter>,
    /// Also write to clients of whom it is unknown whether they are connected
    #[arg(long)]
    accept_unknown: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Window {
    Left,
    Right,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AgainAfter {
    Expired,
    Cancelled,
}

impl From<Request> for BatchRequest {
    fn from(typed: Request) -> Self {
        Self {
            teams: typed.teams,
            address_window: typed.address_window.map(|window| match window {
                Window::Left => AddressWindow::Left,
                Window::Right => AddressWindow::Right,
            }),
            with_logo: (typed.logo || typed.no_logo).then_some(typed.logo),
            letter_date: typed.letter_date,
            valid_until: typed.valid_until,
            again: typed
                .again
                .into_iter()
                .map(|again| match again {
                    AgainAfter::Expired => Again::Expired,
                    AgainAfter::Cancelled => Again::Cancelled,
                })
                .collect(),
            accept_unknown: typed.accept_unknown,
        }
    }
}

#[derive(Debug, Args)]
pub struct Import {
    /// Folder with organisation.toml, locations.csv, clients.csv and location_assignments.csv
    pub folder: PathBuf,
}

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

fn date(text: &str) -> Result<NaiveDate, String> {
    parse_date(text)
        .ok_or_else(|| "write a date as 2026-11-21 or 21-11-2026, from 1850 to 2200".to_owned())
}
