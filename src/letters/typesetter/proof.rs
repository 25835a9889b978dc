//! The proof that a letter may be posted, from the finished frames and not from what the layout meant to do:
//! exactly one A4, the address inside the window, nothing else near it, nothing cut off or left out.

use std::collections::HashSet;

use typst::layout::{Abs, Rect};
use typst_layout::{Page, PagedDocument};

use super::{
    fault::{Breach, Fault},
    forme::Forme,
    survey::{Part, Survey},
    words,
};
use crate::letters::content::LetterData;

/// A letter that was proved. There is no other way to get one, and only this can be exported.
#[derive(Clone, Copy)]
pub(in crate::letters) struct Letter<'a> {
    page: &'a Page,
}

impl<'a> Letter<'a> {
    pub(super) fn page(self) -> &'a Page {
        self.page
    }
}

/// Judges every letter of a document that was made of `letters`.
///
/// # Errors
/// When the pages can't be told apart as so many letters.
pub(super) fn judge<'a>(
    document: &'a PagedDocument,
    forme: &Forme,
    letters: &[LetterData],
) -> Result<Vec<Result<Letter<'a>, Fault>>, Breach> {
    let examined = examine(document, forme, letters)?;
    Ok(examined.into_iter().map(|(verdict, _)| verdict).collect())
}

/// What a letter is found to be, and how full the room for its text is.
pub(super) type Examined<'a> = (Result<Letter<'a>, Fault>, f64);

/// Judges every letter, and measures how full the room for its text is: 1 is full, and more does not fit.
///
/// # Errors
/// As [`judge`].
pub(super) fn examine<'a>(
    document: &'a PagedDocument,
    forme: &Forme,
    letters: &[LetterData],
) -> Result<Vec<Examined<'a>>, Breach> {
    let surveys: Vec<Survey> = document
        .pages()
        .iter()
        .map(|page| Survey::of(page, forme.window()))
        .collect();
    let starts: Vec<usize> = (0..surveys.len())
        .filter(|page| surveys[*page].part(Part::Address).is_some())
        .collect();
    if starts.is_empty() {
        return Err(Breach::AddressMissing);
    }
    if starts.len() != letters.len() || starts.first() != Some(&0) {
        return Err(Breach::NoPages);
    }
    let codes: HashSet<&str> = letters.iter().map(LetterData::code).collect();
    let ends = starts.iter().skip(1).copied().chain([surveys.len()]);
    Ok(starts
        .iter()
        .zip(ends)
        .zip(letters)
        .map(|((start, end), letter)| {
            let pages = &surveys[*start..end];
            let others = |number: String| number != letter.code() && codes.contains(&*number);
            let verdict = match prove(pages, letter, forme) {
                Ok(()) if pages[0].printed.numbers().any(others) => {
                    Err(Fault::Layout(Breach::OthersCode))
                }
                Ok(()) => Ok(Letter {
                    page: &document.pages()[*start],
                }),
                Err(fault) => Err(fault),
            };
            (verdict, fill(pages))
        })
        .collect())
}

/// How full the room for the text is.
fn fill(pages: &[Survey]) -> f64 {
    let share = match Room::of(pages) {
        Some(room) => room.text.to_pt() / room.free.to_pt().max(1.0),
        None => 0.0,
    };
    // What stands on one page fits, whatever an estimate of the gap between text and code says.
    match pages.len() {
        1 => share.clamp(0.0, 1.0),
        _ => share.max(1.01),
    }
}

/// Whether what describes the document, which is in the PDF of every letter, has words of one of them. Asked of trial
/// letters, whose names are in no title by chance, as that of a client called Caren would be.
pub(super) fn names_a_letter(document: &PagedDocument, letters: &[LetterData]) -> bool {
    let info = typst::model::Document::info(document);
    let about: Vec<&str> = [&info.title, &info.description]
        .into_iter()
        .flatten()
        .chain(&info.author)
        .chain(&info.keywords)
        .map(|text| text.as_str())
        .collect();
    letters.iter().any(|letter| {
        let words = [letter.client(), letter.addressee(), letter.code()];
        about
            .iter()
            .any(|text| words.iter().any(|word| text.contains(word)))
    })
}

/// Lines of an address that a window shows and a sorting machine reads †.
const MOST_ADDRESS_LINES: usize = 6;

fn prove(pages: &[Survey], letter: &LetterData, forme: &Forme) -> Result<(), Fault> {
    // The worst first: a broken layout, then what a smaller size won't mend, then what it may.
    let mut faults = pages.iter().flat_map(|page| &page.faults);
    if let Some(fault) = faults
        .clone()
        .find(|fault| matches!(fault, Fault::Layout(_)))
    {
        return Err(*fault);
    }
    if pages.len() > 1 {
        return Err(match lines_too_long(pages, letter.size()) {
            Some(lines) => Fault::TooLong(lines),
            None => Fault::Layout(Breach::PageBreak),
        });
    }
    let page = &pages[0];
    if page.address_lines.len() > MOST_ADDRESS_LINES {
        return Err(Fault::AddressTooLarge);
    }
    let worst = faults
        .clone()
        .find(|fault| matches!(fault, Fault::AddressTooLarge));
    if let Some(fault) = worst.or_else(|| faults.next()) {
        return Err(*fault);
    }
    if page.small_print.iter().any(|text| text == letter.code()) {
        return Err(Fault::Layout(Breach::TooSmall));
    }
    let parts = [
        (Part::Body, Breach::TextMissing),
        (Part::Code, Breach::CodeMissing),
        (Part::Kix, Breach::KixMissing),
        (Part::Qr, Breach::QrMissing),
    ];
    for (part, breach) in parts {
        let wanted = match part {
            Part::Kix => letter.has_kix(),
            Part::Qr => forme.shared().qr.is_some(),
            _ => true,
        };
        if wanted && page.part(part).is_none() {
            return Err(Fault::Layout(breach));
        }
    }
    words::check(&page.printed, letter, &forme.shared().blocks).map_err(Fault::Layout)
}

/// About how many lines the text and the code block take beyond the sheet; at least one. `None` when they would fit:
/// something else made the second page.
fn lines_too_long(pages: &[Survey], size: f64) -> Option<u32> {
    /// A line in sizes of its type.
    const LINE: f64 = 1.43;
    let Some(room) = Room::of(pages) else {
        return Some(1);
    };
    let lines = (room.text - room.free).to_pt() / (LINE * size);
    // Two lines are more than the estimate is ever wrong by.
    let fits = lines < -2.0 && pages[0].part(Part::Foot).is_some();
    (!fits).then(|| lines.ceil().clamp(1.0, 10_000.0) as u32)
}

/// How high the text of a letter is, and how high it may be.
struct Room {
    text: Abs,
    /// What one sheet has between the top of the text and the block with the code.
    free: Abs,
}

impl Room {
    /// `None` when a letter has no text or no block with a code.
    fn of(pages: &[Survey]) -> Option<Self> {
        /// The gap that the layout keeps above the code block, in millimetres.
        const GAP: f64 = 7.0;
        let bodies: Vec<Rect> = pages
            .iter()
            .filter_map(|page| page.part(Part::Body))
            .collect();
        let first = bodies.first()?;
        let code = pages.iter().find_map(|page| page.part(Part::Code))?;
        // A layout that does not say where its pages end has the code at the foot of one.
        let foot = pages[0].part(Part::Foot).unwrap_or(code);
        Some(Self {
            text: bodies.iter().map(|body| body.size().y).sum(),
            free: foot.max.y - first.min.y - Abs::mm(GAP) - code.size().y,
        })
    }
}
