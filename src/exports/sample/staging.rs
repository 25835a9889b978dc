//! A folder that appears only when it is whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::error::SampleError;

/// Of the files of an export this one makes it one: it is moved last.
const LAST_FILE: &str = "organisation.toml";

/// Where a sample is written before it stands in its place; removed again unless published.
///
/// For a new folder that is a hidden folder beside it, renamed as a whole. A folder that is there and empty may
/// be a mount or somebody's working directory and is kept: its files are written in a hidden folder inside it
/// and moved up one by one, `organisation.toml` last, without which nothing is an export.
pub(super) struct Staging {
    target: PathBuf,
    folder: PathBuf,
    inside: bool,
}

impl Staging {
    /// Refuses a target that is not a new or empty folder.
    pub(super) fn beside(target: &Path) -> Result<Self, SampleError> {
        let cannot_write = |reason| SampleError::CannotWrite {
            folder: target.to_owned(),
            reason,
        };
        let inside = match fs::metadata(target) {
            Ok(metadata) if !metadata.is_dir() => {
                return Err(SampleError::NotAFolder(target.to_owned()));
            }
            Ok(_) => {
                let mut entries = fs::read_dir(target).map_err(cannot_write)?;
                if entries.next().is_some() {
                    return Err(SampleError::NotEmpty(target.to_owned()));
                }
                true
            }
            // Also a dangling link: what comes next then says what is wrong.
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(cannot_write(error)),
        };
        let folder = create_hidden(target, inside).map_err(cannot_write)?;
        Ok(Self {
            target: target.to_owned(),
            folder,
            inside,
        })
    }

    /// Where to write.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the finished files in their place.
    pub(super) fn publish(self) -> io::Result<()> {
        if !self.inside {
            return self.rename_all();
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            names.push(entry?.file_name());
        }
        names.sort_by_key(|name| name == LAST_FILE);
        for name in names {
            fs::rename(self.folder.join(&name), self.target.join(&name))?;
        }
        Ok(())
    }

    /// Renaming onto a folder that appeared meanwhile fails, unless it is empty.
    fn rename_all(self) -> io::Result<()> {
        fs::rename(&self.folder, &self.target)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove; a failure here would hide the first one.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn create_hidden(target: &Path, inside: bool) -> io::Result<PathBuf> {
    let parent = if inside {
        target
    } else {
        target.parent().unwrap_or(Path::new(""))
    };
    if !parent.as_os_str().is_empty() {
        fs::create_dir_all(parent)?;
    }
    let mut attempt = 0;
    loop {
        let name = format!(".brievenbus-sample-{}-{attempt}", std::process::id());
        let folder = parent.join(name);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            // Left behind by a run that was killed, or another thread's.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {
                attempt += 1
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_when_it_is_not_published() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("new");
        let staging = Staging::beside(&target).unwrap();
        fs::write(staging.folder().join("clients.csv"), "half").unwrap();
        assert!(!target.exists());
        drop(staging);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_empty_folder_is_kept_and_filled() {
        let home = tempfile::tempdir().unwrap();
        let staging = Staging::beside(home.path()).unwrap();
        fs::write(staging.folder().join(LAST_FILE), "").unwrap();
        fs::write(staging.folder().join("a"), "").unwrap();
        staging.publish().unwrap();
        let mut names: Vec<_> = fs::read_dir(home.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["a", LAST_FILE]);
    }

    #[test]
    fn two_at_once_for_one_folder_leave_one_whole_sample() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("new");
        let (first, second) = (
            Staging::beside(&target).unwrap(),
            Staging::beside(&target).unwrap(),
        );
        fs::write(first.folder().join("first"), "").unwrap();
        fs::write(second.folder().join("second"), "").unwrap();
        first.publish().unwrap();
        assert!(second.publish().is_err());
        assert!(target.join("first").exists() && !target.join("second").exists());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
