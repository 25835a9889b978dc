//! How full the disks are that things are kept on.

use std::{fs, io, os::unix::fs::MetadataExt, path::Path};

use rustix::fs::statvfs;

/// What is left of the file system that a path lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Two paths with the same number share their space.
    pub device: u64,
    /// Bytes that a program without privileges may still write.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
    /// Files that may still be made; many small ones can fill a disk as well.
    pub free_files: u64,
    /// Files in all; 0 where the file system does not count them.
    pub total_files: u64,
}

/// Asks the file system that `path` lies on, or will lie on once it is made.
pub fn space(path: &Path) -> io::Result<Space> {
    let nearest = nearest(path);
    let device = fs::metadata(nearest)?.dev();
    let disk = statvfs(nearest)?;
    Ok(Space {
        device,
        free: disk.f_bavail.saturating_mul(disk.f_frsize),
        total: disk.f_blocks.saturating_mul(disk.f_frsize),
        free_files: disk.f_favail,
        total_files: disk.f_files,
    })
}

/// The path itself, or the folder above it that is there.
fn nearest(path: &Path) -> &Path {
    path.ancestors()
        .find(|above| above.exists())
        // A relative path of one word has the empty path above it, which means here.
        .filter(|above| !above.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_has_the_space_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let here = space(folder.path()).unwrap();
        let later = space(&folder.path().join("not/yet")).unwrap();
        assert_eq!(here.device, later.device);
        assert!(here.total > 0 && here.free <= here.total);
        assert!(space(Path::new("not-there-either")).is_ok());
    }
}
