//! An edition: everything the letters of one team share, checked once before any letter is set.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{Datelike, NaiveDate};
use sha2::{Digest, Sha256};
use typst::{
    foundations::{Bytes, Datetime},
    syntax::Source,
};

use crate::domain::{
    calendar::long_date,
    invitation::Code,
    organisation::{AddressWindow, Organisation},
};

use super::{
    chunk,
    content::{
        EditionData, LetterContent, LetterData, LogoData, ReturnData, SenderData, fill,
        missing_glyphs, texts_of,
    },
    error::EditionError,
    fonts,
    logo::{Artwork, Logo, prepare},
    placeholder::Placeholder,
    proof::{Breach, Fault},
    template::Template,
    text, typography,
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
    /// [`EditionData`] as JSON.
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
            Some(logo) => Some(safely(|| prepare(logo)).unwrap_or_else(|| Err(unreadable_logo()))?),
            None => None,
        };
        let data = shared_data(&spec, &letter_text, artwork.as_ref())?;
        check_glyphs(&data)?;
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
        edition.set_a_trial_letter()?;
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

    /// What all letters share must hold for the plainest letter, or it holds for none. A text that is too long is
    /// no error here: each client is then left out with that reason.
    fn set_a_trial_letter(&self) -> Result<(), EditionError> {
        let steps = (self.sizes().0 - 1, 0);
        let letter = trial_letter();
        // A stack of its own: how deep a layout goes must not depend on the thread that asks.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .stack_size(super::press::STACK)
            .build()
            .map_err(|error| self.broken_layout(error.to_string()))?;
        let outcome = safely(|| pool.install(|| chunk::try_one(self, &letter, steps)));
        match outcome {
            Some(Ok(Ok(()) | Err(Fault::TooLong(_)))) => Ok(()),
            Some(Ok(Err(fault))) => Err(self.unfit(fault)),
            Some(Err(_))
                if self.logo.is_some() && self.sets_without_logo(&pool, &letter, steps) =>
            {
                Err(unreadable_logo())
            }
            Some(Err(problem)) => Err(self.broken_layout(problem)),
            None => Err(self.broken_layout("the typesetter broke down".to_owned())),
        }
    }

    /// Whether it is the logo that the typesetter refuses.
    fn sets_without_logo(
        &self,
        pool: &rayon::ThreadPool,
        letter: &LetterContent,
        steps: (usize, usize),
    ) -> bool {
        let Ok(serde_json::Value::Object(mut shared)) = serde_json::from_str(&self.shared) else {
            return false;
        };
        shared.insert("logo".to_owned(), serde_json::Value::Null);
        let bare = Self {
            template: self.template.clone(),
            layout: self.layout.clone(),
            logo: None,
            shared: serde_json::Value::Object(shared).to_string(),
            ..*self
        };
        matches!(
            safely(|| pool.install(|| chunk::try_one(&bare, letter, steps))),
            Some(Ok(_))
        )
    }

    fn unfit(&self, fault: Fault) -> EditionError {
        match fault {
            Fault::Layout(Breach::SenderTooWide) => EditionError::DoesNotFit {
                what: "a line of the sender's details (name, address, e-mail or website)",
                hint: "use a shorter e-mail address, website or name in organisation.toml",
            },
            Fault::Layout(Breach::ReturnLineTooWide) => EditionError::DoesNotFit {
                what: "the return address",
                hint: "use a shorter street or city in organisation.toml",
            },
            Fault::WordTooWide => EditionError::DoesNotFit {
                what: "a word of the text, wider than the line,",
                hint: "break it up with spaces or hyphens",
            },
            Fault::Layout(Breach::NearWindow) => EditionError::DoesNotFit {
                what: "the sender's name and details above the address window",
                hint: "use a shorter name in organisation.toml",
            },
            Fault::Layout(breach) => self.broken_layout(breach.sentence().to_owned()),
            Fault::AddressTooLarge | Fault::TooLong(_) => {
                self.broken_layout("a plain address does not lie inside the window".to_owned())
            }
        }
    }

    fn broken_layout(&self, problem: String) -> EditionError {
        EditionError::Layout {
            template: self.template.name().to_owned(),
            problem,
        }
    }
}

fn shared_data(
    spec: &EditionSpec<'_>,
    letter_text: &text::LetterText,
    artwork: Option<&Artwork>,
) -> Result<EditionData, EditionError> {
    let organisation = spec.organisation;
    let name = typography::value(&organisation.name);
    let street = typography::value(&organisation.address.street_line());
    let place = typography::value(&format!(
        "{} {}",
        organisation.address.postcode, organisation.address.city
    ));
    let contact = [
        &organisation.telephone,
        &organisation.email,
        &organisation.website,
    ];
    let contact = contact
        .into_iter()
        .flatten()
        .map(|line| typography::value(line));
    Ok(EditionData {
        window: match spec.window {
            AddressWindow::Left => "left",
            AddressWindow::Right => "right",
        },
        logo: artwork.map(|artwork| LogoData {
            format: artwork.format.clone(),
            width: artwork.width,
            alt: format!("Logo van {name}"),
        }),
        return_line: return_line(&name, &street, &place),
        sender: SenderData {
            name,
            address: vec![street, place],
            contact: contact.filter(|line| !line.is_empty()).collect(),
        },
        date_line: format!(
            "{}, {}",
            typography::value(&organisation.address.city),
            long_date(spec.letter_date)
        ),
        valid_until: long_date(spec.valid_until),
        portal_url: typography::value(&organisation.letter.portal_url),
        blocks: fill(letter_text, &|placeholder| shared_value(spec, placeholder))?,
    })
}

/// The printed value of a placeholder that is the same on all letters.
fn shared_value(spec: &EditionSpec<'_>, placeholder: Placeholder) -> Result<String, EditionError> {
    let organisation = spec.organisation;
    let (value, key) = match placeholder {
        Placeholder::Telephone => (organisation.telephone.clone(), "telephone"),
        Placeholder::Email => (organisation.email.clone(), "email"),
        Placeholder::Website => (organisation.website.clone(), "website"),
        Placeholder::PortalUrl => (Some(organisation.letter.portal_url.clone()), "portal_url"),
        Placeholder::CareProviderName => (Some(organisation.name.clone()), "name"),
        Placeholder::TeamName => (Some(spec.team_name.to_owned()), "name of the team"),
        Placeholder::LetterDate => (Some(long_date(spec.letter_date)), "letter date"),
        Placeholder::ValidUntil => (Some(long_date(spec.valid_until)), "valid until"),
        // A letter's own; `fill` never asks for them here.
        Placeholder::AddresseeName
        | Placeholder::Salutation
        | Placeholder::ClientName
        | Placeholder::Code => (None, ""),
    };
    let printed = value
        .map(|value| typography::value(&value))
        .unwrap_or_default();
    if printed.is_empty() {
        return Err(EditionError::MissingValue {
            placeholder: placeholder.name(),
            key,
        });
    }
    Ok(printed)
}

/// The return address on one line of at most the window's width: in full, or without the name, which the
/// letterhead has anyway.
fn return_line(name: &str, street: &str, place: &str) -> ReturnData {
    /// The block in `layout.typ`, 69 mm in points.
    const WIDTH: f64 = 195.0;
    let full = format!("{name} · {street} · {place}");
    let short = format!("{street} · {place}");
    let fits = |(line, size): &(&String, f64)| fonts::width(line, *size) <= WIDTH;
    let (line, size) = [(&full, 7.0), (&full, 6.5), (&short, 7.0)]
        .into_iter()
        .find(fits)
        .unwrap_or((&short, 6.5));
    ReturnData {
        line: line.clone(),
        size,
    }
}

fn check_glyphs(data: &EditionData) -> Result<(), EditionError> {
    let sender = &data.sender;
    let sender = std::iter::once(&sender.name)
        .chain(&sender.address)
        .chain(&sender.contact)
        .chain([&data.date_line]);
    let places: [(&str, Vec<char>); 3] = [
        (
            "the sender's details",
            missing_glyphs(sender.map(String::as_str)),
        ),
        ("the text", missing_glyphs(texts_of(&data.blocks))),
        (
            "the address of the portal",
            missing_glyphs([data.portal_url.as_str()].into_iter()),
        ),
    ];
    match places.into_iter().find(|(_, missing)| !missing.is_empty()) {
        Some((place, characters)) => Err(EditionError::MissingGlyph { place, characters }),
        None => Ok(()),
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

/// A letter to nobody: no client can be invented that is plainer.
#[expect(clippy::expect_used, reason = "ten digits are a code")]
fn trial_letter() -> LetterContent {
    LetterContent {
        addressee: "Mevr. A. Jansen".to_owned(),
        address_lines: vec!["Sesamstraat 1".to_owned(), "1234 AB Enschede".to_owned()],
        salutation: "Geachte Mevr. A. Jansen".to_owned(),
        client_name: "Mevr. A. Jansen".to_owned(),
        code: Code::parse("0123456789").expect("ten digits are a code"),
    }
}

fn unreadable_logo() -> EditionError {
    EditionError::Logo {
        problem: "cannot be set on a letter".to_owned(),
        hint: "save it as plain SVG, or as PNG in RGB colours".to_owned(),
    }
}

/// `None` when `work` panicked: decoders and the typesetter read what others made.
fn safely<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
