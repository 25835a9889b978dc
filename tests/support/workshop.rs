//! Letters straight from the workshop, with press processes of the built program, and what poppler reads in them.

use std::{
    cell::RefCell,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    process::Command,
    sync::Arc,
};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use brievenbus::{
    domain::{
        invitation::Code,
        organisation::{
            AddressWindow, LetterPreferences, Logo, LogoFormat, OfficeAddress, Organisation,
            OwnText, Slug,
        },
    },
    letters::{
        Edition, EditionError, EditionSpec, LetterContent, LetterWords, Misfit, Piece, Press,
        PressProgram, Typeset,
    },
};

pub const STANDARD: Option<&str> = None;

pub fn organisation(text: Option<&str>) -> Organisation {
    Organisation {
        slug: Slug::try_from("de-beste-zorg".to_owned()).unwrap(),
        name: "De Beste Zorg".into(),
        telephone: Some("0123-456789".into()),
        email: Some("info@debestezorg.example".into()),
        website: Some("www.debestezorg.example".into()),
        address: OfficeAddress {
            street: "Stationsplein".into(),
            house_number: 14,
            house_number_extension: None,
            postcode: "7511 JD".into(),
            city: "Enschede".into(),
        },
        letter: LetterPreferences {
            with_logo: true,
            text: text.map(own_text),
            ..LetterPreferences::default()
        },
    }
}

pub fn own_text(content: &str) -> OwnText {
    OwnText {
        file: "brief.txt".into(),
        content: content.into(),
    }
}

/// Presses of the built program.
pub fn press(presses: usize) -> Press {
    let program = PressProgram::at(env!("CARGO_BIN_EXE_brievenbus"));
    Press::start(&program, presses).unwrap()
}

pub fn edition_new(spec: EditionSpec<'_>) -> Result<Edition, EditionError> {
    Edition::new(spec, &press(1))
}

pub fn spec(organisation: &Organisation) -> EditionSpec<'_> {
    EditionSpec {
        organisation,
        window: AddressWindow::Left,
        logo: None,
        team_name: "Team Noord",
        letter_date: NaiveDate::from_ymd_opt(2021, 2, 3).unwrap(),
        valid_until: NaiveDate::from_ymd_opt(2021, 3, 17).unwrap(),
    }
}

pub fn edition_of(text: Option<&str>) -> Arc<Edition> {
    Arc::new(edition_new(spec(&organisation(text))).unwrap())
}

pub fn error_of(organisation: &Organisation) -> EditionError {
    edition_new(spec(organisation))
        .err()
        .expect("this edition is at fault")
}

/// The client of the example in document 000.
pub fn de_vries() -> LetterContent {
    letter(
        "Mevr. C. de Vries - Heemsberge",
        &["Sesamstraat 1", "1234 AB Enschede"],
    )
}

pub fn letter(name: &str, address: &[&str]) -> LetterContent {
    LetterContent {
        words: LetterWords {
            addressee: name.into(),
            address_lines: address.iter().map(|line| (*line).to_owned()).collect(),
            salutation: format!("Geachte {name}"),
            client_name: name.into(),
            kix: None,
        },
        code: Code::parse("0482915630").unwrap(),
    }
}

/// Letter `n` of a made-up team, with a code of its own.
pub fn nth(n: usize) -> LetterContent {
    let names = [
        "J. de Wit",
        "A.B. van 't Hof",
        "Ş. Özdoğan",
        "M. Jansen - Pietersen",
        "P. Ĳsbrand",
    ];
    LetterContent {
        code: Code::parse(&format!("{:010}", n * 7_919)).unwrap(),
        ..letter(
            &format!("Mevr. {} {n}", names[n % names.len()]),
            &[&format!("Dorpsstraat {n}"), "7513 KC Enschede"],
        )
    }
}

/// What a run leaves behind, with its bytes read back.
pub struct Made {
    pub typeset: Typeset,
    pub prints: Vec<Vec<u8>>,
    pub singles: Vec<Vec<u8>>,
    pub progress: Vec<usize>,
}

pub fn make(edition: &Arc<Edition>, letters: Vec<LetterContent>, threads: usize) -> Made {
    let press = press(threads);
    let progress = RefCell::new(Vec::new());
    let typeset = press
        .typeset_letters(
            edition,
            letters,
            tempfile::tempfile().unwrap(),
            &|made| progress.borrow_mut().push(made),
            &|| true,
        )
        .unwrap();
    let read = |piece: &Piece| {
        let mut file: &File = &typeset.spool;
        let mut bytes = vec![0; usize::try_from(piece.bytes).unwrap()];
        file.seek(SeekFrom::Start(piece.offset)).unwrap();
        file.read_exact(&mut bytes).unwrap();
        assert_eq!(Sha256::digest(&bytes)[..], piece.sha256);
        bytes
    };
    let prints = typeset.prints.iter().map(read).collect();
    let singles = typeset.singles.iter().map(read).collect();
    Made {
        prints,
        singles,
        progress: progress.into_inner(),
        typeset,
    }
}

pub fn single(edition: &Arc<Edition>, letter: LetterContent) -> Vec<u8> {
    make(edition, vec![letter], 1)
        .singles
        .pop()
        .expect("the letter fits")
}

pub fn misfit(edition: &Arc<Edition>, letter: LetterContent) -> Misfit {
    let made = make(edition, vec![letter], 1);
    assert!(made.singles.is_empty() && made.prints.is_empty());
    made.typeset.misfits[0].1.clone()
}

/// What a poppler tool says about a PDF.
pub fn poppler(tool: &str, options: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.pdf");
    fs::write(&file, pdf).unwrap();
    let mut command = Command::new(tool);
    command.args(options).arg(&file);
    if tool == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

pub fn text_of(pdf: &[u8]) -> String {
    poppler("pdftotext", &["-layout"], pdf)
}

/// The text with every run of white space as one space.
pub fn prose_of(pdf: &[u8]) -> String {
    poppler("pdftotext", &[], pdf)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Left, top, right and bottom of a word on the sheet in millimetres.
pub fn place_of(pdf: &[u8], word: &str) -> [f64; 4] {
    let words = poppler("pdftotext", &["-bbox"], pdf);
    let line = words
        .lines()
        .find(|line| line.contains(&format!(">{word}<")))
        .expect(word);
    let number = |key: &str| {
        let from = line.find(&format!("{key}=\"")).unwrap() + key.len() + 2;
        let to = from + line[from..].find('"').unwrap();
        line[from..to].parse::<f64>().unwrap() / 72.0 * 25.4
    };
    [
        number("xMin"),
        number("yMin"),
        number("xMax"),
        number("yMax"),
    ]
}

pub const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="260" height="80" viewBox="0 0 260 80">
<circle cx="40" cy="40" r="36" fill="#1f6f78"/><path d="M40 62 C10 40 18 20 32 22 C38 23 40 30 40 30 C40 30 42 23 48 22 C62 20 70 40 40 62Z" fill="#fff"/>
<rect x="92" y="22" width="150" height="12" rx="6" fill="#1f6f78"/><rect x="92" y="46" width="110" height="12" rx="6" fill="#8fb8bd"/></svg>"##;

pub fn svg_logo() -> Logo {
    Logo {
        format: LogoFormat::Svg,
        bytes: LOGO.into(),
    }
}
