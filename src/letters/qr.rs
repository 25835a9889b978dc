//! The QR code with the address of the portal. It never holds the code of an invitation: whoever picks the letter up
//! from a mat could use it unseen.

use anyd::{
    codes::qr::{EcLevel, QrEncoder},
    output::Encoding,
    traits::Encode,
};

/// Modules of white around the code (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;

/// A drawing (SVG) of a QR code that leads to `portal_url`, with its quiet zone; `None` when the address is too long.
pub(super) fn drawing(portal_url: &str) -> Option<String> {
    let encoder = QrEncoder::new();
    let symbol = encoder
        .build_text(&with_scheme(portal_url), EcLevel::M)
        .ok()?;
    let Encoding::Matrix(matrix) = encoder.encode(&symbol).ok()? else {
        return None;
    };
    let side = matrix.width() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..matrix.height() {
        for x in (0..matrix.width()).filter(|x| matrix.get(*x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}"><path fill="#000" d="{path}"/></svg>"##
    ))
}

/// A telephone opens `https://www.caren.nl`; of `www.caren.nl` it may only show the text.
fn with_scheme(url: &str) -> String {
    if url.contains("://") {
        url.to_owned()
    } else {
        format!("https://{url}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader of another make sees in the drawing.
    fn read_back(drawing: &str) -> String {
        let number = |text: &str| text.parse::<usize>().unwrap();
        let side = number(
            drawing
                .split("width=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap(),
        );
        let path = drawing
            .split(" d=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let mut dark = vec![false; side * side];
        for module in path.split('M').skip(1) {
            let (x, y) = module.split_once('h').unwrap().0.split_once(' ').unwrap();
            dark[number(y) * side + number(x)] = true;
        }
        const PIXELS: usize = 4;
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(side * PIXELS, side * PIXELS, |x, y| {
                if dark[y / PIXELS * side + x / PIXELS] {
                    0
                } else {
                    255
                }
            });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_reader_finds_the_address_of_the_portal() {
        for (url, expected) in [
            ("www.caren.nl", "https://www.caren.nl"),
            (
                "https://www.carenzorgt.nl/start?x=1",
                "https://www.carenzorgt.nl/start?x=1",
            ),
            ("portaal.zorg-é.example", "https://portaal.zorg-é.example"),
        ] {
            assert_eq!(read_back(&drawing(url).unwrap()), expected);
        }
        assert_eq!(drawing(&"x".repeat(5_000)), None);
    }
}
