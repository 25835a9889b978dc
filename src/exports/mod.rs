//! The reader of an export: a folder that a care provider's system wrote, as the types of the domain.
//!
//! Two kinds of mistakes are kept apart. A *file* that can't be read as such rejects the export as a whole, with an
//! [`ExportError`] that names file, line and column. A bad *value* of a client never does: the client is kept with
//! a [`Problem`](crate::domain::client::Problem), so nobody is lost and everybody without a letter has a reason.
//!
//! The way through: `folder` gives bytes, of a folder or of a `parcel`, `encoding` makes text of them, `rows` cuts text into cells,
//! `table` finds the columns, `cells` and `values` turn cells into values or problems; a file per input file
//! (`organisation_file`, `logo`, `locations`, `clients`, `assignments`, `contacts`) does the rest.
//!
//! Neither errors nor the report ever hold a cell of a table, which may be a name or an address: they hold client
//! numbers, line numbers and column names.

mod assignments;
mod cells;
mod clients;
mod contacts;
mod encoding;
mod error;
mod folder;
mod locations;
mod logo;
mod nearest;
mod organisation_file;
mod organisation_toml;
mod parcel;
mod person;
mod report;
mod rows;
pub mod sample;
mod table;
#[cfg(test)]
mod testing;
mod values;

use std::{fmt, path::Path};

use crate::domain::{
    client::{Assignment, Client},
    location::LocationTree,
    organisation::{Logo, Organisation},
};

pub use encoding::Encoding;
pub use error::{CellFault, ExportError, KeyFault};
pub use logo::{LogoFileFault, logo_of_file};
pub use organisation_file::{MOST_VALIDITY_DAYS, clean_value};
pub use parcel::{Parcel, ParcelFault};
pub use report::{FileReport, IgnoredColumn, ImportReport, ProblemCount, Warning};
pub use rows::Separator;

use folder::Folder;

/// A whole export, read and checked.
pub struct Export {
    /// The provider and what it prefers.
    pub organisation: Organisation,
    /// The provider's logo, if `organisation.toml` names one.
    pub logo: Option<Logo>,
    /// All locations of `locations.csv`.
    pub locations: LocationTree,
    /// Every client of `clients.csv` in its order, then those that only `location_assignments.csv` mentions, with
    /// nothing but a number and `in_export` false.
    pub clients: Vec<Client>,
    /// Every assignment to a location that exists.
    pub assignments: Vec<Assignment>,
    /// What there is to know about the import.
    pub report: ImportReport,
    /// SHA-256 over the names and bytes of all files that were read, in lower-case hexadecimals.
    pub fingerprint: String,
}

/// Only numbers: an export is full of names and addresses, which must not end up in a log by way of `{:?}`.
impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("organisation", &self.organisation.slug)
            .field("clients", &self.clients.len())
            .field("assignments", &self.assignments.len())
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

/// Reads the export in `folder` whole, or says why it can't be read. Changes nothing.
///
/// # Errors
/// The first file that can't be read as what it should be; see [`ExportError`].
pub fn read_export(folder: &Path) -> Result<Export, ExportError> {
    read(Folder::open(folder)?)
}

/// Reads an export that arrived whole, as [`read_export`] reads a folder: the same files give the same export.
///
/// # Errors
/// As [`read_export`].
pub fn read_parcel(parcel: Parcel) -> Result<Export, ExportError> {
    read(Folder::of(parcel))
}

fn read(mut folder: Folder) -> Result<Export, ExportError> {
    let mut report = ImportReport::default();
    report.warn_about_unread_tables(&folder);

    let (organisation, logo) = organisation_file::read(&mut folder)?;
    let locations = locations::read(&mut folder, &mut report)?;
    let mut register = clients::read(&mut folder, &mut report)?;
    let assignments = assignments::read(&mut folder, &locations, &mut register, &mut report)?;
    contacts::read(&mut folder, &mut register, &mut report)?;

    let clients = register.into_clients();
    report.count(&clients, &assignments);
    Ok(Export {
        organisation,
        logo,
        locations,
        clients,
        assignments,
        report,
        fingerprint: folder.fingerprint(),
    })
}

#[cfg(test)]
mod tests;
