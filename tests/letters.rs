//! The letters of a `run`, as they come out of the printer.

use std::sync::LazyLock;

use crate::support::{
    bundle::{Bundle, Row},
    cli::Cli,
    export::{Export, TOML},
    fixture::{self, FOLDER, LETTER_DATE},
    letters_only, one_line,
    poppler::{self, Word},
};

/// Wijkteam Noord on paper with a logo of its own, for envelopes with the window on the right.
static RIGHT: LazyLock<Bundle> = LazyLock::new(|| {
    let cli = Cli::new();
    cli.run(
        FOLDER,
        &[
            "--team",
            "1102",
            "--address-window",
            "right",
            "--no-logo",
            "--letter-date",
            LETTER_DATE,
            "--valid-until",
            "31-03-2027",
        ],
    );
    cli.bundles().remove(0)
});

/// The return line of the fixture, at the top of the window.
const RETURN_LINE: &str = "De Beste Zorg · Beukenlaan 20 a · 7523 BK Enschede";

const POINTS_PER_MM: f64 = 72.0 / 25.4;

#[test]
fn every_pdf_is_a_single_a4_with_its_fonts_inside() {
    let noord = fixture::run().bundle("1102");
    for bundle in fixture::run().bundles.iter().chain([&*RIGHT]) {
        for name in bundle.singles().into_iter().chain(bundle.prints()) {
            let pdf = bundle.entry(name);
            let info = poppler::info(pdf);
            let single = name.contains('/');
            let pages = if single { 1 } else { bundle.letters().count() };
            assert_eq!(info.pages, pages, "{name}");
            assert!((info.width - 595.28).abs() < 0.01, "{name}: {info:?}");
            assert!((info.height - 841.89).abs() < 0.01, "{name}: {info:?}");
            assert_eq!(info.title, "Uitnodiging voor Caren", "{name}");
            // One team's fonts are as good as another's, and the print file has the fonts of all.
            if !single || std::ptr::eq(bundle, noord) {
                let fonts = poppler::fonts(pdf);
                assert!(!fonts.is_empty(), "{name}");
                for (font, embedded) in fonts {
                    assert!(embedded, "{font} in {name}");
                    assert!(font.contains("NotoSans"), "{font} in {name}");
                }
            }
        }
    }
}

#[test]
fn the_example_letter_of_the_source_document_comes_out_word_for_word() {
    let bundle = fixture::run().bundle("1102");
    let code = &bundle.codes()["102545"];
    let text = one_line(bundle.letter("102545"));
    let in_order = [
        RETURN_LINE,
        "Mevr. C. de Vries - Heemsberge Sesamstraat 1 1234 AB Enschede",
        "Enschede, 21 november 2026",
        "Geachte Mevr. C. de Vries - Heemsberge, \
         Via deze brief willen wij u graag informeren dat u en uw dierbaren vanaf nu inzicht kunnen krijgen in uw zorg \
         via internet. Met Caren krijgen u en eventueel uw dierbaren online inzicht in wie, wat, wanneer komt doen. \
         Caren kunt u activeren door op www.caren.nl de onderstaande code in te voeren. U kunt dit zelf doen of uw \
         code geven aan een familielid of kennis. Pas dan wordt Caren geactiveerd. Als u niets doet wordt Caren niet \
         geactiveerd en wordt er geen informatie gedeeld. \
         Een uitgebreide uitleg van Caren en wat het voor u kan betekenen is te vinden op de website, heeft u nog \
         vragen dan kunt u bellen naar 0123-456789. Wij hopen dat Caren een waardevolle toevoeging is op uw algehele \
         zorg. \
         Met vriendelijke groet, De Beste Zorg",
        "Code voor Mevr. C. de Vries - Heemsberge",
        code,
        "Geldig tot 2 januari 2027",
    ];
    let mut rest = text.as_str();
    for part in in_order {
        let at = rest
            .find(part)
            .unwrap_or_else(|| panic!("{part:?} is missing, or too early, in {text}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn the_standard_text_is_on_every_letter_whoever_it_is_for() {
    let parts = [
        "vanaf nu inzicht kunnen krijgen in uw zorg via internet.",
        "Als u niets doet wordt Caren niet geactiveerd en wordt er geen informatie gedeeld.",
        "dan kunt u bellen naar 0123-456789.",
        "Met vriendelijke groet, De Beste Zorg",
        "Geldig tot 2 januari 2027",
    ];
    for bundle in &fixture::run().bundles {
        for row in bundle.letters() {
            let text = one_line(bundle.letter(&row.client));
            for part in parts {
                assert!(
                    text.contains(part),
                    "{part:?} to client {}: {text}",
                    row.client
                );
            }
            assert!(
                !text.contains('[') || row.client == "100251",
                "a hole for client {}",
                row.client
            );
        }
    }
}

#[test]
fn the_address_is_inside_the_window_and_nothing_else_comes_near_it() {
    for bundle in &fixture::run().bundles {
        assert_window_is_clear(bundle, (35.0, 105.0));
    }
    assert_window_is_clear(&RIGHT, (109.0, 175.0));
    assert_eq!(RIGHT.manifest["options"]["address_window"], "right");
}

/// `sides`: where the window begins and ends, in millimetres from the left edge.
#[track_caller]
fn assert_window_is_clear(bundle: &Bundle, sides: (f64, f64)) {
    let pages: Vec<Vec<Word>> = bundle
        .prints()
        .iter()
        .flat_map(|print| poppler::words(bundle.entry(print)))
        .collect();
    let letters: Vec<&Row> = bundle.letters().collect();
    assert_eq!(pages.len(), letters.len());
    let codes = bundle.codes();
    let mm = |left: f64, top: f64, right: f64, bottom: f64| {
        [left, top, right, bottom].map(|side| side * POINTS_PER_MM)
    };
    let window = mm(sides.0, 55.0, sides.1, 85.0);
    let clear = mm(sides.0 - 5.0, 50.0, sides.1 + 5.0, 90.0);
    for (row, words) in letters.iter().zip(&pages) {
        let near: Vec<&Word> = words
            .iter()
            .filter(|word| {
                word.right > clear[0]
                    && word.left < clear[2]
                    && word.bottom > clear[1]
                    && word.top < clear[3]
            })
            .collect();
        let client = &row.client;
        assert!(
            near.iter().all(|word| word.text != codes[client]),
            "the code of {client} shows"
        );
        let return_words: Vec<&str> = RETURN_LINE.split(' ').collect();
        let (first, address) = near.split_at(return_words.len().min(near.len()));
        let first: Vec<&str> = first.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(first, return_words, "client {client}");
        let printed: Vec<&str> = address.iter().map(|word| word.text.as_str()).collect();
        let contact = row
            .explanation
            .strip_prefix("De brief is gericht aan de contactpersoon: ")
            .and_then(|contact| contact.strip_suffix('.'));
        let expected = format!("{} {}", contact.unwrap_or(&row.name), row.address);
        assert_eq!(
            letters_only(&printed.concat()),
            letters_only(&expected),
            "client {client}"
        );
        for word in address {
            let inside = word.left >= window[0]
                && word.top >= window[1]
                && word.right <= window[2]
                && word.bottom <= window[3];
            // Not the word itself: it is of an address.
            let place = [word.left, word.top, word.right, word.bottom].map(|p| p / POINTS_PER_MM);
            assert!(
                inside,
                "a word of the address of {client} at {place:.1?} mm"
            );
        }
        let code = words
            .iter()
            .find(|word| word.text == codes[client])
            .unwrap();
        assert!(
            code.top > 200.0 * POINTS_PER_MM,
            "the code of {client} is at the bottom"
        );
        assert!(
            code.bottom - code.top >= 12.0,
            "the code of {client} is at least 12 pt"
        );
    }
}

#[test]
fn a_date_that_was_asked_for_is_on_the_letter_in_dutch() {
    for row in RIGHT.letters() {
        assert_eq!(row.valid_until, "2027-03-31");
        let text = RIGHT.letter(&row.client);
        assert!(
            text.contains("Geldig tot 31 maart 2027"),
            "client {}",
            row.client
        );
        assert!(!text.contains("2 januari 2027"), "client {}", row.client);
    }
    assert_eq!(RIGHT.manifest["valid_until"], "2027-03-31");
}

#[test]
fn the_logo_is_there_unless_it_was_left_out() {
    let with = fixture::run().bundle("1102");
    // Above the window, left of the sender's details.
    let place = [20.0, 5.0, 105.0, 45.0];
    let file = |bundle: &Bundle| bundle.entry(&bundle.row("102545").file).to_vec();
    assert!(poppler::ink(&file(with), place) > 300);
    assert_eq!(poppler::ink(&file(&RIGHT), place), 0);
    assert!(file(&RIGHT).len() < file(with).len());
    // The sender is there all the same.
    assert!(
        one_line(RIGHT.letter("102545")).contains("Beukenlaan 20 a 7523 BK Enschede 0123-456789")
    );
}

#[test]
fn a_letter_to_a_contact_goes_to_the_contact_and_its_code_is_the_clients() {
    let bundle = fixture::run().bundle("1201");
    let text = one_line(bundle.letter("100888"));
    let row = bundle.row("100888");
    assert_eq!(
        (row.name.as_str(), row.address.as_str()),
        ("Mevr. I. Biharie", "Postbus 412, 7550 AE Hengelo")
    );
    assert_eq!(
        row.explanation,
        "De brief is gericht aan de contactpersoon: Dhr. L. van Dam."
    );
    assert!(
        text.contains("Dhr. L. van Dam Postbus 412 7550 AE Hengelo"),
        "{text}"
    );
    assert!(text.contains("Geachte Dhr. L. van Dam,"), "{text}");
    assert!(text.contains("Code voor Mevr. I. Biharie"), "{text}");

    // A contact who does not receive it changes nothing.
    let bundle = fixture::run().bundle("1102");
    assert!(!bundle.letter("100879").contains("Violenstraat"));
}

#[test]
fn a_letter_abroad_ends_with_the_country_and_one_within_the_country_does_not() {
    let bundle = fixture::run().bundle("1103");
    let text = one_line(bundle.letter("107395")).to_uppercase();
    assert!(text.contains("BELGIË"), "{text}");
    let bundle = fixture::run().bundle("2102");
    let text = one_line(bundle.letter("103246")).to_uppercase();
    assert!(!text.contains("NEDERLAND"), "{text}");
}

/// One letter, to `client`, in the provider's own words.
fn letter_with_text(client: &[(&str, &str)], text: &str) -> (Bundle, String) {
    let cli = Cli::new();
    let mut export = Export::new()
        .team("1", "Wijkteam Oost")
        .client("100001", "Jansen", client)
        .assign("100001", "1", "MAIN");
    export.toml = format!("{TOML}text = \"brief.txt\"\n");
    let folder = export.write(cli.home(), "export");
    std::fs::write(folder.join("brief.txt"), text).unwrap();
    cli.run("export", &["--letter-date", LETTER_DATE]);
    let bundle = cli.bundles().remove(0);
    let page = one_line(&bundle.pages()[0]);
    (bundle, page)
}

#[test]
fn a_provider_writes_its_own_letter() {
    let (bundle, page) = letter_with_text(
        &[],
        "Beste [addressee_name],\n\nWelkom bij **[CARE_PROVIDER_NAME]**, [TEAM_NAME].\n\n\
         - bel [TELEPHONE]\n- tot [VALID_UNTIL]\n\n[SALUTATION], met [CODE] voor [CLIENT_NAME] op [LETTER_DATE].\n",
    );
    // The code is in the text and at the bottom: the one in the block is the one that counts.
    let runs = crate::support::ten_digit_runs(&page);
    assert_eq!(runs.len(), 2, "{page}");
    assert_eq!(runs[0], runs[1]);
    for part in [
        "Beste Mevr. A. Jansen, Welkom bij Zorg & Zo, Wijkteam Oost.",
        "bel 0123-456789",
        "tot 2 januari 2027",
        &format!(
            "Geachte Mevr. A. Jansen, met {} voor Mevr. A. Jansen op 21 november 2026.",
            runs[0]
        ),
        "Code voor Mevr. A. Jansen",
    ] {
        assert!(page.contains(part), "{part:?} in {page}");
    }
    assert!(!page.contains("Via deze brief"), "{page}");
    assert_eq!(bundle.manifest["letters"], 1);
}

#[test]
fn names_are_data_whatever_they_look_like() {
    let nasty = "#pagebreak() [CODE] **vet** $x$ <b>";
    let (bundle, page) = letter_with_text(&[("birth_name", nasty)], "Dag [CLIENT_NAME], dag.");
    assert!(
        page.contains(&format!("Dag Mevr. A. {nasty}, dag.")),
        "{page}"
    );
    assert_eq!(poppler::info(bundle.entry("brieven.pdf")).pages, 1);
    assert_eq!(bundle.codes().len(), 1);
}
