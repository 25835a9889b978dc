//! Stop seven: the zip itself. The same letters, overview and manifest always make the same bytes.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom, Write},
};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    BundleError,
    latch::Latch,
    manifest::{Manifest, ManifestFile},
};

/// A finished PDF in the spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Path in the zip.
    pub name: String,
    pub offset: u64,
    pub bytes: u64,
    pub sha256: String,
}

/// A zip that is whole, in a file that has no name yet.
#[derive(Debug)]
pub struct Packed {
    pub file: File,
    pub bytes: u64,
    pub sha256: String,
}

/// Packs `parts` of `spool`, then the overview, then the manifest, into `out`, an empty file open for reading and
/// writing.
///
/// PDFs are stored as they are, their streams being compressed already. Every entry has the same time stamp.
pub fn pack_bundle(
    spool: &File,
    parts: &[Part],
    overview: &[u8],
    mut manifest: Manifest,
    out: File,
) -> Result<Packed, BundleError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut spool = BufReader::with_capacity(1 << 20, spool);
    let mut zip = ZipWriter::new(Latch::new(out));
    for part in parts {
        spool.seek(SeekFrom::Start(part.offset))?;
        zip.start_file(&part.name, options)?;
        let copied = std::io::copy(&mut (&mut spool).take(part.bytes), &mut zip)?;
        if copied != part.bytes {
            return Err(BundleError::Write(std::io::ErrorKind::UnexpectedEof.into()));
        }
        manifest.files.push(ManifestFile {
            name: part.name.clone(),
            bytes: part.bytes,
            sha256: part.sha256.clone(),
        });
    }
    zip.start_file("overzicht.csv", options)?;
    zip.write_all(overview)?;
    manifest.files.push(ManifestFile {
        name: "overzicht.csv".to_owned(),
        bytes: overview.len() as u64,
        sha256: hex::encode(Sha256::digest(overview)),
    });
    zip.start_file("manifest.json", options)?;
    zip.write_all(&serde_json::to_vec_pretty(&manifest)?)?;
    measure(zip.finish()?.into_file()?)
}

fn measure(mut file: File) -> Result<Packed, BundleError> {
    file.seek(SeekFrom::Start(0))?;
    let mut digest = Sha256::new();
    let mut bytes = 0;
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        digest.update(&piece[..read]);
        bytes += read as u64;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(Packed {
        file,
        bytes,
        sha256: hex::encode(digest.finalize()),
    })
}
