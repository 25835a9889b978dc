//! PDFs as other people's programs see them: poppler's `pdftotext`, `pdfinfo`, `pdffonts`, `pdfunite` and `pdftoppm`.

use std::{fs, io::Write, process::Command};

use tempfile::NamedTempFile;

/// A word and where it stands, in points from the left and top edge of the page.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: String,
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// What `pdfinfo` says.
#[derive(Debug)]
pub struct Info {
    pub pages: usize,
    /// Points.
    pub width: f64,
    pub height: f64,
    pub title: String,
}

/// The text of each page.
pub fn pages(pdf: &[u8]) -> Vec<String> {
    split_pages(&text("pdftotext", &["-enc", "UTF-8"], pdf, &["-"]))
}

/// The text of each page of all `pdfs`, in the order in which it was put on the page, whatever stands beside what.
pub fn pages_as_set(pdfs: &[Vec<u8>]) -> Vec<String> {
    let pdfs: Vec<Vec<u8>> = pdfs.iter().map(|pdf| without_colours(pdf)).collect();
    let pdf = match pdfs.as_slice() {
        [] => return Vec::new(),
        // Joining wants at least two.
        [one] => one,
        _ => &joined(&pdfs),
    };
    split_pages(&text("pdftotext", &["-enc", "UTF-8", "-raw"], pdf, &["-"]))
}

/// With another name, of the same length, for the colours that a printer should aim at. Poppler works them out anew for
/// every page, which takes most of its time, and words have none.
fn without_colours(pdf: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"/OutputIntents";
    let mut pdf = pdf.to_vec();
    let places = pdf.windows(NAME.len()).enumerate();
    let found: Vec<usize> = places
        .filter(|(_, bytes)| *bytes == NAME)
        .map(|(at, _)| at)
        .collect();
    for at in found {
        pdf[at + NAME.len() - 1] = b'X';
    }
    pdf
}

fn joined(pdfs: &[Vec<u8>]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("pdfunite");
    for (number, pdf) in pdfs.iter().enumerate() {
        let file = folder.path().join(format!("{number}.pdf"));
        fs::write(&file, pdf).unwrap();
        command.arg(file);
    }
    let all = folder.path().join("all.pdf");
    let output = command.arg(&all).output().unwrap();
    assert!(
        output.status.success(),
        "pdfunite: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::read(all).unwrap()
}

fn split_pages(text: &str) -> Vec<String> {
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    assert_eq!(
        pages.pop().as_deref(),
        Some(""),
        "a page ends with a form feed"
    );
    pages
}

/// The words of each page, with their places.
pub fn words(pdf: &[u8]) -> Vec<Vec<Word>> {
    let html = text("pdftotext", &["-enc", "UTF-8", "-bbox"], pdf, &["-"]);
    let mut pages = Vec::new();
    for line in html.lines().map(str::trim) {
        if line.starts_with("<page ") {
            pages.push(Vec::new());
        } else if let Some(rest) = line.strip_prefix("<word ") {
            let (attributes, rest) = rest.split_once('>').unwrap();
            let number = |name: &str| -> f64 {
                let value = attributes.split_once(&format!("{name}=\"")).unwrap().1;
                value.split_once('"').unwrap().0.parse().unwrap()
            };
            pages.last_mut().unwrap().push(Word {
                text: unescape(rest.strip_suffix("</word>").unwrap()),
                left: number("xMin"),
                top: number("yMin"),
                right: number("xMax"),
                bottom: number("yMax"),
            });
        }
    }
    pages
}

pub fn info(pdf: &[u8]) -> Info {
    let text = text("pdfinfo", &[], pdf, &[]);
    let field = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}:")));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
            .trim()
            .to_owned()
    };
    let size = field("Page size");
    let mut size = size.split_whitespace();
    let width = size.next().unwrap().parse().unwrap();
    assert_eq!(size.next(), Some("x"));
    Info {
        pages: field("Pages").parse().unwrap(),
        width,
        height: size.next().unwrap().parse().unwrap(),
        title: field("Title"),
    }
}

/// Each font and whether it is embedded.
pub fn fonts(pdf: &[u8]) -> Vec<(String, bool)> {
    let table = text("pdffonts", &[], pdf, &[]);
    let mut lines = table.lines();
    let at = lines.next().unwrap().find("emb").unwrap();
    lines
        .skip(1)
        .map(|line| {
            let name = line.split_whitespace().next().unwrap();
            (name.to_owned(), line[at..].starts_with("yes"))
        })
        .collect()
}

/// How many dark dots the first page has in a rectangle, in millimetres from the left and top edge, at 100 dots an inch.
pub fn ink(pdf: &[u8], [left, top, right, bottom]: [f64; 4]) -> usize {
    const DPI: f64 = 100.0;
    let image = run(
        "pdftoppm",
        &["-gray", "-r", "100", "-f", "1", "-l", "1"],
        pdf,
        &[],
    );
    // P5, width, height, 255, then a byte a dot.
    let mut header = image.splitn(4, |byte| byte.is_ascii_whitespace());
    assert_eq!(header.next(), Some(&b"P5"[..]));
    let mut number = || -> usize {
        std::str::from_utf8(header.next().unwrap())
            .unwrap()
            .parse()
            .unwrap()
    };
    let (width, height) = (number(), number());
    let dots = &image[image.len() - width * height..];
    let dot = |mm: f64| (mm / 25.4 * DPI) as usize;
    (dot(top)..dot(bottom))
        .flat_map(|y| &dots[y * width + dot(left)..y * width + dot(right)])
        .filter(|shade| **shade < 200)
        .count()
}

fn text(program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> String {
    String::from_utf8(run(program, before, pdf, after)).unwrap()
}

fn run(program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Vec<u8> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let output = Command::new(program)
        .args(before)
        .arg(file.path())
        .args(after)
        .output()
        .unwrap_or_else(|error| panic!("{program}, of the package poppler-utils: {error}"));
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
