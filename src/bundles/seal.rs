//! Bundles at rest: sealed in pieces of 64 KiB, each of which opens on its own, so that a download opens them as they
//! come and may begin anywhere.
//!
//! | bytes | what |
//! |---|---|
//! | 6 | `BRIEF` and the version of this format |
//! | 8 | the id of the key |
//! | 19 | a random nonce |
//! | 65,536 + 16 each, the last one perhaps less | pieces with their tags |
//!
//! It is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
//! Nonce-Reuse Misuse-Resistance", 2015) on XChaCha20-Poly1305: the number of a piece and whether it is the last are part
//! of its nonce, so none can be left out, added, or take another's place. Every piece is also bound to the header and to the
//! key in the store, so a file that was moved to another's place does not open.

use std::io::{self, Read};

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use chacha20poly1305::XChaCha20Poly1305;
use rand::{TryRng, rngs::SysRng};
use zeroize::Zeroizing;

use super::BundleError;

/// Plain bytes in a piece; the last one may have less.
pub const PIECE: u64 = 64 * 1024;
const TAG: u64 = 16;
const MAGIC: [u8; 6] = *b"BRIEF\x01";
const NONCE: usize = 19;
pub const HEADER: usize = MAGIC.len() + 8 + NONCE;

/// Tells a key from others without telling anything of it.
pub type KeyId = [u8; 8];

/// A key that bundles are sealed with. No `Debug`.
#[derive(Clone)]
pub struct SealKey {
    pub id: KeyId,
    pub key: Zeroizing<[u8; 32]>,
}

/// The key that seals, and those that still open what was sealed before it.
#[derive(Clone)]
pub struct SealKeys {
    pub newest: SealKey,
    pub older: Vec<SealKey>,
}

impl SealKeys {
    fn find(&self, id: KeyId) -> Option<&SealKey> {
        std::iter::once(&self.newest)
            .chain(&self.older)
            .find(|key| key.id == id)
    }
}

/// How large a bundle is in the store.
pub fn sealed_size(plain: u64) -> u64 {
    (plain.saturating_add(pieces(plain) * TAG)).saturating_add(HEADER as u64)
}

fn pieces(plain: u64) -> u64 {
    plain.div_ceil(PIECE).max(1)
}

/// What stands before the pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header([u8; HEADER]);

impl Header {
    fn new(key: KeyId) -> Result<Self, BundleError> {
        let mut header = [0; HEADER];
        let (start, nonce) = header.split_at_mut(HEADER - NONCE);
        start[..MAGIC.len()].copy_from_slice(&MAGIC);
        start[MAGIC.len()..].copy_from_slice(&key);
        SysRng
            .try_fill_bytes(nonce)
            .map_err(|error| BundleError::Random(error.to_string()))?;
        Ok(Self(header))
    }

    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let header: [u8; HEADER] = bytes.try_into().map_err(|_| BundleError::Damaged)?;
        if header.starts_with(&MAGIC) {
            Ok(Self(header))
        } else {
            Err(BundleError::Damaged)
        }
    }

    /// The key that the pieces are sealed with.
    pub fn key(&self) -> KeyId {
        let mut id = KeyId::default();
        id.copy_from_slice(&self.0[MAGIC.len()..HEADER - NONCE]);
        id
    }
}

/// Seals and opens the pieces of one bundle, in any order.
pub struct Pieces {
    stream: StreamBE32<XChaCha20Poly1305>,
    /// What every piece is bound to: the header, and the place in the store.
    bound: Vec<u8>,
    plain: u64,
}

impl Pieces {
    /// `place`: the key in the store. `plain`: the size of the bundle itself.
    pub fn new(
        keys: &SealKeys,
        header: Header,
        place: &str,
        plain: u64,
    ) -> Result<Self, BundleError> {
        let key = keys.find(header.key()).ok_or(BundleError::UnknownKey)?;
        let nonce = <[u8; NONCE]>::try_from(&header.0[HEADER - NONCE..])
            .map_err(|_| BundleError::Damaged)?;
        if u32::try_from(pieces(plain)).is_err() {
            return Err(BundleError::Damaged);
        }
        Ok(Self {
            stream: StreamBE32::new((&*key.key).into(), &nonce.into()),
            bound: [&header.0, place.as_bytes()].concat(),
            plain,
        })
    }

    pub fn count(&self) -> u64 {
        pieces(self.plain)
    }

    /// Where a piece begins in the store, and how many bytes it takes there.
    pub fn place(&self, piece: u64) -> (u64, usize) {
        let start = HEADER as u64 + piece * (PIECE + TAG);
        let plain = (self.plain - piece * PIECE).min(PIECE);
        (start, usize::try_from(plain + TAG).unwrap_or(usize::MAX))
    }

    /// Opens a piece in its own memory. Whatever was changed, moved or left out is an error.
    pub fn open(&self, piece: u64, mut sealed: Vec<u8>) -> Result<Vec<u8>, BundleError> {
        self.stream
            .decrypt_in_place(
                self.position(piece)?,
                self.is_last(piece),
                &self.bound,
                &mut sealed,
            )
            .map_err(|_| BundleError::Damaged)?;
        Ok(sealed)
    }

    fn seal(&self, piece: u64, plain: &mut Vec<u8>) -> Result<(), BundleError> {
        self.stream
            .encrypt_in_place(
                self.position(piece)?,
                self.is_last(piece),
                &self.bound,
                plain,
            )
            .map_err(|_| BundleError::Damaged)
    }

    fn is_last(&self, piece: u64) -> bool {
        piece + 1 == self.count()
    }

    fn position(&self, piece: u64) -> Result<u32, BundleError> {
        u32::try_from(piece).map_err(|_| BundleError::Damaged)
    }
}

/// A plain bundle that is handed out sealed, bit by bit.
pub struct Sealing<R> {
    plain: R,
    pieces: Pieces,
    header: Header,
    next: u64,
}

impl<R: Read> Sealing<R> {
    /// Seals `size` bytes of `plain`, which has neither more nor less, for a place in the store.
    pub fn new(keys: &SealKeys, place: &str, plain: R, size: u64) -> Result<Self, BundleError> {
        let header = Header::new(keys.newest.id)?;
        Ok(Self {
            plain,
            pieces: Pieces::new(keys, header, place, size)?,
            header,
            next: 0,
        })
    }

    /// The next `least` bytes or some more; less at the end, and then nothing.
    pub fn read_sealed(&mut self, least: usize) -> Result<Vec<u8>, BundleError> {
        let mut sealed = Vec::with_capacity(least + usize::try_from(PIECE + TAG).unwrap_or(0));
        if self.next == 0 {
            sealed.extend_from_slice(&self.header.0);
        }
        let mut piece = Vec::new();
        while sealed.len() < least && !self.is_done() {
            let (_, size) = self.pieces.place(self.next);
            let plain = size as u64 - TAG;
            piece.clear();
            let read = (&mut self.plain).take(plain).read_to_end(&mut piece)?;
            if read as u64 != plain {
                return Err(wrong_size());
            }
            self.pieces.seal(self.next, &mut piece)?;
            sealed.extend_from_slice(&piece);
            self.next += 1;
            if self.is_done() && self.plain.read(&mut [0])? != 0 {
                return Err(wrong_size());
            }
        }
        Ok(sealed)
    }

    /// Everything has been handed out.
    pub fn is_done(&self) -> bool {
        self.next == self.pieces.count()
    }
}

fn wrong_size() -> BundleError {
    BundleError::Write(io::Error::other("the bundle is not as large as was said"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "zorg/batch/job-1/bundle.sealed";

    fn keys(id: u8) -> SealKeys {
        SealKeys {
            newest: SealKey {
                id: [id; 8],
                key: Zeroizing::new([id; 32]),
            },
            older: Vec::new(),
        }
    }

    fn plain(size: u64) -> Vec<u8> {
        (0..size).map(|n| (n % 251) as u8).collect()
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealing = Sealing::new(&keys(1), PLACE, plain, plain.len() as u64).unwrap();
        let mut sealed = Vec::new();
        while !sealing.is_done() {
            sealed.extend(sealing.read_sealed(100_000).unwrap());
        }
        assert!(sealing.read_sealed(100_000).unwrap().is_empty());
        sealed
    }

    fn opened(sealed: &[u8], keys: &SealKeys, place: &str, plain: u64) -> Option<Vec<u8>> {
        let header = Header::read(sealed.get(..HEADER)?).ok()?;
        let pieces = Pieces::new(keys, header, place, plain).ok()?;
        let mut opened = Vec::new();
        for piece in 0..pieces.count() {
            let (start, size) = pieces.place(piece);
            let start = usize::try_from(start).unwrap();
            opened.extend(
                pieces
                    .open(piece, sealed.get(start..start + size)?.to_vec())
                    .ok()?,
            );
        }
        Some(opened)
    }

    #[test]
    fn whatever_its_size_it_opens_again_and_is_as_large_as_was_foretold() {
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 77] {
            let plain = plain(size);
            let sealed = sealed(&plain);
            assert_eq!(sealed.len() as u64, sealed_size(size), "{size} bytes");
            assert!(
                opened(&sealed, &keys(1), PLACE, size) == Some(plain),
                "{size} bytes"
            );
        }
    }

    #[test]
    fn it_opens_with_its_key_in_its_place_only_and_never_twice_alike() {
        let size = PIECE + 10;
        let plain = plain(size);
        let sealed = sealed(&plain);
        assert!(sealed != self::sealed(&plain));
        assert!(opened(&sealed, &keys(2), PLACE, size).is_none());
        let wrong = SealKeys {
            newest: SealKey {
                id: [1; 8],
                ..keys(2).newest
            },
            older: Vec::new(),
        };
        assert!(opened(&sealed, &wrong, PLACE, size).is_none());
        assert!(opened(&sealed, &keys(1), "zorg/batch/job-2/bundle.sealed", size).is_none());
        let rotated = SealKeys {
            newest: keys(2).newest,
            older: vec![keys(1).newest],
        };
        assert!(opened(&sealed, &rotated, PLACE, size) == Some(plain));
    }

    #[test]
    fn one_bit_anywhere_and_every_way_to_cut_swap_or_join_is_noticed() {
        let size = 2 * PIECE + 10;
        let good = sealed(&plain(size));
        let fails = |bytes: &[u8], size| opened(bytes, &keys(1), PLACE, size).is_none();
        let piece = usize::try_from(PIECE + TAG).unwrap();
        let positions = (0..HEADER + 40)
            .chain((HEADER + 40..good.len()).step_by(4_099))
            .chain(good.len() - 30..good.len());
        for position in positions {
            let mut changed = good.clone();
            changed[position] ^= 0x10;
            assert!(fails(&changed, size), "byte {position}");
        }
        // Cut off between two pieces: the last one that is left was not the last one.
        assert!(fails(&good[..HEADER + 2 * piece], 2 * PIECE));
        assert!(fails(&good[..HEADER + piece], PIECE));
        let mut swapped = good[..HEADER].to_vec();
        swapped.extend_from_slice(&good[HEADER + piece..HEADER + 2 * piece]);
        swapped.extend_from_slice(&good[HEADER..HEADER + piece]);
        swapped.extend_from_slice(&good[HEADER + 2 * piece..]);
        assert!(fails(&swapped, size));
        // The first piece of another bundle of the same place and key.
        let mut joined = good.clone();
        joined[HEADER..HEADER + piece]
            .copy_from_slice(&sealed(&plain(size))[HEADER..HEADER + piece]);
        assert!(fails(&joined, size));
    }

    #[test]
    fn a_file_of_another_size_than_was_said_is_not_sealed() {
        for said in [9, 11] {
            let plain = plain(10);
            let mut sealing = Sealing::new(&keys(1), PLACE, plain.as_slice(), said).unwrap();
            assert!(sealing.read_sealed(1_000).is_err(), "{said}");
        }
    }
}
