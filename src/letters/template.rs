//! A letter template: `letter-templates/NAME/` with `template.toml`, `text.txt` and `layout.typ`.
//!
//! The template that ships with the product is compiled into the binary, so the binary works anywhere. Another
//! template's layout is code (Typst): whoever reads one from a folder runs it in a process of its own.

use std::{fs, path::Path};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{error::EditionError, fonts, placeholder::Placeholder};

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

/// The shipped templates: folder name, `template.toml`, `text.txt`, `layout.typ`.
const SHIPPED: [(&str, &str, &str, &str); 1] = [(
    "uitnodiging",
    include_str!("../../letter-templates/uitnodiging/template.toml"),
    include_str!("../../letter-templates/uitnodiging/text.txt"),
    include_str!("../../letter-templates/uitnodiging/layout.typ"),
)];

impl Template {
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
        Self::from_parts(name, description, text, layout)
    }

    /// A template in `folder`, named as the folder. Its layout is code: compile it in a child process only.
    ///
    /// # Errors
    /// [`EditionError::Template`] when a file is missing, unreadable or says something that is not possible.
    pub fn read(folder: &Path) -> Result<Self, EditionError> {
        let name = folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let read = |file: &str| {
            fs::read_to_string(folder.join(file)).map_err(|error| EditionError::Template {
                name: name.clone(),
                problem: format!("{file} cannot be read: {error}"),
            })
        };
        Self::from_parts(
            &name,
            &read("template.toml")?,
            &read("text.txt")?,
            &read("layout.typ")?,
        )
    }

    fn from_parts(
        name: &str,
        description: &str,
        text: &str,
        layout: &str,
    ) -> Result<Self, EditionError> {
        let wrong = |problem: String| EditionError::Template {
            name: name.to_owned(),
            problem,
        };
        let sheet: Sheet = toml::from_str(description).map_err(|error| {
            wrong(format!(
                "template.toml: {}",
                error.to_string().trim().replace('\n', " ")
            ))
        })?;
        if sheet.name != name {
            return Err(wrong(format!(
                "template.toml has the name '{}', the folder '{name}'",
                sheet.name
            )));
        }
        if sheet.language != "nl" {
            return Err(wrong(format!(
                "language '{}' is not known; it must be \"nl\"",
                sheet.language
            )));
        }
        check_sizes("body_sizes", &sheet.body_sizes).map_err(wrong)?;
        check_sizes("address_sizes", &sheet.address_sizes).map_err(wrong)?;
        let placeholders = sheet
            .placeholders
            .iter()
            .map(|typed| {
                Placeholder::parse(typed)
                    .ok_or_else(|| wrong(format!("there is no placeholder [{typed}]")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            name: name.to_owned(),
            description: sheet.description,
            hash: hash_of(&[description, layout]),
            standard_text: text.to_owned(),
            layout: layout.to_owned(),
            placeholders,
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

    /// Of the description, the layout and the fonts: what decides how a letter looks, apart from its text.
    pub(super) fn hash(&self) -> [u8; 32] {
        self.hash
    }
}

/// `template.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    name: String,
    description: String,
    language: String,
    placeholders: Vec<String>,
    body_sizes: Vec<f64>,
    address_sizes: Vec<f64>,
}

fn check_sizes(key: &str, sizes: &[f64]) -> Result<(), String> {
    let in_range = sizes.iter().all(|size| (6.0..=14.0).contains(size));
    let falling = sizes.windows(2).all(|pair| pair[0] > pair[1]);
    if sizes.is_empty() || !in_range || !falling {
        return Err(format!(
            "{key} must be a falling list of font sizes between 6 and 14 points"
        ));
    }
    Ok(())
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
            "the letter templates are: uitnodiging"
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
    fn sizes_must_fall() {
        assert!(check_sizes("body_sizes", &[10.5, 10.0]).is_ok());
        for wrong in [&[][..], &[9.5, 10.0], &[100.0], &[f64::NAN]] {
            assert!(check_sizes("body_sizes", wrong).is_err(), "{wrong:?}");
        }
    }
}
