//! The provider's logo: a file from outside, so it is looked at before anything decodes it.
//!
//! Every single letter carries the logo, so a picture with far more pixels than print needs is made smaller once,
//! here, instead of being packed again for every letter.

use std::sync::Arc;

use serde::Serialize;
use typst::{
    foundations::Bytes,
    visualize::{ExchangeFormat, RasterImage, SvgImage},
};

use super::error::EditionError;
use crate::domain::organisation::{Logo, LogoFormat};

/// A logo that was checked and may be set.
#[derive(Debug, Clone)]
pub(super) struct Artwork {
    pub(super) bytes: Bytes,
    pub(super) format: ArtworkFormat,
    /// Millimetres; the height follows from the picture.
    pub(super) width: f64,
}

/// As Typst's `image(format: …)` takes it: a name, or what the raw pixels are.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum ArtworkFormat {
    Name(&'static str),
    Pixels {
        encoding: &'static str,
        width: u32,
        height: u32,
    },
}

/// The room for the logo at the top of the letter, in millimetres.
const ROOM: (f64, f64) = (60.0, 20.0);

const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Typst reads a drawing again for every letter.
const MOST_SVG_BYTES: usize = 512 * 1024;
const MOST_PIXELS: u64 = 40_000_000;
/// 250 dots per inch over the whole room.
const PRINT_PIXELS: (u32, u32) = (600, 200);
/// A photograph-like logo stays as it is up to here: packing its pixels anew would not make it smaller.
const SMALL_JPG_BYTES: usize = 100 * 1024;

/// Checks a logo and makes it ready to be set on every letter.
pub(super) fn prepare(logo: &Logo) -> Result<Artwork, EditionError> {
    if logo.bytes.len() > MOST_BYTES {
        return Err(refuse(
            "file is larger than 8 MB",
            "save it smaller; a logo is printed at most 60 mm wide",
        ));
    }
    match logo.format {
        LogoFormat::Svg => prepare_drawing(&logo.bytes),
        LogoFormat::Png => prepare_picture(&logo.bytes, ExchangeFormat::Png, png_size(&logo.bytes)),
        LogoFormat::Jpg => prepare_picture(&logo.bytes, ExchangeFormat::Jpg, jpg_size(&logo.bytes)),
        // A PDF inside a letter can't be proved to be archivable (PDF/A) or accessible (PDF/UA).
        LogoFormat::Pdf => Err(refuse(
            "is a PDF, which cannot be part of an archivable and accessible letter",
            "save it as SVG (or PNG) and name that file in organisation.toml",
        )),
    }
}

fn prepare_drawing(bytes: &[u8]) -> Result<Artwork, EditionError> {
    if bytes.len() > MOST_SVG_BYTES {
        return Err(refuse(
            "is an SVG larger than 512 kB",
            "simplify the drawing, or save it as PNG",
        ));
    }
    let Ok(source) = std::str::from_utf8(bytes) else {
        return Err(refuse(
            "is not an SVG in UTF-8",
            "save it again as plain SVG",
        ));
    };
    if let Some(what) = active_content(source) {
        return Err(refuse(
            &format!("has {what} in its SVG"),
            "save it as plain SVG without scripts, links or pictures, or as PNG",
        ));
    }
    if nests_too_deep(source) {
        return Err(refuse(
            "nests its SVG elements too deep",
            "ungroup the drawing, or save it as PNG",
        ));
    }
    let data = Bytes::new(bytes.to_vec());
    let Ok(drawing) = SvgImage::new(data.clone()) else {
        return Err(refuse(
            "is not an SVG that can be read",
            "open it in a drawing program and save it again as plain SVG",
        ));
    };
    Ok(Artwork {
        bytes: data,
        format: ArtworkFormat::Name("svg"),
        width: width_in_room(drawing.width(), drawing.height())?,
    })
}

/// What of a drawing could run, or reach for something outside the file.
fn active_content(source: &str) -> Option<&'static str> {
    let source = source.to_lowercase();
    let elements = [
        ("<!entity", "an entity"),
        ("<script", "a script"),
        ("<foreignobject", "foreign content"),
        ("<image", "a picture"),
        ("<filter", "an effect (filter)"),
        ("@import", "a style sheet from elsewhere"),
        ("<?xml-stylesheet", "a style sheet from elsewhere"),
        ("javascript:", "a script"),
    ];
    if let Some((_, what)) = elements
        .into_iter()
        .find(|(element, _)| source.contains(element))
    {
        return Some(what);
    }
    let outside = |after: &str| {
        !after
            .trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\''])
            .starts_with('#')
    };
    if source
        .match_indices("href")
        .any(|(at, _)| outside(&source[at + 4..]))
    {
        return Some("a link");
    }
    if source
        .match_indices("url(")
        .any(|(at, _)| outside(&source[at + 4..]))
    {
        return Some("a link");
    }
    let handler = |word: &str| {
        word.strip_prefix("on")
            .and_then(|rest| rest.split_once('='))
            .is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase())
            })
    };
    source.split_whitespace().any(handler).then_some("a script")
}

/// Readers of drawings go down by calling themselves. Counts tags, not elements: a tag inside a comment may count.
fn nests_too_deep(source: &str) -> bool {
    const DEEPEST: usize = 200;
    let mut depth = 0_usize;
    for tag in source.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with(['!', '?'])
            && !tag.split('>').next().unwrap_or("").ends_with('/')
        {
            depth += 1;
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

fn prepare_picture(
    bytes: &[u8],
    format: ExchangeFormat,
    size: Option<(u32, u32)>,
) -> Result<Artwork, EditionError> {
    let name = if format == ExchangeFormat::Png {
        "png"
    } else {
        "jpg"
    };
    let unreadable = || {
        refuse(
            &format!("is not a {} file that can be read", name.to_uppercase()),
            "open it in a drawing program and save it again as PNG",
        )
    };
    let (width, height) = size.ok_or_else(unreadable)?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(refuse(
            "has more than 40 megapixels",
            "save it smaller; 1200 pixels wide is plenty",
        ));
    }
    let data = Bytes::new(bytes.to_vec());
    let picture = RasterImage::plain(data.clone(), format).map_err(|_| unreadable())?;
    let artwork_width = width_in_room(picture.width().into(), picture.height().into())?;
    let small = picture.width() <= PRINT_PIXELS.0 && picture.height() <= PRINT_PIXELS.1;
    if small || (format == ExchangeFormat::Jpg && bytes.len() <= SMALL_JPG_BYTES) {
        return Ok(Artwork {
            bytes: data,
            format: ArtworkFormat::Name(name),
            width: artwork_width,
        });
    }
    Ok(shrunk(&picture, artwork_width))
}

fn shrunk(picture: &RasterImage, width: f64) -> Artwork {
    let picture = Arc::clone(picture.dynamic());
    // `thumbnail` keeps the proportions and only ever makes smaller here.
    let pixels = picture.thumbnail(PRINT_PIXELS.0, PRINT_PIXELS.1);
    let (pixels_wide, pixels_high) = (pixels.width(), pixels.height());
    let (encoding, bytes) = if pixels.color().has_alpha() {
        ("rgba8", pixels.to_rgba8().into_raw())
    } else {
        ("rgb8", pixels.to_rgb8().into_raw())
    };
    Artwork {
        bytes: Bytes::new(bytes),
        format: ArtworkFormat::Pixels {
            encoding,
            width: pixels_wide,
            height: pixels_high,
        },
        width,
    }
}

/// The width in millimetres at which a picture fills the room for the logo.
fn width_in_room(width: f64, height: f64) -> Result<f64, EditionError> {
    if width < 1.0 || height < 1.0 || width / height > 50.0 || height / width > 50.0 {
        return Err(refuse(
            "has no usable width and height",
            "save it with a width and height in proportion",
        ));
    }
    let scale = (ROOM.0 / width).min(ROOM.1 / height);
    Ok(width * scale)
}

/// Pixels wide and high from the header alone (PNG specification §11.2.2).
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

/// Pixels wide and high from the frame header alone (ITU-T T.81 §B.2.2).
fn jpg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2;
    loop {
        let marker = match bytes.get(at..at + 2)? {
            [0xff, 0xff] => {
                at += 1;
                continue;
            }
            [0xff, marker] => *marker,
            _ => return None,
        };
        let number = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        match marker {
            // SOF0 to SOF15, except DHT, JPG and DAC which share the range.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((u32::from(number(at + 7)?), u32::from(number(at + 5)?)));
            }
            // Markers without a length; the picture's data begins without a frame header.
            0x01 | 0xd0..=0xd7 => at += 2,
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::from(number(at + 2)?),
        }
    }
}

fn refuse(problem: &str, hint: &str) -> EditionError {
    EditionError::Logo {
        problem: problem.to_owned(),
        hint: hint.to_owned(),
    }
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
        let artwork = prepare(&svg(r#"<rect width="10" height="10" fill="url(#a)"/>"#)).unwrap();
        assert!((artwork.width - 60.0).abs() < 0.01);
    }

    #[test]
    fn a_drawing_that_runs_or_reaches_out_is_refused() {
        for (inside, what) in [
            ("<script>alert(1)</script>", "a script"),
            (r#"<rect onload="x()"/>"#, "a script"),
            (r#"<image href="data:image/png;base64,AA"/>"#, "a picture"),
            (r#"<use href="http://example.org/x.svg#a"/>"#, "a link"),
            (r#"<use xlink:href = "file:///etc/passwd"/>"#, "a link"),
            (r#"<rect fill="url(http://example.org)"/>"#, "a link"),
            ("<style>@import 'x.css';</style>", "a style sheet"),
            ("<foreignObject/>", "foreign content"),
            ("<filter id='a'/>", "an effect"),
        ] {
            let error = prepare(&svg(inside)).unwrap_err();
            assert!(error.to_string().contains(what), "{inside}: {error}");
        }
        let entity = Logo {
            format: LogoFormat::Svg,
            bytes: b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>".to_vec(),
        };
        assert!(prepare(&entity).is_err());
        assert!(prepare(&svg("<rect")).is_err());
    }

    #[test]
    fn a_drawing_made_to_exhaust_its_reader_is_refused() {
        let deep = format!("{}{}", "<g>".repeat(60_000), "</g>".repeat(60_000));
        let error = prepare(&svg(&deep)).unwrap_err();
        assert!(error.to_string().contains("too deep"), "{error}");
        // Ten times ten times … the same rectangle, a billion in all.
        let mut bomb = "<rect id='u0' width='1' height='1'/>".to_owned();
        for level in 1..10 {
            let uses = format!("<use href='#u{}'/>", level - 1).repeat(10);
            bomb.push_str(&format!("<g id='u{level}'>{uses}</g>"));
        }
        let started = std::time::Instant::now();
        assert!(prepare(&svg(&bomb)).is_err());
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    #[test]
    fn a_picture_is_measured_before_it_is_decoded() {
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bomb.extend(60_000_u32.to_be_bytes());
        bomb.extend(60_000_u32.to_be_bytes());
        let logo = Logo {
            format: LogoFormat::Png,
            bytes: bomb,
        };
        assert_eq!(
            prepare(&logo).unwrap_err().to_string(),
            "the logo has more than 40 megapixels"
        );

        let jpg = [
            &[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2, 0, 11, 8][..],
            &[0, 100, 1, 44],
        ]
        .concat();
        assert_eq!(jpg_size(&jpg), Some((300, 100)));
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
            ] {
                let logo = Logo {
                    format,
                    bytes: bytes.to_vec(),
                };
                let error = prepare(&logo).unwrap_err();
                assert!(error.to_string().starts_with("the logo ") && error.hint().is_some());
            }
        }
    }
}
