//! What was asked for on the command line.

use std::path::PathBuf;

use rand::{TryRng, rngs::SysRng};

use crate::{faults::Fault, plan::Database};

pub struct Arguments {
    /// A database.
    pub trials: u64,
    pub databases: Vec<Database>,
    /// Of the first trial; each next one has the next number.
    pub seed: u64,
    pub program: PathBuf,
    /// The fault of every trial, instead of one by chance; where it does not fit there is none.
    pub fault: Option<Fault>,
    /// What is mounted is nobody else's and goes when we end: `mounts::enter` has been here.
    pub in_own_mounts: bool,
}

impl Arguments {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self {
            trials: 10,
            databases: vec![Database::Sqlite, Database::Postgres],
            // A seed that can be typed.
            seed: u64::from(SysRng.try_next_u32().map_err(|error| error.to_string())?),
            program: PathBuf::from(env!("CARGO_BIN_EXE_brievenbus")),
            fault: None,
            in_own_mounts: false,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match word.as_str() {
                "--trials" => read.trials = number(&value()?)?,
                "--seed" => read.seed = number(&value()?)?,
                "--program" => read.program = PathBuf::from(value()?),
                "--database" => read.databases = databases(&value()?)?,
                "--fault" => {
                    let name = value()?;
                    read.fault = Some(Fault::named(&name).ok_or_else(|| {
                        let names = Fault::ALL.map(Fault::name).join(", ");
                        format!("{name} is no fault; there are {names}")
                    })?);
                }
                "--in-own-mounts" => read.in_own_mounts = true,
                // `cargo test` hands on what was meant for other tests.
                "--quiet" | "--nocapture" | "-q" => {}
                _ => {
                    return Err(format!(
                        "{word} is none of --trials, --database, --seed, --program and --fault"
                    ));
                }
            }
        }
        read.program = (read.program.canonicalize())
            .map_err(|error| format!("{}: {error}", read.program.display()))?;
        Ok(read)
    }
}

fn databases(text: &str) -> Result<Vec<Database>, String> {
    match text {
        "sqlite" => Ok(vec![Database::Sqlite]),
        "postgres" => Ok(vec![Database::Postgres]),
        "both" => Ok(vec![Database::Sqlite, Database::Postgres]),
        _ => Err(format!("{text} is none of sqlite, postgres and both")),
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}
