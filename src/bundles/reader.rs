//! Reading from the store: a bundle is opened piece by piece as it comes, so a download takes the memory of a piece or
//! two, however large it is and however slowly it is fetched.

use std::{
    fs::File,
    io::{self, Write},
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use object_store::{
    GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt, path::Path as Key,
};
use sha2::{Digest, Sha256};
use tokio_util::bytes::{Buf, Bytes};

use super::{
    BundleError,
    delivery::Delivery,
    disk::at_the_disk,
    seal::{HEADER, Header, KeyId, PIECE, Pieces, sealed_size},
    shelf::Shelf,
};

/// A bundle in the store, as whoever put it there knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its key in the store.
    pub key: String,
    /// Of the bundle itself.
    pub bytes: u64,
    pub sha256: String,
}

/// Pieces of a bundle, in order. After an error nothing comes any more.
pub type PieceStream = BoxStream<'static, Result<Bytes, BundleError>>;

impl Shelf {
    /// The key that a bundle is sealed with.
    pub async fn sealed_with(&self, stored: &Stored) -> Result<KeyId, BundleError> {
        let (header, _) = self.source(stored).await?;
        Ok(header.key())
    }

    /// The bytes of a bundle in this range, opened as they come. Its first piece has been opened when this returns, so
    /// what is lost, cut off or of another key is known before anything is sent to anybody; a piece that was changed
    /// ends the stream with an error.
    pub async fn read(
        &self,
        stored: &Stored,
        range: Range<u64>,
    ) -> Result<PieceStream, BundleError> {
        let range = range.start..range.end.min(stored.bytes);
        if range.is_empty() {
            self.source(stored).await?;
            return Ok(stream::empty().boxed());
        }
        match self.begin(stored, range.clone()).await {
            // It was sealed anew between a look at its header and one at its pieces; now it is as it stays.
            Err(BundleError::Damaged) => self.begin(stored, range).await,
            begun => begun,
        }
    }

    /// Writes a bundle into `folder/file_name`, whole or not at all, after comparing it with its sha256.
    pub async fn fetch(
        &self,
        stored: &Stored,
        folder: &Path,
        file_name: &str,
    ) -> Result<PathBuf, BundleError> {
        let mut delivery = Delivery::begin(folder, file_name).await?;
        let written = self.write(stored, &mut delivery.file).await;
        delivery.end(written)
    }

    /// Writes a bundle somewhere, and compares it with its sha256.
    pub async fn write(
        &self,
        stored: &Stored,
        to: &mut (dyn Write + Send),
    ) -> Result<(), BundleError> {
        let mut digest = Sha256::new();
        let mut pieces = self.read(stored, 0..stored.bytes).await?;
        while let Some(piece) = pieces.try_next().await? {
            digest.update(&piece);
            to.write_all(&piece)?;
        }
        if hex::encode(digest.finalize()) != stored.sha256 {
            return Err(BundleError::Damaged);
        }
        Ok(())
    }

    async fn begin(&self, stored: &Stored, range: Range<u64>) -> Result<PieceStream, BundleError> {
        let (header, source) = self.source(stored).await?;
        let pieces = Pieces::new(self.keys()?, header, &stored.key, stored.bytes)?;
        let (first, last) = (range.start / PIECE, (range.end - 1) / PIECE);
        let (start, _) = pieces.place(first);
        let (end, size) = pieces.place(last);
        let source = match source {
            Source::File(file) => Source::File(file),
            Source::Nothing => {
                let whole = start..end + size as u64;
                let got = got(&*self.opened()?.store, stored, whole).await?;
                Source::Stream(got.into_stream(), Bytes::new())
            }
            Source::Stream(..) => return Err(BundleError::Damaged),
        };
        let mut opening = Opening {
            source,
            pieces,
            range,
            next: first,
        };
        let first = opening.next().await?;
        let rest = stream::try_unfold(opening, |mut opening| async move {
            let piece = opening.next().await?;
            Ok(piece.map(|piece| (piece, opening)))
        });
        Ok(stream::iter(first.map(Ok)).chain(rest).boxed())
    }

    /// The header of a bundle, and where its pieces come from. A file that is open stays what it is, whoever puts
    /// another in its place.
    async fn source(&self, stored: &Stored) -> Result<(Header, Source), BundleError> {
        let opened = self.opened()?;
        if let Some(folder) = &opened.folder {
            let (header, file) = open_file(folder.join(&stored.key), stored.bytes).await?;
            return Ok((header, Source::File(Arc::new(file))));
        }
        // Only the beginning is sent.
        let got = got(&*opened.store, stored, 0..HEADER as u64).await?;
        Ok((Header::read(&got.bytes().await?)?, Source::Nothing))
    }
}

/// A bundle in a folder, with its header. One of another size than it has when it is whole is damaged.
async fn open_file(path: PathBuf, bytes: u64) -> Result<(Header, File), BundleError> {
    let opening = at_the_disk(move || {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut header = [0; HEADER];
        if size >= HEADER as u64 {
            file.read_exact_at(&mut header, 0)?;
        }
        Ok((file, size, header))
    });
    match opening.await.flatten() {
        Ok((file, size, header)) if size == sealed_size(bytes) => {
            Ok((Header::read(&header)?, file))
        }
        Ok(_) => Err(BundleError::Damaged),
        Err(error) => Err(match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::IsADirectory => BundleError::Lost,
            io::ErrorKind::UnexpectedEof => BundleError::Damaged,
            _ => BundleError::Read(error),
        }),
    }
}

/// Asks a bucket for a part of a bundle. One of another size than it has when it is whole is damaged.
async fn got(
    store: &dyn ObjectStore,
    stored: &Stored,
    range: Range<u64>,
) -> Result<GetResult, BundleError> {
    let key = Key::from(stored.key.as_str());
    let size = sealed_size(stored.bytes);
    let options = GetOptions::new().with_range(Some(GetRange::Bounded(range)));
    match store.get_opts(&key, options).await {
        Ok(got) if got.meta.size == size => Ok(got),
        Ok(_) => Err(BundleError::Damaged),
        // A range behind the end of what is left.
        Err(error) => match store.head(&key).await {
            Ok(there) if there.size != size => Err(BundleError::Damaged),
            _ => Err(error.into()),
        },
    }
}

/// Where sealed bytes come from.
enum Source {
    /// A folder.
    File(Arc<File>),
    /// A bucket: what is on its way, and what has come and was not used yet.
    Stream(BoxStream<'static, object_store::Result<Bytes>>, Bytes),
    /// A bucket that was not asked for any piece yet.
    Nothing,
}

/// A bundle on its way out.
struct Opening {
    source: Source,
    pieces: Pieces,
    /// Plain bytes that are wanted.
    range: Range<u64>,
    next: u64,
}

impl Opening {
    /// The next piece, without what is not wanted of it.
    async fn next(&mut self) -> Result<Option<Bytes>, BundleError> {
        let begins = self.next * PIECE;
        if begins >= self.range.end {
            return Ok(None);
        }
        let (start, size) = self.pieces.place(self.next);
        let sealed = self.source.piece(start, size).await?;
        let mut piece = Bytes::from(self.pieces.open(self.next, sealed)?);
        let ends = begins + piece.len() as u64;
        if ends > self.range.end {
            piece.truncate(piece.len() - in_memory(ends - self.range.end));
        }
        if begins < self.range.start {
            piece.advance(in_memory(self.range.start - begins));
        }
        self.next += 1;
        Ok(Some(piece))
    }
}

/// Less than a piece, which fits in memory.
fn in_memory(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

impl Source {
    async fn piece(&mut self, start: u64, size: usize) -> Result<Vec<u8>, BundleError> {
        match self {
            Self::Nothing => Err(BundleError::Damaged),
            Self::File(file) => read_at(Arc::clone(file), start, size).await,
            Self::Stream(stream, arrived) => {
                let mut piece = Vec::with_capacity(size);
                while piece.len() < size {
                    if arrived.is_empty() {
                        // The end too early: never silently short.
                        *arrived = stream.try_next().await?.ok_or(BundleError::Damaged)?;
                    }
                    let taken = arrived.split_to(arrived.len().min(size - piece.len()));
                    piece.extend_from_slice(&taken);
                }
                Ok(piece)
            }
        }
    }
}

async fn read_at(file: Arc<File>, start: u64, size: usize) -> Result<Vec<u8>, BundleError> {
    // Made here and not by the thread that reads: memory that is freed on another thread than it was made on is used
    // again late.
    let mut bytes = vec![0; size];
    let reading = at_the_disk(move || file.read_exact_at(&mut bytes, start).map(|()| bytes));
    match reading.await.flatten() {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(BundleError::Damaged),
        Err(error) => Err(BundleError::Read(error)),
    }
}
