//! Codes at rest: a keyed hash to find one, and the code itself sealed for as long as its letter may be printed again.
//!
//! All keys are derived from the key file, so a copy of the database without it is worth nothing: ten digits could
//! be tried in a second against a plain hash (NIST SP 800-63B §5.1.1.2 asks for a keyed or salted one).

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use rand::{TryRng, rngs::SysRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::StorageError;
use crate::domain::invitation::Code;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The keys, derived from the key file.
pub struct Vault {
    seal: XChaCha20Poly1305,
    hash: Hmac<Sha256>,
    audit: Hmac<Sha256>,
}

impl Vault {
    /// Reads the key file, or makes one: 32 random bytes in hexadecimal, mode 0600.
    pub fn open_or_make(key_file: &Path) -> Result<Self, StorageError> {
        if !key_file.exists() {
            make_key(key_file)?;
        }
        Self::open(key_file)
    }

    /// Reads the key file.
    pub fn open(key_file: &Path) -> Result<Self, StorageError> {
        match fs::read_to_string(key_file) {
            Ok(text) => Self::from_hex(&text, key_file),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(StorageError::Key {
                path: key_file.to_owned(),
                reason: "is not there".to_owned(),
            }),
            Err(error) => Err(key_error(key_file, &error)),
        }
    }

    /// Tells this key from others without telling anything of it.
    pub fn mark(&self) -> String {
        let mac = self.hash.clone().chain_update(b"brievenbus mark v1");
        hex::encode(mac.finalize().into_bytes())
    }

    fn from_hex(text: &str, key_file: &Path) -> Result<Self, StorageError> {
        let broken = |reason: &str| StorageError::Key {
            path: key_file.to_owned(),
            reason: reason.to_owned(),
        };
        let mode = fs::metadata(key_file)
            .map_err(|e| key_error(key_file, &e))?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(broken("can be read by others than its owner"));
        }
        let key = Zeroizing::new(hex::decode(text.trim()).unwrap_or_default());
        if key.len() != KEY_BYTES {
            return Err(broken("does not hold 64 hexadecimal digits"));
        }
        let derive = |label: &[u8]| {
            Some(
                Hmac::<Sha256>::new_from_slice(&key)
                    .ok()?
                    .chain_update(label),
            )
        };
        let (Some(seal), Some(hash), Some(audit)) = (
            derive(b"brievenbus seal v1"),
            derive(b"brievenbus hash v1"),
            derive(b"brievenbus audit v1"),
        ) else {
            return Err(broken("does not hold a key of a usable length"));
        };
        let hash_key = hash.finalize().into_bytes();
        let audit_key = audit.finalize().into_bytes();
        Ok(Self {
            seal: XChaCha20Poly1305::new(&seal.finalize().into_bytes()),
            hash: Hmac::new_from_slice(&hash_key)
                .map_err(|_| broken("does not hold a key of a usable length"))?,
            audit: Hmac::new_from_slice(&audit_key)
                .map_err(|_| broken("does not hold a key of a usable length"))?,
        })
    }

    /// HMAC-SHA256, in hexadecimal, of something that the audit log keeps; `label` says what it is.
    pub fn mac(&self, label: &str, bytes: &[u8]) -> String {
        hex::encode(self.audit(label, bytes).finalize().into_bytes())
    }

    /// Whether [`Vault::mac`] has made this of the same.
    pub fn is_mac(&self, label: &str, bytes: &[u8], mac: &str) -> bool {
        hex::decode(mac).is_ok_and(|mac| self.audit(label, bytes).verify_slice(&mac).is_ok())
    }

    fn audit(&self, label: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let length = (label.len() as u64).to_be_bytes();
        let begun = self.audit.clone().chain_update(length);
        begun.chain_update(label).chain_update(bytes)
    }

    /// HMAC-SHA256 of the code in hexadecimal: equal for equal codes, and says nothing about them without the key.
    pub fn hash(&self, code: &Code) -> String {
        let mac = self.hash.clone().chain_update(code.digits());
        hex::encode(mac.finalize().into_bytes())
    }

    /// Seals the code for one invitation: XChaCha20-Poly1305 with a random nonce in front, bound to the invitation's id
    /// so that a sealed code moved to another row does not open.
    pub fn seal(&self, code: &Code, invitation: &str) -> Result<Vec<u8>, StorageError> {
        let mut sealed = vec![0; NONCE_BYTES];
        SysRng
            .try_fill_bytes(&mut sealed)
            .map_err(|error| StorageError::Random(error.to_string()))?;
        let nonce = XNonce::try_from(sealed.as_slice()).map_err(|_| StorageError::SealBroken)?;
        let payload = Payload {
            msg: code.digits().as_bytes(),
            aad: invitation.as_bytes(),
        };
        let text = self
            .seal
            .encrypt(&nonce, payload)
            .map_err(|_| StorageError::SealBroken)?;
        sealed.extend(text);
        Ok(sealed)
    }

    /// Opens what [`Vault::seal`] made for the same invitation; any change in it is an error.
    pub fn open_seal(&self, sealed: &[u8], invitation: &str) -> Result<Code, StorageError> {
        let (nonce, text) = sealed
            .split_at_checked(NONCE_BYTES)
            .ok_or(StorageError::SealBroken)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| StorageError::SealBroken)?;
        let payload = Payload {
            msg: text,
            aad: invitation.as_bytes(),
        };
        let digits = Zeroizing::new(
            self.seal
                .decrypt(&nonce, payload)
                .map_err(|_| StorageError::SealBroken)?,
        );
        std::str::from_utf8(&digits)
            .ok()
            .and_then(Code::parse)
            .ok_or(StorageError::SealBroken)
    }
}

fn key_error(key_file: &Path, error: &std::io::Error) -> StorageError {
    StorageError::Key {
        path: key_file.to_owned(),
        reason: format!("cannot be used: {error}"),
    }
}

/// Writes a new key beside its place and links it there, so that of two processes that start together one wins and
/// both use the same key, and a crash leaves no half a key.
fn make_key(key_file: &Path) -> Result<(), StorageError> {
    let failed = |error: std::io::Error| key_error(key_file, &error);
    let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
    SysRng
        .try_fill_bytes(key.as_mut_slice())
        .map_err(|error| StorageError::Random(error.to_string()))?;
    let beside = key_file.with_extension(format!("{}.new", std::process::id()));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(failed)?;
    writeln!(
        file,
        "{}",
        Zeroizing::new(hex::encode(key.as_slice())).as_str()
    )
    .map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let linked = fs::hard_link(&beside, key_file);
    fs::remove_file(&beside).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(digits: &str) -> Code {
        Code::parse(digits).unwrap()
    }

    #[test]
    fn a_sealed_code_opens_with_its_key_and_its_invitation_only() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_or_make(&folder.path().join("key")).unwrap();
        let sealed = vault.seal(&code("0012345678"), "A").unwrap();
        assert!(!sealed.windows(10).any(|w| w == b"0012345678"));
        assert!(vault.open_seal(&sealed, "A").unwrap() == code("0012345678"));
        assert!(vault.open_seal(&sealed, "B").is_err());
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(vault.open_seal(&changed, "A").is_err(), "byte {position}");
        }
        let other = Vault::open_or_make(&folder.path().join("other")).unwrap();
        assert!(other.open_seal(&sealed, "A").is_err());
        assert_ne!(
            other.hash(&code("0012345678")),
            vault.hash(&code("0012345678"))
        );
    }

    #[test]
    fn the_key_file_is_made_once_for_its_owner_alone_and_a_loose_or_broken_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = Vault::open_or_make(&path)
            .unwrap()
            .hash(&code("0000000001"));
        assert_eq!(Vault::open(&path).unwrap().hash(&code("0000000001")), first);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Vault::open(&path), Err(StorageError::Key { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "short").unwrap();
        assert!(matches!(Vault::open(&path), Err(StorageError::Key { .. })));
    }
}
