//! A letter that somebody is writing: how full its sheet is, and what it looks like, before anybody tries it for good.

use std::sync::Arc;

use crate::domain::organisation::LetterPreferences;

use super::{
    content::{LetterContent, LetterData, LetterWords, paragraphs_of},
    edition::{Edition, EditionSpec},
    error::{EditionError, PressError},
    invented,
    press::{Press, Trouble},
    specimen::specimen,
    template::Template,
    trial::{refused, unfit},
    typesetter::{
        Complaint, Fault, Misfit,
        forme::Steps,
        sketch::{Drawing, Measure},
    },
};

/// As an [`Edition`] whose text, values and logo were read, but of which no letter was set.
pub struct Sketch {
    edition: Edition,
    preferences: LetterPreferences,
}

/// To whom a sketch is addressed.
#[derive(Clone)]
pub enum Model {
    /// An invented client with a short name and address.
    Plain,
    /// An invented client with a name and an address as long as they come.
    Longest,
    /// A client of the organisation.
    Client(LetterWords),
}

/// A picture of a letter, marked as an example, and how it fits.
pub struct Sketched {
    pub png: Vec<u8>,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// What is on the letter, as it is printed.
    pub page: SketchedPage,
    pub plainest: Measured,
    pub longest: Measured,
    /// The letter in the picture.
    pub drawn: Measured,
}

/// The words of a page in the order in which they are read.
pub struct SketchedPage {
    pub sender: Vec<String>,
    pub with_logo: bool,
    pub address: Vec<String>,
    pub date_line: String,
    pub paragraphs: Vec<String>,
    pub client: String,
    pub valid_until: String,
    pub portal_url: String,
}

/// How a letter fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// How full the room for the text is at the first size: 1 is full.
    pub fill: f64,
    /// Points: the size at which it fits, or the smallest.
    pub size_pt: f64,
    /// There is no smaller size.
    pub smallest: bool,
    pub misfit: Option<Misfit>,
}

impl Sketch {
    /// Reads the template, the text, the values and the logo. Blocks.
    ///
    /// # Errors
    /// As [`Edition::new`], of what can be told without setting a letter.
    pub fn new(spec: EditionSpec<'_>, press: &Press) -> Result<Self, EditionError> {
        let template = Template::of(&spec.organisation.letter)?;
        let preferences = spec.organisation.letter.clone();
        Ok(Self {
            edition: Edition::untried(template, spec, press)?,
            preferences,
        })
    }

    /// Whether a letter to the plainest of clients can be set and exported; it may be too long. Blocks.
    ///
    /// # Errors
    /// As [`Edition::new`].
    pub fn try_out(self, press: &Press) -> Result<(), EditionError> {
        self.edition.tried(self.preferences.kix, press).map(drop)
    }

    /// The characters of a client's words that the font does not have; see [`Edition::missing_glyphs`].
    pub fn missing_glyphs(&self, words: &LetterWords) -> Vec<char> {
        self.edition.missing_glyphs(words.texts())
    }

    /// Sets the letter for the plainest, the longest and the chosen client, and draws the last at `dpi` dots per inch.
    /// The code is nobody's. Blocks, for some tens of milliseconds.
    ///
    /// # Errors
    /// What can be set for nobody.
    pub fn draw(&self, model: Model, dpi: f64, press: &Press) -> Result<Sketched, EditionError> {
        let plain = specimen(invented::plain(&self.preferences));
        let longest = specimen(invented::longest(&self.preferences));
        let (at, real) = match model {
            Model::Plain => (0, None),
            Model::Longest => (1, None),
            Model::Client(words) => (2, Some(specimen(words))),
        };
        // Of an invented client the typesetter may say all; so those come first, alone.
        let mut letters = vec![plain, longest];
        let drawn = real.is_none().then_some((at, dpi));
        let (mut measures, mut drawing) = self.set(letters.clone(), drawn, true, press)?;
        if let Some(letter) = real {
            let (more, picture) = self.set(vec![letter.clone()], Some((0, dpi)), false, press)?;
            letters.push(letter);
            measures.extend(more);
            drawing = picture;
        }
        let [plainest, longest, ..] = measures.as_slice() else {
            return Err(PressError::Confused.into());
        };
        if let Some(fault) = plainest.fault
            && !matches!(fault, Fault::TooLong(_))
        {
            return Err(unfit(
                self.edition.template_name(),
                self.edition.file(),
                fault,
            ));
        }
        let (Some(Drawing { png, size }), Some(measure), Some(letter)) =
            (drawing, measures.get(at), letters.get(at))
        else {
            return Err(PressError::Confused.into());
        };
        Ok(Sketched {
            png,
            size,
            page: self.page(letter),
            plainest: self.measured(plainest),
            longest: self.measured(longest),
            drawn: self.measured(measure),
        })
    }

    fn set(
        &self,
        letters: Vec<LetterContent>,
        drawn: Option<(usize, f64)>,
        invented: bool,
        press: &Press,
    ) -> Result<(Vec<Measure>, Option<Drawing>), EditionError> {
        let plate = Arc::clone(self.edition.plate());
        let set = press.ask(move |operator| operator.sketch(&plate, &letters, drawn, invented))?;
        set.map_err(|trouble| self.at_fault(trouble, press))
    }

    /// As the trial letters say it: a logo is named where it is at fault.
    fn at_fault(&self, trouble: Trouble, press: &Press) -> EditionError {
        let of_template = |complaint: Complaint| EditionError::Layout {
            template: self.edition.template_name().to_owned(),
            complaint,
        };
        let plate = self.edition.plate();
        match refused(plate, trouble, self.preferences.kix, press) {
            Ok(complaint) => of_template(complaint),
            Err(error) => error,
        }
    }

    fn measured(&self, measure: &Measure) -> Measured {
        let sizes = &self.edition.plate().body_sizes;
        let (step, _): Steps = measure.steps;
        Measured {
            fill: measure.fill,
            size_pt: sizes.get(step).copied().unwrap_or_default(),
            smallest: step + 1 >= sizes.len(),
            misfit: measure.fault.map(Misfit::of),
        }
    }

    fn page(&self, letter: &LetterContent) -> SketchedPage {
        let shared = &self.edition.plate().shared;
        // Only its words are asked for, which are the same at every size.
        let data = LetterData::new(letter, 0.0, 0.0, false);
        let sender = &shared.sender;
        SketchedPage {
            sender: std::iter::once(&sender.name)
                .chain(&sender.address)
                .chain(&sender.contact)
                .cloned()
                .collect(),
            with_logo: shared.logo.is_some(),
            address: data.address().to_vec(),
            date_line: shared.date_line.clone(),
            paragraphs: paragraphs_of(&shared.blocks, &data),
            client: data.client().to_owned(),
            valid_until: shared.valid_until.clone(),
            portal_url: shared.portal_url.clone(),
        }
    }
}
