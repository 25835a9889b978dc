//! Looking at the store itself: whether it takes, keeps and gives back; and copies of what is in it, as it is there.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use futures::StreamExt;
use object_store::{ObjectStoreExt, path::Path as Key};

use super::{
    BundleError,
    reader::Stored,
    shelf::{Shelf, StoreAddress},
};

/// What became of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probed {
    /// It was written, read, compared and removed.
    Well,
    /// The folder of the store is not there, and nothing was tried: it is made with the first bundle.
    NoFolder,
    /// Something else came back than was put in.
    Changed,
}

impl Shelf {
    /// Puts a small object called `name` into the store, reads it, compares it, and removes it again.
    pub async fn probe(&self, name: &str) -> Result<Probed, BundleError> {
        if let StoreAddress::Folder(folder) = self.address()
            && !folder.exists()
        {
            return Ok(Probed::NoFolder);
        }
        let path = format!("doctor/{name}");
        let key = Key::from(path.as_str());
        let store = &self.opened()?.store;
        store.put(&key, name.to_owned().into()).await?;
        let came_back = async { store.get(&key).await?.bytes().await }.await;
        // Before anything is said of what came back: it is not to stay.
        let removed = self.remove(&path).await;
        let same = came_back? == name.as_bytes();
        removed?;
        Ok(if same { Probed::Well } else { Probed::Changed })
    }

    /// Copies what is in the store at `key`, sealed as it is there, into a new file for its owner alone.
    pub async fn copy_out(&self, key: &str, file: &Path) -> Result<u64, BundleError> {
        // First what may be lost, so that no empty file stands for it.
        let object = self.opened()?.store.get(&Key::from(key)).await?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut copy = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)?;
        let mut bytes = 0;
        let mut stream = object.into_stream();
        while let Some(piece) = stream.next().await {
            let piece = piece?;
            copy.write_all(&piece)?;
            bytes += piece.len() as u64;
        }
        copy.sync_all()?;
        Ok(bytes)
    }

    /// Opens a bundle as whoever fetches it would, and compares it with the sha256 that it was made with.
    pub async fn verify(&self, stored: &Stored) -> Result<(), BundleError> {
        self.write(stored, &mut io::sink()).await
    }
}
