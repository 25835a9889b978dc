//! What one page holds, and where on the sheet: its labelled parts, its words, and what is wrong with them.

use typst::{
    layout::{Abs, Frame, FrameItem, GroupItem, Point, Rect, Transform},
    text::TextItem,
    visualize::Paint,
};
use typst_layout::Page;

use super::{
    fault::{Breach, Fault},
    window::{SHEET, Window, contains, overlap},
    words::Printed,
};
use crate::letters::template::{SMALLEST_ADDRESS, SMALLEST_BODY};

/// Of a code that is posted, in points (NIST SP 800-63A).
const SMALLEST_CODE: f64 = 12.0;

/// How light a colour may be that letters are read in, from 0 (black) to 1.
const MOST_LIGHT: f32 = 0.45;

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
pub(super) struct Survey {
    window: Window,
    parts: Vec<(Part, Rect)>,
    pub(super) printed: Printed,
    /// Baselines of the address, in points from the top edge.
    pub(super) address_lines: Vec<f64>,
    /// What of the block with the code is too small for a code.
    pub(super) small_print: Vec<String>,
    pub(super) faults: Vec<Fault>,
}

impl Survey {
    pub(super) fn of(page: &Page, window: Window) -> Self {
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

    pub(super) fn part(&self, part: Part) -> Option<Rect> {
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
