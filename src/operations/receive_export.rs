//! `POST /organisations/SLUG/imports`: takes an export in that arrives piece by piece, as a zip or as files.
//!
//! What arrives goes to files without a name in the spool folder, which the system removes with their process: nothing
//! of it is left behind, however it ends, and no name that it brings is ever a name on the disk.

use std::{fs::File, path::Path};

use tokio::io::AsyncWriteExt;

use super::{
    App, Failure,
    import_export::{Imported, KeptLetter, check_letter, import_export, read_parcel},
};
pub use crate::exports::{Encoding, FileReport, ImportReport, Separator, Warning};
use crate::{bundles::BundleError, domain::organisation::Slug, exports::Parcel};

/// Bytes of the largest export that is taken in this way: some hundred thousand clients, unpacked.
pub const MOST_BYTES: u64 = 200 << 20;
/// The code of an export that is larger than it may be.
pub const TOO_LARGE: &str = "export_too_large";
/// Files of an export that arrive one by one.
const MOST_FILES: usize = 50;

/// An export that is arriving.
pub struct Arrival<'a> {
    app: &'a App,
    /// Whose it is to be; absent: the export says so itself.
    slug: Option<Slug>,
    files: Vec<(String, tokio::fs::File)>,
    bytes: u64,
}

/// An export that was taken in.
#[derive(Debug)]
pub struct Received {
    pub organisation: Slug,
    pub report: ImportReport,
    /// Something to know: nobody gets a letter until it is mended.
    pub note: Option<String>,
    /// The letter that was published and stays in place of the one in this export.
    pub kept_letter: Option<KeptLetter>,
}

impl<'a> Arrival<'a> {
    /// Expects the export of an organisation, which need not be there yet.
    pub fn of(app: &'a App, slug: &Slug) -> Result<Self, Failure> {
        if !app.actor.sees(slug.as_str()) {
            return Err(Failure::not_found(
                "unknown_organisation",
                format!("there is no organisation '{slug}'"),
                "see that the address has the slug of the organisation",
            ));
        }
        Ok(Self::new(app, Some(slug.clone())))
    }

    /// Expects the export of whichever organisation it names: for whoever may take in those of all.
    pub fn of_any(app: &'a App) -> Result<Self, Failure> {
        match &app.actor.organisation {
            None => Ok(Self::new(app, None)),
            Some(own) => Self::of(app, own),
        }
    }

    fn new(app: &'a App, slug: Option<Slug>) -> Self {
        Self {
            app,
            slug,
            files: Vec::new(),
            bytes: 0,
        }
    }

    /// Begins the next file.
    pub fn begin(&mut self, name: &str) -> Result<(), Failure> {
        if self.files.len() >= MOST_FILES {
            return Err(Failure::input(
                "too_many_files",
                format!("an export has no more than {MOST_FILES} files"),
                "send the files of the export, and nothing else",
            ));
        }
        let file = spool(&self.app.spool_dir)?;
        self.files
            .push((name.to_owned(), tokio::fs::File::from_std(file)));
        Ok(())
    }

    /// More of the file that was begun last.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        self.bytes += piece.len() as u64;
        if self.bytes > MOST_BYTES {
            return Err(Failure::input(
                TOO_LARGE,
                format!("an export may have {} MB at most", MOST_BYTES >> 20),
                "send it as a zip, or take it in with `brievenbus import` on the machine itself",
            ));
        }
        let Some((_, file)) = self.files.last_mut() else {
            return Err(Failure::ours("bytes of no file"));
        };
        file.write_all(piece).await.map_err(BundleError::Write)?;
        Ok(())
    }

    /// All of it is there: one zip.
    pub async fn take_in_zip(mut self) -> Result<Received, Failure> {
        let Some((_, file)) = self.files.pop() else {
            return Err(Failure::ours("a zip that never began"));
        };
        let file = written(file).await?;
        let unpacked = tokio::task::spawn_blocking(move || Parcel::of_zip(file)).await;
        let parcel = unpacked
            .map_err(|error| Failure::ours(format!("reading a zip stopped: {error}")))??;
        self.take_in(parcel).await
    }

    /// All of it is there: the files of an export.
    pub async fn take_in_files(mut self) -> Result<Received, Failure> {
        let mut files = Vec::new();
        for (name, file) in std::mem::take(&mut self.files) {
            files.push((name, written(file).await?));
        }
        self.take_in(Parcel::of_files(files)?).await
    }

    /// All or nothing.
    async fn take_in(self, parcel: Parcel) -> Result<Received, Failure> {
        let export = read_parcel(parcel).await?;
        let named = &export.organisation.slug;
        if let Some(slug) = self.slug.filter(|slug| slug != named) {
            return Err(Failure::input(
                "other_organisation",
                format!("this is an export of another organisation than '{slug}'"),
                "see that the slug in organisation.toml is the one in the address",
            ));
        }
        let note = check_letter(&self.app.press, &export, self.app.today()).await?;
        let Imported { kept_letter } = import_export(self.app, &export).await?;
        Ok(Received {
            organisation: export.organisation.slug,
            report: export.report,
            // A letter that is not used may be too long.
            note: note.filter(|_| kept_letter.is_none()),
            kept_letter,
        })
    }
}

fn spool(folder: &Path) -> Result<File, Failure> {
    Ok(tempfile::tempfile_in(folder).map_err(BundleError::Write)?)
}

async fn written(mut file: tokio::fs::File) -> Result<File, Failure> {
    file.flush().await.map_err(BundleError::Write)?;
    Ok(file.into_std().await)
}
