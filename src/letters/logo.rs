//! The provider's logo: a file from outside. What can be told without decoding it is told here; a press process
//! decodes it, within its limits, and makes it ready once for all letters.

use imagesize::ImageType;
use serde::{Deserialize, Serialize};

use super::{error::EditionError, press::Operator};
use crate::domain::{
    letter_fault::LogoProblem,
    organisation::{Logo, LogoFormat},
};

/// A logo that was checked, decoded and may be set.
#[derive(Debug, Clone)]
pub(super) struct Artwork {
    pub(super) bytes: Vec<u8>,
    pub(super) format: ArtworkFormat,
    /// Millimetres; the height follows from the picture.
    pub(super) width: f64,
}

/// As Typst's `image(format: …)` takes it: a name, or what the raw pixels are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum ArtworkFormat {
    Name(String),
    Pixels {
        encoding: String,
        width: u32,
        height: u32,
    },
}

/// What is wrong with a logo, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogoFault {
    pub(super) kind: LogoProblem,
    pub(super) problem: String,
    pub(super) hint: String,
}

impl LogoFault {
    pub(super) fn new(kind: LogoProblem, problem: &str, hint: &str) -> Self {
        Self {
            kind,
            problem: problem.to_owned(),
            hint: hint.to_owned(),
        }
    }

    pub(super) fn unreadable() -> Self {
        Self::new(
            LogoProblem::CannotBeSet,
            "cannot be set on a letter",
            "save it as plain SVG, or as PNG in RGB colours",
        )
    }
}

impl From<LogoFault> for EditionError {
    fn from(fault: LogoFault) -> Self {
        Self::Logo {
            kind: fault.kind,
            problem: fault.problem,
            hint: fault.hint,
        }
    }
}

/// The room for the logo at the top of the letter, in millimetres.
pub(super) const ROOM: (f64, f64) = (60.0, 20.0);

const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Typst reads a drawing again for every letter.
const MOST_SVG_BYTES: usize = 512 * 1024;
const MOST_PIXELS: usize = 40_000_000;
/// What a letter may carry.
const MOST_ARTWORK_BYTES: usize = 2 * 1024 * 1024;

/// Checks a logo and has a press make it ready to be set on every letter.
///
/// # Errors
/// [`EditionError::Logo`], or [`EditionError::Press`] when there is no press.
pub(super) fn prepare(logo: &Logo, press: &mut Operator) -> Result<Artwork, EditionError> {
    check(logo)?;
    let artwork = press.artwork(logo)?;
    if artwork.bytes.len() > MOST_ARTWORK_BYTES {
        return Err(EditionError::from(LogoFault::new(
            LogoProblem::TooHeavy,
            "takes more than 2 MB on every letter",
            "save it smaller; 1200 pixels wide is plenty",
        )));
    }
    Ok(artwork)
}

/// What can be told from the outside: sizes, and what a drawing could run or reach.
fn check(logo: &Logo) -> Result<(), LogoFault> {
    if logo.bytes.len() > MOST_BYTES {
        return Err(LogoFault::new(
            LogoProblem::TooManyBytes,
            "file is larger than 8 MB",
            "save it smaller; a logo is printed at most 60 mm wide",
        ));
    }
    match logo.format {
        LogoFormat::Svg => check_drawing(&logo.bytes),
        LogoFormat::Png => check_picture(&logo.bytes, ImageType::Png, "PNG"),
        LogoFormat::Jpg => check_picture(&logo.bytes, ImageType::Jpeg, "JPG"),
        LogoFormat::Pdf => Ok(()),
    }
}

fn check_drawing(bytes: &[u8]) -> Result<(), LogoFault> {
    if bytes.len() > MOST_SVG_BYTES {
        return Err(LogoFault::new(
            LogoProblem::DrawingTooLarge,
            "is an SVG larger than 512 kB",
            "simplify the drawing, or save it as PNG",
        ));
    }
    let Ok(source) = std::str::from_utf8(bytes) else {
        return Err(LogoFault::new(
            LogoProblem::NotUtf8,
            "is not an SVG in UTF-8",
            "save it again as plain SVG",
        ));
    };
    if let Some(what) = active_content(source) {
        return Err(LogoFault::new(
            LogoProblem::ActiveContent,
            &format!("has {what} in its SVG"),
            "save it as plain SVG without scripts, animations, links or pictures, or as PNG",
        ));
    }
    if nests_too_deep(source) {
        return Err(LogoFault::new(
            LogoProblem::NestsTooDeep,
            "nests its SVG elements too deep",
            "ungroup the drawing, or save it as PNG",
        ));
    }
    Ok(())
}

/// From the header alone: what a picture promises to be decoded to.
fn check_picture(bytes: &[u8], kind: ImageType, name: &str) -> Result<(), LogoFault> {
    let unreadable = || {
        LogoFault::new(
            LogoProblem::Unreadable,
            &format!("is not a {name} file that can be read"),
            "open it in a drawing program and save it again as PNG",
        )
    };
    if imagesize::image_type(bytes).ok() != Some(kind) {
        return Err(unreadable());
    }
    let size = imagesize::blob_size(bytes).map_err(|_| unreadable())?;
    if size.width.saturating_mul(size.height) > MOST_PIXELS {
        return Err(LogoFault::new(
            LogoProblem::TooManyPixels,
            "has more than 40 megapixels",
            "save it smaller; 1200 pixels wide is plenty",
        ));
    }
    // The animation chunk of APNG stands before the picture's data.
    let data = bytes.windows(4).position(|four| four == b"IDAT");
    let animated = bytes.windows(4).position(|four| four == b"acTL");
    if kind == ImageType::Png && animated.is_some_and(|at| data.is_none_or(|data| at < data)) {
        return Err(LogoFault::new(
            LogoProblem::Animated,
            "is an animated PNG",
            "save one picture of it as PNG",
        ));
    }
    Ok(())
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
        ("<animate", "an animation"),
        ("<set ", "an animation"),
        ("@keyframes", "an animation"),
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
            ("<animateTransform attributeName='x'/>", "an animation"),
            ("<style>@keyframes a{}</style>", "an animation"),
        ] {
            let error = check(&svg(inside)).unwrap_err();
            assert!(error.problem.contains(what), "{inside}: {error:?}");
        }
        let entity = Logo {
            format: LogoFormat::Svg,
            bytes: b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>".to_vec(),
        };
        assert!(check(&entity).is_err());
    }

    #[test]
    fn a_drawing_that_nests_too_deep_is_refused() {
        let deep = format!("{}{}", "<g>".repeat(60_000), "</g>".repeat(60_000));
        assert!(check(&svg(&deep)).unwrap_err().problem.contains("too deep"));
    }

    #[test]
    fn a_picture_is_measured_before_it_is_decoded() {
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bomb.extend(20_000_u32.to_be_bytes());
        bomb.extend(20_000_u32.to_be_bytes());
        let logo = Logo {
            format: LogoFormat::Png,
            bytes: bomb,
        };
        assert_eq!(
            check(&logo).unwrap_err().problem,
            "has more than 40 megapixels"
        );
    }

    #[test]
    fn an_animation_is_refused() {
        let mut moving =
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x02\0\0\0\x02\x08\x02\0\0\0\xfd\xd4\x9a\x73"
                .to_vec();
        moving.extend(b"\0\0\0\x08acTL\0\0\0\x01\0\0\0\0\0\0\0\0");
        let logo = Logo {
            format: LogoFormat::Png,
            bytes: moving,
        };
        assert_eq!(check(&logo).unwrap_err().problem, "is an animated PNG");
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        for format in [LogoFormat::Png, LogoFormat::Pdf, LogoFormat::Svg] {
            let logo = Logo {
                format,
                bytes: vec![b' '; MOST_BYTES + 1],
            };
            assert_eq!(
                check(&logo).unwrap_err().problem,
                "file is larger than 8 MB"
            );
        }
    }
}
