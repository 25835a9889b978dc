//! What the operations work with: the database, the vault, the store, the presses, and where time and chance come from.

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, NaiveDate, Utc};
use rand::rngs::SysRng;

use super::Failure;
use crate::{
    bundles::shelf::Shelf,
    domain::{calendar::day_in_amsterdam, invitation::Code},
    letters::Press,
    storage::{Database, StorageError, vault::Vault},
};

/// Tells the time; a test hands in one that stands still.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
/// Draws a code; a test hands in one that counts.
pub type DrawCode = Arc<dyn Fn() -> Result<Code, StorageError> + Send + Sync>;

/// Where everything lives and how wide it runs.
#[derive(Debug, Clone)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub database_url: Option<String>,
    pub store: Option<String>,
    /// Presses, and team jobs that are worked on at the same time.
    pub threads: usize,
}

#[derive(Clone)]
pub struct App {
    pub db: Database,
    pub vault: Arc<Vault>,
    pub shelf: Shelf,
    pub press: Arc<Press>,
    pub clock: Clock,
    pub draw_code: DrawCode,
    /// For files without a name, which the system removes with their process.
    pub spool_dir: PathBuf,
    /// Folder with a lock for every `run` that lives.
    pub run_locks: PathBuf,
    pub threads: usize,
}

impl App {
    /// Opens the data folder, and makes it on first use.
    pub async fn open(
        settings: &Settings,
        press: Arc<Press>,
        clock: Clock,
        draw_code: DrawCode,
    ) -> Result<Self, Failure> {
        let data_dir = &settings.data_dir;
        // Both addresses are read before anything is made.
        let database = Database::file(settings.database_url.as_deref(), data_dir)?;
        let shelf = Shelf::folder(settings.store.as_deref(), data_dir)?;
        let spool_dir = make_folder(data_dir, "spool")?;
        let run_locks = make_folder(data_dir, "runs")?;
        let db = Database::open(&database, data_dir).await?;
        let vault = db.open_vault(&data_dir.join("key")).await?;
        Ok(Self {
            db,
            vault: Arc::new(vault),
            shelf: Shelf::open(&shelf)?,
            press,
            clock,
            draw_code,
            spool_dir,
            run_locks,
            threads: settings.threads,
        })
    }

    /// Lets go of the database, so that its journal is folded into its file.
    pub async fn close(&self) {
        self.db.close().await;
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// The calendar day in the Netherlands.
    pub fn today(&self) -> NaiveDate {
        day_in_amsterdam(self.now())
    }
}

/// Codes from the operating system's secure generator: the only source outside tests.
pub fn system_codes() -> DrawCode {
    Arc::new(|| {
        // `UnwrapErr` would panic when the system has no randomness to give; this one says so.
        let seed = rand::TryRng::try_next_u32(&mut SysRng)
            .map_err(|error| StorageError::Random(error.to_string()));
        seed?;
        Ok(Code::draw(&mut rand::rand_core::UnwrapErr(SysRng)))
    })
}

fn make_folder(data_dir: &Path, name: &str) -> Result<PathBuf, Failure> {
    let folder = data_dir.join(name);
    // For its owner alone: there are names, addresses and letters in it.
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder);
    made.map_err(|source| StorageError::DataFolder {
        path: data_dir.to_owned(),
        source,
    })?;
    Ok(folder)
}
