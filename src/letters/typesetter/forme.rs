//! A plate made ready in a press process: the layout parsed, the files as typst wants them. It serves many chunks.

use chrono::Datelike;
use typst::{
    foundations::{Bytes, Datetime},
    syntax::Source,
};

use super::{
    window::Window,
    world::{LetterWorld, layout_source},
};
use crate::letters::{
    content::{EditionData, LetterContent, LetterData},
    plate::{Plate, PlateId},
};

/// How far down the plate's lists of sizes: of the body, of the address.
pub(in crate::letters) type Steps = (usize, usize);

pub(in crate::letters) struct Forme {
    plate: Plate,
    layout: Source,
    logo: Option<Bytes>,
    qr: Option<Bytes>,
    window: Window,
    date: Datetime,
    /// The shared data as JSON.
    shared: String,
}

impl Forme {
    /// # Errors
    /// A sentence, when the plate was not made by an edition.
    pub(in crate::letters) fn new(mut plate: Plate) -> Result<Self, String> {
        let shared = serde_json::to_string(&plate.shared).map_err(|error| error.to_string())?;
        let day = plate.date;
        // A month is at most 12 and a day at most 31, so both fit in a byte.
        let date = Datetime::from_ymd_hms(day.year(), day.month() as u8, day.day() as u8, 0, 0, 0)
            .ok_or("the letter date is no date")?;
        Ok(Self {
            layout: layout_source(&plate.layout),
            logo: plate.artwork.take().map(Bytes::new),
            qr: plate.qr.take().map(Bytes::from_string),
            window: Window::of(plate.window),
            date,
            shared,
            plate,
        })
    }

    pub(in crate::letters) fn id(&self) -> &PlateId {
        &self.plate.id
    }

    pub(super) fn letter_data(&self, letter: &LetterContent, steps: Steps) -> LetterData {
        let plate = &self.plate;
        // Behind the sizes with a barcode under the address come the same without.
        let sizes = plate.address_sizes.len();
        LetterData::new(
            letter,
            plate.body_sizes[steps.0],
            plate.address_sizes[steps.1 % sizes],
            steps.1 < sizes,
        )
    }

    /// How many steps a letter may take: of the body, of the address.
    pub(super) fn steps(&self, letter: &LetterContent) -> Steps {
        let (body, address) = self.plate.sizes();
        match letter.words.kix {
            Some(_) => (body, 2 * address),
            None => (body, address),
        }
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    pub(super) fn shared(&self) -> &EditionData {
        &self.plate.shared
    }

    /// The letter date.
    pub(super) fn date(&self) -> Datetime {
        self.date
    }

    pub(super) fn layout(&self) -> &Source {
        &self.layout
    }

    /// The world with these letters, each as JSON.
    pub(super) fn world(&self, letters: &[String]) -> LetterWorld {
        let data = format!(
            r#"{{"edition":{},"letters":[{}]}}"#,
            self.shared,
            letters.join(",")
        );
        LetterWorld::new(
            self.layout.clone(),
            self.logo.clone(),
            self.qr.clone(),
            data,
        )
    }
}
