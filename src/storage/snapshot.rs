//! A copy of the database at one moment, while others go on writing to it.

use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path};

use super::{Database, StorageError, database::Pool};

impl Database {
    /// Writes what is in an SQLite database into `file`, which is not there yet, for its owner alone. Writers are not held up,
    /// and what they write meanwhile is not in it. Nothing that was wiped is in it either: free pages are not copied.
    ///
    /// Answers `false`, and writes nothing, when the database is a PostgreSQL server, which has tools of its own for this.
    pub async fn copy_into(&self, file: &Path) -> Result<bool, StorageError> {
        let Pool::Sqlite(pool) = self.pool() else {
            return Ok(false);
        };
        let unwritable = |source| StorageError::Copy {
            path: file.to_owned(),
            source,
        };
        // SQLite would make it for everybody to read; an empty file it takes as it is.
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)
            .map_err(unwritable)?;
        let name = file
            .to_str()
            .ok_or_else(|| unwritable(io::Error::other("its name is not UTF-8")))?;
        sqlx::query("VACUUM INTO $1")
            .bind(name)
            .execute(pool)
            .await?;
        Ok(true)
    }
}
