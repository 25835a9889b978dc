//! What goes wrong around the program in a trial, and how it comes right again.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    dice::Dice,
    home::Home,
    mounts,
    plan::{Database, Means, Plan, Store},
    rows::Lock,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// PostgreSQL is shut down, and started some seconds later.
    DatabaseStopped,
    /// PostgreSQL ends without a word, and recovers.
    DatabaseCrashed,
    /// Another program holds SQLite's write lock.
    DatabaseLocked,
    /// S3 refuses connections.
    BucketStopped,
    /// S3 takes connections and does not answer.
    BucketPaused,
    /// The store's folder can be read only.
    StoreUnwritable,
    /// A file is where the store's folder was.
    StoreReplaced,
    /// The disk that the data folder is on has no room.
    DiskFull,
    /// The clocks of the workers differ by hours and days.
    ClockJumps,
    /// Another export of the same organisation comes in: clients gone, died, in another team.
    Reimport,
}

/// Enough for every trial's data folder.
const DISK_MEGABYTES: u32 = 96;

impl Fault {
    pub const ALL: [Self; 10] = [
        Self::DatabaseStopped,
        Self::DatabaseCrashed,
        Self::DatabaseLocked,
        Self::BucketStopped,
        Self::BucketPaused,
        Self::StoreUnwritable,
        Self::StoreReplaced,
        Self::DiskFull,
        Self::ClockJumps,
        Self::Reimport,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::DatabaseStopped => "database-stopped",
            Self::DatabaseCrashed => "database-crashed",
            Self::DatabaseLocked => "database-locked",
            Self::BucketStopped => "bucket-stopped",
            Self::BucketPaused => "bucket-paused",
            Self::StoreUnwritable => "store-unwritable",
            Self::StoreReplaced => "store-replaced",
            Self::DiskFull => "disk-full",
            Self::ClockJumps => "clock-jumps",
            Self::Reimport => "reimport",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// The store that it happens to, when that matters.
    pub fn store(self) -> Option<Store> {
        match self {
            Self::BucketStopped | Self::BucketPaused => Some(Store::Bucket),
            Self::StoreUnwritable | Self::StoreReplaced | Self::DiskFull => Some(Store::Folder),
            _ => None,
        }
    }

    /// Whether it can happen in this trial on this machine.
    pub fn fits(self, plan: &Plan, means: &Means) -> bool {
        let fits_the_machine = match self {
            Self::DatabaseStopped | Self::DatabaseCrashed => plan.database == Database::Postgres,
            Self::DatabaseLocked => plan.database == Database::Sqlite,
            // Root may write in any folder that is not mounted otherwise.
            Self::StoreUnwritable => means.mounts || !rustix::process::geteuid().is_root(),
            // It is the shared folder that gets a small disk.
            Self::DiskFull => means.mounts && !plan.apart,
            Self::ClockJumps => means.fake_clock,
            _ => true,
        };
        fits_the_machine && self.store().is_none_or(|store| store == plan.store)
    }

    /// Seconds mostly, and now and then as long as it may take.
    pub fn lasts(self, dice: &mut Dice) -> Duration {
        let longest = match self {
            Self::DatabaseLocked => 15_000,
            Self::DatabaseStopped | Self::BucketStopped | Self::BucketPaused => 8_000,
            Self::DatabaseCrashed => return dice.millis(0, 2_000),
            Self::ClockJumps | Self::Reimport => return Duration::ZERO,
            _ => 5_000,
        };
        if dice.chance(12) {
            dice.millis(3_000, longest)
        } else {
            dice.millis(600, 3_000)
        }
    }

    /// Before anything is in the data folder.
    pub fn prepare(self, data: &Path) {
        if self == Self::DiskFull {
            mounts::small_disk(data, DISK_MEGABYTES);
        }
    }

    /// Brings it about. `None` when it could not be done at this moment, and is to be tried again.
    pub fn begin(self, home: &Home, seed: u64) -> Option<Ongoing> {
        let store = home.store_folder();
        let ongoing = match self {
            Self::DatabaseStopped => {
                home.postgres().stop();
                Ongoing::Database
            }
            Self::DatabaseCrashed => {
                home.postgres().kill();
                Ongoing::Database
            }
            Self::DatabaseLocked => Ongoing::Locked(home.rows().lock()?),
            Self::BucketStopped => {
                home.bucket().stop();
                Ongoing::Bucket
            }
            Self::BucketPaused => {
                home.bucket().pause();
                Ongoing::Paused
            }
            Self::StoreUnwritable => {
                fs::create_dir_all(&store).unwrap();
                make_unwritable(&store);
                Ongoing::Unwritable(store)
            }
            Self::StoreReplaced => {
                fs::create_dir_all(&store).unwrap();
                let away = store.with_extension("away");
                fs::rename(&store, &away).unwrap();
                // Somebody may make the folder anew in between.
                while fs::write(&store, "not a folder").is_err() {
                    fs::remove_dir_all(&store).unwrap();
                }
                Ongoing::Replaced { store, away }
            }
            Self::DiskFull => Ongoing::Full(fill(&home.data(), Dice::new(seed).between(0, 600))),
            Self::ClockJumps | Self::Reimport => Ongoing::Nothing,
        };
        Some(ongoing)
    }
}

/// A fault that has begun, with what it takes to end it.
pub enum Ongoing {
    Nothing,
    Database,
    Locked(Lock),
    Bucket,
    Paused,
    Unwritable(PathBuf),
    Replaced {
        store: PathBuf,
        away: PathBuf,
    },
    /// The file that takes all the room.
    Full(PathBuf),
}

impl Ongoing {
    pub fn end(self, home: &Home) {
        match self {
            Self::Nothing => {}
            Self::Database => home.postgres().start_again(),
            Self::Locked(lock) => lock.release(),
            Self::Bucket => home.bucket().start_again(),
            Self::Paused => home.bucket().resume(),
            Self::Unwritable(store) => make_writable(&store),
            Self::Replaced { store, away } => {
                fs::remove_file(&store).unwrap();
                fs::rename(&away, &store).unwrap();
            }
            Self::Full(file) => fs::remove_file(file).unwrap(),
        }
    }
}

fn make_unwritable(store: &Path) {
    if rustix::process::geteuid().is_root() {
        mounts::read_only(store);
    } else {
        set_mode(store, 0o555);
    }
}

fn make_writable(store: &Path) {
    if rustix::process::geteuid().is_root() {
        mounts::unmount(store);
    } else {
        set_mode(store, 0o755);
    }
}

fn set_mode(folder: &Path, mode: u32) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            set_mode(&entry.path(), mode);
        }
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}

/// Fills the disk until no more than `left` kilobytes remain.
fn fill(data: &Path, left: u64) -> PathBuf {
    let path = data.join("filler");
    let mut file = fs::File::create(&path).unwrap();
    let block = vec![0; 64 << 10];
    while file.write_all(&block).is_ok() {}
    let length = file.metadata().unwrap().len();
    file.set_len(length.saturating_sub(left << 10)).unwrap();
    path
}

/// Debian's libfaketime. It is loaded into the program and not put in front of it, as the command `faketime` would, so
/// that the process that is killed is the program itself.
pub fn fake_clock() -> Option<PathBuf> {
    let machines = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    machines
        .map(|machine| machine.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
}
