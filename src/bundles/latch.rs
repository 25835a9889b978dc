//! A file that remembers its first error and says nothing of it until it is asked.
//!
//! A zip writer that is dropped after an error tries to end its archive, fails again, and prints that on the screen.
//! Behind a latch it sees no error, and whoever packs asks the latch.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, SeekFrom, Write},
};

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 20;

pub struct Latch {
    file: BufWriter<File>,
    /// Where a file without errors would be.
    position: u64,
    end: u64,
    failed: Option<io::Error>,
}

impl Latch {
    /// `file` is empty.
    pub fn new(file: File) -> Self {
        Self {
            file: BufWriter::with_capacity(BUFFER, file),
            position: 0,
            end: 0,
            failed: None,
        }
    }

    /// The first error, once.
    pub fn check(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// The file with everything written, or the first error.
    pub fn into_file(mut self) -> io::Result<File> {
        self.check()?;
        self.file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
    }

    fn attempt(&mut self, act: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = act(&mut self.file).err();
        }
    }
}

impl Write for Latch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(|file| file.write_all(bytes));
        self.position += bytes.len() as u64;
        self.end = self.end.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt(BufWriter::flush);
        Ok(())
    }
}

impl Seek for Latch {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(steps) => self.position.checked_add_signed(steps),
            SeekFrom::End(steps) => self.end.checked_add_signed(steps),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        let position = self.position;
        self.attempt(|file| file.seek(SeekFrom::Start(position)).map(|_| ()));
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_kept_and_what_comes_after_is_let_pass() {
        // Every write to it fails: the disk is full.
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut latch = Latch::new(full);
        latch.write_all(&vec![0; BUFFER + 1]).unwrap();
        latch.write_all(b"more").unwrap();
        assert_eq!(latch.seek(SeekFrom::End(-4)).unwrap(), BUFFER as u64 + 1);
        latch.flush().unwrap();
        let error = latch.into_file().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_file_without_errors_is_what_was_written() {
        let mut latch = Latch::new(tempfile::tempfile().unwrap());
        latch.write_all(b"0123456789").unwrap();
        latch.seek(SeekFrom::Current(-8)).unwrap();
        latch.write_all(b"ab").unwrap();
        let mut file = latch.into_file().unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        assert_eq!(io::read_to_string(file).unwrap(), "01ab456789");
    }
}
