//! A letter as a picture, for people and for comparing.

use std::collections::BTreeMap;

use typst::utils::Scalar;
use typst_layout::Page;
use typst_render::{RenderOptions, render};

use super::{
    chunk::{Evict, compile_letters},
    complaint::Complaint,
    fault::Fault,
    forme::{Forme, Steps},
    proof::judge,
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
    let (size, pixels) = draw(page, dpi);
    let png = encode(
        size,
        pixels
            .iter()
            .map(|[red, green, blue, _]| [*red, *green, *blue]),
    )?;
    Ok((png, fault))
}

/// Red, green, blue and how much of what lies under it a pixel covers; each color is multiplied by that.
pub(super) type Rgba = [u8; 4];

/// Width and height, in pixels.
pub(in crate::letters) type Size = (u32, u32);

/// The pixels of a page at `dpi` dots per inch, row by row.
pub(super) fn draw(page: &Page, dpi: f64) -> (Size, Vec<Rgba>) {
    let options = RenderOptions {
        pixel_per_pt: Scalar::new(dpi / 72.0),
        ..RenderOptions::default()
    };
    let pixmap = render(page, &options);
    let pixels = pixmap.pixels().iter();
    let pixels = pixels
        .map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
        .collect();
    ((pixmap.width(), pixmap.height()), pixels)
}

/// The pixels of an opaque page as PNG.
pub(super) fn encode(
    size: Size,
    pixels: impl Iterator<Item = [u8; 3]>,
) -> Result<Vec<u8>, Complaint> {
    let pixels: Vec<[u8; 3]> = pixels.map(|pixel| pixel.map(in_steps)).collect();
    pack(size, &pixels)
        .map_err(|error| Complaint::new(&error.to_string(), "see that the page is not too large"))
}

pub(super) fn no_page() -> Complaint {
    Complaint::new(
        "no page came out",
        "the layout must set a page for every letter",
    )
}

/// Sixteen steps a colour: the edges of letters stay smooth, and a picture is half as large.
fn in_steps(value: u8) -> u8 {
    ((u16::from(value) + 8) / 17 * 17) as u8
}

/// A palette when it suffices, as it does but for photographs.
fn pack((width, height): Size, pixels: &[[u8; 3]]) -> Result<Vec<u8>, png::EncodingError> {
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_compression(png::Compression::Balanced);
    let mut places: BTreeMap<[u8; 3], u8> = BTreeMap::new();
    // Most pixels are as the one before.
    let mut last = None;
    let in_palette = pixels.iter().all(|pixel| {
        if last == Some(pixel) {
            return true;
        }
        last = Some(pixel);
        let next = places.len();
        places.contains_key(pixel)
            || u8::try_from(next).is_ok_and(|next| places.insert(*pixel, next).is_none())
    });
    if !in_palette {
        encoder.set_color(png::ColorType::Rgb);
        encoder
            .write_header()?
            .write_image_data(pixels.as_flattened())?;
        return Ok(png);
    }
    let mut palette = vec![0; places.len() * 3];
    for (color, place) in &places {
        let at = usize::from(*place) * 3;
        palette[at..at + 3].copy_from_slice(color);
    }
    encoder.set_palette(palette);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_filter(png::Filter::NoFilter);
    let (depth, data) = if places.len() <= 16 {
        (png::BitDepth::Four, in_halves(width, pixels, &places))
    } else {
        let data = pixels.iter().map(|pixel| places[pixel]).collect();
        (png::BitDepth::Eight, data)
    };
    encoder.set_depth(depth);
    encoder.write_header()?.write_image_data(&data)?;
    Ok(png)
}

/// Two pixels a byte, each row starting at a byte of its own.
fn in_halves(width: u32, pixels: &[[u8; 3]], places: &BTreeMap<[u8; 3], u8>) -> Vec<u8> {
    pixels
        .chunks(width as usize)
        .flat_map(|row| {
            row.chunks(2).map(|pair| {
                let second = pair.get(1).map_or(0, |pixel| places[pixel]);
                places[&pair[0]] << 4 | second
            })
        })
        .collect()
}
