//! A file that is written into somebody's folder, whole or not at all.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::BundleError;

/// A file beside its place, for its owner's eyes, since there are codes in it. It always has the same name there, so what
/// a crash left of it is written over by the next one.
pub struct Delivery {
    pub file: File,
    folder: PathBuf,
    beside: PathBuf,
    target: PathBuf,
}

impl Delivery {
    /// Begins an empty file, once nobody else writes the same one.
    pub async fn begin(folder: &Path, file_name: &str) -> Result<Self, BundleError> {
        let beside = folder.join(format!(".{file_name}.part"));
        let locking = tokio::task::spawn_blocking({
            let beside = beside.clone();
            move || open_beside(&beside)
        });
        let file = locking.await.map_err(io::Error::other).flatten();
        Ok(Self {
            file: file.map_err(|source| in_folder(folder, source))?,
            folder: folder.to_owned(),
            beside,
            target: folder.join(file_name),
        })
    }

    /// Gives the file its name, when what was written into it went well; otherwise nothing is left of it.
    pub fn end(self, written: Result<(), BundleError>) -> Result<PathBuf, BundleError> {
        let placed = written.and_then(|()| {
            self.file.sync_all()?;
            Ok(fs::rename(&self.beside, &self.target)?)
        });
        match placed {
            Ok(()) => Ok(self.target),
            Err(error) => {
                // What went wrong is the thing to say, not that its remains could not be removed either.
                let _ = fs::remove_file(&self.beside);
                Err(match error {
                    BundleError::Write(source) => in_folder(&self.folder, source),
                    other => other,
                })
            }
        }
    }
}

fn in_folder(folder: &Path, source: io::Error) -> BundleError {
    BundleError::Folder {
        folder: folder.to_owned(),
        source,
    }
}

/// Locked against another process that fetches the same bundle, and emptied.
fn open_beside(path: &Path) -> io::Result<File> {
    loop {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path)?;
        file.lock()?;
        // While this waited for the lock, the other may have finished and given the file its name: that one is whole.
        let same = fs::metadata(path)
            .is_ok_and(|there| file.metadata().is_ok_and(|ours| ours.ino() == there.ino()));
        if same {
            file.set_len(0)?;
            return Ok(file);
        }
    }
}
