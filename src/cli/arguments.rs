//! The command line as it is typed. What a command takes stands beside what it does.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};

use super::{
    audit::Audit,
    backup::Backup,
    batch_arguments::Batch,
    bundle::Bundle,
    import::Import,
    invitation::Invitation,
    key::Key,
    letter_arguments::Letter,
    manual::{Completions, Manual},
    purge::Purge,
    run::Run,
    sample::Sample,
    serve::Serve,
    standing::{Client, Team},
    template::Template,
    token::Token,
    work::Work,
};
use crate::{
    config::Typed,
    domain::{calendar::parse_date, organisation::Slug},
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
    /// Database, sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE [default: a file in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where bundles are kept, file:FOLDER or s3://BUCKET/PREFIX (with AWS_… in the environment) [default: a folder in
    /// the data folder]
    #[arg(long, global = true, value_name = "URL")]
    store: Option<String>,
    /// TOML file with settings; `brievenbus doctor` shows all there are, and docs/operating.md tells of each
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
            ..Typed::default()
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The main job in one go: take an export in, make the letters, write a bundle per team
    Run(Box<Run>),
    /// Take a care provider's export in, all or nothing
    Import(Import),
    /// Submit batches, watch them, cancel them, try again
    #[command(subcommand)]
    Batch(Batch),
    /// List the bundles and take them out of the store
    #[command(subcommand)]
    Bundle(Bundle),
    /// List invitations, cancel them, print their letters again, issue new ones, redeem codes
    #[command(subcommand)]
    Invitation(Invitation),
    /// Show where the teams of a care provider stand
    #[command(subcommand)]
    Team(Team),
    /// Show where the clients of a care provider stand
    #[command(subcommand)]
    Client(Client),
    /// Answer over HTTP, and work on the queue, until told to stop
    Serve(Serve),
    /// Show, reword, preview and publish the letter of a care provider
    #[command(subcommand)]
    Letter(Letter),
    /// Work on the queue until told to stop
    Work(Work),
    /// Create, list and revoke the tokens that open the service
    #[command(subcommand)]
    Token(Token),
    /// See who got at the data of clients, and that nobody has changed the log of it
    #[command(subcommand)]
    Audit(Audit),
    /// Show the key that everything is sealed with, or change it
    #[command(subcommand)]
    Key(Key),
    /// Clear away what no bundle needs, and what was kept for as long as it may be
    Purge(Purge),
    /// Write an invented export of any size, the same for a seed
    Sample(Sample),
    /// Check letter templates, or look at them
    #[command(subcommand)]
    Template(Template),
    /// Copy what letters are made from into a folder, while others work
    Backup(Backup),
    /// Look whether everything is there and in order, and say what to do about what is not
    Doctor,
    /// Write completions for a shell to standard output
    Completions(Completions),
    /// Write man pages, one a command
    Manual(Manual),
    /// Set letters for another brievenbus, which starts this
    #[command(hide = true)]
    Press,
}

/// Something by its id.
#[derive(Debug, Args)]
pub struct Id {
    #[arg(value_name = "ID")]
    pub id: String,
}

pub fn slug(text: &str) -> Result<Slug, String> {
    Slug::try_from(text.to_owned())
        .map_err(|_| "write the slug of its organisation.toml, such as de-beste-zorg".to_owned())
}

pub fn date(text: &str) -> Result<NaiveDate, String> {
    parse_date(text)
        .ok_or_else(|| "write a date as 2026-11-21 or 21-11-2026, from 1850 to 2200".to_owned())
}
