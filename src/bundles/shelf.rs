//! The store: where bundles wait to be fetched. A bundle is there whole or not at all.

use std::{
    fs::{self, File},
    io::{Read, Write},
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
        let mut file = File::create(&beside).map_err(in_folder)?;
        let mut digest = Sha256::new();
        let mut stream = self.store.get(&Key::from(key)).await?.into_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            digest.update(&piece);
            file.write_all(&piece).map_err(in_folder)?;
        }
        if hex::encode(digest.finalize()) != sha256 {
            fs::remove_file(&beside).map_err(in_folder)?;
            return Err(BundleError::Damaged);
        }
        file.sync_all().map_err(in_folder)?;
        let target = folder.join(file_name);
        fs::rename(&beside, &target).map_err(in_folder)?;
        Ok(target)
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
        Err(error) => Err(BundleError::Write(std::io::Error::other(error))),
    }
}
