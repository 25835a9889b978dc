//! Why a sample could not be written.

use std::{io, path::PathBuf};

use thiserror::Error;

use super::{MAX_CLIENTS, MAX_TEAMS};

/// One sentence each; [`SampleError::hint`] says what to do.
#[derive(Debug, Error)]
pub enum SampleError {
    /// None, or more than [`MAX_CLIENTS`].
    #[error("a sample has between 1 and {MAX_CLIENTS} clients, not {0}")]
    Clients(usize),
    /// None, or more than [`MAX_TEAMS`].
    #[error("a sample has between 1 and {MAX_TEAMS} teams, not {0}")]
    Teams(usize),
    /// A team would have no client.
    #[error("{clients} clients can't fill {teams} teams")]
    TeamsWithoutClients {
        /// Clients asked for.
        clients: usize,
        /// Teams asked for.
        teams: usize,
    },
    /// Somebody's files are there, perhaps a real export.
    #[error("the folder {} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The name belongs to something else.
    #[error("{} is a file, not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// Whatever the operating system said.
    #[error("the sample can't be written to {}: {reason}", folder.display())]
    CannotWrite {
        /// The folder that was asked for, not the hidden one.
        folder: PathBuf,
        /// Part of the sentence, so it is no `source` to be printed again.
        reason: io::Error,
    },
}

impl SampleError {
    /// What to do about it, in one sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::Clients(_) => format!("ask for 1 to {MAX_CLIENTS} clients"),
            Self::Teams(_) => format!("ask for 1 to {MAX_TEAMS} teams"),
            Self::TeamsWithoutClients { clients, .. } => {
                format!("ask for at most {clients} teams, or for more clients")
            }
            Self::NotEmpty(_) => "name a new folder; nothing was changed in this one".to_owned(),
            Self::NotAFolder(_) => "name a folder that does not exist yet".to_owned(),
            Self::CannotWrite { .. } => {
                "check the rights and the free space there, or name another folder".to_owned()
            }
        }
    }
}
