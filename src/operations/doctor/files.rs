//! What lies on disks and in stores: the data folder, the key, the bundles, and the room that is left.

use std::{
    collections::{BTreeMap, HashSet},
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use super::{
    super::{Failure, app::Settings},
    Health, Reached, Verdict, apart,
};
use crate::{
    bundles::{
        BundleError,
        probe::Probed,
        shelf::{Shelf, StoreAddress},
    },
    storage::{
        self,
        database::Address,
        disk::{Space, space},
        generations::Generations,
        vault::Vault,
    },
    wording::english::count,
};

const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

pub async fn data_folder(settings: &Settings) -> Verdict {
    let folder = settings.data_dir.clone();
    let database = database_file(settings);
    apart(move || {
        let found = look_at_folder(&folder);
        match database.filter(|_| found.state == Health::Ok) {
            Some(file) => look_at_database_file(&file).unwrap_or(found),
            None => found,
        }
    })
    .await
}

/// The database, when it is a file.
fn database_file(settings: &Settings) -> Option<PathBuf> {
    match Address::read(settings.database_url.as_deref(), &settings.data_dir) {
        Ok(Address::File(file)) => Some(file),
        // Of what is no address, another check speaks.
        Ok(Address::Server(_)) | Err(_) => None,
    }
}

/// A database that others can read, where its folder does not keep them out.
fn look_at_database_file(file: &Path) -> Option<Verdict> {
    let open_to = |path: &Path, whom: u32| {
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & whom != 0)
    };
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let shown = file.display();
    (open_to(folder, 0o011) && open_to(file, 0o044)).then(|| {
        Verdict::warning(
            format!("{shown} can be read by others than its owner"),
            format!("there are names and addresses in it: chmod 600 {shown}"),
        )
    })
}

fn look_at_folder(folder: &Path) -> Verdict {
    let shown = folder.display();
    let mode = match fs::metadata(folder) {
        Ok(found) if found.is_dir() => found.permissions().mode(),
        Ok(_) => {
            return Verdict::wrong(
                format!("{shown} is no folder"),
                "choose another with --data-dir",
            );
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Verdict::warning(
                format!("{shown} is not there yet"),
                "it is made at first use; if there should be one, see that --data-dir is right",
            );
        }
        Err(error) => {
            return Verdict::wrong(
                format!("{shown} cannot be looked at: {error}"),
                "make it readable for the user of brievenbus, or choose another with --data-dir",
            );
        }
    };
    // A file without a name is gone when it is let go of.
    for place in [folder.to_owned(), folder.join("spool")] {
        if place.exists()
            && let Err(error) = tempfile::tempfile_in(&place)
        {
            return Verdict::wrong(
                format!("nothing can be written in {}: {error}", place.display()),
                "make it writable for the user of brievenbus, or make room on the disk",
            );
        }
    }
    if mode & 0o077 != 0 {
        return Verdict::warning(
            format!(
                "{shown} can be entered by others than its owner (mode {:03o})",
                mode & 0o777
            ),
            format!("there are names, addresses and letters in it: chmod 700 {shown}"),
        );
    }
    Verdict::ok(format!("{shown} can be written, by its owner alone"))
}

pub async fn disk(settings: &Settings) -> Verdict {
    let mut places: Vec<(&str, PathBuf)> = vec![
        ("the data folder", settings.data_dir.clone()),
        ("the spool", settings.data_dir.join("spool")),
    ];
    if let Some(folder) = database_file(settings).as_deref().and_then(Path::parent) {
        places.push(("the database", folder.to_owned()));
    }
    if let Ok(StoreAddress::Folder(folder)) =
        StoreAddress::read(settings.store.as_deref(), &settings.data_dir)
    {
        places.push(("the store", folder));
    }
    apart(move || look_at_disks(&places)).await
}

fn look_at_disks(places: &[(&str, PathBuf)]) -> Verdict {
    // Places on the same disk are told once, by the first of them.
    let mut disks: BTreeMap<u64, (&str, Space)> = BTreeMap::new();
    for (what, path) in places {
        match space(path) {
            Ok(space) => {
                disks.entry(space.device).or_insert((what, space));
            }
            Err(error) => {
                return Verdict::wrong(
                    format!("the disk of {what} cannot be looked at: {error}"),
                    "see that the folder is there and its disk is mounted",
                );
            }
        }
    }
    let mut room = Vec::new();
    for (what, space) in disks.values() {
        if let Some(verdict) = short_of_room(what, space) {
            return verdict;
        }
        room.push(format!("{} for {what}", in_words(space.free)));
    }
    Verdict::ok(format!("room left: {}", room.join(", ")))
}

/// A batch of 10,000 letters takes about 200 MB in the store and as much in the spool while it is packed, more when letters do not
/// fit. Of a large disk
/// 5 % may be much more than anybody needs, so ten times the least is enough of any.
fn short_of_room(what: &str, space: &Space) -> Option<Verdict> {
    let hint = "make room: `brievenbus purge` clears what no bundle needs";
    let enough = (space.total / 20).clamp(GB, 10 * GB);
    if space.free < 64 * MB {
        return Some(Verdict::wrong(
            format!("the disk of {what} is full: {} left", in_words(space.free)),
            hint,
        ));
    }
    if space.free < enough {
        return Some(Verdict::warning(
            format!(
                "the disk of {what} has {} left of {}",
                in_words(space.free),
                in_words(space.total)
            ),
            hint,
        ));
    }
    (space.total_files > 0 && space.free_files < space.total_files / 50).then(|| {
        Verdict::warning(
            format!(
                "the disk of {what} has room for {} more files only",
                space.free_files
            ),
            "it has too many small files: clear some away",
        )
    })
}

fn in_words(bytes: u64) -> String {
    match bytes {
        few if few < GB => format!("{} MB", few / MB),
        many => format!("{:.1} GB", many as f64 / GB as f64),
    }
}

pub async fn key(settings: &Settings, reached: &Reached) -> Verdict {
    let path = settings.data_dir.join("key");
    let known = match reached {
        Reached::Open(inspection) => inspection.generations().await.map_err(|_| ()),
        Reached::Nothing => Ok(None),
        Reached::Failed(_) => Err(()),
    };
    apart(move || look_at_key(&path, &known)).await
}

/// `known`: the keys of the database, if it has any; an error when it could not be asked.
fn look_at_key(path: &Path, known: &Result<Option<Generations>, ()>) -> Verdict {
    let shown = path.display();
    if !path.exists() && matches!(known, Ok(None)) {
        return Verdict::warning(
            format!("{shown} is not there yet"),
            "it is made at first use, together with the database",
        );
    }
    let wrong = |error| {
        let failure = Failure::from(error);
        Verdict::wrong(failure.message, failure.hint.unwrap_or_default())
    };
    match (Vault::open(path), known) {
        (Err(error), _) => wrong(error),
        (Ok(_), Ok(Some(generations))) => match generations.vault(path) {
            Ok(_) => Verdict::ok(format!(
                "{shown} is the one of this database, for its owner alone"
            )),
            Err(error) => wrong(error),
        },
        (Ok(_), Ok(None)) => Verdict::ok(format!("{shown} is a key, which no database uses yet")),
        (Ok(_), Err(())) => Verdict::warning(
            format!("{shown} is a key; whether it is the one of the database is not known"),
            "mend the database first",
        ),
    }
}

pub async fn store(settings: &Settings, reached: &Reached) -> Verdict {
    let address = match StoreAddress::read(settings.store.as_deref(), &settings.data_dir) {
        Ok(address) => address,
        Err(error) => return store_fails(error),
    };
    let place = match &address {
        StoreAddress::Folder(folder) => format!("the folder {}", folder.display()),
        StoreAddress::Bucket { bucket, .. } => format!("the bucket {bucket}"),
    };
    let shelf = Shelf::new(address, settings.store_access.clone()).in_a_hurry();
    let bundles = match reached {
        Reached::Open(inspection) => inspection.bundles().await.ok(),
        Reached::Nothing => Some(Vec::new()),
        Reached::Failed(_) => None,
    };
    let well = format!("{place} takes, keeps and gives back");
    let is_known = bundles.is_some();
    let bundles = bundles.unwrap_or_default();
    let known = count(bundles.len(), "bundle", "bundles");
    let lost = |what: &str| {
        Verdict::wrong(
            format!("the database knows {known}, but {what}"),
            "see that --store is the one that they were put in, or put its backup back",
        )
    };
    match shelf.probe(&storage::new_id()).await {
        Ok(Probed::Well) => {}
        Ok(Probed::NoFolder) if !is_known => {
            return Verdict::warning(
                format!("{place} is not there; whether it should be, only the database knows"),
                "mend the database first",
            );
        }
        Ok(Probed::NoFolder) if bundles.is_empty() => {
            return Verdict::warning(
                format!("{place} is not there yet"),
                "it is made with the first bundle; if there should be one, see that --store is right",
            );
        }
        Ok(Probed::NoFolder) => return lost(&format!("{place} is not there")),
        Ok(Probed::Changed) => {
            return Verdict::wrong(
                format!("{place} gave back something else than was put in"),
                "see that the disk or the server is sound and that nothing else writes there",
            );
        }
        Err(error) => return store_fails(error),
    }
    let there: HashSet<String> = match shelf.contents().await {
        Ok(contents) => contents.into_iter().map(|(key, _)| key).collect(),
        Err(error) => return store_fails(error),
    };
    let missing = bundles
        .iter()
        .filter(|bundle| !there.contains(&bundle.store_key));
    match missing.count() {
        0 => {}
        1 => return lost(&format!("one of them is not in {place}")),
        many => return lost(&format!("{many} of them are not in {place}")),
    }
    Verdict::ok(match is_known {
        true => format!("{well}; {known} in it"),
        false => format!("{well}; what should be in it only the database knows"),
    })
}

fn store_fails(error: BundleError) -> Verdict {
    let failure = Failure::from(error);
    Verdict::wrong(failure.message, failure.hint.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_a_warning_and_none_is_a_problem_and_a_large_disk_needs_no_more_than_a_small_one()
     {
        let state = |free, total| {
            let space = Space {
                device: 1,
                free,
                total,
                free_files: 900,
                total_files: 1000,
            };
            short_of_room("the store", &space).map_or(Health::Ok, |verdict| verdict.state)
        };
        assert_eq!(state(2 * GB, 20 * GB), Health::Ok);
        assert_eq!(state(900 * MB, 2 * GB), Health::Warning);
        assert_eq!(state(4 * GB, 100 * GB), Health::Warning);
        assert_eq!(state(11 * GB, 4_000 * GB), Health::Ok);
        assert_eq!(state(9 * MB, 4_000 * GB), Health::Problem);
    }
}
