//! The store: where bundles wait to be fetched. A bundle is there whole or not at all, and sealed. How it is read again is
//! in [`super::reader`].

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::TryStreamExt;
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path as Key,
    prefix::PrefixStore,
};

use super::{
    BundleError,
    disk::at_the_disk,
    pack::Packed,
    seal::{SealKeys, Sealing},
};

/// Bytes handed to a folder at a time. Each lot is freed on another thread than it was made on, and that memory is used
/// again late, so these are small.
const FOLDER_PIECE: usize = 1 << 18;
/// Bytes handed to a bucket at a time: S3 takes no parts below 5 MiB.
const BUCKET_PIECE: usize = 8 << 20;
/// How long a bucket that does not answer is asked again before the attempt has failed; the job is tried again later.
const BUCKET_PATIENCE: Duration = Duration::from_secs(20);
/// The same for somebody who waits.
const HURRY: Duration = Duration::from_secs(3);

/// How long a bucket may be silent within a request. A request as a whole may take its time: whoever downloads a bundle
/// may be slow, and the bucket is to wait for them.
const BUCKET_SILENCE: Duration = Duration::from_secs(60);

/// Where bundles are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAddress {
    Folder(PathBuf),
    /// A bucket of an S3-compatible server, and where in it; the prefix may be empty.
    Bucket {
        bucket: String,
        prefix: String,
    },
}

impl StoreAddress {
    /// `file:/srv/bundles` or `s3://BUCKET/PREFIX`; without an address the folder `bundles` in the data folder.
    pub fn read(address: Option<&str>, data_dir: &Path) -> Result<Self, BundleError> {
        let Some(address) = address else {
            return Ok(Self::Folder(data_dir.join("bundles")));
        };
        if let Some(rest) = address.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if !bucket.is_empty() {
                return Ok(Self::Bucket {
                    bucket: bucket.to_owned(),
                    prefix: prefix.trim_matches('/').to_owned(),
                });
            }
        }
        address
            .strip_prefix("file:")
            .map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
            .filter(|path| !path.as_os_str().is_empty())
            .map(Self::Folder)
            .ok_or_else(|| BundleError::UnknownStore(address.to_owned()))
    }
}

/// The store. It is opened when it is first needed: whoever submits a batch needs none.
#[derive(Clone)]
pub struct Shelf {
    address: StoreAddress,
    access: BTreeMap<String, String>,
    /// Absent for whoever only looks at what lies there.
    keys: Option<SealKeys>,
    /// How long a bucket that does not answer is asked again.
    patience: Duration,
    opened: Arc<OnceLock<Opened>>,
}

pub(super) struct Opened {
    pub(super) store: Box<dyn ObjectStore>,
    /// The folder, when it is one: half-written files in it are seen there and nowhere else.
    pub(super) folder: Option<PathBuf>,
    piece: usize,
}

impl Shelf {
    /// `access`: the settings for S3 by their usual names, `AWS_ACCESS_KEY_ID` and so on.
    pub fn new(address: StoreAddress, access: BTreeMap<String, String>) -> Self {
        Self {
            address,
            access,
            keys: None,
            patience: BUCKET_PATIENCE,
            opened: Arc::default(),
        }
    }

    /// The same store with keys, or with other ones: without, nothing can be sealed or opened.
    #[must_use]
    pub fn with_keys(self, keys: SealKeys) -> Self {
        Self {
            keys: Some(keys),
            ..self
        }
    }

    /// The same with the keys of another store.
    #[must_use]
    pub fn with_keys_of(self, other: &Self) -> Self {
        Self {
            keys: other.keys.clone(),
            ..self
        }
    }

    /// The same for somebody who wants to know soon why a bucket does not answer.
    #[must_use]
    pub fn in_a_hurry(self) -> Self {
        Self {
            patience: HURRY,
            ..self
        }
    }

    pub fn address(&self) -> &StoreAddress {
        &self.address
    }

    pub(super) fn keys(&self) -> Result<&SealKeys, BundleError> {
        self.keys.as_ref().ok_or(BundleError::UnknownKey)
    }

    /// Sees that the store can be opened. A bucket is not asked anything: it may come back before it is needed.
    pub fn check(&self) -> Result<(), BundleError> {
        self.opened().map(drop)
    }

    /// Asks the store for something that is not there, to see that it answers.
    pub async fn answers(&self) -> Result<(), BundleError> {
        let opened = self.opened()?;
        if let Some(folder) = &opened.folder
            && let Err(source) = fs::metadata(folder)
        {
            return Err(BundleError::StoreFolder {
                folder: folder.clone(),
                source,
            });
        }
        match opened.store.head(&Key::from("is-anybody-there")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A folder is made on first use.
    pub(super) fn opened(&self) -> Result<&Opened, BundleError> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let opened = match &self.address {
            StoreAddress::Folder(folder) => open_folder(folder)?,
            StoreAddress::Bucket { bucket, prefix } => {
                open_bucket((bucket, prefix), &self.access, self.patience)?
            }
        };
        Ok(self.opened.get_or_init(|| opened))
    }

    /// Puts a packed bundle under `key`, sealed. It is seen there when all of it has arrived; one that was there before is
    /// replaced.
    pub async fn put(&self, key: &str, packed: Packed) -> Result<(), BundleError> {
        let Opened { store, piece, .. } = self.opened()?;
        let sealing = Sealing::new(self.keys()?, key, packed.file, packed.bytes)?;
        let (mut sealing, first) = read_sealed(sealing, *piece).await?;
        if sealing.is_done() {
            // All of it: in one go, so that a crash leaves no parts behind.
            store.put(&Key::from(key), first.into()).await?;
            return Ok(());
        }
        let upload = store.put_multipart(&Key::from(key)).await?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, *piece);
        writer.put(first.into());
        while !sealing.is_done() {
            let (read, sealed) = match read_sealed(sealing, *piece).await {
                Ok(read) => read,
                Err(error) => return Err(given_up(writer, error).await),
            };
            sealing = read;
            if let Err(error) = writer.wait_for_capacity(2).await {
                return Err(given_up(writer, error.into()).await);
            }
            writer.put(sealed.into());
        }
        writer.finish().await?;
        Ok(())
    }

    /// Removes everything under `folder`, half-written files too, which the store itself does not show.
    pub async fn discard(&self, folder: &str) -> Result<(), BundleError> {
        let Opened {
            store,
            folder: root,
            ..
        } = self.opened()?;
        if let Some(root) = root {
            return match tokio::fs::remove_dir_all(root.join(folder)).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                result => result.map_err(BundleError::Clear),
            };
        }
        let folder = Key::from(folder);
        let mut objects = store.list(Some(&folder));
        while let Some(object) = objects.try_next().await? {
            store.delete(&object.location).await?;
        }
        Ok(())
    }

    /// Everything that is in the store, by its key, with its size: also what is half written, as far as it can be seen.
    /// Parts of an upload to a bucket that broke off are the bucket's own to clear, by a lifecycle rule.
    pub async fn contents(&self) -> Result<Vec<(String, u64)>, BundleError> {
        let Opened { store, folder, .. } = self.opened()?;
        if let Some(root) = folder.clone() {
            let walked = tokio::task::spawn_blocking(move || files_below(&root)).await;
            return walked
                .map_err(io::Error::other)
                .flatten()
                .map_err(BundleError::Clear);
        }
        let mut contents = Vec::new();
        let mut objects = store.list(None);
        while let Some(object) = objects.try_next().await? {
            contents.push((object.location.to_string(), object.size));
        }
        Ok(contents)
    }

    /// Removes one thing that [`Shelf::contents`] named, and the folders that are empty then.
    pub async fn remove(&self, key: &str) -> Result<(), BundleError> {
        let Opened { store, folder, .. } = self.opened()?;
        let Some(root) = folder else {
            return match store.delete(&Key::from(key)).await {
                Err(object_store::Error::NotFound { .. }) => Ok(()),
                result => Ok(result?),
            };
        };
        let file = root.join(key);
        match tokio::fs::remove_file(&file).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(BundleError::Clear(error));
            }
            _ => {}
        }
        // Up to the first that is not empty, which cannot be removed.
        let above = file.ancestors().skip(1).take_while(|path| *path != root);
        for folder in above {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}

fn open_folder(folder: &Path) -> Result<Opened, BundleError> {
    fs::create_dir_all(folder).map_err(|source| BundleError::StoreFolder {
        folder: folder.to_owned(),
        source,
    })?;
    let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
    Ok(Opened {
        store: Box::new(store),
        folder: Some(folder.to_owned()),
        piece: FOLDER_PIECE,
    })
}

fn open_bucket(
    (bucket, prefix): (&str, &str),
    access: &BTreeMap<String, String>,
    patience: Duration,
) -> Result<Opened, BundleError> {
    // Fails when somebody has chosen one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_client_options(bucket_client())
        .with_retry(RetryConfig {
            retry_timeout: patience,
            ..RetryConfig::default()
        });
    for (name, value) in access {
        // Names that mean something to other programs are none of ours.
        if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Opened {
        store: Box::new(PrefixStore::new(builder.build()?, prefix)),
        folder: None,
        piece: BUCKET_PIECE,
    })
}

fn bucket_client() -> ClientOptions {
    ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(BUCKET_SILENCE)
}

/// Lets the store forget an upload that broke off.
async fn given_up(writer: WriteMultipart, error: BundleError) -> BundleError {
    // Why it broke off is the thing to say; what remains is swept up later.
    let _ = writer.abort().await;
    error
}

fn files_below(root: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            // A worker has just cleared it away.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if let Some(key) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                files.push((
                    key.to_owned(),
                    entry.metadata().map_or(0, |file| file.len()),
                ));
            }
        }
    }
    Ok(files)
}

async fn read_sealed(
    mut sealing: Sealing<File>,
    least: usize,
) -> Result<(Sealing<File>, Vec<u8>), BundleError> {
    let reading = at_the_disk(move || {
        let sealed = sealing.read_sealed(least)?;
        Ok((sealing, sealed))
    });
    reading.await?
}

#[cfg(test)]
mod tests {
    use object_store::ClientConfigKey;

    use super::*;

    #[test]
    fn a_bucket_waits_for_a_slow_reader_and_nobody_for_a_silent_bucket() {
        let client = bucket_client();
        let limit = |key| client.get_config_value(&key);
        assert_eq!(limit(ClientConfigKey::Timeout), None);
        assert!(limit(ClientConfigKey::ReadTimeout).is_some());
        assert!(limit(ClientConfigKey::ConnectTimeout).is_some());
    }
}
