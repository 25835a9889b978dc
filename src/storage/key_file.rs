//! The key file: without it nothing opens, so it is made once, changed whole or not at all, and never replaced.
//!
//! A fresh one is 64 hexadecimal digits on one line. After `key rotate` it has a line for each generation of the key:
//! `generation 2 key …` for one that opens things, `generation 1 lookup …` for one of which only so much is left that a
//! code from its time is known when it comes again. The database says which of them seals ([`super::generations`]).

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    path::{Path, PathBuf},
};

use rand::{TryRng, rngs::SysRng};
use zeroize::Zeroizing;

use super::{StorageError, vault::lookup_key};

pub const KEY_BYTES: usize = 32;

/// No `Debug`.
pub type Secret = Zeroizing<[u8; KEY_BYTES]>;

/// What a key file holds, the newest generation first. No `Debug`.
pub struct KeyFile {
    path: PathBuf,
    pub generations: Vec<Generation>,
}

/// A key, or what is left of it.
#[derive(Clone)]
pub struct Generation {
    /// From 1, counted by the file.
    pub number: u32,
    pub material: Material,
}

#[derive(Clone)]
pub enum Material {
    /// Seals, opens, and finds codes.
    Key(Secret),
    /// Only finds codes that were issued when it sealed, and checks what it wrote in the audit log.
    Lookup(Secret),
}

impl KeyFile {
    /// Reads the key file, or makes one: 32 random bytes in hexadecimal, mode 0600.
    pub fn open_or_make(path: &Path) -> Result<Self, StorageError> {
        if !path.exists() {
            make_key(path)?;
        }
        Self::open(path)
    }

    pub fn open(path: &Path) -> Result<Self, StorageError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(key_error(path, "is not there"));
            }
            Err(error) => return Err(unusable(path)(error)),
        };
        let mode = fs::metadata(path)
            .map_err(unusable(path))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(key_error(path, "can be read by others than its owner"));
        }
        let generations = read_generations(&text).map_err(|reason| key_error(path, &reason))?;
        Ok(Self {
            path: path.to_owned(),
            generations,
        })
    }

    /// The file with a new key before the others.
    pub fn with_new_key(self) -> Result<Self, StorageError> {
        let newest = self.generations.first().map_or(0, |newest| newest.number);
        let new = Generation {
            number: newest + 1,
            material: Material::Key(random_key()?),
        };
        let generations = std::iter::once(new).chain(self.generations).collect();
        Ok(Self {
            generations,
            ..self
        })
    }

    /// The file with a whole key in the newest generation only; of the others what finds codes is left.
    pub fn with_one_key(self) -> Result<Self, StorageError> {
        let mut generations = self.generations;
        for generation in generations.iter_mut().skip(1) {
            if let Material::Key(key) = &generation.material {
                generation.material = Material::Lookup(lookup_key(key)?);
            }
        }
        Ok(Self {
            generations,
            ..self
        })
    }

    /// Whether a generation other than the newest still opens things.
    pub fn has_old_keys(&self) -> bool {
        let mut older = self.generations.iter().skip(1);
        older.any(|generation| matches!(generation.material, Material::Key(_)))
    }

    /// Writes the file anew: beside its place, and then in its place, so that a crash leaves one or the other, and both on
    /// the disk before this returns. What earlier crashes left beside it goes: a whole old key may be in it.
    ///
    /// For one process at a time.
    pub fn write(&self) -> Result<(), StorageError> {
        let failed = unusable(&self.path);
        wipe_left_overs(&self.path).map_err(&failed)?;
        let beside = write_beside(&self.path, &self.text())?;
        keep_owner(&self.path, &beside).map_err(&failed)?;
        fs::rename(&beside, &self.path).map_err(&failed)?;
        sync_folder(&self.path).map_err(failed)
    }

    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(HEAD.to_owned());
        // Secrets are not left behind by a text that had to grow.
        text.reserve(self.generations.len() * 128);
        for Generation { number, material } in &self.generations {
            let (kind, secret) = match material {
                Material::Key(secret) => ("key", secret),
                Material::Lookup(secret) => ("lookup", secret),
            };
            let digits = Zeroizing::new(hex::encode(secret.as_slice()));
            for part in [
                "generation ",
                &number.to_string(),
                " ",
                kind,
                " ",
                &digits,
                "\n",
            ] {
                text.push_str(part);
            }
        }
        text
    }
}

const HEAD: &str = "\
# The keys of brievenbus. Without this file no letter and no bundle opens: keep a copy where the data is not.
# A key seals and opens. A lookup key opens nothing; it knows the codes and the audit log of its time again.
";

fn read_generations(text: &str) -> Result<Vec<Generation>, String> {
    let lines: Vec<(usize, &str)> = (1..)
        .zip(text.lines().map(str::trim))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    if let [(_, line)] = lines[..]
        && !line.contains(' ')
    {
        let key = secret(line).ok_or("does not hold 64 hexadecimal digits")?;
        return Ok(vec![Generation {
            number: 1,
            material: Material::Key(key),
        }]);
    }
    let mut generations = Vec::new();
    for (number, line) in lines {
        let generation = read_generation(line)
            .ok_or_else(|| format!("has no generation of the key on line {number}"))?;
        generations.push(generation);
    }
    generations.sort_by_key(|generation| std::cmp::Reverse(generation.number));
    let numbers: BTreeSet<u32> = generations.iter().map(|each| each.number).collect();
    if numbers.len() != generations.len() {
        return Err("has a generation of the key twice".to_owned());
    }
    match generations.first().map(|newest| &newest.material) {
        Some(Material::Key(_)) => Ok(generations),
        Some(Material::Lookup(_)) => Err("lacks the key of its newest generation".to_owned()),
        None => Err("does not hold 64 hexadecimal digits".to_owned()),
    }
}

fn read_generation(line: &str) -> Option<Generation> {
    let mut words = line.split_whitespace();
    let (Some("generation"), Some(number), Some(kind), Some(digits), None) = (
        words.next(),
        words.next(),
        words.next(),
        words.next(),
        words.next(),
    ) else {
        return None;
    };
    let secret = secret(digits)?;
    Some(Generation {
        number: number.parse().ok()?,
        material: match kind {
            "key" => Material::Key(secret),
            "lookup" => Material::Lookup(secret),
            _ => return None,
        },
    })
}

fn secret(digits: &str) -> Option<Secret> {
    let mut secret = Secret::default();
    hex::decode_to_slice(digits, secret.as_mut_slice()).ok()?;
    Some(secret)
}

fn random_key() -> Result<Secret, StorageError> {
    let mut key = Secret::default();
    SysRng
        .try_fill_bytes(key.as_mut_slice())
        .map_err(|error| StorageError::Random(error.to_string()))?;
    Ok(key)
}

pub fn key_error(path: &Path, reason: &str) -> StorageError {
    StorageError::Key {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

fn unusable(path: &Path) -> impl Fn(io::Error) -> StorageError {
    move |error| key_error(path, &format!("cannot be used: {error}"))
}

/// Writes a new key beside its place and links it there, so that of two processes that start together one wins and
/// both use the same key, and a crash leaves no half a key.
fn make_key(path: &Path) -> Result<(), StorageError> {
    let failed = unusable(path);
    let mut line = Zeroizing::new(hex::encode(random_key()?.as_slice()));
    line.push('\n');
    let beside = write_beside(path, &line)?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside).map_err(&failed)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
        _ => sync_folder(path).map_err(failed),
    }
}

/// A file for its owner alone, on the disk; its path.
fn write_beside(path: &Path, text: &str) -> Result<PathBuf, StorageError> {
    let failed = unusable(path);
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(&failed)?;
    file.write_all(text.as_bytes()).map_err(&failed)?;
    file.sync_all().map_err(failed)?;
    Ok(beside)
}

/// Removes files that [`write_beside`] has made and nobody put in their place, after writing over what is in them.
fn wipe_left_overs(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let other = entry.file_name();
        let number = other
            .to_str()
            .and_then(|other| other.strip_prefix(&*name)?.strip_prefix('.'))
            .and_then(|rest| rest.strip_suffix(".new"));
        if !number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit())) {
            continue;
        }
        let mut file = OpenOptions::new().write(true).open(entry.path())?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
        file.write_all(&vec![0; length])?;
        file.sync_all()?;
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

/// Root may change the key of a service that runs as somebody else, who has to read the new file too.
fn keep_owner(old: &Path, new: &Path) -> io::Result<()> {
    let (old, made) = (fs::metadata(old)?, fs::metadata(new)?);
    match old.uid() == made.uid() {
        true => Ok(()),
        false => chown(new, Some(old.uid()), Some(old.gid())),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_for_its_owner_alone_and_a_loose_or_broken_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        KeyFile::open_or_make(&path).unwrap();
        let first = fs::read(&path).unwrap();
        KeyFile::open_or_make(&path).unwrap();
        assert!(fs::read(&path).unwrap() == first);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(KeyFile::open(&path).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let key = "00".repeat(32);
        let lines = |lines: &[&str]| {
            let lines = lines.iter().map(|line| format!("{line} {key}\n"));
            lines.collect::<String>()
        };
        for broken in [
            "short".to_owned(),
            String::new(),
            "# nothing\n".to_owned(),
            lines(&["generation 1 lookup"]),
            lines(&["generation 2 lookup", "generation 1 key"]),
            lines(&["generation 1 key", "generation 1 lookup"]),
            lines(&["generation 1 door"]),
            lines(&["generation 1 key more"]),
            format!("{key}\n{key}\n"),
        ] {
            fs::write(&path, &broken).unwrap();
            let refused = KeyFile::open(&path);
            assert!(
                matches!(refused, Err(StorageError::Key { .. })),
                "{broken:?}"
            );
        }
    }

    #[test]
    fn a_rotated_file_is_read_as_it_was_written_and_keeps_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let file = KeyFile::open_or_make(&path).unwrap();
        assert!(!file.has_old_keys());
        let Material::Key(first) = file.generations[0].material.clone() else {
            panic!("a lookup key");
        };
        file.with_new_key().unwrap().write().unwrap();
        let file = KeyFile::open(&path).unwrap();
        assert!(file.has_old_keys());
        assert_eq!(
            file.generations
                .iter()
                .map(|g| g.number)
                .collect::<Vec<_>>(),
            [2, 1]
        );
        assert!(matches!(&file.generations[1].material, Material::Key(key) if *key == first));
        file.with_one_key().unwrap().write().unwrap();
        let file = KeyFile::open(&path).unwrap();
        assert!(!file.has_old_keys());
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&hex::encode(first.as_slice())));
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("generation 2 key "));
        assert!(lines[1].starts_with("generation 1 lookup "));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_crash_left_beside_it_goes_and_its_owner_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let file = KeyFile::open_or_make(&path).unwrap();
        fs::copy(&path, folder.path().join("key.4242.new")).unwrap();
        let others = ["key.new", "key.txt", "monkey.1.new", "key.x.new"];
        for other in others {
            fs::write(folder.path().join(other), "not ours").unwrap();
        }
        // Whoever is not root owns it, and makes no file for anybody else.
        let somebody = chown(&path, Some(10_001), Some(10_001)).is_ok();
        file.with_new_key().unwrap().write().unwrap();
        assert!(!folder.path().join("key.4242.new").exists());
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1 + others.len()
        );
        let owner = fs::metadata(&path).unwrap().uid();
        assert_eq!(owner == 10_001, somebody);
    }
}
