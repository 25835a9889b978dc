//! A letter that somebody is writing: how it fits, and a picture of it that nobody can take for a letter. Nothing is
//! exported, so it is there while they type.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use typst_layout::PagedDocument;

use super::{
    chunk::{Evict, compile_letters, step_down},
    complaint::Complaint,
    fault::Fault,
    forme::{Forme, Steps},
    picture::{Rgba, Size, draw, encode, no_page},
    proof::examine,
    world::{LetterWorld, layout_source},
};
use crate::letters::content::LetterContent;

/// How a letter fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::letters) struct Measure {
    /// How full the room for the text is at the first size: 1 is full.
    pub(in crate::letters) fill: f64,
    /// At which it fits; the smallest when it does at none.
    pub(in crate::letters) steps: Steps,
    /// What is wrong with it at those.
    pub(in crate::letters) fault: Option<Fault>,
}

/// A picture, with its size.
pub(in crate::letters) struct Drawing {
    pub(in crate::letters) png: Vec<u8>,
    pub(in crate::letters) size: Size,
}

/// Measures letters, each made smaller until it fits.
///
/// # Errors
/// When typst refuses, or the pages cannot be told apart as letters. It may speak of the data.
pub(in crate::letters) fn measure(
    forme: &Forme,
    letters: &[LetterContent],
) -> Result<Vec<Measure>, Complaint> {
    let mut measures: Vec<Measure> = Vec::new();
    let mut left: Vec<usize> = (0..letters.len()).collect();
    let mut steps = vec![(0, 0); letters.len()];
    while !left.is_empty() {
        let _evict = Evict;
        let chosen: Vec<LetterContent> = left.iter().map(|at| letters[*at].clone()).collect();
        let sizes: Vec<Steps> = left.iter().map(|at| steps[*at]).collect();
        let (document, data) = compile_letters(forme, &chosen, &sizes)?;
        let examined = examine(&document, forme, &data).map_err(Complaint::of_breach)?;
        if measures.is_empty() {
            measures.extend(examined.iter().map(|(_, fill)| Measure {
                fill: *fill,
                steps: (0, 0),
                fault: None,
            }));
        }
        let mut smaller = Vec::new();
        for (at, (verdict, _)) in left.iter().zip(&examined) {
            let fault = verdict.as_ref().err().copied();
            if let Some(fault) = fault
                && step_down(&mut steps[*at], fault, forme.steps(&letters[*at])).is_none()
            {
                smaller.push(*at);
            }
            measures[*at].steps = steps[*at];
            measures[*at].fault = fault;
        }
        left = smaller;
    }
    Ok(measures)
}

/// Draws the first page of a letter at `dpi` dots per inch, marked as an example.
///
/// # Errors
/// As [`measure`].
pub(in crate::letters) fn example(
    forme: &Forme,
    letter: &LetterContent,
    steps: Steps,
    dpi: f64,
) -> Result<Drawing, Complaint> {
    let _evict = Evict;
    let (document, _) = compile_letters(forme, std::slice::from_ref(letter), &[steps])?;
    let page = document.pages().first().ok_or_else(no_page)?;
    let (size, pixels) = draw(page, dpi);
    let png = MARK.with_borrow_mut(|mark| {
        let over = mark.pixels(size, dpi);
        encode(
            size,
            pixels
                .iter()
                .zip(over)
                .map(|(under, over)| covered(*under, *over)),
        )
    })?;
    Ok(Drawing { png, size })
}

fn covered(under: Rgba, over: Rgba) -> [u8; 3] {
    let left = u16::from(255 - over[3]);
    std::array::from_fn(|at| {
        let sum = u16::from(over[at]) + (u16::from(under[at]) * left + 127) / 255;
        u8::try_from(sum).unwrap_or(u8::MAX)
    })
}

/// One word across the sheet, pale enough to read the letter through it.
const EXAMPLE: &str = r##"#set page(paper: "a4", margin: 0pt, fill: none)
#set text(font: "Noto Sans", weight: "bold", size: 112pt, fill: rgb(178, 34, 34, 44), lang: "nl")
#place(center + horizon, rotate(-54.7deg)[VOORBEELD])"##;

thread_local! {
    static MARK: RefCell<Mark> = RefCell::default();
}

/// The mark as it was drawn last: most previews are of one size.
#[derive(Default)]
struct Mark {
    dpi: f64,
    size: Size,
    pixels: Vec<Rgba>,
}

impl Mark {
    /// Of the size of the page; no mark on a sheet of another shape, which is no letter anyway.
    fn pixels(&mut self, size: Size, dpi: f64) -> &[Rgba] {
        if self.size != size || self.dpi.to_bits() != dpi.to_bits() {
            let world = LetterWorld::new(layout_source(EXAMPLE), None, None, String::new());
            let drawn = typst::compile::<PagedDocument>(&world).output.ok();
            let drawn = drawn.and_then(|sheet| Some(draw(sheet.pages().first()?, dpi)));
            let of_page = drawn.filter(|(drawn, _)| *drawn == size);
            let none = || vec![[0; 4]; size.0 as usize * size.1 as usize];
            *self = Self {
                dpi,
                size,
                pixels: of_page.map_or_else(none, |(_, pixels)| pixels),
            };
        }
        &self.pixels
    }
}
