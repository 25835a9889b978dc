//! What Typst can see: one layout and our library for it, one data file, two pictures, and our fonts. No disk, no network, no packages, no clock.
//!
//! Library, fonts and file ids exist once in the process: they are part of every cache key of Typst, and a file id
//! is a `u16` that is never given back.

use std::sync::LazyLock;

use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::letters::{fonts, template};

struct Ids {
    layout: FileId,
    library: FileId,
    data: FileId,
    logo: FileId,
    qr: FileId,
}

static IDS: LazyLock<Ids> = LazyLock::new(|| Ids {
    layout: intern("layout.typ"),
    library: intern("brievenbus.typ"),
    data: intern("letters.json"),
    logo: intern("logo"),
    qr: intern("qr.svg"),
});

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// What layouts take from `brievenbus.typ`.
static LAYOUT_LIBRARY: LazyLock<Source> =
    LazyLock::new(|| Source::new(IDS.library, template::LIBRARY.to_owned()));

/// The world in which one chunk of letters is set. Cheap to make: all but `data` is shared.
pub(super) struct LetterWorld {
    layout: Source,
    logo: Option<Bytes>,
    qr: Option<Bytes>,
    data: Bytes,
}

impl LetterWorld {
    pub(super) fn new(
        layout: Source,
        logo: Option<Bytes>,
        qr: Option<Bytes>,
        data: String,
    ) -> Self {
        Self {
            layout,
            logo,
            qr,
            data: Bytes::from_string(data),
        }
    }
}

/// A layout as Typst's parsed source; parse it once per template.
pub(super) fn layout_source(text: &str) -> Source {
    Source::new(IDS.layout, text.to_owned())
}

impl World for LetterWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts::book()
    }

    fn main(&self) -> FileId {
        IDS.layout
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == IDS.layout {
            Ok(self.layout.clone())
        } else if id == IDS.library {
            Ok(LAYOUT_LIBRARY.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == IDS.data {
            Ok(self.data.clone())
        } else if id == IDS.logo {
            self.logo.clone().ok_or(FileError::AccessDenied)
        } else if id == IDS.qr {
            self.qr.clone().ok_or(FileError::AccessDenied)
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts::face(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[expect(
    clippy::expect_used,
    reason = "the paths are plain file names, which are always valid"
)]
fn intern(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("a plain file name is a virtual path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}
