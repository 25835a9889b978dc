//! A logo decoded and made ready to be set: within the limits of a press process, as decoders read what others made.
//!
//! Every single letter carries the logo, so a picture with far more pixels than print needs is made smaller once,
//! here, instead of being packed again for every letter.

use std::sync::Arc;

use typst::{
    foundations::Bytes,
    utils::Scalar,
    visualize::{ExchangeFormat, RasterImage, SvgImage},
};
use typst_layout::PagedDocument;
use typst_render::{RenderOptions, render};

use super::world::{LetterWorld, layout_source};
use crate::{
    domain::{
        letter_fault::LogoProblem,
        organisation::{Logo, LogoFormat},
    },
    letters::logo::{Artwork, ArtworkFormat, LogoFault, ROOM},
};

/// 250 dots per inch over the whole room.
const PRINT_PIXELS: (u32, u32) = (600, 200);
/// A photograph-like logo stays as it is up to here: packing its pixels anew would not make it smaller.
const SMALL_JPG_BYTES: usize = 100 * 1024;

/// Decodes a logo whose outside was checked.
pub(in crate::letters) fn prepare(logo: Logo) -> Result<Artwork, LogoFault> {
    match logo.format {
        LogoFormat::Svg => prepare_drawing(logo.bytes),
        LogoFormat::Png => prepare_picture(logo.bytes, ExchangeFormat::Png, "png"),
        LogoFormat::Jpg => prepare_picture(logo.bytes, ExchangeFormat::Jpg, "jpg"),
        LogoFormat::Pdf => prepare_page(logo.bytes),
    }
}

fn prepare_drawing(bytes: Vec<u8>) -> Result<Artwork, LogoFault> {
    let Ok(drawing) = SvgImage::new(Bytes::new(bytes.clone())) else {
        return Err(LogoFault::new(
            LogoProblem::Unreadable,
            "is not an SVG that can be read",
            "open it in a drawing program and save it again as plain SVG",
        ));
    };
    Ok(Artwork {
        bytes,
        format: ArtworkFormat::Name("svg".to_owned()),
        width: width_in_room(drawing.width(), drawing.height())?,
    })
}

fn prepare_picture(
    bytes: Vec<u8>,
    format: ExchangeFormat,
    name: &str,
) -> Result<Artwork, LogoFault> {
    let picture = RasterImage::plain(Bytes::new(bytes.clone()), format).map_err(|_| {
        LogoFault::new(
            LogoProblem::Unreadable,
            &format!("is not a {} file that can be read", name.to_uppercase()),
            "open it in a drawing program and save it again as PNG",
        )
    })?;
    let width = width_in_room(picture.width().into(), picture.height().into())?;
    let small = picture.width() <= PRINT_PIXELS.0 && picture.height() <= PRINT_PIXELS.1;
    if small || (format == ExchangeFormat::Jpg && bytes.len() <= SMALL_JPG_BYTES) {
        return Ok(Artwork {
            bytes,
            format: ArtworkFormat::Name(name.to_owned()),
            width,
        });
    }
    let picture = Arc::clone(picture.dynamic());
    // `thumbnail` keeps the proportions and only ever makes smaller here.
    let pixels = picture.thumbnail(PRINT_PIXELS.0, PRINT_PIXELS.1);
    let size = (pixels.width(), pixels.height());
    Ok(if pixels.color().has_alpha() {
        of_pixels("rgba8", size, pixels.to_rgba8().into_raw(), width)
    } else {
        of_pixels("rgb8", size, pixels.to_rgb8().into_raw(), width)
    })
}

/// A PDF inside a letter can't be proved to be archivable (PDF/A) or accessible (PDF/UA), so its page is drawn once.
fn prepare_page(bytes: Vec<u8>) -> Result<Artwork, LogoFault> {
    let unreadable = || {
        LogoFault::new(
            LogoProblem::Unreadable,
            "is not a PDF that can be read",
            "save it as SVG (or PNG) and name that file in organisation.toml",
        )
    };
    let bytes = Bytes::new(bytes);
    let drawn = page_of(&bytes, 1).ok_or_else(unreadable)?;
    if page_of(&bytes, 2).is_some() {
        return Err(LogoFault::new(
            LogoProblem::Pages,
            "is a PDF of more than one page",
            "save the one page with the logo as SVG, PNG or PDF",
        ));
    }
    let page = drawn.pages().first().ok_or_else(unreadable)?;
    let (width, height) = (page.frame.width().to_pt(), page.frame.height().to_pt());
    let in_room = width_in_room(width, height)?;
    // So many pixels a point that the page fills what is printed.
    let scale = (f64::from(PRINT_PIXELS.0) / width).min(f64::from(PRINT_PIXELS.1) / height);
    let options = RenderOptions {
        pixel_per_pt: Scalar::new(scale),
        ..RenderOptions::default()
    };
    let pixmap = render(page, &options);
    let size = (pixmap.width(), pixmap.height());
    let pixels: Vec<u8> = pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let color = pixel.demultiply();
            [color.red(), color.green(), color.blue(), color.alpha()]
        })
        .collect();
    Ok(of_pixels("rgba8", size, pixels, in_room))
}

/// The page as a sheet of its own size; `None` when there is no such page.
fn page_of(bytes: &Bytes, number: u32) -> Option<PagedDocument> {
    let layout = format!(
        "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image(\"logo\", format: \"pdf\", page: {number}, alt: \"\")"
    );
    let world = LetterWorld::new(
        layout_source(&layout),
        Some(bytes.clone()),
        None,
        String::new(),
    );
    typst::compile::<PagedDocument>(&world).output.ok()
}

fn of_pixels(encoding: &str, (width, height): (u32, u32), bytes: Vec<u8>, in_room: f64) -> Artwork {
    Artwork {
        bytes,
        format: ArtworkFormat::Pixels {
            encoding: encoding.to_owned(),
            width,
            height,
        },
        width: in_room,
    }
}

/// The width in millimetres at which a picture fills the room for the logo.
fn width_in_room(width: f64, height: f64) -> Result<f64, LogoFault> {
    let (width, height) = (width.abs(), height.abs());
    if width < 1.0 || height < 1.0 || width / height > 50.0 || height / width > 50.0 {
        return Err(LogoFault::new(
            LogoProblem::Shape,
            "has no usable width and height",
            "save it with a width and height in proportion",
        ));
    }
    let scale = (ROOM.0 / width).min(ROOM.1 / height);
    Ok(width * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(inside: &str) -> Logo {
        Logo {
            format: LogoFormat::Svg,
            bytes: format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100">{inside}</svg>"#
            )
            .into(),
        }
    }

    #[test]
    fn a_drawing_fills_the_room() {
        let artwork = prepare(svg(r#"<rect width="10" height="10" fill="url(#a)"/>"#)).unwrap();
        assert!((artwork.width - 60.0).abs() < 0.01);
    }

    #[test]
    fn a_drawing_made_to_exhaust_its_reader_is_refused() {
        // Ten times ten times … the same rectangle, a billion in all.
        let mut bomb = "<rect id='u0' width='1' height='1'/>".to_owned();
        for level in 1..10 {
            let uses = format!("<use href='#u{}'/>", level - 1).repeat(10);
            bomb.push_str(&format!("<g id='u{level}'>{uses}</g>"));
        }
        assert!(prepare(svg(&bomb)).is_err());
    }

    #[test]
    fn a_file_that_is_not_what_it_says_is_refused() {
        for format in [
            LogoFormat::Png,
            LogoFormat::Jpg,
            LogoFormat::Svg,
            LogoFormat::Pdf,
        ] {
            for bytes in [
                &b""[..],
                b"not a picture",
                b"\xff\xd8\xff\xff\xff",
                b"\x89PNG\r\n\x1a\n",
                b"%PDF-1.7\n",
                b"<svg",
            ] {
                let bytes = bytes.to_vec();
                let fault = prepare(Logo { format, bytes }).unwrap_err();
                assert!(!fault.problem.is_empty() && !fault.hint.is_empty());
            }
        }
    }
}
