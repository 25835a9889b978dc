//! The folder of an export: reads its files, never one outside it, and remembers what was read. One that arrived whole
//! is read as if it were on the disk.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    encoding::{self, Text},
    error::ExportError,
    parcel::Parcel,
};

/// Largest table, in MB: some millions of clients, and still a size to hold in memory.
pub(super) const TABLE_MB: u64 = 512;

pub(super) const MB: u64 = 1024 * 1024;

pub(super) struct Folder {
    place: Place,
    fingerprint: Sha256,
}

/// Where the files are.
enum Place {
    /// In a folder of the machine: without symbolic links, to compare files with.
    Disk(PathBuf),
    /// In something that arrived.
    Parcel(Parcel),
}

impl Folder {
    pub(super) fn open(folder: &Path) -> Result<Self, ExportError> {
        let root = fs::canonicalize(folder).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ExportError::FolderMissing {
                folder: folder.to_owned(),
            },
            io::ErrorKind::NotADirectory => ExportError::NotAFolder {
                folder: folder.to_owned(),
            },
            _ => ExportError::FolderUnreadable {
                folder: folder.to_owned(),
                source,
            },
        })?;
        if !root.is_dir() {
            return Err(ExportError::NotAFolder {
                folder: folder.to_owned(),
            });
        }
        Ok(Self {
            place: Place::Disk(root),
            fingerprint: Sha256::new(),
        })
    }

    pub(super) fn of(parcel: Parcel) -> Self {
        Self {
            place: Place::Parcel(parcel),
            fingerprint: Sha256::new(),
        }
    }

    /// The bytes of the file `name`, a path relative to the folder, if it is at most `limit_mb` large.
    pub(super) fn read(&mut self, name: &str, limit_mb: u64) -> Result<Vec<u8>, ExportError> {
        let inside = inside(name)?;
        let limit = limit_mb * MB;
        let bytes = match &mut self.place {
            Place::Disk(root) => read_file(root, name, limit_mb)?,
            Place::Parcel(parcel) => {
                let missing = || ExportError::FileMissing {
                    file: name.to_owned(),
                };
                parcel.read(&inside, limit)?.ok_or_else(missing)?
            }
        };
        if bytes.len() as u64 > limit {
            return Err(ExportError::TooLarge {
                file: name.to_owned(),
                limit_mb,
            });
        }
        for part in [name.as_bytes(), &bytes] {
            self.fingerprint.update((part.len() as u64).to_be_bytes());
            self.fingerprint.update(part);
        }
        Ok(bytes)
    }

    /// The text of the file `name`; see [`Folder::read`].
    pub(super) fn read_text(&mut self, name: &str, limit_mb: u64) -> Result<Text, ExportError> {
        let bytes = self.read(name, limit_mb)?;
        encoding::decode(name, &bytes)
    }

    /// Whether there is something called `name`, were it a link that leads nowhere.
    pub(super) fn has(&self, name: &str) -> bool {
        match &self.place {
            Place::Disk(root) => fs::symlink_metadata(root.join(name)).is_ok(),
            Place::Parcel(parcel) => parcel.has(name),
        }
    }

    /// Names of all files that end in `.csv`, in order; none if the folder can't be listed.
    pub(super) fn tables(&self) -> Vec<String> {
        let names: Vec<String> = match &self.place {
            Place::Disk(root) => {
                let entries = fs::read_dir(root).into_iter().flatten().flatten();
                entries
                    .filter_map(|entry| entry.file_name().into_string().ok())
                    .collect()
            }
            Place::Parcel(parcel) => {
                let in_root = parcel.paths().filter(|path| !path.contains('/'));
                in_root.map(str::to_owned).collect()
            }
        };
        let mut tables: Vec<String> = names
            .into_iter()
            .filter(|name| name.to_lowercase().ends_with(".csv"))
            .collect();
        tables.sort_unstable();
        tables
    }

    /// SHA-256, in hexadecimals, over names and bytes of what was read so far.
    pub(super) fn fingerprint(self) -> String {
        hex::encode(self.fingerprint.finalize())
    }
}

/// The bytes of a file on the disk, not many more than it may have.
fn read_file(root: &Path, name: &str, limit_mb: u64) -> Result<Vec<u8>, ExportError> {
    let path = real_path(root, name)?;
    let unreadable = |source| ExportError::Unreadable {
        file: name.to_owned(),
        source,
    };
    // Asked before opening, because opening a named pipe waits for somebody to write.
    let found = fs::metadata(&path).map_err(unreadable)?;
    if !found.is_file() {
        return Err(ExportError::NotAFile {
            file: name.to_owned(),
        });
    }
    if found.len() > limit_mb * MB {
        return Err(ExportError::TooLarge {
            file: name.to_owned(),
            limit_mb,
        });
    }
    let mut bytes = Vec::new();
    let file = File::open(&path).map_err(unreadable)?;
    // It may grow while it is read.
    file.take(limit_mb * MB + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

/// The path `name` in plain parts, which may not leave the folder by `..` or by being absolute.
fn inside(name: &str) -> Result<String, ExportError> {
    let mut parts = Vec::new();
    for part in Path::new(name).components() {
        match part {
            Component::Normal(part) => parts.extend(part.to_str()),
            Component::CurDir => {}
            _ => return Err(outside(name)),
        }
    }
    Ok(parts.join("/"))
}

fn outside(name: &str) -> ExportError {
    ExportError::OutsideFolder {
        file: name.to_owned(),
    }
}

/// The real path of `name`, which may not leave the folder through a link either.
fn real_path(root: &Path, name: &str) -> Result<PathBuf, ExportError> {
    let path = fs::canonicalize(root.join(name)).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ExportError::FileMissing {
            file: name.to_owned(),
        },
        _ => ExportError::Unreadable {
            file: name.to_owned(),
            source,
        },
    })?;
    if path.starts_with(root) {
        Ok(path)
    } else {
        Err(outside(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(result: Result<T, ExportError>) -> &'static str {
        result.map_or_else(|error| error.code(), |_| "ok")
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("file"), "x").unwrap();
        assert_eq!(code(Folder::open(place.path())), "ok");
        let missing = place.path().join("nowhere");
        assert_eq!(code(Folder::open(&missing)), "folder_missing");
        let file = place.path().join("file");
        assert_eq!(code(Folder::open(&file)), "not_a_folder");
        assert_eq!(code(Folder::open(&file.join("x"))), "not_a_folder");
    }

    #[test]
    fn only_files_inside_the_folder_are_read() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("export");
        fs::create_dir_all(root.join("img")).unwrap();
        fs::write(place.path().join("secret"), "x").unwrap();
        fs::write(root.join("img/logo.png"), "x").unwrap();
        let big = File::create(root.join("big")).unwrap();
        big.set_len(TABLE_MB * MB + 1).unwrap();
        let absolute = root.join("img/logo.png");
        let mut cases = vec![
            ("img/logo.png", "ok"),
            ("./img/logo.png", "ok"),
            ("img", "not_a_file"),
            ("img/logo.png/x", "file_missing"),
            ("nothing", "file_missing"),
            ("../secret", "outside_folder"),
            ("img/../../secret", "outside_folder"),
            (absolute.to_str().unwrap(), "outside_folder"),
            ("big", "too_large"),
        ];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
            std::os::unix::fs::symlink("img/logo.png", root.join("near")).unwrap();
            std::os::unix::fs::symlink("gone", root.join("dangling")).unwrap();
            cases.extend([
                ("link", "outside_folder"),
                ("near", "ok"),
                ("dangling", "file_missing"),
            ]);
        }
        let mut folder = Folder::open(&root).unwrap();
        for (name, expected) in cases {
            assert_eq!(code(folder.read(name, TABLE_MB)), expected, "{name}");
        }
        assert!(folder.has("img") && !folder.has("nothing"));
    }

    #[test]
    fn the_fingerprint_knows_names_and_bytes_apart() {
        let place = tempfile::tempdir().unwrap();
        let fingerprint = |files: &[(&str, &str)]| {
            let mut folder = Folder::open(place.path()).unwrap();
            for (name, text) in files {
                fs::write(place.path().join(name), text).unwrap();
                folder.read(name, 1).unwrap();
            }
            folder.fingerprint()
        };
        let first = fingerprint(&[("a", "bc")]);
        assert_eq!(first.len(), 64);
        assert_eq!(first, fingerprint(&[("a", "bc")]));
        assert_ne!(first, fingerprint(&[("ab", "c")]));
        assert_ne!(first, fingerprint(&[("a", "bd")]));
    }
}
