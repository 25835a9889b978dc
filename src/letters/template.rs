//! A letter template: `letter-templates/NAME/` with `template.toml`, `text.txt` and `layout.typ`.
//!
//! The templates that ship with the product are compiled into the binary, so the binary works anywhere. Whosever a
//! layout is, it is code, and only a press process compiles it.

use std::{fs, path::Path};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::domain::organisation::{LetterPreferences, TemplateFiles};

use super::{
    error::{EditionError, TemplateFault},
    fonts,
    placeholder::Placeholder,
    refusal::{TextError, place},
    text::faults::faults,
};

/// Everything a template says, checked: the layout, the standard text, and what it takes.
#[derive(Debug, Clone)]
pub struct Template {
    name: String,
    description: String,
    standard_text: String,
    layout: String,
    placeholders: Vec<Placeholder>,
    body_sizes: Vec<f64>,
    address_sizes: Vec<f64>,
    hash: [u8; 32],
}

/// What layouts may import as `brievenbus.typ`.
pub(super) const LIBRARY: &str = include_str!("typesetter/brievenbus.typ");

/// The shipped templates: folder name, `template.toml`, `text.txt`, `layout.typ`.
const SHIPPED: [(&str, &str, &str, &str); 2] = [
    (
        "uitnodiging",
        include_str!("../../letter-templates/uitnodiging/template.toml"),
        include_str!("../../letter-templates/uitnodiging/text.txt"),
        include_str!("../../letter-templates/uitnodiging/layout.typ"),
    ),
    (
        "uitnodiging-groot",
        include_str!("../../letter-templates/uitnodiging-groot/template.toml"),
        include_str!("../../letter-templates/uitnodiging-groot/text.txt"),
        include_str!("../../letter-templates/uitnodiging-groot/layout.typ"),
    ),
];

impl Template {
    /// The template that an organisation prefers: its own, or one that ships with the product.
    ///
    /// # Errors
    /// [`EditionError::UnknownTemplate`] or [`EditionError::Template`].
    pub fn of(preferences: &LetterPreferences) -> Result<Self, EditionError> {
        match &preferences.own_template {
            Some(files) => Self::new(&preferences.template, files),
            None => Self::shipped(&preferences.template),
        }
    }

    /// A shipped template by its folder name.
    ///
    /// # Errors
    /// [`EditionError::UnknownTemplate`], with the names there are.
    pub fn shipped(name: &str) -> Result<Self, EditionError> {
        let Some((_, description, text, layout)) =
            SHIPPED.iter().find(|(known, ..)| *known == name)
        else {
            return Err(EditionError::UnknownTemplate {
                name: name.to_owned(),
                known: SHIPPED.map(|(known, ..)| known.to_owned()).to_vec(),
            });
        };
        let files = TemplateFiles {
            description: (*description).to_owned(),
            text: (*text).to_owned(),
            layout: (*layout).to_owned(),
        };
        Self::new(name, &files)
    }

    /// The names of the templates that ship with the product.
    pub fn shipped_names() -> [&'static str; 2] {
        SHIPPED.map(|(name, ..)| name)
    }

    /// A template in `folder`, named as the folder.
    ///
    /// # Errors
    /// [`EditionError::Template`] when a file is missing, unreadable or says something that is not possible.
    pub fn read(folder: &Path) -> Result<Self, EditionError> {
        let name = fs::canonicalize(folder)
            .ok()
            .as_deref()
            .unwrap_or(folder)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let read = |file: &str| {
            read_file(&folder.join(file)).map_err(|problem| EditionError::Template {
                name: name.clone(),
                fault: TemplateFault {
                    file: file.to_owned(),
                    place: None,
                    problem,
                    hint: "a template is a folder with template.toml, text.txt and layout.typ, each UTF-8 text of at most 1 MB"
                        .to_owned(),
                },
            })
        };
        let files = TemplateFiles {
            description: read("template.toml")?,
            text: read("text.txt")?,
            layout: read("layout.typ")?,
        };
        Self::new(&name, &files)
    }

    fn new(name: &str, files: &TemplateFiles) -> Result<Self, EditionError> {
        let wrong = |fault| EditionError::Template {
            name: name.to_owned(),
            fault,
        };
        let sheet = Sheet::parse(name, &files.description).map_err(wrong)?;
        Ok(Self {
            name: name.to_owned(),
            description: sheet.description,
            hash: hash_of(&[&files.description, &files.layout, LIBRARY]),
            standard_text: files.text.clone(),
            layout: files.layout.clone(),
            placeholders: sheet.placeholders,
            body_sizes: sheet.body_sizes,
            address_sizes: sheet.address_sizes,
        })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// One sentence, in the template's own language.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The text of an organisation that has none of its own.
    pub fn standard_text(&self) -> &str {
        &self.standard_text
    }

    /// Everything that is wrong with a text for this template, in its order: at most ten things.
    pub fn faults_of_text(&self, source: &str) -> Vec<TextError> {
        faults(source, &self.placeholders)
    }

    /// The placeholders its text may use.
    pub fn placeholders(&self) -> &[Placeholder] {
        &self.placeholders
    }

    /// Points, in the order they are tried.
    pub(super) fn body_sizes(&self) -> &[f64] {
        &self.body_sizes
    }

    /// Points, in the order they are tried.
    pub(super) fn address_sizes(&self) -> &[f64] {
        &self.address_sizes
    }

    pub(super) fn layout(&self) -> &str {
        &self.layout
    }

    /// Of the description, the layout, its library and the fonts: what decides how a letter looks, apart from its text.
    pub(super) fn hash(&self) -> [u8; 32] {
        self.hash
    }
}

/// Far above what a template needs; it bounds what reading one can cost.
const MOST_BYTES: u64 = 1024 * 1024;

fn read_file(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path)
        .map_err(|error| why_unreadable(&error))?
        .len();
    if size > MOST_BYTES {
        return Err("is larger than 1 MB".to_owned());
    }
    let bytes = fs::read(path).map_err(|error| why_unreadable(&error))?;
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())?;
    Ok(text
        .strip_prefix('\u{feff}')
        .unwrap_or(&text)
        .replace("\r\n", "\n"))
}

fn why_unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            "is not there".to_owned()
        }
        std::io::ErrorKind::PermissionDenied => "may not be read".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// What `template.toml` says, checked.
struct Sheet {
    description: String,
    placeholders: Vec<Placeholder>,
    body_sizes: Vec<f64>,
    address_sizes: Vec<f64>,
}

/// `template.toml` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSheet {
    name: Spanned<String>,
    description: String,
    language: Spanned<String>,
    placeholders: Vec<Spanned<String>>,
    body_sizes: Spanned<Vec<f64>>,
    address_sizes: Spanned<Vec<f64>>,
}

/// Below these nobody reads a letter, or a window envelope's address.
pub(super) const SMALLEST_BODY: f64 = 9.5;
pub(super) const SMALLEST_ADDRESS: f64 = 8.0;
const LARGEST: f64 = 24.0;
/// Each is tried on whole teams.
const MOST_SIZES: usize = 12;

impl Sheet {
    fn parse(folder: &str, source: &str) -> Result<Self, TemplateFault> {
        let at = |at: usize, problem: String, hint: &str| TemplateFault {
            file: "template.toml".to_owned(),
            place: Some(place(source, at)),
            problem,
            hint: hint.to_owned(),
        };
        let raw: RawSheet = toml::from_str(source).map_err(|error| {
            at(
                error.span().map_or(0, |span| span.start),
                in_plain_words(error.message()),
                "it has name, description, language, placeholders, body_sizes and address_sizes; docs/letter-templates.md tells what they are",
            )
        })?;
        if raw.name.get_ref() != folder {
            return Err(at(
                raw.name.span().start,
                format!(
                    "the name is '{}', but the folder '{folder}'",
                    raw.name.get_ref()
                ),
                "give both the same name",
            ));
        }
        if raw.language.get_ref() != "nl" {
            return Err(at(
                raw.language.span().start,
                format!("language '{}' is not known", raw.language.get_ref()),
                "letters are in Dutch: language = \"nl\"",
            ));
        }
        let sizes = [
            ("body_sizes", &raw.body_sizes, SMALLEST_BODY),
            ("address_sizes", &raw.address_sizes, SMALLEST_ADDRESS),
        ];
        for (key, sizes, smallest) in sizes {
            if !are_sizes(sizes.get_ref(), smallest) {
                return Err(at(
                    sizes.span().start,
                    format!(
                        "{key} must be a falling list of at most {MOST_SIZES} sizes from {LARGEST} to {smallest} points"
                    ),
                    "the first is what letters are set in, the others are tried when one does not fit",
                ));
            }
        }
        let placeholders = raw
            .placeholders
            .iter()
            .map(|typed| {
                let known = Placeholder::parse(typed.get_ref());
                known.ok_or_else(|| {
                    let near = Placeholder::nearest(typed.get_ref(), &Placeholder::ALL);
                    let hint = match near {
                        Some(near) => format!("did you mean \"{}\"?", near.name()),
                        None => format!(
                            "there are {}",
                            Placeholder::ALL.map(Placeholder::name).join(", ")
                        ),
                    };
                    at(
                        typed.span().start,
                        format!("there is no placeholder \"{}\"", typed.get_ref()),
                        &hint,
                    )
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            description: raw.description,
            placeholders,
            body_sizes: raw.body_sizes.into_inner(),
            address_sizes: raw.address_sizes.into_inner(),
        })
    }
}

/// Of what serde says, the words that only its makers use.
fn in_plain_words(message: &str) -> String {
    message
        .replace('\n', ", ")
        .replace("a sequence", "a list")
        .replace("invalid type", "wrong kind of value")
        .replace("floating point `", "number `")
        .replace("f64", "a number")
}

fn are_sizes(sizes: &[f64], smallest: f64) -> bool {
    (1..=MOST_SIZES).contains(&sizes.len())
        && sizes.iter().all(|size| (smallest..=LARGEST).contains(size))
        && sizes.windows(2).all(|pair| pair[0] > pair[1])
}

fn hash_of(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(fonts::hash());
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_template_is_whole() {
        let template = Template::shipped("uitnodiging").unwrap();
        assert_eq!(template.body_sizes(), [10.5, 10.0, 9.5]);
        assert_eq!(template.placeholders().len(), Placeholder::ALL.len());
        assert!(template.standard_text().starts_with("[SALUTATION],\n"));
    }

    #[test]
    fn an_unknown_template_names_those_there_are() {
        let error = Template::shipped("uitnoding").unwrap_err();
        assert_eq!(error.to_string(), "there is no letter template 'uitnoding'");
        assert_eq!(
            error.hint().unwrap(),
            "the letter templates are: uitnodiging, uitnodiging-groot"
        );
    }

    #[test]
    fn a_template_is_read_from_its_folder_and_is_the_same_as_the_shipped_one() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("letter-templates/uitnodiging");
        let read = Template::read(&folder).unwrap();
        assert_eq!(
            read.hash(),
            Template::shipped("uitnodiging").unwrap().hash()
        );
        assert!(Template::read(&folder.join("samples")).is_err());
    }

    #[test]
    fn sizes_must_fall_and_stay_readable() {
        assert!(are_sizes(&[10.5, 10.0], 9.5));
        for wrong in [&[][..], &[9.5, 10.0], &[100.0], &[f64::NAN], &[10.0, 9.0]] {
            assert!(!are_sizes(wrong, 9.5), "{wrong:?}");
        }
    }
}
