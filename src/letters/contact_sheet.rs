//! One page with every picture of a preview, for people to look at.

use askama::Template;

/// The page; rendering it gives HTML that refers to the pictures beside it.
#[derive(Template)]
#[template(path = "contactblad.html")]
pub struct ContactSheet {
    pub organisation: String,
    /// There was something to compare with.
    pub compared: bool,
    pub changed: usize,
    pub templates: Vec<SheetTemplate>,
}

pub struct SheetTemplate {
    pub name: String,
    pub description: String,
    pub rows: Vec<SheetRow>,
}

/// One sample in all its looks.
pub struct SheetRow {
    pub sample: String,
    pub description: String,
    pub pictures: Vec<SheetPicture>,
}

pub struct SheetPicture {
    /// `links, met logo`
    pub look: String,
    /// Relative to the page; `None` when there is no letter to draw.
    pub file: Option<String>,
    /// The picture with what changed marked, relative to the page.
    pub marked: Option<String>,
    /// What there is to say of it: that it is smaller, left out, new, changed.
    pub note: Option<String>,
}

impl SheetRow {
    /// Why there is no picture at all, when it is the same for every look.
    fn nothing(&self) -> Option<&str> {
        let note = self.pictures.first()?.note.as_deref()?;
        let same = |picture: &SheetPicture| {
            picture.file.is_none() && picture.note.as_deref() == Some(note)
        };
        self.pictures.iter().all(same).then_some(note)
    }
}

impl ContactSheet {
    /// # Errors
    /// A sentence; none of the values can cause one.
    pub fn html(&self) -> Result<String, String> {
        self.render().map_err(|error| error.to_string())
    }
}
