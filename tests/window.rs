//! What is on the sheet and where: long names and addresses, the barcode, the QR code, the fold marks. Nothing that
//! went in is missing from what comes out.

use std::{path::Path, process::Command, sync::Arc};

use brievenbus::{
    domain::organisation::{AddressWindow, Organisation},
    letters::{Edition, EditionSpec, LetterContent, Misfit},
};

use crate::support::workshop::*;

fn organisation_with_extras() -> Organisation {
    let mut organisation = organisation(STANDARD);
    organisation.letter.kix = true;
    organisation.letter.qr = true;
    organisation.letter.fold_marks = true;
    organisation
}

fn edition(organisation: &Organisation, window: AddressWindow) -> Arc<Edition> {
    let spec = EditionSpec {
        window,
        ..spec(organisation)
    };
    Arc::new(Edition::new(spec, &press(1)).unwrap())
}

fn with_kix(mut letter: LetterContent, payload: &str) -> LetterContent {
    letter.words.kix = Some(payload.to_owned());
    letter
}

/// Without white space, and without the hyphens at which lines end.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect()
}

/// Every word of the letter is in its PDF.
fn assert_whole(pdf: &[u8], letter: &LetterContent) {
    let printed = bare(&poppler("pdftotext", &["-layout"], pdf));
    let raw = bare(&poppler("pdftotext", &["-raw"], pdf));
    for text in letter.words.texts() {
        let text = bare(text);
        assert!(
            printed.contains(&text) || raw.contains(&text),
            "{text}\n{raw}"
        );
    }
}

#[test]
fn a_name_of_120_characters_is_wrapped_and_whole() {
    let name = "Mevr. W.F.M.A.C. van Oldenbarnevelt van der Oye tot Hoevelaken - van Heeckeren van Walien tot Nettelhorst en Enghuizens!";
    assert_eq!(name.chars().count(), 120);
    let letter = letter(
        name,
        &["Burgemeester van Heemstrakwartier 15201", "1234 AB Ons"],
    );
    for window in [AddressWindow::Left, AddressWindow::Right] {
        let pdf = single(&edition(&organisation(STANDARD), window), letter.clone());
        assert_whole(&pdf, &letter);
        let bottom = place_of(&pdf, "Ons")[3];
        assert!(bottom <= 85.0, "{bottom}");
    }
}

#[test]
fn an_address_abroad_of_six_lines_fits_and_one_of_seven_does_not() {
    let lines = [
        "Flat 12",
        "Rose Cottage",
        "1 Long Lane",
        "Little Snoring NR21 0HX",
        "VERENIGD KONINKRIJK",
    ];
    let six = letter("L. Dvořák-Müller", &lines);
    for window in [AddressWindow::Left, AddressWindow::Right] {
        let edition = edition(&organisation(STANDARD), window);
        let pdf = single(&edition, six.clone());
        assert_whole(&pdf, &six);
        assert!(place_of(&pdf, "VERENIGD")[3] <= 85.0);
        let mut seven = six.clone();
        seven.words.address_lines.push("EUROPA".into());
        assert_eq!(misfit(&edition, seven), Misfit::AddressTooLarge);
    }
}

#[test]
fn a_text_that_is_three_lines_too_long_says_so() {
    let lines = |count: usize| "Dit is een regel van de brief.\\\n".repeat(count);
    let made = |count: usize| make(&edition_of(Some(&lines(count))), vec![de_vries()], 1);
    let most = (20..60)
        .take_while(|count| made(*count).typeset.misfits.is_empty())
        .last()
        .unwrap();
    let fits = made(most);
    let words = poppler("pdftotext", &["-layout"], &fits.singles[0]);
    assert_eq!(
        words.matches("Dit is een regel van de brief.").count(),
        most
    );
    for more in [1, 3] {
        let left_out = made(most + more).typeset.misfits;
        assert_eq!(left_out, [(0, Misfit::LinesTooLong(more as u32))]);
    }
}

/// The bars are read off the picture of the page, as a machine would.
#[test]
fn the_barcode_says_where_the_letter_goes() {
    for (payload, expected) in [
        (
            "1231FZ13XHS",
            "TDAF TDFA DTAF TDAF DAAD FFTT TDAF DTAF FATD DFAT FTFT",
        ),
        ("9421MC46", "DATF DTFA TDFA TDAF FTDA TAFD DTFA TADF"),
        ("2500GG30250", ""),
    ] {
        for window in [AddressWindow::Left, AddressWindow::Right] {
            let edition = edition(&organisation_with_extras(), window);
            let pdf = single(&edition, with_kix(de_vries(), payload));
            let bars = read_bars(&pdf, window);
            assert_eq!(bars.len(), payload.len() * 4, "{bars}");
            assert!(
                expected.is_empty() || bars == expected.replace(' ', ""),
                "{bars}"
            );
        }
    }
}

/// `T`, `A`, `D` and `F`, from a picture of 600 dots per inch of the lower part of the window.
fn read_bars(pdf: &[u8], window: AddressWindow) -> String {
    const DPI: f64 = 600.0;
    let dots = |millimetres: f64| (millimetres / 25.4 * DPI) as u32;
    let left = match window {
        AddressWindow::Left => 35.0,
        AddressWindow::Right => 109.0,
    };
    let below = place_of(pdf, "Sesamstraat")[3] + 4.6;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.pdf");
    std::fs::write(&file, pdf).unwrap();
    let area = [left, below, 66.0, 85.0 - below]
        .map(dots)
        .map(|n| n.to_string());
    let output = Command::new("pdftoppm")
        .args([
            "-r", "600", "-gray", "-x", &area[0], "-y", &area[1], "-W", &area[2], "-H", &area[3],
        ])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success());
    let picture = Picture::of_pgm(&output.stdout);
    // From top to bottom, in millimetres: half a bar above, the middle that every bar has, half a bar below.
    let (top, bottom) = picture.rows();
    let height = f64::from(bottom - top) / DPI * 25.4;
    assert!((4.9..5.2).contains(&height), "{height} mm");
    let row = |millimetres: f64| top + dots(millimetres);
    let middle = picture.runs(row(2.5));
    let pitches: Vec<f64> = middle
        .windows(2)
        .map(|pair| f64::from(pair[1].0 - pair[0].0) / DPI * 25.4)
        .collect();
    assert!(
        pitches
            .iter()
            .all(|pitch| (25.4 / 24.5..25.4 / 21.5).contains(pitch)),
        "{pitches:?}"
    );
    middle
        .iter()
        .map(|(from, to)| {
            let column = (from + to) / 2;
            match (
                picture.dark(column, row(0.9)),
                picture.dark(column, row(4.1)),
            ) {
                (true, true) => 'F',
                (true, false) => 'A',
                (false, true) => 'D',
                (false, false) => 'T',
            }
        })
        .collect()
}

struct Picture {
    width: u32,
    pixels: Vec<u8>,
}

impl Picture {
    /// A grey picture as netpbm has it: `P5`, width, height, 255, then a byte a pixel.
    fn of_pgm(pgm: &[u8]) -> Self {
        let mut parts = pgm.splitn(4, |byte| byte.is_ascii_whitespace());
        let mut next = || parts.next().unwrap();
        assert_eq!(next(), b"P5");
        let width = std::str::from_utf8(next()).unwrap().parse().unwrap();
        let _height = next();
        let rest = next();
        let start = rest.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        Self {
            width,
            pixels: rest[start..].to_vec(),
        }
    }

    fn dark(&self, x: u32, y: u32) -> bool {
        self.pixels[(y * self.width + x) as usize] < 128
    }

    /// The first and the last row with anything dark.
    fn rows(&self) -> (u32, u32) {
        let height = self.pixels.len() as u32 / self.width;
        let dark = |y: &u32| (0..self.width).any(|x| self.dark(x, *y));
        (
            (0..height).find(dark).unwrap(),
            (0..height).rev().find(dark).unwrap() + 1,
        )
    }

    /// Where a row is dark: from and to, in dots.
    fn runs(&self, y: u32) -> Vec<(u32, u32)> {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for x in (0..self.width).filter(|x| self.dark(*x, y)) {
            match runs.last_mut() {
                Some((_, to)) if *to + 1 == x => *to = x,
                _ => runs.push((x, x)),
            }
        }
        runs
    }
}

#[test]
fn the_qr_code_leads_to_the_portal_and_never_holds_the_code() {
    let edition = edition(&organisation_with_extras(), AddressWindow::Left);
    let pdf = single(&edition, de_vries());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.pdf");
    std::fs::write(&file, &pdf).unwrap();
    let output = Command::new("pdftoppm")
        .args(["-r", "150", "-gray"])
        .arg(&file)
        .output()
        .unwrap();
    let picture = Picture::of_pgm(&output.stdout);
    let height = picture.pixels.len() as u32 / picture.width;
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(
        picture.width as usize,
        height as usize,
        |x, y| picture.pixels[y * picture.width as usize + x],
    );
    let codes: Vec<String> = prepared
        .detect_grids()
        .iter()
        .map(|grid| grid.decode().unwrap().1)
        .collect();
    assert_eq!(codes, ["https://www.caren.nl"]);
    let structure = poppler("pdfinfo", &["-struct-text"], &pdf);
    assert!(
        structure.contains("QR-code naar www.caren.nl") || structure.contains("Figure"),
        "{structure}"
    );
}

#[test]
fn a_barcode_gives_way_to_an_address_that_needs_the_room() {
    let edition = edition(&organisation_with_extras(), AddressWindow::Left);
    let lines = [
        "Appartement 12",
        "Rozenhof",
        "Langestraat 1",
        "Buurtschap De Hoek",
        "1234 AB Ons",
    ];
    let letter = with_kix(letter("Mevr. A. Jansen", &lines), "1234AB1");
    let pdf = single(&edition, letter.clone());
    assert_whole(&pdf, &letter);
    assert!(place_of(&pdf, "Ons")[3] <= 85.0);
    // One that is longer than the window is wide is left out, and the letter is made.
    let long = single(&edition, with_kix(de_vries(), &"A".repeat(18)));
    assert_whole(&long, &de_vries());
}

#[test]
fn fold_marks_are_drawn_only_when_they_are_asked_for() {
    let marks = |organisation: &Organisation| {
        let pdf = single(&edition(organisation, AddressWindow::Left), de_vries());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("letter.pdf");
        std::fs::write(&file, pdf).unwrap();
        left_edge(&file)
    };
    assert_eq!(marks(&organisation(STANDARD)), Vec::<u32>::new());
    let [three, two] = marks(&organisation_with_extras())[..] else {
        panic!("there are two folds")
    };
    assert!(
        (107..=108).contains(&three) && (153..=158).contains(&two),
        "{three} {two}"
    );
}

/// Millimetres from the top at which something is drawn within a centimetre of the left edge.
fn left_edge(pdf: &Path) -> Vec<u32> {
    let output = Command::new("pdftoppm")
        .args([
            "-r", "254", "-gray", "-x", "0", "-y", "0", "-W", "100", "-H", "2970",
        ])
        .arg(pdf)
        .output()
        .unwrap();
    let picture = Picture::of_pgm(&output.stdout);
    let height = picture.pixels.len() as u32 / picture.width;
    let mut rows: Vec<u32> = (0..height)
        .filter(|y| {
            (0..picture.width).any(|x| picture.pixels[(y * picture.width + x) as usize] < 200)
        })
        .map(|y| y / 10)
        .collect();
    rows.dedup();
    rows
}
