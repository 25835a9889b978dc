//! How messages lie in a pipe: a head as JSON, then files as they are.
//!
//! `u32` bytes of head, `u32` files, the head, then for each file `u64` bytes and the bytes; all little-endian.

use std::io::{self, Read, Write};

use serde::{Serialize, de::DeserializeOwned};

/// Far above what 250 letters with their logos take. A press process could be made to send anything.
const MOST_BYTES: u64 = 1 << 30;
const MOST_FILES: u32 = 10_000;
const LIKELY_BYTES: usize = 4 << 20;

/// A message: its head, and what is too large for JSON.
pub(super) struct Frame<T> {
    pub(super) head: T,
    pub(super) files: Vec<Vec<u8>>,
}

pub(super) fn write_frame(
    out: &mut impl Write,
    head: &impl Serialize,
    files: &[&[u8]],
) -> io::Result<()> {
    let head = serde_json::to_vec(head)?;
    let count = |n: usize| u32::try_from(n).map_err(|_| io::Error::other("too large for a frame"));
    out.write_all(&count(head.len())?.to_le_bytes())?;
    out.write_all(&count(files.len())?.to_le_bytes())?;
    out.write_all(&head)?;
    for file in files {
        out.write_all(&(file.len() as u64).to_le_bytes())?;
        out.write_all(file)?;
    }
    out.flush()
}

/// `None` when the other side has closed the pipe between two messages.
pub(super) fn read_frame<T: DeserializeOwned>(
    input: &mut impl Read,
) -> io::Result<Option<Frame<T>>> {
    let mut length = [0; 4];
    // One byte alone tells a pipe that was closed in time from one that broke off.
    if input.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut length[1..])?;
    let mut count = [0; 4];
    input.read_exact(&mut count)?;
    let count = u32::from_le_bytes(count);
    if count > MOST_FILES {
        return Err(io::Error::other("a frame of too many files"));
    }
    let mut left = MOST_BYTES;
    let head = read_bytes(input, u32::from_le_bytes(length).into(), &mut left)?;
    let files = (0..count)
        .map(|_| {
            let mut length = [0; 8];
            input.read_exact(&mut length)?;
            read_bytes(input, u64::from_le_bytes(length), &mut left)
        })
        .collect::<io::Result<_>>()?;
    Ok(Some(Frame {
        head: serde_json::from_slice(&head)?,
        files,
    }))
}

fn read_bytes(input: &mut impl Read, length: u64, left: &mut u64) -> io::Result<Vec<u8>> {
    *left = left
        .checked_sub(length)
        .ok_or_else(|| io::Error::other("a frame that is too large"))?;
    // No more than a letter or a print file takes is believed beforehand; what is larger grows as its bytes come.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).min(LIKELY_BYTES));
    input.by_ref().take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_the_end_is_an_end() {
        let mut pipe = Vec::new();
        write_frame(&mut pipe, &"head", &[b"one", b""]).unwrap();
        write_frame(&mut pipe, &"more", &[]).unwrap();
        let mut input = pipe.as_slice();
        let frame: Frame<String> = read_frame(&mut input).unwrap().unwrap();
        assert_eq!(frame.head, "head");
        assert_eq!(frame.files, [b"one".to_vec(), Vec::new()]);
        assert_eq!(
            read_frame::<String>(&mut input).unwrap().unwrap().head,
            "more"
        );
        assert!(read_frame::<String>(&mut input).unwrap().is_none());
        for cut in [1, 5, 12, pipe.len() - 1] {
            let broken = &mut &pipe[..cut];
            let mut last = Ok(None);
            while !broken.is_empty() {
                last = read_frame::<String>(broken);
            }
            assert!(last.is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_length_that_cannot_be_is_refused_before_memory_is_taken() {
        let mut pipe = 2_u32.to_le_bytes().to_vec();
        pipe.extend(1_u32.to_le_bytes());
        pipe.extend(b"\"\"");
        pipe.extend(u64::MAX.to_le_bytes());
        assert!(read_frame::<String>(&mut pipe.as_slice()).is_err());
        let many = [0_u32.to_le_bytes(), u32::MAX.to_le_bytes()].concat();
        assert!(read_frame::<String>(&mut many.as_slice()).is_err());
    }
}
