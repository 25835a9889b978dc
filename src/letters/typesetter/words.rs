//! The words that came out, held against those that went in. A layout that drops a line, hides it, or prints the code
//! of another client makes no letter, whatever it looks like.

use unicode_normalization::char::is_combining_mark;

use super::{fault::Breach, survey::Part};
use crate::letters::content::{BlockData, LetterData, paragraphs_of};

/// What each part of a page says, in the order it was set, and the page as a whole.
#[derive(Default)]
pub(super) struct Printed {
    parts: Vec<(Part, String)>,
    /// A line break between lines.
    page: String,
    /// Where the last line was, in points from the top edge.
    baseline: f64,
}

impl Printed {
    pub(super) fn add(&mut self, part: Option<Part>, text: &str, baseline: f64) {
        if (self.baseline - baseline).abs() > 1.0 {
            self.page.push('\n');
            self.baseline = baseline;
        }
        self.page.push_str(text);
        let Some(part) = part else { return };
        match self.parts.iter_mut().find(|(known, _)| *known == part) {
            Some((_, all)) => all.push_str(text),
            None => self.parts.push((part, text.to_owned())),
        }
    }

    /// Every run of digits on a line, with what is between them of spaces and hyphens taken out.
    pub(super) fn numbers(&self) -> impl Iterator<Item = String> {
        self.page.split('\n').flat_map(|line| {
            let line: String = line
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .collect();
            let numbers: Vec<String> = line
                .split(|c: char| !c.is_ascii_digit())
                .filter(|number| !number.is_empty())
                .map(str::to_owned)
                .collect();
            numbers
        })
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
    let alone = |number: String| number == letter.code();
    if !printed.numbers().any(alone)
        || !code.contains(letter.code())
        || !code.contains(&bare(letter.client()))
    {
        return Err(Breach::CodeDiffers);
    }
    let body = printed.of(Part::Body);
    let mut rest = body.as_str();
    for paragraph in paragraphs_of(blocks, letter) {
        let words = bare(&paragraph);
        let Some(at) = rest.find(&words) else {
            return Err(Breach::TextDiffers);
        };
        // What it ends with may be what the next one starts with, and then counts once, see `bare`.
        rest = &rest[at + words.len() - accented_end(&words)..];
    }
    Ok(())
}

/// Without what a layout may change and nobody misreads: spaces, hyphens at the end of a line, capitals.
///
/// A letter with an accent that Unicode does not have as one character, such as `Ọ́`, comes out of the typesetter once
/// for every height at which a stroke of it stands, each time in full. So it counts once for all in a row.
fn bare(text: &str) -> String {
    let plain =
        |c: char| !c.is_whitespace() && !matches!(c, '-' | '\u{ad}' | '\u{2010}' | '\u{200b}');
    if !text.contains(is_combining_mark) {
        return text
            .chars()
            .filter(|c| plain(*c))
            .flat_map(char::to_lowercase)
            .collect();
    }
    let mut signs: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().skip(1) {
        if !is_combining_mark(c) {
            signs.push(&text[start..at]);
            start = at;
        }
    }
    signs.push(&text[start..]);
    signs.dedup_by(|sign, before| sign == before && sign.contains(is_combining_mark));
    signs
        .into_iter()
        .flat_map(str::chars)
        .filter(|c| plain(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many bytes at the end of bare words are a letter with an accent of its own; mostly 0.
fn accented_end(words: &str) -> usize {
    let plain = words.trim_end_matches(is_combining_mark);
    if plain.len() == words.len() {
        return 0;
    }
    let letter = plain.chars().next_back().map_or(0, char::len_utf8);
    words.len() - plain.len() + letter
}
