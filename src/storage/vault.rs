//! Codes and letters at rest: a keyed hash to find a code by, and the code and the words of its letter sealed for as long
//! as it may be printed again.
//!
//! All keys are derived from the key file, so a copy of the database without it is worth nothing: ten digits could
//! be tried in a second against a plain hash (NIST SP 800-63B §5.1.1.2 asks for a keyed or salted one).
//!
//! There may be several generations of the key: one seals, and others open what has not been sealed anew yet, or only
//! know their codes ([`super::generations`]).

use std::path::Path;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use rand::{TryRng, rngs::SysRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{
    StorageError,
    key_file::{Generation, KEY_BYTES, KeyFile, Material, Secret},
};
use crate::domain::invitation::Code;

const NONCE_BYTES: usize = 24;
/// Bytes of a mark that say which key something is sealed with.
pub const ID_BYTES: usize = 8;

/// What a sealed text is, which it is bound to: a code does not open as words.
#[derive(Debug, Clone, Copy)]
enum Content {
    Code,
    Words,
}

/// The keys, derived from the key file. No `Debug`.
pub struct Vault {
    /// Seals.
    current: Keys,
    /// The whole key of every other generation, and what is left of those that are no more.
    others: Vec<Keys>,
}

/// The keys of one generation.
struct Keys {
    number: u32,
    mark: String,
    id: [u8; ID_BYTES],
    lookup: Hmac<Sha256>,
    /// Derived from the key for looking up, so that it stays for as long as the lines that it has made.
    audit: Hmac<Sha256>,
    /// Absent when only codes are found with it.
    whole: Option<Whole>,
}

struct Whole {
    seal: XChaCha20Poly1305,
    bundles: Secret,
}

/// A generation of the key, and what it is good for in this key file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOnFile {
    pub number: u32,
    pub mark: String,
    /// Opens what it sealed; otherwise it only finds codes.
    pub opens: bool,
}

/// A key for bundles, and the id that they name it by. No `Debug`.
pub struct BundleKey {
    pub id: [u8; ID_BYTES],
    pub key: Secret,
}

impl Vault {
    /// Reads the key file, or makes one.
    pub fn open_or_make(key_file: &Path) -> Result<Self, StorageError> {
        Self::newest(&KeyFile::open_or_make(key_file)?)
    }

    /// Reads the key file.
    pub fn open(key_file: &Path) -> Result<Self, StorageError> {
        Self::newest(&KeyFile::open(key_file)?)
    }

    /// The newest generation of a key file seals.
    pub fn newest(file: &KeyFile) -> Result<Self, StorageError> {
        let mut keys = file.generations.iter().map(Keys::derive);
        let current = keys.next().ok_or_else(unusable)??;
        Ok(Self {
            current,
            others: keys.collect::<Result<_, _>>()?,
        })
    }

    /// The same keys, with the generation that has this mark to seal; `None` when there is no whole key of it.
    pub fn sealing_with(self, mark: &str) -> Option<Self> {
        let (mut chosen, others): (Vec<Keys>, Vec<Keys>) = std::iter::once(self.current)
            .chain(self.others)
            .partition(|keys| keys.mark == mark && keys.whole.is_some());
        let current = chosen.pop()?;
        Some(Self { current, others })
    }

    /// Whether there is a whole key with this mark.
    pub fn opens_with(&self, mark: &str) -> bool {
        let mut keys = self.on_file().into_iter();
        keys.any(|key| key.opens && key.mark == mark)
    }

    /// Tells the key that seals from others without telling anything of it.
    pub fn mark(&self) -> &str {
        &self.current.mark
    }

    pub fn number(&self) -> u32 {
        self.current.number
    }

    /// What everything starts with that the current key has sealed.
    pub fn id(&self) -> [u8; ID_BYTES] {
        self.current.id
    }

    /// All generations of the key file, the newest first.
    pub fn on_file(&self) -> Vec<KeyOnFile> {
        let mut keys: Vec<KeyOnFile> = std::iter::once(&self.current)
            .chain(&self.others)
            .map(|keys| KeyOnFile {
                number: keys.number,
                mark: keys.mark.clone(),
                opens: keys.whole.is_some(),
            })
            .collect();
        keys.sort_by_key(|keys| std::cmp::Reverse(keys.number));
        keys
    }

    /// The keys for bundles: the one that seals, and then the others that open.
    pub fn bundle_keys(&self) -> (Option<BundleKey>, Vec<BundleKey>) {
        let of = |keys: &Keys| {
            let whole = keys.whole.as_ref()?;
            Some(BundleKey {
                id: keys.id,
                key: whole.bundles.clone(),
            })
        };
        (
            of(&self.current),
            self.others.iter().filter_map(of).collect(),
        )
    }

    /// HMAC-SHA256, in hexadecimal, of something that the audit log keeps; `label` says what it is.
    pub fn mac(&self, label: &str, bytes: &[u8]) -> String {
        hex::encode(self.current.audit(label, bytes).finalize().into_bytes())
    }

    /// Whether [`Vault::mac`] has made this of the same, with the key that seals.
    pub fn is_mac(&self, label: &str, bytes: &[u8], mac: &str) -> bool {
        self.current.is_mac(label, bytes, mac)
    }

    /// Whether [`Vault::mac`] has made this of the same, with any generation of the key. What holds these together has
    /// to be made with the key that seals: whoever got hold of an old one could make more of them.
    pub fn was_mac(&self, label: &str, bytes: &[u8], mac: &str) -> bool {
        std::iter::once(&self.current)
            .chain(&self.others)
            .any(|keys| keys.is_mac(label, bytes, mac))
    }

    /// HMAC-SHA256 of the code in hexadecimal: equal for equal codes, and says nothing about them without the key.
    pub fn hash(&self, code: &Code) -> String {
        self.current.hash(code)
    }

    /// What the code's hash is, or would be, under every other generation of the key.
    pub fn other_hashes(&self, code: &Code) -> Vec<String> {
        self.others.iter().map(|keys| keys.hash(code)).collect()
    }

    /// Seals the code for one invitation, so that it does not open in another row.
    pub fn seal(&self, code: &Code, invitation: &str) -> Result<Vec<u8>, StorageError> {
        self.seal_bytes(code.digits().as_bytes(), Content::Code, invitation)
    }

    /// Opens what [`Vault::seal`] made for the same invitation; any change in it is an error.
    pub fn open_seal(&self, sealed: &[u8], invitation: &str) -> Result<Code, StorageError> {
        let digits = self.open_bytes(sealed, Content::Code, invitation)?;
        std::str::from_utf8(&digits)
            .ok()
            .and_then(Code::parse)
            .ok_or(StorageError::SealBroken)
    }

    /// Seals the words of an invitation's letter.
    pub fn seal_words(&self, words: &str, invitation: &str) -> Result<Vec<u8>, StorageError> {
        self.seal_bytes(words.as_bytes(), Content::Words, invitation)
    }

    /// Opens what [`Vault::seal_words`] made for the same invitation.
    pub fn open_words(&self, sealed: &[u8], invitation: &str) -> Result<String, StorageError> {
        let words = self.open_bytes(sealed, Content::Words, invitation)?;
        let words = std::str::from_utf8(&words).map_err(|_| StorageError::SealBroken)?;
        Ok(words.to_owned())
    }

    /// XChaCha20-Poly1305, with the id of the key and a random nonce in front.
    fn seal_bytes(
        &self,
        plain: &[u8],
        content: Content,
        invitation: &str,
    ) -> Result<Vec<u8>, StorageError> {
        let whole = self
            .current
            .whole
            .as_ref()
            .ok_or(StorageError::SealBroken)?;
        let mut nonce = [0; NONCE_BYTES];
        SysRng
            .try_fill_bytes(&mut nonce)
            .map_err(|error| StorageError::Random(error.to_string()))?;
        let payload = Payload {
            msg: plain,
            aad: &bound(content, invitation),
        };
        let text = whole
            .seal
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StorageError::SealBroken)?;
        Ok([&self.current.id, nonce.as_slice(), &text].concat())
    }

    fn open_bytes(
        &self,
        sealed: &[u8],
        content: Content,
        invitation: &str,
    ) -> Result<Zeroizing<Vec<u8>>, StorageError> {
        let broken = || StorageError::SealBroken;
        let (id, rest) = sealed.split_at_checked(ID_BYTES).ok_or_else(broken)?;
        let (nonce, text) = rest.split_at_checked(NONCE_BYTES).ok_or_else(broken)?;
        let whole = std::iter::once(&self.current)
            .chain(&self.others)
            .filter(|keys| keys.id == *id)
            .find_map(|keys| keys.whole.as_ref())
            .ok_or(StorageError::KeyRotated)?;
        let payload = Payload {
            msg: text,
            aad: &bound(content, invitation),
        };
        let nonce = XNonce::try_from(nonce).map_err(|_| broken())?;
        let plain = whole.seal.decrypt(&nonce, payload).map_err(|_| broken())?;
        Ok(Zeroizing::new(plain))
    }
}

impl Keys {
    fn derive(generation: &Generation) -> Result<Self, StorageError> {
        let (lookup, whole) = match &generation.material {
            Material::Lookup(lookup) => (lookup.clone(), None),
            Material::Key(key) => {
                let whole = Whole {
                    seal: XChaCha20Poly1305::new((&*derived(key, b"brievenbus seal v1")?).into()),
                    bundles: derived(key, b"brievenbus bundle v1")?,
                };
                (lookup_key(key)?, Some(whole))
            }
        };
        let audit = derived(&lookup, b"brievenbus audit v1")?;
        let audit = hmac(&audit)?;
        let lookup = hmac(&lookup)?;
        let mark = lookup.clone().chain_update(b"brievenbus mark v1");
        let mark = mark.finalize().into_bytes();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&mark[..ID_BYTES]);
        Ok(Self {
            number: generation.number,
            mark: hex::encode(mark),
            id,
            audit,
            lookup,
            whole,
        })
    }

    fn audit(&self, label: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let length = (label.len() as u64).to_be_bytes();
        let begun = self.audit.clone().chain_update(length);
        begun.chain_update(label).chain_update(bytes)
    }

    fn is_mac(&self, label: &str, bytes: &[u8], mac: &str) -> bool {
        hex::decode(mac).is_ok_and(|mac| self.audit(label, bytes).verify_slice(&mac).is_ok())
    }

    fn hash(&self, code: &Code) -> String {
        let mac = self.lookup.clone().chain_update(code.digits());
        hex::encode(mac.finalize().into_bytes())
    }
}

/// The key that codes are hashed with, which is all that is kept of a generation that opens nothing any more.
pub(super) fn lookup_key(key: &Secret) -> Result<Secret, StorageError> {
    derived(key, b"brievenbus hash v1")
}

fn derived(key: &Secret, label: &[u8]) -> Result<Secret, StorageError> {
    let mac = hmac(key)?.chain_update(label);
    Ok(Zeroizing::new(mac.finalize().into_bytes().into()))
}

fn hmac(key: &[u8; KEY_BYTES]) -> Result<Hmac<Sha256>, StorageError> {
    Hmac::new_from_slice(key).map_err(|_| unusable())
}

fn unusable() -> StorageError {
    StorageError::Unexpected("a key of no usable length".to_owned())
}

fn bound(content: Content, invitation: &str) -> Vec<u8> {
    let label = match content {
        Content::Code => "code ",
        Content::Words => "words ",
    };
    [label, invitation].concat().into_bytes()
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
        assert!(vault.open_words(&sealed, "A").is_err());
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
    fn words_are_sealed_too() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open_or_make(&folder.path().join("key")).unwrap();
        let sealed = vault.seal_words("Mevr. C. de Vries", "A").unwrap();
        assert!(!sealed.windows(5).any(|w| w == b"Vries"));
        assert_eq!(vault.open_words(&sealed, "A").unwrap(), "Mevr. C. de Vries");
        assert!(vault.open_words(&sealed, "B").is_err());
        assert!(vault.open_seal(&sealed, "A").is_err());
    }

    #[test]
    fn an_older_key_opens_until_it_is_reduced_and_knows_its_codes_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = Vault::open_or_make(&path).unwrap();
        let sealed = first.seal(&code("0012345678"), "A").unwrap();
        let hash = first.hash(&code("0012345678"));
        let file = KeyFile::open(&path).unwrap().with_new_key().unwrap();

        // Written down, and not in use yet.
        let pending = Vault::newest(&file).unwrap();
        let pending = pending.sealing_with(first.mark()).unwrap();
        assert_eq!((pending.mark(), pending.number()), (first.mark(), 1));
        assert_eq!(pending.hash(&code("0012345678")), hash);

        let second = Vault::newest(&file).unwrap();
        assert_ne!(second.mark(), first.mark());
        assert!(second.open_seal(&sealed, "A").unwrap() == code("0012345678"));
        assert_eq!(
            second.other_hashes(&code("0012345678")),
            std::slice::from_ref(&hash)
        );
        let again = second.seal(&code("0012345678"), "A").unwrap();
        assert!(matches!(
            first.open_seal(&again, "A"),
            Err(StorageError::KeyRotated)
        ));

        let reduced = Vault::newest(&file.with_one_key().unwrap()).unwrap();
        assert_eq!(reduced.mark(), second.mark());
        assert_eq!(reduced.other_hashes(&code("0012345678")), [hash]);
        assert!(reduced.open_seal(&again, "A").unwrap() == code("0012345678"));
        assert!(reduced.open_seal(&sealed, "A").is_err());
        assert!(reduced.bundle_keys().1.is_empty());
        assert!(reduced.sealing_with(first.mark()).is_none());
    }
}
