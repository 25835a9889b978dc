//! An edition: everything the letters of one team share, checked once before any letter is set.

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};
use typst::{
    foundations::{Bytes, Datetime},
    syntax::Source,
};

use crate::domain::organisation::{AddressWindow, Logo, Organisation};

use super::{
    content::{LetterContent, LetterData, missing_glyphs},
    error::EditionError,
    logo::prepare,
    shared::shared_data,
    template::Template,
    text,
    trial::{aside, set_trial_letter},
    typography,
    window::Window,
    world::{LetterWorld, layout_source},
};

/// What an edition is made of.
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
    layout: Source,
    logo: Option<Bytes>,
    window: Window,
    date: Datetime,
    /// What `shared.rs` gathered, as JSON.
    shared: String,
    text_hash: [u8; 32],
    /// Of all that decides how a letter of this edition looks.
    fingerprint: [u8; 32],
}

impl Edition {
    /// Checks the template, the text, the values and the logo, and sets a letter to an invented client.
    ///
    /// Takes some tens of milliseconds; blocks.
    ///
    /// # Errors
    /// [`EditionError`] with what is wrong and a hint, in terms of what the provider wrote.
    pub fn new(spec: EditionSpec<'_>) -> Result<Self, EditionError> {
        let template = Template::shipped(&spec.organisation.letter.template)?;
        Self::of_template(template, spec)
    }

    /// As [`Edition::new`], with a template that need not be a shipped one. Its layout is code that runs without
    /// limits of time and memory: do this in a child process, unless the template is shipped.
    ///
    /// # Errors
    /// As [`Edition::new`].
    pub fn of_template(template: Template, spec: EditionSpec<'_>) -> Result<Self, EditionError> {
        let source = spec
            .organisation
            .letter
            .text
            .as_deref()
            .unwrap_or_else(|| template.standard_text());
        let letter_text =
            text::parse(source, template.placeholders()).map_err(EditionError::Text)?;
        let artwork = match &spec.logo {
            Some(logo) => Some(
                aside(|| prepare(logo)).unwrap_or_else(|| Err(EditionError::unreadable_logo()))?,
            ),
            None => None,
        };
        let data = shared_data(&spec, &letter_text, artwork.as_ref())?;
        let shared = serde_json::to_string(&data).map_err(|error| EditionError::Template {
            name: template.name().to_owned(),
            problem: error.to_string(),
        })?;
        let logo = artwork.map(|artwork| artwork.bytes);
        let edition = Self {
            layout: layout_source(template.layout()),
            window: Window::of(spec.window),
            date: midnight(spec.letter_date),
            text_hash: Sha256::digest(source.as_bytes()).into(),
            fingerprint: fingerprint(&template, &shared, logo.as_ref()),
            template,
            logo,
            shared,
        };
        set_trial_letter(&edition)?;
        Ok(edition)
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

    /// `steps` says how far down the template's lists of sizes: of the body, of the address.
    pub(super) fn letter_data(&self, letter: &LetterContent, steps: (usize, usize)) -> LetterData {
        let (body, address) = (self.template.body_sizes(), self.template.address_sizes());
        LetterData::new(letter, body[steps.0], address[steps.1])
    }

    /// How many sizes there are to try: of the body, of the address.
    pub(super) fn sizes(&self) -> (usize, usize) {
        (
            self.template.body_sizes().len(),
            self.template.address_sizes().len(),
        )
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    /// The letter date.
    pub(super) fn date(&self) -> Datetime {
        self.date
    }

    pub(super) fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// The world with these letters, each as JSON.
    pub(super) fn world(&self, letters: &[String]) -> LetterWorld {
        let data = format!(
            r#"{{"edition":{},"letters":[{}]}}"#,
            self.shared,
            letters.join(",")
        );
        LetterWorld::new(self.layout.clone(), self.logo.clone(), data)
    }

    pub(super) fn layout(&self) -> &Source {
        &self.layout
    }

    /// The same without its logo, to find out whether it is the logo that cannot be set; `None` when it has none.
    pub(super) fn without_logo(&self) -> Option<Self> {
        self.logo.as_ref()?;
        let mut shared: serde_json::Value = serde_json::from_str(&self.shared).ok()?;
        shared["logo"] = serde_json::Value::Null;
        Some(Self {
            template: self.template.clone(),
            layout: self.layout.clone(),
            logo: None,
            shared: shared.to_string(),
            ..*self
        })
    }
}

fn fingerprint(template: &Template, shared: &str, logo: Option<&Bytes>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(template.hash());
    hasher.update(Sha256::digest(shared.as_bytes()));
    hasher.update(Sha256::digest(
        logo.map(Bytes::as_slice).unwrap_or_default(),
    ));
    hasher.finalize().into()
}

#[expect(
    clippy::expect_used,
    reason = "a NaiveDate is a day that exists, and every day has a midnight"
)]
fn midnight(day: NaiveDate) -> Datetime {
    // A month is at most 12 and a day at most 31, so both fit in a byte.
    Datetime::from_ymd_hms(day.year(), day.month() as u8, day.day() as u8, 0, 0, 0)
        .expect("every day has a midnight")
}
