//! An edition: everything the letters of one team share, checked once before any letter is set.

use std::sync::Arc;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::domain::{
    letter_fault::Tight,
    organisation::{AddressWindow, Logo, Organisation},
};

use super::{
    content::missing_glyphs,
    error::{EditionError, ORGANISATION},
    logo::Artwork,
    plate::Plate,
    press::Press,
    qr,
    shared::shared_data,
    template::Template,
    text,
    trial::set_trial_letters,
    typography,
};

/// What an edition is made of.
#[derive(Clone)]
pub struct EditionSpec<'a> {
    /// Its `letter` preferences say which template and text.
    pub organisation: &'a Organisation,
    pub window: AddressWindow,
    pub logo: Option<Logo>,
    pub team_name: &'a str,
    pub letter_date: NaiveDate,
    /// The last day on which the codes work.
    pub valid_until: NaiveDate,
}

/// Everything the letters of one team share. It exists only when a letter can be made of it: the text was read,
/// every placeholder has a value, the logo can be set, and all that is shared fits in its place.
pub struct Edition {
    template: Template,
    text_hash: [u8; 32],
    /// Of the text.
    file: String,
    /// Its lines too many.
    too_long: Option<u32>,
    plate: Arc<Plate>,
}

impl Edition {
    /// Checks the template, the text, the values and the logo, and has a press set a letter to an invented client.
    ///
    /// Takes some tens of milliseconds, or as long as a press waits for others; blocks.
    ///
    /// # Errors
    /// [`EditionError`] with what is wrong and a hint, in terms of what the provider wrote.
    pub fn new(spec: EditionSpec<'_>, press: &Press) -> Result<Self, EditionError> {
        let template = Template::of(&spec.organisation.letter)?;
        Self::of_template(template, spec, press)
    }

    /// As [`Edition::new`], with another template than the organisation prefers.
    ///
    /// # Errors
    /// As [`Edition::new`].
    pub fn of_template(
        template: Template,
        spec: EditionSpec<'_>,
        press: &Press,
    ) -> Result<Self, EditionError> {
        let with_kix = spec.organisation.letter.kix;
        Self::untried(template, spec, press)?.tried(with_kix, press)
    }

    /// The same, when a letter can be made of it.
    pub(super) fn tried(self, with_kix: bool, press: &Press) -> Result<Self, EditionError> {
        let names = (self.template.name(), self.file.as_str());
        let too_long = set_trial_letters(&self.plate, names, with_kix, press)?;
        Ok(Self { too_long, ..self })
    }

    /// Everything but the trial letters. Only a [`super::Sketch`] does without them.
    pub(super) fn untried(
        template: Template,
        spec: EditionSpec<'_>,
        press: &Press,
    ) -> Result<Self, EditionError> {
        let own = spec.organisation.letter.text.as_ref();
        let (file, source) = match own {
            Some(own) => (own.file.as_str(), own.content.as_str()),
            None => ("text.txt", template.standard_text()),
        };
        let letter_text =
            text::parse(source, template.placeholders()).map_err(|error| EditionError::Text {
                file: file.to_owned(),
                error: Box::new(error),
            })?;
        let artwork = match &spec.logo {
            Some(logo) => Some(press.artwork(logo)?),
            None => None,
        };
        let shared = shared_data(&spec, &letter_text, (file, source), artwork.as_ref())?;
        let mut plate = Plate {
            id: [0; 32],
            layout: template.layout().to_owned(),
            shared,
            window: spec.window,
            date: spec.letter_date,
            body_sizes: template.body_sizes().to_vec(),
            address_sizes: template.address_sizes().to_vec(),
            qr: qr_of(spec.organisation)?,
            artwork: artwork.map(|Artwork { bytes, .. }| bytes),
        };
        plate.id = id_of(&plate, &template)?;
        Ok(Self {
            file: file.to_owned(),
            too_long: None,
            text_hash: Sha256::digest(source.as_bytes()).into(),
            plate: Arc::new(plate),
            template,
        })
    }

    /// The file of the text and how many lines it is too long, when it is so for the plainest of clients at the smallest
    /// size: then nobody gets a letter.
    pub fn too_long(&self) -> Option<(&str, u32)> {
        self.too_long.map(|lines| (self.file.as_str(), lines))
    }

    /// What errors call the file of the text.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub fn template_name(&self) -> &str {
        self.template.name()
    }

    /// Of the layout, its settings and the fonts, as 64 hexadecimal digits.
    pub fn template_hash(&self) -> String {
        hex::encode(self.template.hash())
    }

    /// Of the text before values come in, as 64 hexadecimal digits.
    pub fn text_hash(&self) -> String {
        hex::encode(self.text_hash)
    }

    /// The characters of a letter's words that the font does not have, sorted, each once; no code is needed to know.
    /// Empty: all can be printed.
    pub fn missing_glyphs<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Vec<char> {
        let printed: Vec<String> = texts.map(typography::value).collect();
        missing_glyphs(printed.iter().map(String::as_str))
    }

    pub(super) fn plate(&self) -> &Arc<Plate> {
        &self.plate
    }
}

fn qr_of(organisation: &Organisation) -> Result<Option<String>, EditionError> {
    if !organisation.letter.qr {
        return Ok(None);
    }
    match qr::drawing(&organisation.letter.portal_url) {
        Some(drawing) => Ok(Some(drawing)),
        None => Err(EditionError::DoesNotFit {
            file: ORGANISATION.to_owned(),
            kind: Tight::QrCode,
            what: "the address of the portal in a QR code",
            hint: "use a shorter portal_url in organisation.toml, or leave out `qr`",
        }),
    }
}

/// Of all that decides how a letter looks.
fn id_of(plate: &Plate, template: &Template) -> Result<[u8; 32], EditionError> {
    let shared = serde_json::to_vec(plate).map_err(|error| EditionError::Template {
        name: template.name().to_owned(),
        fault: super::error::TemplateFault {
            file: "template.toml".to_owned(),
            place: None,
            problem: error.to_string(),
            hint: "this should not happen".to_owned(),
        },
    })?;
    let mut hasher = Sha256::new();
    hasher.update(template.hash());
    hasher.update(Sha256::digest(shared));
    hasher.update(Sha256::digest(plate.artwork.as_deref().unwrap_or_default()));
    Ok(hasher.finalize().into())
}
