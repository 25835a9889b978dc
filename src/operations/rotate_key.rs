//! `key rotate`: everything is sealed anew with a new key, and the old one opens nothing any more.
//!
//! 1. A new key is written into the key file, beside the old one.
//! 2. The database takes it for the one that seals. From here on nobody who has the old file alone seals anything.
//! 3. Open invitations are hashed and sealed anew, some hundreds at a time.
//! 4. Bundles are sealed anew, one by one.
//! 5. In the key file the old key is reduced to what knows its codes when they come again.
//!
//! After each step both keys are in the file or the old one is not needed, and each looks for itself what is left to be
//! done. So it may break off anywhere, and is finished by being asked for again.

use std::{io::Seek, time::Duration};

use super::{
    App, Failure,
    collect_bundles::{is_kept, on_the_shelf},
    show_key::current_id,
    switches::RotationStep,
};
use crate::{
    bundles::{BundleError, pack::Packed},
    domain::audit::{Access, Action},
    storage::{
        StorageError, bundles::StoredBundle, key_file::KeyFile, locks::LifeLock, vault::Vault,
    },
};

/// How long invitations that others are changing are left to them.
const PAUSE: Duration = Duration::from_millis(100);

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The generation of the key that seals now.
    pub number: u32,
    /// `key show` calls it so too.
    pub id: String,
    /// An earlier rotation was finished, and no other begun.
    pub resumed: bool,
    /// Sealed anew.
    pub invitations: u64,
    /// Sealed anew.
    pub bundles: usize,
    /// Ids of bundles that are lost or damaged: should they turn up again, nothing opens them.
    pub left_behind: Vec<String>,
}

/// Changes the key, or finishes changing it. `leave_behind`: also when there are bundles that cannot be sealed anew.
pub async fn rotate_key(app: &App, leave_behind: bool) -> Result<Rotated, Failure> {
    let lock = LifeLock::take(&app.run_locks, "key-rotation").map_err(|source| {
        StorageError::DataFolder {
            path: app.run_locks.clone(),
            source,
        }
    })?;
    let Some(_lock) = lock else {
        return Err(Failure::conflict(
            "key_being_rotated",
            "the key is being rotated, or a backup is being made",
            "wait until that is done; `brievenbus key show` tells",
        ));
    };
    let (next, resumed) = next_key(app)?;
    app.switches.rotated(RotationStep::Written);
    if next.mark() != app.vault.mark() {
        let access = Access::done(Action::KeyRotated).with("key", &current_id(&next));
        app.db.switch_key(&next, &app.scribe(), &access).await?;
    }
    app.switches.rotated(RotationStep::Switched);
    let app = app.with_vault(next)?;
    let invitations = reseal_invitations(&app).await?;
    app.switches.rotated(RotationStep::Invitations);
    let (bundles, left_behind) = reseal_bundles(&app).await?;
    app.switches.rotated(RotationStep::Bundles);
    if !left_behind.is_empty() && !leave_behind {
        return Err(not_resealed(&left_behind));
    }
    KeyFile::open(&app.key_file)?.with_one_key()?.write()?;
    app.switches.rotated(RotationStep::Reduced);
    Ok(Rotated {
        number: app.vault.number(),
        id: current_id(&app.vault),
        resumed,
        invitations,
        bundles,
        left_behind,
    })
}

/// The key to change to, which is in the key file, and whether it was there before.
fn next_key(app: &App) -> Result<(Vault, bool), Failure> {
    let file = KeyFile::open(&app.key_file)?;
    // An earlier rotation was broken off, before or after the database knew of the newest key.
    if file.has_old_keys() {
        return Ok((Vault::newest(&file)?, true));
    }
    let file = file.with_new_key()?;
    file.write()?;
    Ok((Vault::newest(&file)?, false))
}

async fn reseal_invitations(app: &App) -> Result<u64, Failure> {
    let mut resealed = 0;
    loop {
        let some = app.db.reseal_invitations(&app.vault).await?;
        resealed += some;
        if some > 0 {
            app.switches.rotated(RotationStep::SomeInvitations);
            continue;
        }
        if app.db.sealed_before(&app.vault).await? == 0 {
            return Ok(resealed);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// How many were sealed anew, and which could not be.
async fn reseal_bundles(app: &App) -> Result<(usize, Vec<String>), Failure> {
    let (mut resealed, mut left) = (0, Vec::new());
    let bundles = app.db.all_bundles(None).await?.into_iter();
    for bundle in bundles.filter_map(|(bundle, _)| bundle.removed.is_none().then_some(bundle)) {
        match reseal_bundle(app, &bundle).await {
            Ok(false) => {}
            Ok(true) => {
                resealed += 1;
                // Whoever cleared it away meanwhile would find it back.
                if !is_kept(app, &bundle).await? {
                    app.shelf.remove(&bundle.store_key).await?;
                }
                app.switches.rotated(RotationStep::OneBundle);
            }
            Err(BundleError::Lost | BundleError::Damaged | BundleError::UnknownKey) => {
                // It may have been cleared away meanwhile.
                if is_kept(app, &bundle).await? {
                    left.push(bundle.id);
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((resealed, left))
}

/// Seals a bundle anew in its place, whole or not at all, unless it has been. Whether it was done.
async fn reseal_bundle(app: &App, bundle: &StoredBundle) -> Result<bool, BundleError> {
    let stored = on_the_shelf(bundle);
    if app.shelf.sealed_with(&stored).await? == app.vault.id() {
        return Ok(false);
    }
    let mut plain = tempfile::tempfile_in(&app.spool_dir)?;
    app.shelf.write(&stored, &mut plain).await?;
    plain.rewind()?;
    let packed = Packed {
        file: plain,
        bytes: stored.bytes,
        sha256: stored.sha256.clone(),
    };
    app.shelf.put(&stored.key, packed).await?;
    Ok(true)
}

fn not_resealed(bundles: &[String]) -> Failure {
    Failure::conflict(
        "bundles_not_sealed_anew",
        format!(
            "these bundles are lost or damaged and could not be sealed anew: {}",
            bundles.join(", ")
        ),
        "see that --store is the one that they were made with, put them back from a backup, and rotate again; with --leave-behind it is finished without them, and nothing will open them",
    )
}
