//! The letter workshop as the rest of the program uses it, with press processes of the built program: text, fonts and
//! places in the PDFs, read with poppler.

use std::{
    cell::Cell,
    fs,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use brievenbus::{
    domain::organisation::{AddressWindow, Logo, LogoFormat, Organisation},
    letters::{EditionError, EditionSpec, LetterContent, LetterWords, Misfit, PressError},
};
use sha2::{Digest, Sha256};

use crate::support::workshop::*;

#[test]
fn the_example_letter_reads_as_document_000_has_it() {
    let letter = single(&edition_of(STANDARD), de_vries());
    let prose = prose_of(&letter);
    for expected in [
        "De Beste Zorg · Stationsplein 14 · 7511 JD Enschede",
        "Mevr. C. de Vries - Heemsberge Sesamstraat 1 1234 AB Enschede",
        "Enschede, 3 februari 2021 Uitnodiging voor Caren Geachte Mevr. C. de Vries - Heemsberge, Via deze brief \
         willen wij u graag informeren dat u en uw dierbaren vanaf nu inzicht kunnen krijgen in uw zorg via internet. \
         Met Caren krijgen u en eventueel uw dierbaren online inzicht in wie, wat, wanneer komt doen. Caren kunt u \
         activeren door op www.caren.nl de onderstaande code in te voeren. U kunt dit zelf doen of uw code geven aan \
         een familielid of kennis. Pas dan wordt Caren geactiveerd. Als u niets doet wordt Caren niet geactiveerd en \
         wordt er geen informatie gedeeld. Een uitgebreide uitleg van Caren en wat het voor u kan betekenen is te \
         vinden op de website, heeft u nog vragen dan kunt u bellen naar 0123-456789. Wij hopen dat Caren een \
         waardevolle toevoeging is op uw algehele zorg. Met vriendelijke groet, De Beste Zorg",
        "Code voor Mevr. C. de Vries - Heemsberge 0482915630 Geldig tot 17 maart 2021 Vul deze code in op \
         www.caren.nl.",
    ] {
        assert!(prose.contains(expected), "{expected}\n---\n{prose}");
    }
    let lines: Vec<String> = text_of(&letter)
        .lines()
        .map(|line| line.trim().to_owned())
        .collect();
    for line in [
        "Sesamstraat 1",
        "1234 AB Enschede",
        "0482915630",
        "Geldig tot 17 maart 2021",
    ] {
        assert!(lines.iter().any(|found| found == line), "{line}");
    }
}

#[test]
fn a_letter_is_one_accessible_archivable_a4_in_noto_sans() {
    let letter = single(&edition_of(STANDARD), de_vries());
    let info = poppler("pdfinfo", &[], &letter);
    for expected in [
        "Title:           Uitnodiging voor Caren",
        "Tagged:          yes",
        "Pages:           1",
        "(A4)",
    ] {
        assert!(info.contains(expected), "{expected}\n{info}");
    }
    let metadata = poppler("pdfinfo", &["-meta"], &letter);
    for expected in [
        "<pdfaid:part>2<",
        "<pdfaid:conformance>A<",
        "<pdfuaid:part>1<",
        "<rdf:li>nl-NL<",
    ] {
        assert!(metadata.contains(expected), "{expected}\n{metadata}");
    }
    for font in poppler("pdffonts", &[], &letter).lines().skip(2) {
        assert!(
            font.contains("+NotoSans") && font.contains("yes yes yes"),
            "{font}"
        );
    }
    let structure = poppler("pdfinfo", &["-struct-text"], &letter);
    let order = [
        "Sesamstraat",
        "H1",
        "Uitnodiging voor Caren",
        "Via deze brief",
        "Code voor",
        "0482915630",
    ];
    let places: Vec<usize> = order
        .iter()
        .map(|part| structure.find(part).expect(part))
        .collect();
    assert!(places.is_sorted(), "{structure}");
}

#[test]
fn the_address_lies_in_the_window_and_the_rest_stays_away() {
    for (window, left, right) in [
        (AddressWindow::Left, 35.0, 105.0),
        (AddressWindow::Right, 109.0, 175.0),
    ] {
        for logo in [None, Some(svg_logo())] {
            let organisation = organisation(STANDARD);
            let edition = Arc::new(
                edition_new(EditionSpec {
                    window,
                    logo,
                    ..spec(&organisation)
                })
                .unwrap(),
            );
            let letter = single(
                &edition,
                letter("Dhr. Ångström", &["Weg 1", "Postbus 30250", "1234 AB Ons"]),
            );
            for word in ["Weg", "30250", "1234", "Ons"] {
                let [x0, y0, x1, y1] = place_of(&letter, word);
                assert!(
                    x0 >= left && x1 <= right && y0 >= 55.0 && y1 <= 85.0,
                    "{word}: {x0} {y0} {x1} {y1}"
                );
            }
            // The first baseline is near 59; poppler's box of a word goes down to the descender.
            let [_, _, _, name_bottom] = place_of(&letter, "Ångström");
            assert!((59.0..62.5).contains(&name_bottom), "{name_bottom}");
            let [_, date_top, ..] = place_of(&letter, "februari");
            let [_, _, _, sender_bottom] = place_of(&letter, "www.debestezorg.example");
            assert!(
                date_top > 90.0 && sender_bottom < 50.0,
                "{date_top} {sender_bottom}"
            );
            let [.., code_bottom] = place_of(&letter, "0482915630");
            assert!((250.0..285.0).contains(&code_bottom), "{code_bottom}");
        }
    }
}

#[test]
fn a_long_address_is_wrapped_and_set_smaller_inside_the_window() {
    let edition = edition_of(STANDARD);
    let name = "Mevr. W.F.M.A.C. van Oldenbarnevelt-Schimmelpenninck van der Oye - van Heeckeren tot Walien";
    let address = [
        "Burgemeester van Heemstrakwartier 15201 bij 12",
        "1234 AB Ons",
        "Verenigd Koninkrijk",
    ];
    let made = make(&edition, vec![de_vries(), letter(name, &address)], 1);
    assert_eq!(made.typeset.shrunk, [1]);
    // A reader joins what a hyphen at the end of a line parted, so that is undone.
    let joined = |text: String| {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("- ", "-")
    };
    let (prose, name) = (joined(text_of(&made.singles[1])), joined(name.to_owned()));
    assert!(
        prose.contains(&format!("{name} {}", address.join(" "))),
        "{prose}"
    );
    assert!(
        prose.contains(&format!("Code voor {name} 0482915630")),
        "{prose}"
    );
    let [_, _, right, _] = place_of(&made.singles[1], "15201");
    let [.., bottom] = place_of(&made.singles[1], "Verenigd");
    assert!(right <= 105.0 && bottom <= 85.0, "{right} {bottom}");
}

#[test]
fn values_and_text_are_printed_and_never_run() {
    let nasty = [
        "#set page(height: 1pt)",
        "*x* _y_ 'z'",
        "= kop van y",
        "[CODE]",
        "<script>alert(1)</script>",
        "$x$ @y \\ // /* ~",
        "#eval(\"1\") #{",
        "--- ... -?",
    ];
    let organisation = Organisation {
        name: "*Zorg* #pagebreak() [CODE]".into(),
        ..organisation(Some(
            "[CARE_PROVIDER_NAME] / [team_name] / [CLIENT_NAME] / #pagebreak() $z$",
        ))
    };
    let edition = Arc::new(
        edition_new(EditionSpec {
            team_name: "[CODE] **vet**",
            ..spec(&organisation)
        })
        .unwrap(),
    );
    for value in nasty {
        let printed = value
            .replacen('"', "“", 1)
            .replacen('"', "”", 1)
            .replace('\'', "’");
        let prose = prose_of(&single(
            &edition,
            letter(value, &["Sesamstraat 1", "1234 AB Enschede"]),
        ));
        assert!(
            prose.contains(&format!("Code voor {printed} 0482915630")),
            "{value}: {prose}"
        );
        assert!(
            prose.contains(&format!("{printed} Sesamstraat 1")),
            "{value}: {prose}"
        );
        let text =
            format!("*Zorg* #pagebreak() [CODE] / [CODE] **vet** / {printed} / #pagebreak() $z$");
        assert!(prose.contains(&text), "{value}: {prose}");
    }
}

#[test]
fn bold_lists_and_line_breaks_are_set() {
    let text = "Beste [CLIENT_NAME],\n\n- het **eerste** punt\n- bel 'ns [TELEPHONE]\n\nGroet,\\\n[TEAM_NAME], [LETTER_DATE] tot [VALID_UNTIL], [EMAIL] [WEBSITE] [CODE] [ADDRESSEE_NAME]";
    let letter = single(&edition_of(Some(text)), de_vries());
    let lines = text_of(&letter);
    for line in ["• het eerste punt", "• bel ’ns 0123-456789", "Groet,"] {
        assert!(
            lines
                .lines()
                .any(|found| found.split_whitespace().collect::<Vec<_>>().join(" ") == line),
            "{line}\n{lines}"
        );
    }
    let values = "Team Noord, 3 februari 2021 tot 17 maart 2021, info@debestezorg.example www.debestezorg.example 0482915630 Mevr. C. de Vries - Heemsberge";
    assert!(prose_of(&letter).contains(values), "{lines}");
    assert!(poppler("pdfinfo", &["-struct"], &letter).contains("LBody"));
}

#[test]
fn a_single_is_the_same_whatever_is_set_with_it() {
    let edition = edition_of(STANDARD);
    let team: Vec<LetterContent> = (0..300).map(nth).collect();
    let all = make(&edition, team.clone(), 2);
    assert_eq!((all.prints.len(), all.singles.len()), (2, 300));
    assert_eq!(all.progress, [250, 300]);
    let seven = make(&edition, team[40..47].to_vec(), 1);
    for at in [0, 41, 46, 249, 250, 299] {
        let alone = single(&edition, team[at].clone());
        assert!(alone == all.singles[at], "letter {at} alone");
        if let Some(among) = at.checked_sub(40).and_then(|at| seven.singles.get(at)) {
            assert!(&alone == among, "letter {at} of seven");
        }
    }
    // Nor does it matter that a letter beside it is set smaller, or left out.
    let long = letter(
        "Mevr. W.F.M. van der Oye-van Oldenbarnevelt-Schimmelpenninck van der Oye tot Hoevelaken",
        &[
            "Burgemeester van Heemstrakwartier 15201 bij 12",
            "a",
            "b",
            "c",
        ],
    );
    let beside = make(
        &edition,
        vec![letter("王", &[]), team[0].clone(), long, team[1].clone()],
        1,
    );
    assert_eq!(
        (beside.typeset.misfits.len(), beside.typeset.shrunk.len()),
        (1, 1)
    );
    assert!(beside.singles[0] == all.singles[0] && beside.singles[2] == all.singles[1]);
}

#[test]
fn the_spool_is_the_same_for_any_number_of_threads() {
    let edition = edition_of(STANDARD);
    let mut team: Vec<LetterContent> = (0..1_020).map(nth).collect();
    for at in [3, 249, 260, 700] {
        team[at].words.address_lines[0] = "x".repeat(180);
    }
    team[1_019].words.addressee = "王".into();
    let first = make(&edition, team.clone(), 1);
    let left_out: Vec<usize> = first.typeset.misfits.iter().map(|(at, _)| *at).collect();
    assert_eq!(left_out, [3, 249, 260, 700, 1_019]);
    assert_eq!(first.singles.len(), 1_015);
    let pages: Vec<String> = first.prints.iter().map(|print| pages_of(print)).collect();
    assert_eq!(pages, ["250", "250", "250", "250", "15"]);
    for threads in [2, 3] {
        let other = make(&edition, team.clone(), threads);
        assert!(
            other.prints == first.prints && other.singles == first.singles,
            "{threads} threads"
        );
        assert_eq!(other.typeset.misfits, first.typeset.misfits);
    }
    // Who only asks which letters would not fit hears the same.
    let words: Vec<LetterWords> = (team.iter().take(1_019))
        .map(|letter| letter.words.clone())
        .collect();
    let misfits = press(2).misfits(&edition, words, &|| true).unwrap();
    assert_eq!(misfits, first.typeset.misfits[..4]);
    // A print file has the letters of the singles, in order.
    let second = prose_of(&first.prints[1]);
    for (number, single) in first.singles[250..500].iter().enumerate().step_by(83) {
        assert!(
            second.contains(&prose_of(single)),
            "letter {number} of the second print file"
        );
    }
}

fn pages_of(pdf: &[u8]) -> String {
    let info = poppler("pdfinfo", &[], pdf);
    let line = info
        .lines()
        .find(|line| line.starts_with("Pages:"))
        .unwrap();
    line["Pages:".len()..].trim().to_owned()
}

#[test]
fn other_processes_make_the_same_bytes() {
    // This test starts itself once more in a process of its own, which tells the hash of its bytes in a file.
    #[expect(
        clippy::disallowed_methods,
        reason = "how the two processes of this test talk"
    )]
    let told = std::env::var_os("BRIEVENBUS_TEST_HASH_TO");
    let made = make(&edition_of(STANDARD), (0..3).map(nth).collect(), 2);
    let mut hasher = Sha256::new();
    for bytes in made.prints.iter().chain(&made.singles) {
        hasher.update(bytes);
    }
    let once = hex::encode(hasher.finalize());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hash");
    if let Some(told) = told {
        fs::write(told, once).unwrap();
        return;
    }
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "workshop::other_processes_make_the_same_bytes"])
        .env("BRIEVENBUS_TEST_HASH_TO", &file)
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), once);
}

#[test]
fn what_does_not_fit_is_told_apart() {
    let paragraph = "Met Caren krijgen u en eventueel uw dierbaren online inzicht in wie, wat, wanneer komt doen. ".repeat(4);
    let long = edition_of(Some(&format!("{paragraph}\n\n").repeat(20)));
    let Misfit::LinesTooLong(lines) = misfit(&long, de_vries()) else {
        panic!("three pages are too long")
    };
    assert!((50..80).contains(&lines), "{lines}");

    let standard = edition_of(STANDARD);
    let word = "Langestraatnaam".repeat(12);
    assert_eq!(
        misfit(&standard, letter("Dhr. A", &[&word, "1234 AB Ons"])),
        Misfit::AddressTooLarge
    );
    assert_eq!(
        misfit(&standard, letter("Dhr. A", &["regel"; 9])),
        Misfit::AddressTooLarge
    );
    let mut wide = de_vries();
    wide.words.client_name = word;
    assert_eq!(misfit(&standard, wide), Misfit::WordTooWide);
    let foreign = letter("王小明 ☃", &["Weg 1", "1234 AB Ons"]);
    assert_eq!(
        standard.missing_glyphs(foreign.words.texts()),
        ['☃', '小', '明', '王']
    );
    assert_eq!(
        misfit(&standard, foreign),
        Misfit::MissingGlyph(vec!['☃', '小', '明', '王'])
    );
    assert!(standard.missing_glyphs(nth(2).words.texts()).is_empty());
}

#[test]
fn a_text_a_little_too_long_is_set_smaller() {
    let line = "Dit is een regel van de brief.\n\n";
    let sizes: Vec<usize> = (12..24)
        .map(|lines| make(&edition_of(Some(&line.repeat(lines))), vec![de_vries()], 1))
        .map(|made| made.typeset.shrunk.len() + 2 * made.typeset.misfits.len())
        .collect();
    // Fits, then fits smaller, then does not fit.
    assert!(
        sizes.is_sorted() && sizes.contains(&0) && sizes.contains(&1) && sizes.contains(&2),
        "{sizes:?}"
    );
}

#[test]
fn what_is_wrong_with_an_edition_is_said_with_a_hint() {
    let text = error_of(&organisation(Some("Beste,\n\nbel [TELEFONE]")));
    assert_eq!(
        text.to_string(),
        "brief.txt, line 3, column 5: there is no placeholder [TELEFONE]"
    );
    assert_eq!(text.hint().unwrap(), "did you mean [TELEPHONE]?");

    let silent = Organisation {
        telephone: None,
        ..organisation(STANDARD)
    };
    let error = error_of(&silent);
    assert_eq!(
        error.to_string(),
        "text.txt uses [TELEPHONE], but organisation.toml has no `telephone`"
    );
    assert!(error.hint().unwrap().contains("add `telephone`"));
    let without = Organisation {
        telephone: None,
        ..organisation(Some("Hallo"))
    };
    assert!(edition_new(spec(&without)).is_ok());

    let foreign = error_of(&organisation(Some("Hallo 王")));
    assert_eq!(
        foreign.to_string(),
        "brief.txt: the font has no '王' (U+738B) for the text"
    );

    let wide = Organisation {
        website: Some("x".repeat(80)),
        ..organisation(STANDARD)
    };
    assert!(matches!(error_of(&wide), EditionError::DoesNotFit { .. }));

    let mut unknown = organisation(STANDARD);
    unknown.letter.template = "herinnering".into();
    assert!(matches!(
        error_of(&unknown),
        EditionError::UnknownTemplate { .. }
    ));
}

#[test]
fn a_logo_is_set_or_refused_before_any_letter() {
    let organisation = organisation(STANDARD);
    let with = |logo| {
        edition_new(EditionSpec {
            logo: Some(logo),
            ..spec(&organisation)
        })
    };
    let edition = Arc::new(with(svg_logo()).unwrap());
    let structure = poppler("pdfinfo", &["-struct-text"], &single(&edition, de_vries()));
    assert!(
        structure.contains("Figure") && structure.contains("De Beste Zorg"),
        "{structure}"
    );
    let png = Arc::new(
        with(Logo {
            format: LogoFormat::Png,
            bytes: PNG.to_vec(),
        })
        .unwrap(),
    );
    assert!(poppler("pdfimages", &["-list"], &single(&png, de_vries())).contains("image"));
    let error = with(Logo {
        format: LogoFormat::Svg,
        bytes: b"<svg".to_vec(),
    })
    .err()
    .unwrap();
    assert!(
        error.to_string().starts_with("the logo is not an SVG"),
        "{error}"
    );
    assert_eq!(edition.template_hash(), png.template_hash());
}

/// Two by two pixels, red, without an alpha channel.
const PNG: &[u8] = b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00\xfd\xd4\x9a\x73\x00\x00\x00\x10\x49\x44\x41\x54\x78\x9c\x63\xf8\xcf\xc0\x00\x44\x0c\x10\x0a\x00\x1f\xee\x03\xfd\x8b\x5f\x14\xd4\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

#[test]
fn a_run_can_be_interrupted_and_the_press_goes_on() {
    let edition = edition_of(STANDARD);
    let press = press(1);
    let asked = Cell::new(0);
    let keep_going = || {
        asked.set(asked.get() + 1);
        asked.get() < 2
    };
    let team: Vec<LetterContent> = (0..600).map(nth).collect();
    let stopped = press.typeset_letters(
        &edition,
        team,
        tempfile::tempfile().unwrap(),
        &|_| {},
        &keep_going,
    );
    assert!(matches!(stopped, Err(PressError::Interrupted)));
    let asked = AtomicUsize::new(0);
    let once = || asked.fetch_add(1, Ordering::Relaxed) == 0;
    let words = (0..600).map(|n| nth(n).words).collect();
    let stopped = press.misfits(&edition, words, &once);
    assert!(matches!(stopped, Err(PressError::Interrupted)));
    assert_eq!(asked.into_inner(), 2);
    let after = press.typeset_letters(
        &edition,
        vec![de_vries()],
        tempfile::tempfile().unwrap(),
        &|_| {},
        &|| true,
    );
    assert_eq!(after.unwrap().singles.len(), 1);
    let none = press.typeset_letters(
        &edition,
        Vec::new(),
        tempfile::tempfile().unwrap(),
        &|_| {},
        &|| true,
    );
    assert_eq!(none.unwrap().prints, []);
}
