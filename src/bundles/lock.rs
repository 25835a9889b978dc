//! A bundle that only a password opens, to send by mail: a zip with every file encrypted with AES-256, as WinZip and 7-Zip
//! do it (AE-2).
//!
//! The names of the files can be read by anybody; they say no more than client numbers.

use std::{
    fs::File,
    io::{self, BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use zip::{AesMode, CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{BundleError, delivery::Delivery, latch::Latch};

/// Packs `bundle` once more into `out`, an empty file, with every file encrypted. Answers with the file, at its start, and
/// its size.
pub fn lock(bundle: File, password: &str, out: File) -> Result<(File, u64), BundleError> {
    let options = SimpleFileOptions::default()
        // They are compressed in themselves, or small.
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .with_aes_encryption(AesMode::Aes256, password);
    let mut bundle = ZipArchive::new(BufReader::with_capacity(1 << 16, bundle))?;
    let mut zip = ZipWriter::new(Latch::new(out));
    for index in 0..bundle.len() {
        let mut entry = bundle.by_index(index)?;
        let name = entry.name()?.into_owned();
        zip.start_file(name, options)?;
        io::copy(&mut entry, &mut zip)?;
    }
    let mut file = zip.finish()?.into_file()?;
    let bytes = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    Ok((file, bytes))
}

/// Writes a locked bundle into `folder/file_name`, whole or not at all.
pub async fn deliver(
    mut locked: File,
    folder: &Path,
    file_name: &str,
) -> Result<PathBuf, BundleError> {
    let mut delivery = Delivery::begin(folder, file_name).await?;
    let written = io::copy(&mut locked, &mut delivery.file);
    delivery.end(written.map(|_| ()).map_err(BundleError::Write))
}
