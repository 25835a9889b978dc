//! `bundle fetch --password-file`: a bundle that only a password opens, to send by mail.

use std::{
    fs::File,
    io::Seek,
    path::{Path, PathBuf},
    sync::Arc,
};

use zeroize::Zeroizing;

use super::{
    App, Failure,
    collect_bundles::{check_folder, make_folder, on_the_shelf},
    fetch_bundle::{bundle_to_hand_out, bundle_to_look_at, said_of_lost},
};
use crate::bundles::{BundleError, file_name, lock};

/// A zip can be tried at leisure by whoever has it, so a short password is soon found.
const LEAST_CHARS: usize = 12;

/// A password for a bundle. No `Debug`.
pub struct BundlePassword(Zeroizing<String>);

impl BundlePassword {
    pub fn new(text: &str) -> Result<Self, Failure> {
        if text.chars().count() < LEAST_CHARS {
            return Err(Failure::input(
                "weak_password",
                format!("the password is shorter than {LEAST_CHARS} characters"),
                "choose a longer one, such as four words that do not belong together",
            ));
        }
        // Not every program that opens zips means the same by any other character.
        if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
            return Err(Failure::input(
                "password_characters",
                "the password has characters that programs write differently",
                "use letters without accents, digits, spaces and punctuation",
            ));
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// A locked bundle in the spool, in a file without a name, which the system removes when it is closed.
pub struct LockedBundle {
    pub id: String,
    pub batch: String,
    /// As that of the bundle itself, and that there is a password.
    pub file_name: String,
    /// Of the locked zip.
    pub bytes: u64,
    /// At its start.
    pub file: File,
}

/// Packs a bundle once more with every file encrypted with AES-256, and remembers that somebody took it out of the store.
/// Whoever asks while many do waits for their turn.
pub async fn lock_bundle(
    app: &App,
    id: &str,
    password: BundlePassword,
) -> Result<LockedBundle, Failure> {
    // Of another's bundle, or none, is said so at once.
    bundle_to_look_at(app, id).await?;
    let turn = Arc::clone(&app.locking).acquire_owned().await;
    let turn = turn.map_err(|_| Failure::ours("no bundle is locked any more"))?;
    let bundle = bundle_to_hand_out(app, id).await?;
    let spool = || tempfile::tempfile_in(&app.spool_dir).map_err(BundleError::Write);
    let (mut plain, out) = (spool()?, spool()?);
    app.shelf.write(&on_the_shelf(&bundle), &mut plain).await?;
    plain.rewind().map_err(BundleError::Write)?;
    let locking = tokio::task::spawn_blocking(move || {
        // Goes on when nobody waits for it any more, and keeps its turn until it is done.
        let _turn = turn;
        lock::lock(plain, &password.0, out)
    });
    let (file, bytes) = match locking.await {
        Ok(locked) => locked?,
        Err(_) => return Err(Failure::ours("locking the bundle broke down")),
    };
    app.db.mark_collected(&bundle.id, app.now()).await?;
    Ok(LockedBundle {
        id: bundle.id,
        batch: bundle.batch,
        file_name: file_name::locked(&bundle.file_name),
        bytes,
        file,
    })
}

/// Writes a locked bundle into `folder`, whole or not at all.
pub async fn fetch_locked_bundle(
    app: &App,
    id: &str,
    password: BundlePassword,
    folder: &Path,
) -> Result<PathBuf, Failure> {
    check_folder(folder)?;
    make_folder(folder)?;
    let locked = lock_bundle(app, id, password).await.map_err(said_of_lost)?;
    Ok(lock::deliver(locked.file, folder, &locked.file_name).await?)
}
