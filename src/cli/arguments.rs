//! The command line as it is typed.

use std::{net::SocketAddr, path::PathBuf};

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::letter_arguments::Letter;
use crate::{
    config::Typed,
    domain::{
        actor::Role,
        audit::Action,
        batch::{BatchRequest, Priority},
        calendar::parse_date,
        eligibility::Again,
        invitation::InvitationState,
        organisation::{AddressWindow, LetterOrder, Slug},
    },
    operations::create_token::DEFAULT_DAYS,
    operations::verify_audit::AuditHead,
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
    /// File with data-dir, database-url, store, job-deadline, workers, bundle-days, anonymise-after-days and audit-years
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
    /// Order of the letters in a bundle [default: as the organisation prefers]
    #[arg(long, value_enum, value_name = "ORDER")]
    order: Option<Order>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    Name,
    Address,
    ClientId,
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
            priority: Priority::default(),
            again: typed
                .again
                .into_iter()
                .map(|again| match again {
                    AgainAfter::Expired => Again::Expired,
                    AgainAfter::Cancelled => Again::Cancelled,
                })
                .collect(),
            accept_unknown: typed.accept_unknown,
            order: typed.order.map(|order| match order {
                Order::Name => LetterOrder::Name,
                Order::Address => LetterOrder::Address,
                Order::ClientId => LetterOrder::ClientId,
            }),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Batch {
    /// Put letters for teams on the queue
    Submit(Box<Submit>),
    /// The newest batches, newest first
    List(BatchList),
    /// Where the teams of a batch are, with their attempts
    Show(Id),
    /// Follow a batch until it has ended
    Watch(Id),
    /// Stop what is not done yet, and withdraw its codes
    Cancel(Id),
    /// Put the teams that have failed on the queue again
    Retry(Id),
}

/// Something by its id.
#[derive(Debug, Args)]
pub struct Id {
    #[arg(value_name = "ID")]
    pub id: String,
}

#[derive(Debug, Args)]
pub struct Submit {
    /// Whose clients, by the slug of its organisation.toml
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Slug,
    #[command(flatten)]
    pub request: Request,
    /// Only say who would get a letter and who not, and why; issue nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The same key again means the same batch
    #[arg(long, value_name = "KEY", conflicts_with = "dry_run", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub idempotency_key: Option<String>,
    /// Which batch goes first when there are more
    #[arg(long, value_enum, value_name = "PRIORITY", default_value = "normal")]
    pub priority: Rank,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Rank {
    Low,
    Normal,
    High,
}

impl From<Rank> for Priority {
    fn from(rank: Rank) -> Self {
        match rank {
            Rank::Low => Self::Low,
            Rank::Normal => Self::Normal,
            Rank::High => Self::High,
        }
    }
}

#[derive(Debug, Args)]
pub struct BatchList {
    /// Only those of this organisation
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Option<Slug>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub most: u64,
}

#[derive(Debug, Subcommand)]
pub enum Bundle {
    /// Every bundle, oldest first
    List,
    /// Write a bundle into a folder
    Fetch(BundleFetch),
}

#[derive(Debug, Args)]
pub struct BundleFetch {
    #[arg(value_name = "ID")]
    pub id: String,
    /// Where the bundle goes
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Lock it with the password on the first line of this file, to send it by mail; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Key {
    /// The generations of the key, newest first, without anything secret
    Show,
    /// Seal everything anew with a new key, or finish doing so; the old one then opens nothing
    Rotate(KeyRotate),
}

#[derive(Debug, Args)]
pub struct KeyRotate {
    /// Finish although bundles are lost or damaged: should they turn up again, nothing opens them
    #[arg(long)]
    pub leave_behind: bool,
}

#[derive(Debug, Subcommand)]
pub enum Invitation {
    /// Invitations with their state today, oldest first
    List(InvitationList),
    /// Make a code work no more
    Cancel(Id),
    /// Issue a new letter with a new code; the old one stops working
    Reissue(Id),
    /// Print the letter of an open invitation again
    Letter(InvitationLetter),
    /// Connect a client with the code of a letter, as Caren does
    Redeem(Redeem),
}

#[derive(Debug, Args)]
pub struct InvitationList {
    /// Only those of this organisation
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Option<Slug>,
    /// Only those of the client with this number
    #[arg(long, value_name = "ID")]
    pub client: Option<String>,
    /// Only those that this team wrote
    #[arg(long, value_name = "NAME|ID")]
    pub team: Option<String>,
    /// Only those that are so today
    #[arg(long, value_enum, value_name = "STATE")]
    pub state: Option<State>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum State {
    Open,
    Redeemed,
    Expired,
    Cancelled,
    Replaced,
}

impl From<State> for InvitationState {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Redeemed => Self::Redeemed,
            State::Expired => Self::Expired,
            State::Cancelled => Self::Cancelled,
            State::Replaced => Self::Replaced,
        }
    }
}

#[derive(Debug, Args)]
pub struct InvitationLetter {
    #[arg(value_name = "ID")]
    pub id: String,
    /// The PDF to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Redeem {
    /// Ten digits; - reads them from standard input, where no list of processes shows them
    #[arg(value_name = "CODE")]
    pub code: String,
}

#[derive(Debug, Subcommand)]
pub enum Team {
    /// The tree of locations, with how many clients are linked, invited or neither
    List(TeamList),
}

#[derive(Debug, Args)]
pub struct TeamList {
    /// Whose teams
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Slug,
}

#[derive(Debug, Subcommand)]
pub enum Client {
    /// Client numbers with their status in Caren
    List(ClientList),
}

#[derive(Debug, Args)]
pub struct ClientList {
    /// Whose clients
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Slug,
    /// Only those of this team
    #[arg(long, value_name = "NAME|ID")]
    pub team: Option<String>,
}

#[derive(Debug, Args)]
pub struct Work {
    /// Jobs at a time, and processes that set letters [default: one per processor]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,
    /// End when no job is left
    #[arg(long)]
    pub until_idle: bool,
}

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Who did what with whose data, oldest first
    List(AuditList),
    /// Read the whole log and say which line was changed, is missing or was added
    Verify(AuditVerify),
}

#[derive(Debug, Args)]
pub struct AuditList {
    /// Only the clients of this organisation
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Option<Slug>,
    /// Only the client with this number
    #[arg(long, value_name = "ID")]
    pub client: Option<String>,
    /// Only the bundle with this id: who is in it, and what became of it
    #[arg(long, value_name = "ID")]
    pub bundle: Option<String>,
    /// Only what this user did, as the log names them
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// Only this, such as bundle_downloaded
    #[arg(long, value_name = "ACTION", value_parser = action)]
    pub action: Option<Action>,
    /// From this day on, 2026-11-21 or 21-11-2026
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub since: Option<NaiveDate>,
    /// Up to this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<NaiveDate>,
    /// Print CSV
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, Args)]
pub struct AuditVerify {
    /// The head that an earlier verify printed, noted where nobody who can change the database can change it
    #[arg(long, value_name = "SEQ:HASH", value_parser = head)]
    pub expect: Option<AuditHead>,
}

#[derive(Debug, Args)]
pub struct Purge {
    /// Only say what would be cleared away
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Jobs at a time, and processes that set letters; 0: answer only, others work [default: one per processor]
    #[arg(long, value_name = "N")]
    pub workers: Option<usize>,
    /// The address that people type, when something stands in front: https://brieven.example
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token; its secret is shown once
    Create(TokenCreate),
    /// Every token, with its last use; never a secret
    List,
    /// Make a token work no more
    Revoke(Id),
}

#[derive(Debug, Args)]
pub struct TokenCreate {
    /// What it opens
    #[arg(long, value_enum, value_name = "ROLE")]
    pub role: TokenRole,
    /// Whose things, for a provider
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Option<Slug>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub label: String,
    /// How many days it works
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DAYS)]
    pub days: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TokenRole {
    /// Nedap support: everything
    Support,
    /// Somebody of a care provider: its own organisation
    Provider,
    /// The portal: redeems codes
    Caren,
    /// A pipeline that checks letters: previews
    Ci,
}

impl From<TokenRole> for Role {
    fn from(role: TokenRole) -> Self {
        match role {
            TokenRole::Support => Self::Support,
            TokenRole::Provider => Self::Provider,
            TokenRole::Caren => Self::Caren,
            TokenRole::Ci => Self::Ci,
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

#[derive(Debug, Args)]
pub struct Backup {
    /// A folder that is not there yet
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// With the key, so that the folder alone opens every code in it
    #[arg(long)]
    pub with_key: bool,
}

#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Args)]
pub struct Manual {
    /// Where the pages go
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

pub fn slug(text: &str) -> Result<Slug, String> {
    Slug::try_from(text.to_owned())
        .map_err(|_| "write the slug of its organisation.toml, such as de-beste-zorg".to_owned())
}

fn action(text: &str) -> Result<Action, String> {
    Action::parse(text).ok_or_else(|| {
        let codes: Vec<&str> = Action::ALL.iter().map(|action| action.code()).collect();
        format!("write one of {}", codes.join(", "))
    })
}

fn head(text: &str) -> Result<AuditHead, String> {
    AuditHead::parse(text).ok_or_else(|| {
        "write a number, a colon and 64 hexadecimal digits, as verify prints it".to_owned()
    })
}

fn date(text: &str) -> Result<NaiveDate, String> {
    parse_date(text)
        .ok_or_else(|| "write a date as 2026-11-21 or 21-11-2026, from 1850 to 2200".to_owned())
}
