//! Two pictures of a letter held against each other.

use std::io::Cursor;

use image::{ImageError, ImageFormat, Rgb, RgbImage};

/// How a picture differs from an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Pixels that differ by more than anybody could see.
    pub pixels: u64,
    /// The new picture, pale, with everything that changed in red (PNG).
    pub marked: Vec<u8>,
}

/// Steps of 256 in a colour that nobody sees: one of the sixteen that a picture has, which the arithmetic of another
/// processor may round the other way.
const UNSEEN: u8 = 17;

/// What changed from one picture (PNG) to another; `None` when nothing that can be seen did.
///
/// # Errors
/// When one of them is no PNG that can be read.
pub fn compare(before: &[u8], after: &[u8]) -> Result<Option<Change>, ImageError> {
    if before == after {
        return Ok(None);
    }
    let before = read(before)?;
    let after = read(after)?;
    let (width, height) = (
        before.width().max(after.width()),
        before.height().max(after.height()),
    );
    let mut marked = RgbImage::from_pixel(width, height, Rgb([255; 3]));
    let mut pixels = 0;
    for (x, y, pixel) in marked.enumerate_pixels_mut() {
        let at = |picture: &RgbImage| picture.get_pixel_checked(x, y).copied();
        *pixel = match (at(&before), at(&after)) {
            (Some(was), Some(is)) if alike(was, is) => pale(is),
            _ => {
                pixels += 1;
                Rgb([214, 0, 28])
            }
        };
    }
    if pixels == 0 {
        return Ok(None);
    }
    let mut png = Cursor::new(Vec::new());
    marked.write_to(&mut png, ImageFormat::Png)?;
    Ok(Some(Change {
        pixels,
        marked: png.into_inner(),
    }))
}

fn read(png: &[u8]) -> Result<RgbImage, ImageError> {
    Ok(image::load_from_memory_with_format(png, ImageFormat::Png)?.to_rgb8())
}

fn alike(a: Rgb<u8>, b: Rgb<u8>) -> bool {
    a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) <= UNSEEN)
}

/// Light enough for red to be seen from afar, dark enough to know where on the letter it is.
fn pale(pixel: Rgb<u8>) -> Rgb<u8> {
    Rgb(pixel.0.map(|value| 190 + value / 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, dot: Option<(u32, u8)>) -> Vec<u8> {
        let mut picture = RgbImage::from_pixel(width, 2, Rgb([255; 3]));
        if let Some((x, value)) = dot {
            picture.put_pixel(x, 1, Rgb([value; 3]));
        }
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn what_changed_is_counted_and_red() {
        let change = compare(&png(4, None), &png(4, Some((2, 0))))
            .unwrap()
            .unwrap();
        assert_eq!(change.pixels, 1);
        let marked = read(&change.marked).unwrap();
        let red: Vec<_> = marked
            .enumerate_pixels()
            .filter(|(_, _, pixel)| pixel.0[1] == 0)
            .map(|(x, y, _)| (x, y))
            .collect();
        assert_eq!(red, [(2, 1)]);
    }

    #[test]
    fn what_nobody_sees_is_no_change_and_another_size_is() {
        assert_eq!(
            compare(&png(4, None), &png(4, Some((2, 250)))).unwrap(),
            None
        );
        let wider = compare(&png(4, None), &png(5, None)).unwrap().unwrap();
        assert_eq!(wider.pixels, 2);
        assert!(compare(b"no picture", &png(4, None)).is_err());
    }
}
