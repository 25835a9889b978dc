//! A letter as a picture, for people and for comparing.

use typst::utils::Scalar;
use typst_render::{RenderOptions, render};

use super::{
    chunk::{Evict, compile_letters},
    complaint::Complaint,
    forme::{Forme, Steps},
    proof::{Fault, judge},
};
use crate::letters::content::LetterContent;

/// Draws the page of `letter` at `dpi` dots per inch, as PNG, and says what is wrong with it, if anything. Of a letter
/// that is too long it is the first page.
pub(in crate::letters) fn picture(
    forme: &Forme,
    letter: &LetterContent,
    steps: Steps,
    dpi: f64,
) -> Result<(Vec<u8>, Option<Fault>), Complaint> {
    let _evict = Evict;
    let (document, data) = compile_letters(forme, std::slice::from_ref(letter), &[steps])?;
    let verdicts = judge(&document, forme, &data).map_err(Complaint::of_breach)?;
    let fault = verdicts
        .first()
        .and_then(|verdict| verdict.as_ref().err().copied());
    let page = document.pages().first().ok_or_else(no_page)?;
    let options = RenderOptions {
        pixel_per_pt: Scalar::new(dpi / 72.0),
        ..RenderOptions::default()
    };
    let png = render(page, &options).encode_png().map_err(|error| {
        Complaint::new(&error.to_string(), "see that the page is not too large")
    })?;
    Ok((png, fault))
}

fn no_page() -> Complaint {
    Complaint::new(
        "no page came out",
        "the layout must set a page for every letter",
    )
}
