//! The folder of an export: reads its files, never one outside it, and remembers what was read.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    encoding::{self, Text},
    error::ExportError,
};

/// Largest table, in MB: some millions of clients, and still a size to hold in memory.
pub(super) const TABLE_MB: u64 = 512;

const MB: u64 = 1024 * 1024;

pub(super) struct Folder {
    /// Without symbolic links, to compare files with.
    root: PathBuf,
    fingerprint: Sha256,
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
            root,
            fingerprint: Sha256::new(),
        })
    }

    /// The bytes of the file `name`, a path relative to the folder, if it is at most `limit_mb` large.
    pub(super) fn read(&mut self, name: &str, limit_mb: u64) -> Result<Vec<u8>, ExportError> {
        let path = self.inside(name)?;
        let unreadable = |source| ExportError::Unreadable {
            file: name.to_owned(),
            source,
        };
        let found = fs::metadata(&path).map_err(unreadable)?;
        // Asked before opening, because opening a named pipe waits for somebody to write.
        if !found.is_file() {
            return Err(ExportError::NotAFile {
                file: name.to_owned(),
            });
        }
        let limit = limit_mb * MB;
        let mut bytes = Vec::new();
        if found.len() <= limit {
            let file = File::open(&path).map_err(unreadable)?;
            file.take(limit + 1)
                .read_to_end(&mut bytes)
                .map_err(unreadable)?;
        }
        // The file may have grown since it was asked.
        if found.len() > limit || bytes.len() as u64 > limit {
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
        fs::symlink_metadata(self.root.join(name)).is_ok()
    }

    /// Names of all files that end in `.csv`, in order; none if the folder can't be listed.
    pub(super) fn tables(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut tables: Vec<String> = names
            .filter(|name| name.to_lowercase().ends_with(".csv"))
            .collect();
        tables.sort_unstable();
        tables
    }

    /// SHA-256, in hexadecimals, over names and bytes of what was read so far.
    pub(super) fn fingerprint(self) -> String {
        hex::encode(self.fingerprint.finalize())
    }

    /// The real path of `name`, which may not leave the folder by `..`, by being absolute or through a link.
    fn inside(&self, name: &str) -> Result<PathBuf, ExportError> {
        let outside = || ExportError::OutsideFolder {
            file: name.to_owned(),
        };
        let stays = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(name).components().all(stays) {
            return Err(outside());
        }
        let path =
            fs::canonicalize(self.root.join(name)).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                    ExportError::FileMissing {
                        file: name.to_owned(),
                    }
                }
                _ => ExportError::Unreadable {
                    file: name.to_owned(),
                    source,
                },
            })?;
        if path.starts_with(&self.root) {
            Ok(path)
        } else {
            Err(outside())
        }
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
