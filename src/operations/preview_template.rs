//! `template preview`: every sample in every look as a picture, a page with all of them, and what changed since.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use serde::Serialize;

use super::{
    Failure,
    specimens::{Look, Sender},
};
use crate::{
    domain::organisation::Organisation,
    letters::{
        Change, ContactSheet, Edition, Misfit, Picture, Press, Sample, SheetPicture, SheetRow,
        SheetTemplate, Template, Verdict, compare,
    },
    wording::dutch::look as look_in_dutch,
};

/// Dots per inch of the pictures.
const DPI: f64 = 150.0;

/// What is asked for.
pub struct PreviewRequest {
    pub templates: Vec<PathBuf>,
    /// Whose letters; absent: an invented organisation's.
    pub organisation: Option<PathBuf>,
    pub out: PathBuf,
    /// An earlier `out`, or a folder of templates with their `expected` pictures.
    pub compare: Option<PathBuf>,
}

/// What was made.
#[derive(Debug, Serialize)]
pub struct Preview {
    /// The page with all pictures.
    pub page: PathBuf,
    pub pictures: usize,
    /// Files of letters that look different, are new, or are gone, relative to `out`.
    pub changed: Vec<ChangedPicture>,
}

#[derive(Debug, Serialize)]
pub struct ChangedPicture {
    pub file: String,
    pub how: How,
    /// Pixels that changed; 0 when it is new or gone.
    pub pixels: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Different,
    New,
    Gone,
}

pub async fn preview_templates(
    press: &Arc<Press>,
    request: PreviewRequest,
) -> Result<Preview, Failure> {
    let sender = match &request.organisation {
        Some(folder) => Sender::read(folder.clone()).await?,
        None => Sender::invented(),
    };
    let press = Arc::clone(press);
    let drawing = tokio::task::spawn_blocking(move || preview(&press, &request, &sender));
    match drawing.await {
        Ok(result) => result,
        Err(error) => Err(Failure::ours(format!(
            "drawing the letters stopped: {error}"
        ))),
    }
}

fn preview(press: &Press, request: &PreviewRequest, sender: &Sender) -> Result<Preview, Failure> {
    let mut run = Run {
        press,
        request,
        sender,
        pictures: 0,
        changed: Vec::new(),
    };
    let templates = request
        .templates
        .iter()
        .map(|folder| run.template(folder))
        .collect::<Result<Vec<_>, _>>()?;
    let page = request.out.join("index.html");
    let sheet = ContactSheet {
        organisation: sender.organisation.name.clone(),
        compared: request.compare.is_some(),
        changed: run.changed.len(),
        templates,
    };
    let html = sheet.html().map_err(Failure::ours)?;
    write(&page, html.as_bytes())?;
    Ok(Preview {
        page,
        pictures: run.pictures,
        changed: run.changed,
    })
}

/// One preview on its way.
struct Run<'a> {
    press: &'a Press,
    request: &'a PreviewRequest,
    sender: &'a Sender,
    pictures: usize,
    changed: Vec<ChangedPicture>,
}

impl Run<'_> {
    fn template(&mut self, folder: &Path) -> Result<SheetTemplate, Failure> {
        let template = Template::read(folder)?;
        let samples = Sample::read_all(folder).map_err(|fault| {
            Failure::input(
                "letter_not_possible",
                format!("letter template '{}', {fault}", template.name()),
                fault.hint.clone(),
            )
        })?;
        let before = self.before(&template)?;
        let mut rows: Vec<SheetRow> = samples
            .iter()
            .map(|sample| SheetRow {
                sample: sample.name.clone(),
                description: sample.description.clone(),
                pictures: Vec::new(),
            })
            .collect();
        let mut made = Vec::new();
        for look in self.sender.looks() {
            let organisation = self.sender.in_look(look);
            let spec = self.sender.spec(&organisation, look);
            let edition = Edition::of_template(template.clone(), spec, self.press)?;
            let pictures = draw_all(self.press, &edition, &samples, &organisation)?;
            for ((sample, row), picture) in samples.iter().zip(&mut rows).zip(pictures) {
                let file = format!("{}-{}.png", sample.name, look.slug());
                let drawn = !matches!(picture.verdict, Verdict::LeftOut(_));
                let place = Place {
                    template: template.name(),
                    file: &file,
                    before: before.as_deref(),
                };
                let png = drawn.then_some(picture.png.as_slice());
                let shown = self.keep(&place, png, look, &picture.verdict)?;
                row.pictures.push(shown);
                if drawn {
                    made.push(file);
                }
            }
        }
        self.find_gone(template.name(), before.as_deref(), &made)?;
        Ok(SheetTemplate {
            name: template.name().to_owned(),
            description: template.description().to_owned(),
            rows,
        })
    }

    /// Where the earlier pictures of a template are: in the folder itself when it holds only one template's.
    fn before(&self, template: &Template) -> Result<Option<PathBuf>, Failure> {
        let Some(compare) = &self.request.compare else {
            return Ok(None);
        };
        let name = template.name();
        let alone = self.request.templates.len() == 1;
        let places = [
            Some(compare.join(name).join("expected")),
            Some(compare.join(name)),
            alone.then(|| compare.clone()),
        ];
        match places.into_iter().flatten().find(|place| place.is_dir()) {
            Some(place) => Ok(Some(place)),
            None => Err(Failure::input(
                "nothing_to_compare",
                format!("there are no pictures of '{name}' in {}", compare.display()),
                "give the folder that an earlier preview wrote with --out, or that of the templates with their expected pictures",
            )),
        }
    }

    /// Writes a picture, holds it against the earlier one, and says what there is to say of it.
    fn keep(
        &mut self,
        place: &Place<'_>,
        png: Option<&[u8]>,
        look: Look,
        verdict: &Verdict,
    ) -> Result<SheetPicture, Failure> {
        let mut shown = SheetPicture {
            look: look_in_dutch(look.window, look.with_logo, look.extras),
            file: None,
            marked: None,
            note: note(verdict),
        };
        let Some(png) = png else { return Ok(shown) };
        let folder = self.request.out.join(place.template);
        write(&folder.join(place.file), png)?;
        self.pictures += 1;
        shown.file = Some(format!("{}/{}", place.template, place.file));
        let marked = place.file.replace(".png", "-diff.png");
        // Of an earlier preview into the same folder; what it marked need not be so any more.
        let _ = fs::remove_file(folder.join(&marked));
        let Some(before) = place.before else {
            return Ok(shown);
        };
        let (how, pixels) = match self.change(&before.join(place.file), png)? {
            Compared::Same => return Ok(shown),
            Compared::New => {
                shown.note = Some("Nieuw.".to_owned());
                (How::New, 0)
            }
            Compared::Changed(change) => {
                write(&folder.join(&marked), &change.marked)?;
                shown.marked = Some(format!("{}/{marked}", place.template));
                shown.note = Some(format!("{} beeldpunten anders.", change.pixels));
                (How::Different, change.pixels)
            }
        };
        self.changed.push(ChangedPicture {
            file: format!("{}/{}", place.template, place.file),
            how,
            pixels,
        });
        Ok(shown)
    }

    fn change(&self, before: &Path, after: &[u8]) -> Result<Compared, Failure> {
        let before_png = match fs::read(before) {
            Ok(png) => png,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Compared::New),
            Err(error) => {
                return Err(Failure::input(
                    "picture_unreadable",
                    format!("{} cannot be read: {error}", before.display()),
                    "make it readable, or make the pictures anew",
                ));
            }
        };
        match compare(&before_png, after) {
            Ok(Some(change)) => Ok(Compared::Changed(change)),
            Ok(None) => Ok(Compared::Same),
            Err(error) => Err(Failure::input(
                "picture_unreadable",
                format!("{} is no picture: {error}", before.display()),
                "make the pictures anew with `brievenbus template preview`",
            )),
        }
    }

    fn find_gone(
        &mut self,
        template: &str,
        before: Option<&Path>,
        made: &[String],
    ) -> Result<(), Failure> {
        let Some(before) = before else { return Ok(()) };
        let mut gone: Vec<String> = fs::read_dir(before)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.ends_with(".png") && !name.ends_with("-diff.png"))
            .filter(|name| !made.contains(name))
            .collect();
        gone.sort_unstable();
        self.changed
            .extend(gone.into_iter().map(|file| ChangedPicture {
                file: format!("{template}/{file}"),
                how: How::Gone,
                pixels: 0,
            }));
        Ok(())
    }
}

/// Draws all samples at the same time, as many as there are presses.
fn draw_all(
    press: &Press,
    edition: &Edition,
    samples: &[Sample],
    organisation: &Organisation,
) -> Result<Vec<Picture>, Failure> {
    thread::scope(|scope| {
        let drawing: Vec<_> = samples
            .iter()
            .map(|sample| {
                let words = sample.words(&organisation.letter);
                scope.spawn(move || edition.draw_letter(words, DPI, press))
            })
            .collect();
        drawing
            .into_iter()
            .map(|drawn| match drawn.join() {
                Ok(picture) => Ok(picture?),
                Err(_) => Err(Failure::ours("drawing a letter broke down")),
            })
            .collect()
    })
}

struct Place<'a> {
    template: &'a str,
    file: &'a str,
    before: Option<&'a Path>,
}

enum Compared {
    Same,
    New,
    Changed(Change),
}

/// What a reader of the page should know of a letter, in Dutch.
fn note(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Letter { smaller: false } => None,
        Verdict::Letter { smaller: true } => Some("Kleiner gezet om te passen.".to_owned()),
        Verdict::LeftOut(Misfit::MissingGlyph(_)) => {
            Some("Geen brief: een teken kan niet gedrukt worden.".to_owned())
        }
        Verdict::LeftOut(_) => Some("Geen brief: naam, adres of tekst past niet.".to_owned()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, bytes));
    written.map_err(|error| {
        Failure::input(
            "output_folder",
            format!("{} cannot be written: {error}", path.display()),
            "make the folder writable or choose another with --out; see that the disk is not full",
        )
    })
}
