//! The words that came out, held against those that went in. A layout that drops a line, hides it, or prints the code
//! of another client makes no letter, whatever it looks like.

use super::proof::{Breach, Part};
use crate::letters::content::{BlockData, LetterData, paragraphs_of};

/// What each part of a page says, in the order it was set.
#[derive(Default)]
pub(super) struct Printed {
    parts: Vec<(Part, String)>,
}

impl Printed {
    pub(super) fn add(&mut self, part: Part, text: &str) {
        match self.parts.iter_mut().find(|(known, _)| *known == part) {
            Some((_, all)) => all.push_str(text),
            None => self.parts.push((part, text.to_owned())),
        }
    }

    fn of(&self, part: Part) -> String {
        self.parts
            .iter()
            .find(|(known, _)| *known == part)
            .map(|(_, text)| bare(text))
            .unwrap_or_default()
    }
}

/// Whether the address is the letter's and nothing else, the text is all there in its order, and the code block has the
/// client and the code.
pub(super) fn check(
    printed: &Printed,
    letter: &LetterData,
    blocks: &[BlockData],
) -> Result<(), Breach> {
    if printed.of(Part::Address) != bare(&letter.address().concat()) {
        return Err(Breach::AddressDiffers);
    }
    let code = printed.of(Part::Code);
    if !code.contains(letter.code()) || !code.contains(&bare(letter.client())) {
        return Err(Breach::CodeDiffers);
    }
    let body = printed.of(Part::Body);
    let mut rest = body.as_str();
    for paragraph in paragraphs_of(blocks, letter) {
        let words = bare(&paragraph);
        let Some(at) = rest.find(&words) else {
            return Err(Breach::TextDiffers);
        };
        rest = &rest[at + words.len()..];
    }
    Ok(())
}

/// Without what a layout may change and nobody misreads: spaces, hyphens at the end of a line, capitals.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{ad}' | '\u{2010}' | '\u{200b}'))
        .flat_map(char::to_lowercase)
        .collect()
}
