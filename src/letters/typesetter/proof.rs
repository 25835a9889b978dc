//! The proof that a letter may be posted, from the finished frames and not from what the layout meant to do:
//! exactly one A4, the address inside the window, nothing else near it, nothing cut off or left out.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use typst::{
    layout::{Abs, Frame, FrameItem, GroupItem, Point, Rect, Transform},
    text::TextItem,
    visualize::Paint,
};
use typst_layout::{Page, PagedDocument};

use super::{
    forme::Forme,
    window::{SHEET, Window, contains, overlap},
    words::{self, Printed},
};
use crate::letters::{
    content::LetterData,
    template::{SMALLEST_ADDRESS, SMALLEST_BODY},
};

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

/// Why a client gets no letter although there is something to send: it cannot be set so that it may be posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Misfit {
    /// About so many lines too long at the smallest size.
    LinesTooLong(u32),
    /// The address does not fit in the window at the smallest size.
    AddressTooLarge,
    /// A word of the client's data, such as a name without spaces, is wider than the line.
    WordTooWide,
    /// Characters that the font does not have, sorted, each once.
    MissingGlyph(Vec<char>),
    /// The layout cannot set this one letter: the press process ended over it, or typst refused.
    CannotBeSet,
}

impl Misfit {
    /// What a fault at the smallest size comes to.
    pub(in crate::letters) fn of(fault: Fault) -> Self {
        match fault {
            Fault::TooLong(lines) => Self::LinesTooLong(lines),
            Fault::WordTooWide => Self::WordTooWide,
            Fault::AddressTooLarge => Self::AddressTooLarge,
            Fault::Layout(_) => Self::CannotBeSet,
        }
    }
}

/// What is wrong with a letter as it was set; some faults go away at a smaller size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::letters) enum Fault {
    TooLong(u32),
    AddressTooLarge,
    WordTooWide,
    /// A rule that the layout itself must keep, whatever the data.
    Layout(Breach),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::letters) enum Breach {
    NotA4,
    NoPages,
    AddressMissing,
    TextMissing,
    CodeMissing,
    KixMissing,
    AddressDiffers,
    TextDiffers,
    CodeDiffers,
    NearWindow,
    OffSheet,
    PageBreak,
    Clipped,
    TooSmall,
    TooPale,
    NotDutch,
    QrMissing,
    OthersCode,
    OthersName,
    SenderTooWide,
    ReturnLineTooWide,
}

impl Breach {
    pub(in crate::letters) fn sentence(self) -> &'static str {
        match self {
            Self::NotA4 => "a page is not A4",
            Self::NoPages => "the pages cannot be told apart as letters",
            Self::AddressMissing => "the address is missing from a letter",
            Self::TextMissing => "the text is missing from a letter",
            Self::CodeMissing => "the block with the code is missing from a letter",
            Self::KixMissing => "the barcode is missing from under the address",
            Self::AddressDiffers => "the address on a letter is not the one that went in",
            Self::TextDiffers => "the text on a letter is not all that went in",
            Self::CodeDiffers => "the block with the code does not have the client and the code",
            Self::NearWindow => {
                "something other than the address comes within 5 mm of the address window"
            }
            Self::OffSheet => "something lies outside the sheet",
            Self::PageBreak => "a letter takes two pages although its text would fit on one",
            Self::Clipped => "something is cut off by a block that clips",
            Self::TooSmall => "the address, the text or the code is smaller than it may be",
            Self::TooPale => "the address, the text or the code is not dark",
            Self::NotDutch => "the text is not marked as Dutch",
            Self::QrMissing => "the QR code is missing from a letter",
            Self::OthersCode => "a letter has the code of another",
            Self::OthersName => "the title or the author of the document has what is on a letter",
            Self::SenderTooWide => "a line of the sender's details is too long",
            Self::ReturnLineTooWide => "the return address is wider than the window",
        }
    }

    /// What to change in `layout.typ`.
    pub(in crate::letters) fn hint(self) -> &'static str {
        match self {
            Self::NotA4 => "set the page with `paper: \"a4\"`",
            Self::NoPages => {
                "start every letter of input.letters on a page of its own, with one block labelled <address> on its first page"
            }
            Self::AddressMissing => "set letter.address in a block labelled <address>",
            Self::TextMissing => "set edition.blocks in a block labelled <body>",
            Self::CodeMissing => "set the code in a block labelled <code>",
            Self::KixMissing => "draw letter.kix in a block labelled <kix>",
            Self::AddressDiffers => {
                "set every line of letter.address and nothing else in the block labelled <address>"
            }
            Self::TextDiffers => {
                "set every span of edition.blocks, in order, in the block labelled <body>"
            }
            Self::CodeDiffers => {
                "set letter.client and letter.code of the same letter in the block labelled <code>"
            }
            Self::NearWindow => {
                "the window is x 35-105 mm (left) or 109-175 mm (right), y 55-85 mm; keep 5 mm around it free"
            }
            Self::OffSheet => "keep everything between 0 and 210 by 297 mm",
            Self::PageBreak => "take out the page break, or the space, that comes before the code",
            Self::Clipped => {
                "leave out `clip: true`, make the block larger, and give a picture its width alone"
            }
            Self::TooSmall => {
                "set them at letter.address_size and letter.size; an address is at least 8 points, a text 9.5, a code 12"
            }
            Self::TooPale => "set them in black, or in a dark colour",
            Self::NotDutch => "set `text(lang: \"nl\")` above everything else",
            Self::QrMissing => "set `qr(26mm)`, which is a block labelled <qr>",
            Self::OthersCode => "take from input.letters only the letter that is being set",
            Self::OthersName => {
                "all letters of a team share the title and the author: set them to what they share"
            }
            Self::SenderTooWide => "make the block labelled <sender> wider, or its type smaller",
            Self::ReturnLineTooWide => {
                "set edition.return.line at edition.return.size in a block as wide as the window, labelled <return-line>"
            }
        }
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

/// Of a code that is posted, in points (NIST SP 800-63A).
const SMALLEST_CODE: f64 = 12.0;

/// How light a colour may be that letters are read in, from 0 (black) to 1.
const MOST_LIGHT: f32 = 0.45;

/// Lines of an address that a window shows and a sorting machine reads †.
const MOST_ADDRESS_LINES: usize = 6;

/// The labelled parts of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Address,
    Kix,
    ReturnLine,
    Sender,
    Body,
    Code,
    Qr,
    /// Where the room for text and code ends.
    Foot,
}

impl Part {
    fn labelled(label: &str) -> Option<Self> {
        match label {
            "address" => Some(Self::Address),
            "kix" => Some(Self::Kix),
            "return-line" => Some(Self::ReturnLine),
            "sender" => Some(Self::Sender),
            "body" => Some(Self::Body),
            "code" => Some(Self::Code),
            "foot" => Some(Self::Foot),
            "qr" => Some(Self::Qr),
            _ => None,
        }
    }
}

/// What one page holds and what is wrong with it.
struct Survey {
    window: Window,
    parts: Vec<(Part, Rect)>,
    printed: Printed,
    /// Baselines of the address, in points from the top edge.
    address_lines: Vec<f64>,
    /// What of the block with the code is too small for a code.
    small_print: Vec<String>,
    faults: Vec<Fault>,
}

impl Survey {
    fn of(page: &Page, window: Window) -> Self {
        let mut survey = Self {
            window,
            parts: Vec::new(),
            printed: Printed::default(),
            address_lines: Vec::new(),
            small_print: Vec::new(),
            faults: Vec::new(),
        };
        let (width, height) = (page.frame.width().to_pt(), page.frame.height().to_pt());
        if (width - SHEET.0).abs() > 0.01 || (height - SHEET.1).abs() > 0.01 {
            survey.faults.push(Fault::Layout(Breach::NotA4));
        }
        survey.walk(&page.frame, Transform::identity(), Place::default());
        survey
    }

    fn part(&self, part: Part) -> Option<Rect> {
        self.parts
            .iter()
            .find(|(known, _)| *known == part)
            .map(|(_, rect)| *rect)
    }

    fn walk(&mut self, frame: &Frame, to_sheet: Transform, place: Place) {
        for (position, item) in frame.items() {
            let here = to_sheet.pre_concat(Transform::translate(position.x, position.y));
            match item {
                FrameItem::Group(group) => {
                    let inside = here.pre_concat(group.transform);
                    let place = self.enter(group, inside, place);
                    self.walk(&group.frame, inside, place);
                }
                FrameItem::Text(text) => self.look_at_text(text, here, place),
                FrameItem::Shape(shape, _) => {
                    let rect = moved(shape.geometry.bbox(shape.stroke.as_ref()), here);
                    self.look_at(rect, place);
                }
                FrameItem::Image(_, size, _) => {
                    let rect = moved(Rect::from_pos_size(Point::zero(), *size), here);
                    self.look_at(rect, place);
                }
                FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }

    fn enter(&mut self, group: &GroupItem, to_sheet: Transform, outer: Place) -> Place {
        let mut place = outer;
        let labelled = group
            .label
            .and_then(|label| Part::labelled(label.resolve().as_str()));
        if let Some(part) = labelled {
            let rect = moved(
                Rect::from_pos_size(Point::zero(), group.frame.size()),
                to_sheet,
            );
            self.parts.push((part, rect));
            place.part = Some((part, rect));
        }
        if let Some(clip) = &group.clip {
            let clip = moved(clip.bbox(None), to_sheet);
            place.shown = Some(match outer.shown {
                Some(shown) => Rect::new(shown.min.max(clip.min), shown.max.min(clip.max)),
                None => clip,
            });
        }
        place
    }

    /// Text is judged by its ink, but ink is looked up only where the line as a whole could be wrong.
    fn look_at_text(&mut self, text: &TextItem, here: Transform, place: Place) {
        let baseline = Point::zero().transform(here).y.to_pt();
        let part = place.part.map(|(part, _)| part);
        self.printed.add(part, &text.text, baseline);
        if part == Some(Part::Address) {
            self.add_address_line(baseline, text.size.to_pt());
        }
        self.faults
            .extend(part.and_then(|part| hard_to_read(text, here, part)));
        if part == Some(Part::Code) && size_on_sheet(text, here) < SMALLEST_CODE - 0.05 {
            self.small_print.push(text.text.to_string());
        }
        let line = moved(
            Rect::new(
                Point::new(Abs::zero(), text.size * -1.1),
                Point::new(text.width(), text.size * 0.35),
            ),
            here,
        );
        let harmless = match place.part {
            Some((Part::Address | Part::ReturnLine, _)) => false,
            Some((_, room)) => line.max.x <= room.max.x,
            None => true,
        };
        let shown = place.shown.is_none_or(|shown| contains(shown, line));
        if harmless && shown && contains(sheet(), line) && !overlap(self.window.clear, line) {
            return;
        }
        let ink = text.bbox();
        // Spaces have no ink.
        if ink.min.x.to_pt().is_finite() && ink.max.x.to_pt().is_finite() {
            self.look_at(moved(ink, here), place);
        }
    }

    /// Lines are further apart than the size of their type; an accent that stands apart from its letter is not.
    fn add_address_line(&mut self, baseline: f64, size: f64) {
        let known = |line: &f64| (line - baseline).abs() < size;
        if !self.address_lines.iter().any(known) {
            self.address_lines.push(baseline);
        }
    }

    fn look_at(&mut self, rect: Rect, place: Place) {
        let sticks_out = |room: Rect| rect.max.x > room.max.x + Abs::pt(1.0);
        let clipped = place.shown.is_some_and(|shown| !contains(shown, rect));
        let fault = match place.part {
            _ if clipped => Some(Fault::Layout(Breach::Clipped)),
            Some((Part::Address | Part::Kix, _)) => {
                (!contains(self.window.address, rect)).then_some(Fault::AddressTooLarge)
            }
            Some((Part::ReturnLine, _)) => {
                let beside = rect.min.x < self.window.address.min.x
                    || rect.max.x > self.window.address.max.x;
                (beside || !contains(self.window.clear, rect))
                    .then_some(Fault::Layout(Breach::ReturnLineTooWide))
            }
            Some((Part::Sender, room)) if sticks_out(room) => {
                Some(Fault::Layout(Breach::SenderTooWide))
            }
            Some((Part::Body | Part::Code, room)) if sticks_out(room) => Some(Fault::WordTooWide),
            _ if !contains(sheet(), rect) => Some(Fault::Layout(Breach::OffSheet)),
            _ => overlap(self.window.clear, rect).then_some(Fault::Layout(Breach::NearWindow)),
        };
        self.faults.extend(fault);
    }
}

/// What a reader could not make out: type that is too small or too pale, or that a voice reads in another language.
fn hard_to_read(text: &TextItem, here: Transform, part: Part) -> Option<Fault> {
    let least = match part {
        Part::Address => SMALLEST_ADDRESS,
        Part::Body => SMALLEST_BODY,
        Part::Code => SMALLEST_BODY,
        _ => return None,
    };
    let dark = match &text.fill {
        Paint::Solid(color) => color.to_luma().luma <= MOST_LIGHT,
        _ => false,
    };
    let breach = if size_on_sheet(text, here) < least - 0.05 {
        Breach::TooSmall
    } else if !dark {
        Breach::TooPale
    } else if text.lang.as_str() != "nl" {
        Breach::NotDutch
    } else {
        return None;
    };
    Some(Fault::Layout(breach))
}

/// Points, however the text was scaled.
fn size_on_sheet(text: &TextItem, here: Transform) -> f64 {
    text.size.to_pt() * here.ky.get().hypot(here.sy.get())
}

/// Where on the page an item is: in which part, and in which clipping block.
#[derive(Clone, Copy, Default)]
struct Place {
    part: Option<(Part, Rect)>,
    /// What of the sheet the blocks around it show; `None`: all of it.
    shown: Option<Rect>,
}

fn sheet() -> Rect {
    Rect::new(
        Point::zero(),
        Point::new(Abs::pt(SHEET.0), Abs::pt(SHEET.1)),
    )
}

/// A rectangle of a frame on the sheet: the smallest upright one around its four corners there.
fn moved(rect: Rect, to_sheet: Transform) -> Rect {
    let corners = [
        rect.min,
        rect.max,
        Point::new(rect.min.x, rect.max.y),
        Point::new(rect.max.x, rect.min.y),
    ]
    .map(|corner| corner.transform(to_sheet));
    let min = corners.iter().fold(corners[0], |a, b| a.min(*b));
    let max = corners.iter().fold(corners[0], |a, b| a.max(*b));
    Rect::new(min, max)
}
