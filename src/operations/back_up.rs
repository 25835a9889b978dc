//! `backup`: a folder from which everything can go on as it was, made while others work.
//!
//! The database first, then the bundles that this copy of it knows. The other way round, a bundle that was stored in between
//! would be known and not there; this way round, what was stored in between is not known and not missed: its team is made
//! again from the codes that the copy has. The folder is a data folder, so restoring is putting it in place, with the key.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    App, Failure,
    app::Settings,
    collect_bundles::{is_kept, on_the_shelf},
    record_access::record_access,
};
use crate::{
    bundles::{
        BundleError,
        shelf::{Shelf, StoreAddress},
    },
    domain::audit::{Access, Action},
    storage::{
        StorageError, bundles::StoredBundle, database::Address, inspection::Inspection,
        locks::LifeLock,
    },
};

/// The copy of the database, in the folder, under the name that it has in a data folder.
const DATABASE: &str = "brievenbus.sqlite";
/// What the folder holds, written when everything else is there.
const CONTENTS: &str = "backup.json";
/// The name of the data folder, by which a `run` that was interrupted knows its own batches.
const HOME: &str = "runs/home";

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// 1; another number is another kind of folder.
    pub format: u32,
    /// The program that made it.
    pub version: String,
    pub made: chrono::DateTime<chrono::Utc>,
    /// `None`: it is a PostgreSQL server, and `pg_dump` copies it.
    pub database: Option<CopiedFile>,
    pub bundles: Vec<CopiedBundle>,
    /// Ids of bundles that should be in the store and are lost or damaged there, or open with no key that is left.
    pub lost: Vec<String>,
    /// Whether the key is in the folder.
    pub key: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedFile {
    pub file: String,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedBundle {
    pub id: String,
    /// Where it lies, under `bundles` in the folder.
    pub key: String,
    /// In the store.
    pub bytes: u64,
}

/// Makes `out`, which is not there yet: whole, or not at all. Reads back what it wrote.
///
/// `with_key`: the key too, so that whoever has the folder can open every code in it.
pub async fn back_up(
    app: &App,
    settings: &Settings,
    out: &Path,
    with_key: bool,
) -> Result<BackedUp, Failure> {
    // A bundle that is sealed anew meanwhile would want another key than the database that was copied before.
    let lock = LifeLock::take(&app.run_locks, "key-rotation")
        .map_err(|error| unwritable(&app.run_locks, error))?;
    let Some(_lock) = lock else {
        return Err(Failure::conflict(
            "key_being_rotated",
            "the key is being rotated, or another backup is being made",
            "wait until that is done; `brievenbus key show` tells",
        ));
    };
    let place = Place::beside(out)?;
    let folder = place.folder.path();
    record_access(app, Access::done(Action::BackedUp)).await?;
    let database = copy_database(app, folder).await?;
    let known = match &database {
        Some(copied) => known_bundles(&folder.join(&copied.file), app).await?,
        None => app
            .db
            .all_bundles(None)
            .await?
            .into_iter()
            .map(|(bundle, _)| bundle)
            .filter(|bundle| bundle.removed.is_none())
            .collect(),
    };
    let (bundles, lost) = copy_bundles(app, &known, folder).await?;
    let written = |error| unwritable(out, error);
    if with_key {
        copy_file(&settings.data_dir.join("key"), &folder.join("key")).map_err(written)?;
    }
    copy_file(&settings.data_dir.join(HOME), &folder.join(HOME)).map_err(written)?;
    let backed_up = BackedUp {
        format: 1,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made: app.now(),
        database,
        bundles,
        lost,
        key: with_key,
    };
    place.finish(out, &backed_up).map_err(written)?;
    Ok(backed_up)
}

/// A folder beside the one that is asked for, under another name until it is whole; what a failure leaves is removed.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn beside(out: &Path) -> Result<Self, Failure> {
        if out.exists() {
            return Err(Failure::input(
                "output_folder",
                format!("{} is there already", out.display()),
                "a backup goes into a folder of its own: choose one that is not there yet, with the date in its name perhaps",
            ));
        }
        let above = match out.parent() {
            Some(above) if !above.as_os_str().is_empty() => above,
            _ => Path::new("."),
        };
        fs::create_dir_all(above).map_err(|error| unwritable(out, error))?;
        let folder = tempfile::Builder::new()
            .prefix(".backup-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(above)
            .map_err(|error| unwritable(out, error))?;
        Ok(Self { folder })
    }

    fn finish(self, out: &Path, contents: &BackedUp) -> io::Result<()> {
        let mut file = private_file(&self.folder.path().join(CONTENTS))?;
        file.write_all(&serde_json::to_vec_pretty(contents)?)?;
        file.sync_all()?;
        File::open(self.folder.path())?.sync_all()?;
        fs::rename(self.folder.path(), out)?;
        // It goes by its own name now, and is not to be removed.
        let _ = self.folder.keep();
        match out.parent().filter(|above| !above.as_os_str().is_empty()) {
            Some(above) => File::open(above)?.sync_all(),
            None => Ok(()),
        }
    }
}

async fn copy_database(app: &App, folder: &Path) -> Result<Option<CopiedFile>, Failure> {
    let file = folder.join(DATABASE);
    if !app.db.copy_into(&file).await? {
        return Ok(None);
    }
    let written = |error| unwritable(&file, error);
    let mut copy = File::open(&file).map_err(written)?;
    copy.sync_all().map_err(written)?;
    let (bytes, sha256) = fingerprint(&mut copy).map_err(written)?;
    Ok(Some(CopiedFile {
        file: DATABASE.to_owned(),
        bytes,
        sha256,
    }))
}

/// Length, and SHA-256 in hexadecimal.
fn fingerprint(file: &mut File) -> io::Result<(u64, String)> {
    let mut digest = Sha256::new();
    let mut bytes = 0;
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hex::encode(digest.finalize())));
        }
        digest.update(&piece[..read]);
        bytes += read as u64;
    }
}

/// Reads the copy of the database, as somebody who restores it would: whether it is sound, and whose key it wants.
async fn known_bundles(file: &Path, app: &App) -> Result<Vec<StoredBundle>, Failure> {
    let gone = || Failure::ours("the copy of the database cannot be read back");
    let inspection = Inspection::begin(&Address::File(file.to_owned()))
        .await?
        .ok_or_else(gone)?;
    let found = async {
        let mark = inspection.key_mark().await?;
        let sound = inspection.damage().await?.is_none()
            && mark.is_some_and(|mark| app.vault.opens_with(&mark));
        Ok::<_, StorageError>((sound, inspection.bundles().await?))
    }
    .await;
    inspection.close().await;
    match found? {
        (true, bundles) => Ok(bundles),
        (false, _) => Err(gone()),
    }
}

/// Copies each bundle as it lies in the store, and reads it back as whoever fetches it would. One that cannot be had is
/// named and keeps no other from being copied.
async fn copy_bundles(
    app: &App,
    known: &[StoredBundle],
    folder: &Path,
) -> Result<(Vec<CopiedBundle>, Vec<String>), Failure> {
    let below = folder.join("bundles");
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&below)
        .map_err(|error| unwritable(folder, error))?;
    let copies = Shelf::new(StoreAddress::Folder(below.clone()), Default::default())
        .with_keys_of(&app.shelf);
    let mut copied = Vec::new();
    let mut lost = Vec::new();
    for bundle in known {
        let key = &bundle.store_key;
        match copy_bundle(app, &copies, bundle, &below.join(key)).await? {
            Some(bytes) => copied.push(CopiedBundle {
                id: bundle.id.clone(),
                key: key.clone(),
                bytes,
            }),
            None => {
                // What of it was written is nothing to restore.
                copies.remove(key).await?;
                // Purged since the database was copied: then nobody will miss it.
                if is_kept(app, bundle).await? {
                    lost.push(bundle.id.clone());
                }
            }
        }
    }
    Ok((copied, lost))
}

/// The bytes that a bundle takes in the store and in the copy, or nothing when the store has it not as it was made.
async fn copy_bundle(
    app: &App,
    copies: &Shelf,
    bundle: &StoredBundle,
    file: &Path,
) -> Result<Option<u64>, Failure> {
    let stored = on_the_shelf(bundle);
    let copied = async {
        let bytes = app.shelf.copy_out(&stored.key, file).await?;
        copies.verify(&stored).await?;
        Ok::<_, BundleError>(bytes)
    };
    match copied.await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(BundleError::Lost | BundleError::UnknownKey) => Ok(None),
        Err(BundleError::Damaged) => match app.shelf.verify(&stored).await {
            // It is sound there and was damaged on the way here: no copy on this disk can be relied on.
            Ok(()) => Err(unwritable(
                file,
                io::Error::other("something else is read back than was written"),
            )),
            Err(BundleError::Lost | BundleError::Damaged | BundleError::UnknownKey) => Ok(None),
            Err(error) => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    }
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(above) = to.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(above)?;
    }
    let mut copy = private_file(to)?;
    io::copy(&mut File::open(from)?, &mut copy)?;
    copy.sync_all()
}

fn private_file(path: &Path) -> io::Result<File> {
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn unwritable(path: &Path, source: io::Error) -> Failure {
    StorageError::Copy {
        path: PathBuf::from(path),
        source,
    }
    .into()
}
