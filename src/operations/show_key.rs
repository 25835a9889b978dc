//! `key show`: the generations of the key, and what each is good for.

use chrono::{DateTime, Utc};

use super::{App, Failure};
use crate::storage::vault::Vault;

/// Digits of a mark that people compare.
const ID_CHARS: usize = 16;

/// A generation of the key, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyGeneration {
    pub number: u32,
    /// The same wherever the key is the same.
    pub id: String,
    /// When it began to seal; absent when it has not yet.
    pub since: Option<DateTime<Utc>>,
    pub part: KeyPart,
}

/// What a generation of the key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPart {
    /// It is in the file, and not in use: a rotation broke off.
    Waits,
    /// Everything new is sealed with it.
    Seals,
    /// It opens what has not been sealed anew yet: a rotation broke off, or goes on.
    Opens,
    /// It only knows the codes of its time.
    Finds,
}

impl KeyPart {
    /// For scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Seals => "seals",
            Self::Opens => "opens",
            Self::Finds => "finds",
        }
    }
}

/// Whether a rotation broke off, or goes on.
pub fn is_unfinished(generations: &[KeyGeneration]) -> bool {
    let unfinished = |part| matches!(part, KeyPart::Waits | KeyPart::Opens);
    generations.iter().any(|key| unfinished(key.part))
}

/// All generations, the newest first.
pub async fn show_key(app: &App) -> Result<Vec<KeyGeneration>, Failure> {
    let dates = app.db.key_dates().await?;
    let generation = |key: crate::storage::vault::KeyOnFile| {
        let since = dates.get(&key.mark).copied();
        KeyGeneration {
            number: key.number,
            id: key_id(&key.mark),
            since,
            part: match since {
                _ if key.mark == app.vault.mark() => KeyPart::Seals,
                _ if !key.opens => KeyPart::Finds,
                Some(_) => KeyPart::Opens,
                None => KeyPart::Waits,
            },
        }
    };
    Ok(app.vault.on_file().into_iter().map(generation).collect())
}

/// What people call the key that this vault seals with.
pub(super) fn current_id(vault: &Vault) -> String {
    key_id(vault.mark())
}

fn key_id(mark: &str) -> String {
    mark.chars().take(ID_CHARS).collect()
}
