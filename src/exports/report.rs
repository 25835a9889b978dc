//! What an import has to tell besides the data: numbers, and warnings that name file and line.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use serde::Serialize;

use crate::domain::client::{Assignment, Client, ClientId, ProblemKind};

use super::{
    assignments, clients, contacts, encoding::Encoding, folder::Folder, locations,
    nearest::nearest, rows::Separator,
};

/// What there is to know about an import. It has client numbers in it, but no names, addresses or other values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The tables, in the order in which they were read.
    pub files: Vec<FileReport>,
    /// Clients of `clients.csv`, each counted once.
    pub clients: usize,
    /// Clients with at least one problem, in `clients.csv` or not.
    pub clients_with_problems: usize,
    /// The problems by field and kind.
    pub problems: Vec<ProblemCount>,
    /// Clients of `clients.csv` who are assigned to no location that exists, on no day.
    pub clients_without_assignment: usize,
    /// Clients who are not in `clients.csv` but have an assignment.
    pub clients_only_in_assignments: usize,
    /// What somebody may want to look at, in the order of the files.
    pub warnings: Vec<Warning>,
}

/// How a table was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    pub file: &'static str,
    /// Rows with something in them, without the header.
    pub rows: usize,
    pub separator: Separator,
    pub encoding: Encoding,
    /// Columns of the file that are not known, so not read.
    pub ignored_columns: Vec<IgnoredColumn>,
    /// Optional columns that the file does not have.
    pub absent_columns: Vec<&'static str>,
}

/// A column of the file that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IgnoredColumn {
    /// As the header has it, at most 60 characters.
    pub name: String,
    /// The known column, not in the file, that it may have been meant to be.
    pub nearest: Option<&'static str>,
}

/// How many clients have a problem of a kind in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProblemCount {
    pub field: String,
    pub kind: ProblemKind,
    pub clients: usize,
}

/// Something that did not stop the import but that somebody may want to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// A file that ends in `.csv` and is not part of an export; its name resembles the one of a file that is.
    UnreadFile {
        file: String,
        nearest: Option<&'static str>,
    },
    /// A table has a header and nothing else.
    NoRows { file: &'static str },
    /// The same row was there before; it counts once.
    RepeatedRow {
        file: &'static str,
        line: usize,
        client: ClientId,
        first_line: usize,
    },
    /// A client was there before with other values; the first row counts, and the client has a problem.
    ConflictingRow {
        file: &'static str,
        line: usize,
        client: ClientId,
        first_line: usize,
    },
    /// A client's first assignment, while `clients.csv` does not have the client.
    ClientOnlyInAssignments {
        file: &'static str,
        line: usize,
        client: ClientId,
    },
    /// An assignment to a location that `locations.csv` does not have; the client has a problem.
    UnknownLocation {
        file: &'static str,
        line: usize,
        client: ClientId,
    },
    /// A contact who receives the letter of somebody whom `clients.csv` does not have.
    ContactOfUnknownClient { file: &'static str, line: usize },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnreadFile { file, nearest } => {
                write!(f, "{file} is not part of an export and was not read")?;
                nearest.map_or(Ok(()), |name| write!(f, "; was it meant to be {name}?"))
            }
            Self::NoRows { file } => write!(f, "{file} has no rows"),
            Self::RepeatedRow {
                file,
                line,
                client,
                first_line,
            } => write!(
                f,
                "{file}, line {line}: client {client} is on line {first_line} already, with the same values"
            ),
            Self::ConflictingRow {
                file,
                line,
                client,
                first_line,
            } => write!(
                f,
                "{file}, line {line}: client {client} is on line {first_line} already, with other values; those are kept"
            ),
            Self::ClientOnlyInAssignments { file, line, client } => write!(
                f,
                "{file}, line {line}: client {client} is not in {}",
                clients::LAYOUT.file
            ),
            Self::UnknownLocation { file, line, client } => write!(
                f,
                "{file}, line {line}: client {client} is assigned to a location that is not in {}",
                locations::LAYOUT.file
            ),
            Self::ContactOfUnknownClient { file, line } => write!(
                f,
                "{file}, line {line}: the client of this contact is not in {}",
                clients::LAYOUT.file
            ),
        }
    }
}

impl ImportReport {
    pub(super) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    pub(super) fn add_file(&mut self, file: FileReport) {
        if file.rows == 0 {
            self.warn(Warning::NoRows { file: file.file });
        }
        self.files.push(file);
    }

    /// Tables that nobody will read: `contact.csv` would leave every representative without their letter in silence.
    pub(super) fn warn_about_unread_tables(&mut self, folder: &Folder) {
        let known = [
            locations::LAYOUT.file,
            clients::LAYOUT.file,
            assignments::LAYOUT.file,
            contacts::LAYOUT.file,
        ];
        for file in folder.tables() {
            if !known.contains(&file.as_str()) {
                let nearest = nearest(&file, known);
                self.warn(Warning::UnreadFile { file, nearest });
            }
        }
    }

    /// Counts what can only be counted at the end.
    pub(super) fn count(&mut self, clients: &[Client], assignments: &[Assignment]) {
        let assigned: HashSet<&ClientId> = assignments.iter().map(|a| &a.client).collect();
        // By the place of the kind in its enum, because kinds have no order of their own.
        let mut counts: BTreeMap<(&str, u8), ProblemCount> = BTreeMap::new();
        for client in clients {
            if client.in_export {
                self.clients += 1;
                self.clients_without_assignment += usize::from(!assigned.contains(&client.id));
            } else {
                self.clients_only_in_assignments += 1;
            }
            self.clients_with_problems += usize::from(!client.problems.is_empty());
            for problem in &client.problems {
                let count = counts
                    .entry((&problem.field, problem.kind as u8))
                    .or_insert_with(|| ProblemCount {
                        field: problem.field.clone(),
                        kind: problem.kind,
                        clients: 0,
                    });
                count.clients += 1;
            }
        }
        self.problems = counts.into_values().collect();
    }
}
