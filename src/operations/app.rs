//! What the operations work with: the database, the vault, the store, the presses, and where time and chance come from.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder},
    io::Write,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, NaiveDate, Utc};
use rand::rngs::SysRng;
use tokio::{sync::Semaphore, time::timeout};

use super::{
    Failure,
    purge::Retention,
    running::{Running, Stopping},
    server::ServerSettings,
    switches::Switches,
};
use crate::{
    bundles::{
        seal::{SealKey, SealKeys},
        shelf::{Shelf, StoreAddress},
    },
    domain::{actor::Actor, calendar::day_in_amsterdam, invitation::Code},
    letters::Press,
    storage::{
        self, Database, StorageError,
        audit::Scribe,
        database::Address,
        vault::{BundleKey, Vault},
    },
};

/// How long closing the database may take.
const FAREWELL: Duration = Duration::from_secs(3);

/// Tells the time; a test hands in one that stands still.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
/// Draws a code; a test hands in one that counts.
pub type DrawCode = Arc<dyn Fn() -> Result<Code, StorageError> + Send + Sync>;

/// Where everything lives and how wide it runs. No `Debug`: passwords may be in it.
#[derive(Clone)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub database_url: Option<String>,
    pub store: Option<String>,
    /// Settings for a store that is an S3 bucket, by their usual names: `AWS_ACCESS_KEY_ID`, ….
    pub store_access: BTreeMap<String, String>,
    /// Presses, and team jobs that are worked on at the same time.
    pub threads: usize,
    /// How long one attempt at a team job may take.
    pub job_deadline: Duration,
    /// For whoever serves.
    pub server: ServerSettings,
    /// How long what is kept.
    pub retention: Retention,
    /// What a test wants to go wrong; nothing in a build for use.
    pub switches: Switches,
}

#[derive(Clone)]
pub struct App {
    /// Who asks: what is another organisation's does not exist for them, and the audit log names them.
    pub actor: Actor,
    pub db: Database,
    pub vault: Arc<Vault>,
    pub shelf: Shelf,
    pub press: Arc<Press>,
    pub clock: Clock,
    pub draw_code: DrawCode,
    /// Where the keys of vault and shelf come from.
    pub key_file: PathBuf,
    /// For files without a name, which the system removes with their process.
    pub spool_dir: PathBuf,
    /// Folder with a lock for every `run` that lives.
    pub run_locks: PathBuf,
    /// Tells this data folder from those of other machines on the same database.
    pub home: String,
    pub threads: usize,
    pub job_deadline: Duration,
    pub server: ServerSettings,
    /// How long what is kept.
    pub retention: Retention,
    /// Bundles that are locked at a time: each takes a thread and twice its size on the disk.
    pub locking: Arc<Semaphore>,
    /// The attempts at team jobs that are alive in this process.
    pub running: Running,
    /// Raised when this process is to stop: attempts are handed back.
    pub stopping: Stopping,
    pub switches: Switches,
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
        let database = Address::read(settings.database_url.as_deref(), data_dir)?;
        let store = StoreAddress::read(settings.store.as_deref(), data_dir)?;
        let spool_dir = make_folder(data_dir, "spool")?;
        let run_locks = make_folder(data_dir, "runs")?;
        let key_file = data_dir.join("key");
        let (db, vault) = Database::open(&database, data_dir, &key_file, clock()).await?;
        Ok(Self {
            actor: Actor::worker(),
            db,
            shelf: Shelf::new(store, settings.store_access.clone()).with_keys(seal_keys(&vault)?),
            vault: Arc::new(vault),
            press,
            clock,
            draw_code,
            key_file,
            spool_dir,
            home: home(&run_locks)?,
            run_locks,
            threads: settings.threads,
            job_deadline: settings.job_deadline,
            server: settings.server.clone(),
            retention: settings.retention,
            locking: Arc::new(Semaphore::new(settings.threads.max(1))),
            running: Running::default(),
            stopping: Stopping::default(),
            switches: settings.switches.clone(),
        })
    }

    /// The same, asked by somebody else.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self {
            actor,
            ..self.clone()
        }
    }

    /// The same with another key to seal with, which the database knows of.
    pub(super) fn with_vault(&self, vault: Vault) -> Result<Self, Failure> {
        Ok(Self {
            db: self.db.with_key(&vault),
            shelf: self.shelf.clone().with_keys(seal_keys(&vault)?),
            vault: Arc::new(vault),
            ..self.clone()
        })
    }

    /// The same, asked from an address on the network by whoever that turns out to be.
    #[must_use]
    pub fn asked_from(&self, source: &str) -> Self {
        self.acting_as(Actor {
            source: source.to_owned(),
            ..self.actor.clone()
        })
    }

    /// Lets go of the database, so that its journal is folded into its file. Whoever holds on to a connection for long
    /// is not waited for: the next one to open the database folds it.
    pub async fn close(&self) {
        if timeout(FAREWELL, self.db.close()).await.is_err() {
            tracing::warn!("somebody still uses the database");
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Who writes in the audit log, at this moment.
    pub fn scribe(&self) -> Scribe<'_> {
        Scribe {
            actor: &self.actor,
            vault: &self.vault,
            now: self.now(),
        }
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

/// The keys for the shelf, which knows nothing of where they come from.
fn seal_keys(vault: &Vault) -> Result<SealKeys, Failure> {
    let seal_key = |BundleKey { id, key }: BundleKey| SealKey { id, key };
    let (newest, older) = vault.bundle_keys();
    let newest = newest.ok_or_else(|| Failure::ours("there is no key to seal bundles with"))?;
    Ok(SealKeys {
        newest: seal_key(newest),
        older: older.into_iter().map(seal_key).collect(),
    })
}

/// The name of this data folder, given on first use.
fn home(run_locks: &Path) -> Result<String, Failure> {
    let path = run_locks.join("home");
    let in_folder = |source| StorageError::DataFolder {
        path: run_locks.to_owned(),
        source,
    };
    if !path.exists() {
        let mut beside = tempfile::NamedTempFile::new_in(run_locks).map_err(in_folder)?;
        write!(beside, "{}", storage::new_id()).map_err(in_folder)?;
        // Fails when another process has given a name already, which is the one that holds.
        let _ = beside.persist_noclobber(&path);
    }
    Ok(fs::read_to_string(&path).map_err(in_folder)?)
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
