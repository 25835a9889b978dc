//! `sample`: an invented export of any size, the same bytes for the same wishes on every machine.
//!
//! Nobody in it exists: first names, family names, streets and numbers are combined by chance from lists of
//! common ones. Nine in ten clients get a letter; the others show why somebody may not.

mod clients;
mod dice;
mod error;
mod files;
mod name_lists;
mod names;
mod organisation;
pub use organisation::invented_organisation;
mod place_lists;
mod places;
mod situations;
mod staging;
#[cfg(test)]
mod tests;
mod tree;

use std::{collections::BTreeMap, io, path::Path};

use chrono::NaiveDate;

pub use self::error::SampleError;
use self::{
    clients::Clients,
    dice::{Dice, Lane},
    files::ClientFiles,
    staging::Staging,
    tree::Tree,
};

/// Teams of a sample for which nobody asked a number.
pub const DEFAULT_TEAMS: usize = 8;
/// Most clients of a sample: ten times the largest care provider of the Netherlands.
pub const MAX_CLIENTS: usize = 1_000_000;
/// Most teams of a sample.
pub const MAX_TEAMS: usize = 500;

/// What the sample should be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSpec {
    /// 1 to [`MAX_CLIENTS`].
    pub clients: usize,
    /// Lowest level of the tree; 1 to [`MAX_TEAMS`] and no more than clients.
    pub teams: usize,
    /// Another seed is another provider: other teams, people and addresses.
    pub seed: u64,
    /// Care, deaths and births are dated from this day; letters of this day get the counts of the report.
    pub today: NaiveDate,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SampleReport {
    /// Rows of `clients.csv`.
    pub clients: usize,
    /// Rows of `locations.csv`, the teams among them.
    pub locations: usize,
    /// Leaves of the tree, each with a client at least.
    pub teams: usize,
    /// Rows of `location_assignments.csv`.
    pub assignments: usize,
    /// Rows of `contacts.csv`.
    pub contacts: usize,
    /// Contacts who receive the letter for the client.
    pub receiving_contacts: usize,
    /// Clients who get a letter on the sample's own day, each once.
    pub letters: usize,
    /// How often an import leaves somebody out, by reason code. A client of two teams counts as a letter and
    /// as `other_team`.
    pub left_out: BTreeMap<&'static str, usize>,
}

/// Writes an invented export to `folder`, which must be new or empty. It appears there whole or not at all.
///
/// # Errors
/// A wish that can't be granted, a folder with something in it, or one that can't be written.
pub fn write_sample(spec: &SampleSpec, folder: &Path) -> Result<SampleReport, SampleError> {
    check(spec)?;
    let staging = Staging::beside(folder)?;
    let cannot_write = |reason| SampleError::CannotWrite {
        folder: folder.to_owned(),
        reason,
    };
    let report = write_files(spec, staging.folder()).map_err(cannot_write)?;
    staging.publish().map_err(cannot_write)?;
    Ok(report)
}

fn check(spec: &SampleSpec) -> Result<(), SampleError> {
    let SampleSpec { clients, teams, .. } = *spec;
    if !(1..=MAX_CLIENTS).contains(&clients) {
        return Err(SampleError::Clients(clients));
    }
    if !(1..=MAX_TEAMS).contains(&teams) {
        return Err(SampleError::Teams(teams));
    }
    if teams > clients {
        return Err(SampleError::TeamsWithoutClients { clients, teams });
    }
    Ok(())
}

fn write_files(spec: &SampleSpec, folder: &Path) -> io::Result<SampleReport> {
    let tree = Tree::draw(&mut Dice::new(spec.seed, Lane::Locations), spec.teams);
    files::write_organisation(folder, &tree)?;
    let mut files = ClientFiles::create(folder)?;
    let mut clients = Clients::new(Dice::new(spec.seed, Lane::Clients), &tree, spec.today);
    let mut report = SampleReport {
        locations: tree.rows.len(),
        teams: tree.teams.len(),
        ..SampleReport::default()
    };
    for _ in 0..spec.clients {
        let client = clients.draw();
        files.write(&client, &tree)?;
        report.count(&client);
    }
    files.finish()?;
    Ok(report)
}

impl SampleReport {
    fn count(&mut self, client: &clients::Client) {
        self.clients += 1;
        self.assignments += client.care.len();
        self.letters += usize::from(client.situation.gets_letter());
        if let Some(reason) = client.situation.reason() {
            *self.left_out.entry(reason).or_default() += 1;
        }
        if let Some(contact) = &client.contact {
            self.contacts += 1;
            self.receiving_contacts += usize::from(contact.receives_letter);
        }
    }
}
