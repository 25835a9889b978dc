//! `batch …` as it is typed, and what `run` and it ask for alike.

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};

use super::arguments::{Id, date, slug};
use crate::domain::{
    batch::{BatchOptions, BatchRequest, Priority},
    eligibility::Again,
    organisation::{AddressWindow, LetterOrder, Slug},
};

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

#[derive(Debug, Args)]
pub struct Submit {
    /// Whose clients, by the slug of its organisation.toml
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Slug,
    #[command(flatten)]
    pub request: Request,
    /// Only say who would get a letter and who not and why, and who is in a batch under way; issue nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The same key again means the same batch; for another request it is refused
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

/// Worth saying of the dates of letters: that their codes would never work, which somebody may want all the same, to look
/// at; and that they take the place of codes which work yet.
pub fn notes_on_dates(options: &BatchOptions, today: NaiveDate) -> Vec<String> {
    let (day, last) = (options.letter_date, options.valid_until);
    let mut notes = Vec::new();
    if last < today {
        notes.push(format!(
            "note: the codes expire on {last}, which has passed"
        ));
    }
    if options.ends_codes_that_work(today) {
        notes.push(format!(
            "note: clients whose code works today and expires before {day} get a new one, and the old one stops working when that is issued"
        ));
    }
    notes
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
