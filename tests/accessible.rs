//! The letters for who reads with ears or fingers, and for who opens them in twenty years: PDF/UA-1 and PDF/A-2a, and
//! what no validator knows, the order in which they are read out.

use std::{fmt::Write as _, fs, io::Write as _, process::Command};

use tempfile::NamedTempFile;

use crate::support::{
    bundle::Bundle,
    cli::Cli,
    export::{Export, TOML},
    fixture, one_line, poppler, ten_digit_runs,
    validator::{self, Report},
};

const PROFILES: [&str; 2] = ["PDF/UA-1", "PDF/A-2a"];

#[test]
fn every_letter_and_every_print_file_conforms() {
    let bundles = &fixture::run().bundles;
    let pdfs: Vec<(String, &[u8])> = bundles.iter().flat_map(pdfs_of).collect();
    let report = validator::validate(&pdfs);
    let letters: usize = bundles.iter().map(|bundle| bundle.letters().count()).sum();
    let prints: usize = bundles.iter().map(|bundle| bundle.prints().len()).sum();
    assert_all_conform(&report, letters + prints);
}

#[test]
fn a_letter_in_the_providers_own_words_conforms_too() {
    let cli = Cli::new();
    let mut export = Export::new()
        .team("1", "Wijkteam Oost")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN");
    export.toml = format!("{TOML}text = \"brief.txt\"\n");
    let folder = export.write(cli.home(), "export");
    let text = "Beste [ADDRESSEE_NAME],\n\nWelkom bij **[CARE_PROVIDER_NAME]**.\n\n\
                - bel [TELEPHONE]\n- gebruik **[CODE]**\n\nTot ziens!\n";
    fs::write(folder.join("brief.txt"), text).unwrap();
    cli.run("export", &["--address-window", "right"]);
    let bundle = cli.bundles().remove(0);
    assert_all_conform(&validator::validate(&pdfs_of(&bundle)), 2);
    let read_out = ReadOut::of(bundle.entry("brieven.pdf"));
    let lists = ["L", "LI", "LI"];
    assert_eq!(read_out.kinds(&["L", "LI"]), lists, "{read_out:?}");
}

/// Every PDF in a bundle, named after its team.
fn pdfs_of(bundle: &Bundle) -> Vec<(String, &[u8])> {
    let names = bundle.singles().into_iter().chain(bundle.prints());
    names
        .map(|name| (format!("{}/{name}", bundle.team()), bundle.entry(name)))
        .collect()
}

#[track_caller]
fn assert_all_conform(report: &Report, files: usize) {
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
    assert_eq!(report.files, files);
    assert_eq!(report.checks, files * PROFILES.len());
}

#[test]
fn a_pdf_that_promises_nothing_is_refused() {
    let bare = bare_pdf();
    let report = validator::validate(&[("bare.pdf".to_owned(), &bare)]);
    assert_eq!((report.files, report.checks), (1, 2));
    for profile in PROFILES {
        assert_refused(&report, "bare.pdf", profile);
    }
    // It was read, and not just found to be no PDF.
    assert_eq!(poppler::pages(&bare).len(), 1);
    let unread = report.failures.iter().any(|line| line.contains("Error"));
    assert!(!unread, "{report:?}");
}

/// A single empty page, without tags, language, title or a word about what it conforms to.
fn bare_pdf() -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut places = "0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(objects) {
        writeln!(places, "{:010} 00000 n ", pdf.len()).unwrap();
        writeln!(pdf, "{number} 0 obj\n{object}\nendobj").unwrap();
    }
    let start = pdf.len();
    let trailer = "<</Size 4/Root 1 0 R>>";
    writeln!(
        pdf,
        "xref\n0 4\n{places}trailer\n{trailer}\nstartxref\n{start}\n%%EOF"
    )
    .unwrap();
    pdf.into_bytes()
}

#[test]
fn a_letter_that_lost_something_is_refused() {
    let letter = example();
    // As many bytes as there were, so that everything else stays where it is.
    let losses = [
        ("no-text-for-the-logo.pdf", "/Alt(", "/Alx(", "PDF/UA-1"),
        (
            "no-language.pdf",
            "/Lang(nl-NL)",
            "/Lanx(nl-NL)",
            "PDF/UA-1",
        ),
        ("first-heading-lower.pdf", "/S/H1", "/S/H2", "PDF/UA-1"),
        (
            "no-word-of-ua.pdf",
            "pdfuaid:part>1<",
            "pdfuaid:part>9<",
            "PDF/UA-1",
        ),
        (
            "not-said-to-be-tagged.pdf",
            "/Marked true",
            "/Marxed true",
            "PDF/UA-1",
        ),
        (
            "no-word-of-archives.pdf",
            "pdfaid:part>2<",
            "pdfaid:part>3<",
            "PDF/A-2a",
        ),
        ("a-font-outside.pdf", "/FontFile", "/FontFilx", "PDF/A-2a"),
    ];
    let damaged: Vec<(String, Vec<u8>)> = losses
        .iter()
        .map(|(name, from, to, _)| ((*name).to_owned(), replaced(letter, from, to)))
        .collect();
    let pdfs: Vec<(String, &[u8])> = damaged
        .iter()
        .map(|(name, pdf)| (name.clone(), pdf.as_slice()))
        .collect();
    let report = validator::validate(&pdfs);
    for (name, _, _, profile) in losses {
        assert_refused(&report, name, profile);
    }
}

#[track_caller]
fn assert_refused(report: &Report, name: &str, profile: &str) {
    let start = format!("{name}: {profile} ");
    let refused = report.failures.iter().any(|line| line.starts_with(&start));
    assert!(refused, "{name} passes as {profile}: {report:?}");
}

/// `pdf` with `to` for every `from`, which is as long and has to be there.
#[track_caller]
fn replaced(pdf: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = places_of(pdf, from);
    assert!(!places.is_empty(), "no {from} in the letter");
    let mut pdf = pdf.to_vec();
    for at in places {
        pdf[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    pdf
}

fn places_of(pdf: &[u8], words: &str) -> Vec<usize> {
    let windows = pdf.windows(words.len()).enumerate();
    windows
        .filter(|(_, window)| *window == words.as_bytes())
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn a_letter_is_read_out_in_the_order_of_a_letter() {
    let code = &fixture::run().bundle("1102").codes()["102545"];
    let read_out = ReadOut::of(example());
    let in_order = [
        "De Beste Zorg Beukenlaan 20 a 7523 BK Enschede",
        "Mevr. C. de Vries - Heemsberge Sesamstraat 1 1234 AB Enschede",
        "Enschede, 21 november 2026",
        "Uitnodiging voor Caren",
        "Geachte Mevr. C. de Vries - Heemsberge,",
        "Via deze brief willen wij u graag informeren",
        "Als u niets doet wordt Caren niet geactiveerd",
        "Met vriendelijke groet, De Beste Zorg",
        "Code voor Mevr. C. de Vries - Heemsberge",
        code,
        "Geldig tot 2 januari 2027",
    ];
    let mut rest = read_out.text.as_str();
    for part in in_order {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("{part:?} is not read out, or too early: {read_out:?}"));
        rest = &rest[at + part.len()..];
    }
    for once in [code, "Sesamstraat 1", "Uitnodiging voor Caren"] {
        assert_eq!(read_out.text.matches(once).count(), 1, "{once:?}");
    }
    // The return line is for the post: who listens has heard the sender.
    assert!(!read_out.text.contains('·'), "{read_out:?}");
}

#[test]
fn a_letter_says_its_language_its_title_its_heading_and_what_the_logo_shows() {
    let letter = example();
    let read_out = ReadOut::of(letter);
    assert_eq!(read_out.headings(), ["H1"], "{read_out:?}");
    assert_eq!(read_out.kinds(&["Figure"]).len(), 1, "{read_out:?}");
    assert_eq!(poppler::info(letter).title, "Uitnodiging voor Caren");
    // Of these poppler does not tell; they stand in the file as they are.
    for words in [
        "/Lang(nl-NL)",
        "/Alt(Logo van De Beste Zorg)",
        "/DisplayDocTitle true",
    ] {
        assert_eq!(places_of(letter, words).len(), 1, "{words}");
    }
}

#[test]
fn in_a_print_file_letters_are_read_out_one_after_the_other() {
    // A small one: poppler takes its time.
    let bundle = fixture::run().bundle("3101");
    let codes = bundle.codes();
    let in_order: Vec<&str> = bundle
        .letters()
        .map(|row| codes[&row.client].as_str())
        .collect();
    assert!(in_order.len() > 5);
    let read_out = ReadOut::of(bundle.entry("brieven.pdf"));
    assert_eq!(ten_digit_runs(&read_out.text), in_order);
    let letters: Vec<&str> = read_out.text.split("Uitnodiging voor Caren").collect();
    // What comes before the first heading is the first address.
    assert_eq!(letters.len(), 1 + in_order.len());
    assert_eq!(read_out.headings(), vec!["H1"; in_order.len()]);
}

/// The letter of the source document.
fn example() -> &'static [u8] {
    let bundle = fixture::run().bundle("1102");
    bundle.entry(&bundle.row("102545").file)
}

/// What a screen reader goes by, as poppler's `pdfinfo -struct-text` tells it.
#[derive(Debug)]
struct ReadOut {
    /// The kind of every element, in order: `Document`, `P`, `H1`, …
    elements: Vec<String>,
    /// All text, in order.
    text: String,
}

impl ReadOut {
    #[track_caller]
    fn of(pdf: &[u8]) -> Self {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(pdf).unwrap();
        let output = Command::new("pdfinfo")
            .args(["-enc", "UTF-8", "-struct-text"])
            .arg(file.path())
            .output()
            .unwrap_or_else(|error| panic!("pdfinfo, of the package poppler-utils: {error}"));
        assert!(output.status.success(), "pdfinfo: {:?}", output.stderr);
        let tree = String::from_utf8(output.stdout).unwrap();
        let mut elements = Vec::new();
        let mut text = String::new();
        for line in tree.lines().map(str::trim) {
            // Text stands between quotes, attributes begin with a slash, and what remains are elements.
            match line.strip_prefix('"') {
                Some(words) => text.extend([words.strip_suffix('"').unwrap_or(words), " "]),
                None if line.starts_with('/') => {}
                None => elements.extend(
                    line.split([' ', ':'])
                        .next()
                        .filter(|kind| !kind.is_empty())
                        .map(str::to_owned),
                ),
            }
        }
        Self {
            elements,
            text: one_line(&text),
        }
    }

    fn headings(&self) -> Vec<String> {
        self.kinds(&["H", "H1", "H2", "H3", "H4", "H5", "H6"])
    }

    /// The elements that are of these kinds.
    fn kinds(&self, kinds: &[&str]) -> Vec<String> {
        let elements = self.elements.iter();
        elements
            .filter(|element| kinds.contains(&element.as_str()))
            .cloned()
            .collect()
    }
}
