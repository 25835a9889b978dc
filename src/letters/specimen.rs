//! One letter to an invented client: whether it may be posted, and what it looks like.

use std::sync::Arc;

use crate::domain::invitation::Code;

use super::{
    content::{LetterContent, LetterWords},
    edition::Edition,
    error::EditionError,
    press::{Press, Trouble},
    typesetter::{Misfit, chunk::Pressed, forme::Steps},
};

/// What becomes of a letter, as a batch would decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It fits; `smaller`: not at the first size.
    Letter {
        smaller: bool,
    },
    LeftOut(Misfit),
}

/// The page of a letter.
#[derive(Debug, Clone)]
pub struct Picture {
    pub png: Vec<u8>,
    pub verdict: Verdict,
}

/// On every specimen; no invitation has it but by a chance of one in ten thousand million.
const CODE: &str = "0482915630";

impl Edition {
    /// Sets and exports a letter to an invented client. Blocks.
    ///
    /// # Errors
    /// [`EditionError::Layout`] with what typst says, when the layout is at fault.
    pub fn try_letter(&self, words: LetterWords, press: &Press) -> Result<Verdict, EditionError> {
        Ok(self.set_specimen(words, press)?.0)
    }

    /// Draws the letter as PNG, at the size at which it fits, or the smallest. Blocks.
    ///
    /// # Errors
    /// As [`Edition::try_letter`].
    pub fn draw_letter(
        &self,
        words: LetterWords,
        dpi: f64,
        press: &Press,
    ) -> Result<Picture, EditionError> {
        let (verdict, steps) = self.set_specimen(words.clone(), press)?;
        let plate = Arc::clone(self.plate());
        let letter = specimen(words);
        let drawn = press.ask(move |operator| operator.draw(&plate, &letter, steps, dpi))?;
        let (png, _) = drawn.map_err(|trouble| self.at_fault(trouble))?;
        Ok(Picture { png, verdict })
    }

    fn set_specimen(
        &self,
        words: LetterWords,
        press: &Press,
    ) -> Result<(Verdict, Steps), EditionError> {
        let missing = self.missing_glyphs(words.texts());
        if !missing.is_empty() {
            let verdict = Verdict::LeftOut(Misfit::MissingGlyph(missing));
            return Ok((verdict, (0, 0)));
        }
        let plate = Arc::clone(self.plate());
        let letter = specimen(words);
        let pressed = press
            .ask(move |operator| operator.set_invented(&plate, &letter))?
            .map_err(|trouble| self.at_fault(trouble))?;
        let (misfit, steps) = match pressed {
            Pressed::Whole(sheets) => (None, sheets.steps),
            Pressed::Misfits(unfit) => (unfit.misfits.into_iter().next(), unfit.steps),
        };
        let steps = steps.first().copied().unwrap_or_default();
        let verdict = match misfit {
            Some((_, misfit)) => Verdict::LeftOut(misfit),
            None => Verdict::Letter {
                smaller: steps != (0, 0),
            },
        };
        Ok((verdict, steps))
    }

    fn at_fault(&self, trouble: Trouble) -> EditionError {
        match trouble.complaint() {
            Ok(complaint) => EditionError::Layout {
                template: self.template_name().to_owned(),
                complaint,
            },
            Err(error) => error.into(),
        }
    }
}

/// A letter with the code that is nobody's.
#[expect(clippy::expect_used, reason = "ten digits are a code")]
pub(super) fn specimen(words: LetterWords) -> LetterContent {
    LetterContent {
        words,
        code: Code::parse(CODE).expect("ten digits are a code"),
    }
}
