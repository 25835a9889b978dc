//! An export that arrives whole: as a zip, or as files one by one. Nothing of it is ever written under a name that it
//! brings: its files are read where they are, and only those that an export asks for.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use thiserror::Error;
use zip::{ZipArchive, result::ZipError};

use super::{error::ExportError, folder::MB, organisation_toml};

/// Most files in one: an export has six, and a template of its own has three.
const MOST_FILES: usize = 1_000;
/// Longest name of one, in bytes.
const MOST_NAME: usize = 255;
/// How often a file may be larger than what it was packed into; tables shrink ten to twenty times.
const MOST_GROWTH: u64 = 200;
/// Up to this size nobody asks how much it grew.
const HARMLESS: u64 = 10 * MB;
/// The mark with which the list of a zip's files ends, and the bytes that follow it at least and at most.
const END_MARK: &[u8] = b"PK\x05\x06";
const END_SIZE: usize = 22;
const LONGEST_COMMENT: usize = 65_535;

/// Why what arrived is no export that is read.
#[derive(Debug, Error)]
pub enum ParcelFault {
    #[error("this is not a zip that can be read")]
    NotAZip,
    #[error("there are more than {MOST_FILES} files in it")]
    TooManyFiles,
    #[error("a file in it has a name that leads elsewhere or cannot be one")]
    UnsafeName,
    #[error("{0} is in it twice")]
    Twice(String),
    #[error("{0} is encrypted")]
    Encrypted(String),
    #[error("{0} unpacks to far more than it is")]
    Swollen(String),
}

impl ParcelFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotAZip => "not_a_zip",
            Self::TooManyFiles => "too_many_files",
            Self::UnsafeName => "unsafe_name",
            Self::Twice(_) => "file_twice",
            Self::Encrypted(_) => "file_encrypted",
            Self::Swollen(_) => "file_swollen",
        }
    }

    pub(super) fn hint(&self) -> &'static str {
        match self {
            Self::NotAZip => "pack the folder of the export into an ordinary zip",
            Self::TooManyFiles => "pack the folder of the export, and nothing else",
            Self::UnsafeName => {
                "use plain names of at most 255 bytes, without '..' and backslashes"
            }
            Self::Twice(_) => "leave one of the two out",
            Self::Encrypted(_) => "pack it without a password",
            Self::Swollen(_) => "pack it again with an ordinary program",
        }
    }
}

/// The files that arrived, by their path in the folder of the export.
pub struct Parcel {
    files: BTreeMap<String, Source>,
    zip: Option<ZipArchive<File>>,
}

enum Source {
    /// Its place in the zip.
    Entry(usize),
    File(File),
}

impl Parcel {
    /// What is in a zip, in its root or in its one folder.
    pub fn of_zip(mut file: File) -> Result<Self, ExportError> {
        check_end(&mut file)?;
        let zip = ZipArchive::new(file).map_err(|_| ParcelFault::NotAZip)?;
        if zip.len() > MOST_FILES {
            return Err(ParcelFault::TooManyFiles.into());
        }
        let mut entries = Vec::new();
        for name in zip.file_names() {
            let name = name.map_err(|_| ParcelFault::UnsafeName)?.into_owned();
            let place = zip.index_for_name(&name).ok_or(ParcelFault::NotAZip)?;
            if !name.ends_with('/') {
                entries.push((name, Source::Entry(place)));
            }
        }
        // Two of one name are one to the reader of zips.
        Ok(Self {
            files: by_path(entries)?,
            zip: Some(zip),
        })
    }

    /// Files with the names that they came under.
    pub fn of_files(files: Vec<(String, File)>) -> Result<Self, ExportError> {
        if files.len() > MOST_FILES {
            return Err(ParcelFault::TooManyFiles.into());
        }
        let files = files
            .into_iter()
            .map(|(name, file)| (name, Source::File(file)));
        Ok(Self {
            files: by_path(files.collect())?,
            zip: None,
        })
    }

    /// The bytes of a file, one more than `most` at most; nothing when it is not there.
    pub(super) fn read(&mut self, path: &str, most: u64) -> Result<Option<Vec<u8>>, ExportError> {
        let unreadable = |source| ExportError::Unreadable {
            file: path.to_owned(),
            source,
        };
        let mut bytes = Vec::new();
        match (self.files.get_mut(path), &mut self.zip) {
            (Some(Source::File(file)), _) => {
                file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
                file.take(most + 1)
                    .read_to_end(&mut bytes)
                    .map_err(unreadable)?;
            }
            (Some(Source::Entry(place)), Some(zip)) => {
                let entry = zip.by_index(*place).map_err(|error| broken(path, error))?;
                if !entry.is_file() {
                    return Err(ExportError::NotAFile {
                        file: path.to_owned(),
                    });
                }
                let believable = (entry.compressed_size() * MOST_GROWTH).max(HARMLESS);
                entry
                    .take(most.min(believable) + 1)
                    .read_to_end(&mut bytes)
                    .map_err(unreadable)?;
                if bytes.len() as u64 > believable {
                    return Err(ParcelFault::Swollen(path.to_owned()).into());
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(bytes))
    }

    /// Whether there is a file or a folder of this path.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files
            .keys()
            .any(|name| name == path || name.starts_with(&folder))
    }

    /// Paths of all files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

fn broken(path: &str, error: ZipError) -> ExportError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            ParcelFault::Encrypted(path.to_owned()).into()
        }
        error => ExportError::Unreadable {
            file: path.to_owned(),
            source: io::Error::other(error),
        },
    }
}

/// Counts the files before the list of them is read, which could be longer than anybody has memory for. A zip that
/// could be taken for two different ones is none.
fn check_end(file: &mut File) -> Result<(), ExportError> {
    let tail = tail(file).map_err(|_| ParcelFault::NotAZip)?;
    let mut ends = tail
        .windows(END_MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == END_MARK)
        .map(|(at, _)| at);
    let (Some(at), None) = (ends.next(), ends.next()) else {
        return Err(ParcelFault::NotAZip.into());
    };
    let number = |at: usize| {
        let bytes = tail.get(at..at + 2)?;
        Some(usize::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    };
    let (Some(files), Some(comment)) = (number(at + 10), number(at + 20)) else {
        return Err(ParcelFault::NotAZip.into());
    };
    if at + END_SIZE + comment != tail.len() {
        return Err(ParcelFault::NotAZip.into());
    }
    if files > MOST_FILES {
        return Err(ParcelFault::TooManyFiles.into());
    }
    Ok(())
}

fn tail(file: &mut File) -> io::Result<Vec<u8>> {
    let size = file.seek(SeekFrom::End(0))?;
    let start = size.saturating_sub((END_SIZE + LONGEST_COMMENT) as u64);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(tail)
}

/// The files by their path in the folder that has `organisation.toml`: the root, or a folder in it.
fn by_path(files: Vec<(String, Source)>) -> Result<BTreeMap<String, Source>, ExportError> {
    // What file managers leave beside the files is nobody's.
    let ours = files.into_iter().filter(|(name, _)| {
        let mut parts = name.split('/');
        !parts.any(|part| part == "__MACOSX" || part == ".DS_Store")
    });
    let mut all = BTreeMap::new();
    for (name, source) in ours {
        if !is_safe(&name) {
            return Err(ParcelFault::UnsafeName.into());
        }
        if all.insert(name.clone(), source).is_some() {
            return Err(ParcelFault::Twice(name).into());
        }
    }
    if all.contains_key(organisation_toml::FILE) {
        return Ok(all);
    }
    let inside = all.keys().find_map(|name| {
        let (folder, file) = name.split_once('/')?;
        (file == organisation_toml::FILE).then(|| format!("{folder}/"))
    });
    let Some(inside) = inside else {
        return Ok(all);
    };
    Ok(all
        .into_iter()
        .filter_map(|(name, source)| Some((name.strip_prefix(&inside)?.to_owned(), source)))
        .collect())
}

fn is_safe(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    name.len() <= MOST_NAME
        && !name.contains(|c: char| c == '\\' || c.is_control())
        && name.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> File {
        let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
        for (name, bytes) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap()
    }

    fn code<T>(result: Result<T, ExportError>) -> &'static str {
        result.map_or_else(|error| error.code(), |_| "ok")
    }

    #[test]
    fn the_folder_of_the_export_is_the_root_or_one_in_it() {
        for prefix in ["", "zorg/"] {
            let toml = format!("{prefix}organisation.toml");
            let logo = format!("{prefix}img/logo.png");
            let file = zipped(&[
                (&toml, b"x"),
                (&logo, b"y"),
                ("__MACOSX/zorg/._organisation.toml", b"z"),
            ]);
            let mut parcel = Parcel::of_zip(file).unwrap();
            assert_eq!(parcel.read("img/logo.png", 1).unwrap(), Some(b"y".to_vec()));
            assert_eq!(parcel.read("img", 1).unwrap(), None);
            assert!(parcel.has("img") && !parcel.has("im"));
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "../x",
            "/etc/x",
            "a/../../x",
            "a\\x",
            "a//x",
            "a/./x",
            "x\u{7}",
        ] {
            assert_eq!(
                code(Parcel::of_zip(zipped(&[(name, b"")]))),
                "unsafe_name",
                "{name}"
            );
            let files = vec![(name.to_owned(), tempfile::tempfile().unwrap())];
            assert_eq!(code(Parcel::of_files(files)), "unsafe_name", "{name}");
        }
    }

    #[test]
    fn what_is_no_zip_or_has_too_many_files_is_refused_before_it_is_read() {
        let mut junk = tempfile::tempfile().unwrap();
        junk.write_all(b"identification_no;name\n").unwrap();
        assert_eq!(code(Parcel::of_zip(junk)), "not_a_zip");
        assert_eq!(
            code(Parcel::of_zip(tempfile::tempfile().unwrap())),
            "not_a_zip"
        );
        let names: Vec<String> = (0..=MOST_FILES).map(|n| n.to_string()).collect();
        let files: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert_eq!(code(Parcel::of_zip(zipped(&files))), "too_many_files");
    }

    #[test]
    fn a_file_that_swells_is_not_read_to_its_end() {
        let zeros = vec![b'0'; 40 << 20];
        let mut parcel = Parcel::of_zip(zipped(&[("clients.csv", &zeros)])).unwrap();
        assert_eq!(code(parcel.read("clients.csv", 512 * MB)), "file_swollen");
    }

    #[test]
    fn the_same_name_twice_is_refused() {
        let files = vec![
            ("a.csv".to_owned(), tempfile::tempfile().unwrap()),
            ("a.csv".to_owned(), tempfile::tempfile().unwrap()),
        ];
        assert_eq!(code(Parcel::of_files(files)), "file_twice");
    }
}
