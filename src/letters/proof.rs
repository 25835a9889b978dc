//! The proof that a letter may be posted, from the finished frames and not from what the layout meant to do:
//! exactly one A4, the address inside the window, nothing else near it, nothing cut off.

use typst::{
    layout::{Abs, Frame, FrameItem, Point, Rect, Transform},
    text::TextItem,
};
use typst_layout::{Page, PagedDocument};

use super::window::{SHEET, Window, contains, overlap};

/// A letter that was proved. There is no other way to get one, and only this can be exported.
#[derive(Clone, Copy)]
pub(super) struct Letter<'a> {
    page: &'a Page,
}

impl<'a> Letter<'a> {
    pub(super) fn page(self) -> &'a Page {
        self.page
    }
}

/// Why a client gets no letter although there is something to send: it cannot be set so that it may be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// About so many lines too long at the smallest size.
    LinesTooLong(u32),
    /// The address does not fit in the window at the smallest size.
    AddressTooLarge,
    /// A word of the client's data, such as a name without spaces, is wider than the line.
    WordTooWide,
    /// Characters that the font does not have, sorted, each once.
    MissingGlyph(Vec<char>),
}

/// What is wrong with a letter as it was set; some faults go away at a smaller size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    TooLong(u32),
    AddressTooLarge,
    WordTooWide,
    /// A rule that the layout itself must keep, whatever the data.
    Layout(Breach),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breach {
    NotA4,
    PartMissing,
    NearWindow,
    OffSheet,
    SenderTooWide,
    ReturnLineTooWide,
}

impl Breach {
    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::NotA4 => "a page is not A4",
            Self::PartMissing => "the address, the text or the code is missing from a letter",
            Self::NearWindow => {
                "something other than the address comes within 5 mm of the address window"
            }
            Self::OffSheet => "something lies outside the sheet",
            Self::SenderTooWide => "a line of the sender's details is too long",
            Self::ReturnLineTooWide => "the return address is wider than the window",
        }
    }
}

/// Judges every letter of a document that was made of `count` letters.
///
/// # Errors
/// When the pages can't be told apart as so many letters.
pub(super) fn judge(
    document: &PagedDocument,
    count: usize,
    window: Window,
) -> Result<Vec<Result<Letter<'_>, Fault>>, Breach> {
    let surveys: Vec<Survey> = document
        .pages()
        .iter()
        .map(|page| Survey::of(page, window))
        .collect();
    let starts: Vec<usize> = (0..surveys.len())
        .filter(|page| surveys[*page].part(Part::Address).is_some())
        .collect();
    if starts.len() != count || starts.first() != Some(&0) {
        return Err(Breach::PartMissing);
    }
    let ends = starts.iter().skip(1).copied().chain([surveys.len()]);
    Ok(starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            prove(&surveys[*start..end]).map(|()| Letter {
                page: &document.pages()[*start],
            })
        })
        .collect())
}

fn prove(pages: &[Survey]) -> Result<(), Fault> {
    let breach = |kind| {
        pages
            .iter()
            .find_map(|page| page.faults.iter().find(|fault| **fault == kind).copied())
    };
    // The worst first: a broken layout, then what a smaller size won't mend, then what it may.
    for page in pages {
        if let Some(fault) = page
            .faults
            .iter()
            .find(|fault| matches!(fault, Fault::Layout(_)))
        {
            return Err(*fault);
        }
    }
    if pages.len() > 1 {
        return Err(Fault::TooLong(lines_too_long(pages)));
    }
    if let Some(fault) = breach(Fault::AddressTooLarge).or_else(|| breach(Fault::WordTooWide)) {
        return Err(fault);
    }
    let whole = [Part::Body, Part::Code]
        .iter()
        .all(|part| pages[0].part(*part).is_some());
    if whole {
        Ok(())
    } else {
        Err(Fault::Layout(Breach::PartMissing))
    }
}

/// About how many lines the text and the code block take beyond the sheet; at least one.
fn lines_too_long(pages: &[Survey]) -> u32 {
    /// The gap that the layout keeps above the code block, in millimetres, and a line in points.
    const GAP: f64 = 7.0;
    const LINE: f64 = 14.0;
    let bodies: Vec<Rect> = pages
        .iter()
        .filter_map(|page| page.part(Part::Body))
        .collect();
    let code = pages.iter().find_map(|page| page.part(Part::Code));
    let (Some(first), Some(code)) = (bodies.first(), code) else {
        return 1;
    };
    // The code block is pushed to the foot of its page, so its lower edge is where the room ends.
    let room = code.max.y - first.min.y;
    let text: Abs = bodies.iter().map(|body| body.size().y).sum();
    let over = text + Abs::mm(GAP) + code.size().y - room;
    (over.to_pt() / LINE).ceil().clamp(1.0, 10_000.0) as u32
}

/// The labelled parts of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Address,
    ReturnLine,
    Sender,
    Body,
    Code,
}

impl Part {
    fn labelled(label: &str) -> Option<Self> {
        match label {
            "address" => Some(Self::Address),
            "return-line" => Some(Self::ReturnLine),
            "sender" => Some(Self::Sender),
            "body" => Some(Self::Body),
            "code" => Some(Self::Code),
            _ => None,
        }
    }
}

/// What one page holds and what is wrong with it.
struct Survey {
    window: Window,
    parts: Vec<(Part, Rect)>,
    faults: Vec<Fault>,
}

impl Survey {
    fn of(page: &Page, window: Window) -> Self {
        let mut survey = Self {
            window,
            parts: Vec::new(),
            faults: Vec::new(),
        };
        let (width, height) = (page.frame.width().to_pt(), page.frame.height().to_pt());
        if (width - SHEET.0).abs() > 0.01 || (height - SHEET.1).abs() > 0.01 {
            survey.faults.push(Fault::Layout(Breach::NotA4));
        }
        survey.walk(&page.frame, Transform::identity(), None);
        survey
    }

    fn part(&self, part: Part) -> Option<Rect> {
        self.parts
            .iter()
            .find(|(known, _)| *known == part)
            .map(|(_, rect)| *rect)
    }

    fn walk(&mut self, frame: &Frame, to_sheet: Transform, part: Option<(Part, Rect)>) {
        for (position, item) in frame.items() {
            let here = to_sheet.pre_concat(Transform::translate(position.x, position.y));
            match item {
                FrameItem::Group(group) => {
                    let inside = here.pre_concat(group.transform);
                    let labelled = group
                        .label
                        .and_then(|label| Part::labelled(label.resolve().as_str()));
                    let part = match labelled {
                        Some(part) => {
                            let rect = moved(
                                Rect::from_pos_size(Point::zero(), group.frame.size()),
                                inside,
                            );
                            self.parts.push((part, rect));
                            Some((part, rect))
                        }
                        None => part,
                    };
                    self.walk(&group.frame, inside, part);
                }
                FrameItem::Text(text) => self.look_at_text(text, here, part),
                FrameItem::Shape(shape, _) => {
                    let rect = moved(shape.geometry.bbox(shape.stroke.as_ref()), here);
                    self.look_at(rect, part);
                }
                FrameItem::Image(_, size, _) => {
                    self.look_at(moved(Rect::from_pos_size(Point::zero(), *size), here), part);
                }
                FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }

    /// Text is judged by its ink, but ink is looked up only where the line as a whole could be wrong.
    fn look_at_text(&mut self, text: &TextItem, here: Transform, part: Option<(Part, Rect)>) {
        let line = moved(
            Rect::new(
                Point::new(Abs::zero(), text.size * -1.1),
                Point::new(text.width(), text.size * 0.35),
            ),
            here,
        );
        let harmless = match part {
            Some((Part::Address | Part::ReturnLine, _)) => false,
            Some((_, room)) => line.max.x <= room.max.x,
            None => true,
        };
        if harmless && contains(sheet(), line) && !overlap(self.window.clear, line) {
            return;
        }
        let ink = text.bbox();
        // Spaces have no ink.
        if ink.min.x.to_pt().is_finite() && ink.max.x.to_pt().is_finite() {
            self.look_at(moved(ink, here), part);
        }
    }

    fn look_at(&mut self, rect: Rect, part: Option<(Part, Rect)>) {
        let sticks_out = |room: Rect| rect.max.x > room.max.x + Abs::pt(0.5);
        let fault = match part {
            Some((Part::Address, _)) => {
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
