//! The store: where bundles wait to be fetched. A bundle is there whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::StreamExt;
use object_store::{
    ObjectStore, ObjectStoreExt, WriteMultipart, local::LocalFileSystem, path::Path as Key,
};
use sha2::{Digest, Sha256};

use super::{BundleError, pack::Packed};

/// Bytes handed to the store at a time.
const PIECE: usize = 1 << 20;

#[derive(Debug, Clone)]
pub struct Shelf {
    store: Arc<dyn ObjectStore>,
    root: PathBuf,
}

impl Shelf {
    /// `file:/srv/bundles`, or without an address the folder `bundles` in the data folder.
    pub fn folder(address: Option<&str>, data_dir: &Path) -> Result<PathBuf, BundleError> {
        match address {
            None => Ok(data_dir.join("bundles")),
            Some(address) => address
                .strip_prefix("file:")
                .map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
                .filter(|path| !path.as_os_str().is_empty())
                .ok_or_else(|| BundleError::UnknownStore(address.to_owned())),
        }
    }

    /// Opens the store in `folder`, and makes it on first use.
    pub fn open(folder: &Path) -> Result<Self, BundleError> {
        fs::create_dir_all(folder).map_err(|source| BundleError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            root: folder.to_owned(),
        })
    }

    /// Puts a packed bundle under `key`. It is seen there when all of it has arrived; one that was there before, from
    /// an attempt that came to nothing, is replaced.
    pub async fn put(&self, key: &str, packed: Packed) -> Result<(), BundleError> {
        let upload = self.store.put_multipart(&Key::from(key)).await?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PIECE);
        let mut file = packed.file;
        loop {
            let (read, piece) = read_piece(file).await?;
            file = read;
            if piece.is_empty() {
                break;
            }
            writer.wait_for_capacity(2).await?;
            writer.write(&piece);
        }
        writer.finish().await?;
        Ok(())
    }

    /// Removes everything under `folder`, half-written files too, which the store itself does not show.
    pub async fn discard(&self, folder: &str) -> Result<(), BundleError> {
        match tokio::fs::remove_dir_all(self.root.join(folder)).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result.map_err(BundleError::Clear),
        }
    }

    /// Writes the bundle at `key` into `folder/file_name`: beside it first, then renamed, so that no half a file is
    /// ever found under that name. Checks what was fetched against `sha256`. The file beside it always has the same
    /// name, so what a crash left of it is written over by the next fetch.
    pub async fn fetch(
        &self,
        key: &str,
        sha256: &str,
        folder: &Path,
        file_name: &str,
    ) -> Result<PathBuf, BundleError> {
        let in_folder = |source| BundleError::Folder {
            folder: folder.to_owned(),
            source,
        };
        let beside = folder.join(format!(".{file_name}.part"));
        // For its owner's eyes: there are codes in it. Locked, because another process may fetch the same bundle.
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&beside)
            .map_err(in_folder)?;
        file.lock().map_err(in_folder)?;
        let target = folder.join(file_name);
        let written = self
            .copy(key, sha256, &mut file)
            .await
            .and_then(|()| fs::rename(&beside, &target).map_err(BundleError::Write));
        match written {
            Ok(()) => Ok(target),
            Err(error) => {
                // What went wrong is the thing to say, not that its remains could not be removed either.
                let _ = fs::remove_file(&beside);
                Err(match error {
                    BundleError::Write(source) => in_folder(source),
                    other => other,
                })
            }
        }
    }

    async fn copy(&self, key: &str, sha256: &str, file: &mut File) -> Result<(), BundleError> {
        file.set_len(0)?;
        let mut digest = Sha256::new();
        let mut stream = self.store.get(&Key::from(key)).await?.into_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            digest.update(&piece);
            file.write_all(&piece)?;
        }
        if hex::encode(digest.finalize()) != sha256 {
            return Err(BundleError::Damaged);
        }
        Ok(file.sync_all()?)
    }
}

/// Reads the next piece away from the async threads, since a large read from a slow disk would hold up everybody.
async fn read_piece(mut file: File) -> Result<(File, Vec<u8>), BundleError> {
    let read = tokio::task::spawn_blocking(move || {
        let mut piece = Vec::with_capacity(PIECE);
        let result = (&mut file).take(PIECE as u64).read_to_end(&mut piece);
        result.map(|_| (file, piece))
    });
    match read.await {
        Ok(result) => Ok(result?),
        Err(error) => Err(BundleError::Write(io::Error::other(error))),
    }
}
