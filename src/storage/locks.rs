//! Files that a process keeps locked for as long as it lives, so that others can tell the dead from the slow.
//!
//! The kernel lets go of a file lock when its process ends, however it ends. A process id would not do: ids are given
//! out again, and mean nothing in another container.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// A locked file in a folder; dropping it unlocks and removes the file.
#[derive(Debug)]
pub struct LifeLock {
    path: PathBuf,
    _file: File,
}

/// The owner of a file that nobody held; while this is kept, nobody else finds it.
#[derive(Debug)]
pub struct Dead {
    pub name: String,
    _file: File,
}

impl LifeLock {
    /// Locks `folder/name`, or `None` when another living process holds it.
    pub fn take(folder: &Path, name: &str) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        let path = folder.join(name);
        loop {
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Whoever held it may have removed the file between our opening and our locking; that lock is worth nothing.
            let same = fs::metadata(&path)
                .is_ok_and(|there| file.metadata().is_ok_and(|ours| ours.ino() == there.ino()));
            if same {
                return Ok(Some(Self { path, _file: file }));
            }
        }
    }

    /// Locks `folder/name`, a name that nobody had before. The file is locked before it has its name, so that nobody ever
    /// finds it unlocked while its owner lives.
    pub fn take_new(folder: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let beside = folder.join(format!(".{name}"));
        let file = File::create_new(&beside)?;
        file.lock()?;
        let path = folder.join(name);
        fs::rename(&beside, &path)?;
        Ok(Self { path, _file: file })
    }

    /// The owners in `folder` whose file nobody holds: they died. Of a name without a file nothing is known; its owner
    /// may well live on another machine.
    pub fn dead_owners(folder: &Path) -> io::Result<Vec<Dead>> {
        let mut dead = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            // Not yet what it is to become.
            if name.starts_with('.') {
                continue;
            }
            let file = File::options().write(true).open(entry.path());
            if let Ok(file) = file
                && file.try_lock().is_ok()
            {
                dead.push(Dead { name, _file: file });
            }
        }
        Ok(dead)
    }

    /// How many owners in `folder` hold their file: they live, on this machine. None when there is no such folder.
    pub fn living_owners(folder: &Path) -> io::Result<usize> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        let mut living = 0;
        for entry in entries {
            let file = File::options().write(true).open(entry?.path());
            let held =
                file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
            living += usize::from(held);
        }
        Ok(living)
    }

    /// Removes the file of a dead owner, once nothing is left to be done about them.
    pub fn bury(folder: &Path, name: &str) -> io::Result<()> {
        fs::remove_file(folder.join(name))
    }
}

impl Drop for LifeLock {
    fn drop(&mut self) {
        // A file that stays behind is unlocked, and therefore says the truth: the owner is gone.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_once_and_only_a_file_left_unlocked_tells_of_a_death() {
        let folder = tempfile::tempdir().unwrap();
        let dead = || {
            let dead = LifeLock::dead_owners(folder.path()).unwrap();
            let names = dead.into_iter().map(|owner| owner.name);
            names.collect::<Vec<String>>()
        };
        assert!(dead().is_empty(), "nothing is known");
        let held = LifeLock::take_new(folder.path(), "w").unwrap();
        assert!(LifeLock::take(folder.path(), "w").unwrap().is_none());
        assert!(dead().is_empty());
        assert_eq!(LifeLock::living_owners(folder.path()).unwrap(), 1);
        drop(held);
        assert!(!folder.path().join("w").exists());
        File::create(folder.path().join("w")).unwrap();
        assert_eq!(dead(), ["w"]);
        assert_eq!(LifeLock::living_owners(folder.path()).unwrap(), 0);
        LifeLock::bury(folder.path(), "w").unwrap();
        assert!(dead().is_empty());
    }
}
