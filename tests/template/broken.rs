//! Templates that are broken, each in its own way, and what their makers read: file, line, and what to do.

use super::Copy;

/// What `template check` says of a template with one change, kept in `snapshots/`.
#[track_caller]
fn broken(name: &str, change: impl FnOnce(&Copy)) {
    let copy = Copy::new();
    change(&copy);
    let answer = copy.check(&[]);
    assert_eq!(answer.exit, Some(1), "{name}: {}", answer.stdout);
    assert!(answer.stdout.contains("hint:"), "{name}: {}", answer.stdout);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, answer.stdout);
    });
}

fn in_file(file: &'static str, cases: &[(&str, &str, &str)]) {
    for (name, from, to) in cases {
        broken(name, |copy| copy.replace(file, from, to));
    }
}

#[test]
fn its_settings() {
    in_file(
        "template.toml",
        &[
            (
                "toml-other-name",
                "name = \"uitnodiging\"",
                "name = \"uitnodigign\"",
            ),
            ("toml-no-name", "name = \"uitnodiging\"\n", ""),
            (
                "toml-unknown-key",
                "language = \"nl\"",
                "language = \"nl\"\ncolour = \"blue\"",
            ),
            ("toml-other-language", "\"nl\"", "\"en\""),
            ("toml-syntax", "language = \"nl\"", "language = \"nl"),
            ("toml-sizes-rise", "[10.5, 10.0, 9.5]", "[9.5, 10.0, 10.5]"),
            ("toml-size-too-small", "[10.5, 10.0, 9.5]", "[10.5, 9.0]"),
            ("toml-no-sizes", "[10.5, 10.0, 9.5]", "[]"),
            (
                "toml-too-many-sizes",
                "[10.5, 10.0, 9.5]",
                "[16, 15.5, 15, 14.5, 14, 13.5, 13, 12.5, 12, 11.5, 11, 10.5, 10]",
            ),
            ("toml-address-size-too-small", "9.0, 8.0]", "9.0, 7.0]"),
            ("toml-sizes-are-text", "[10.5, 10.0, 9.5]", "\"10.5\""),
            ("toml-unknown-placeholder", "\"TELEPHONE\"", "\"TELEFONE\""),
        ],
    );
    broken("toml-missing", |copy| {
        std::fs::remove_file(copy.cli.home().join("uitnodiging/template.toml")).unwrap();
    });
    broken("toml-not-utf8", |copy| {
        copy.write("template.toml", b"name = \"\xff\"")
    });
}

#[test]
fn its_text() {
    in_file(
        "text.txt",
        &[
            ("text-unknown-placeholder", "[TELEPHONE]", "[TELEFONE]"),
            (
                "text-unknown-placeholder-without-a-near-one",
                "[TELEPHONE]",
                "[XYZZY]",
            ),
            (
                "text-heading",
                "Via deze brief",
                "# Welkom\n\nVia deze brief",
            ),
            ("text-italic", "Via deze", "*Via* deze"),
            ("text-html", "Via deze", "Via <b>deze</b>"),
            (
                "text-link",
                "Via deze",
                "[Caren](https://www.caren.nl). Via deze",
            ),
            (
                "text-numbered-list",
                "Via deze",
                "1. Een\n2. Twee\n\nVia deze",
            ),
            (
                "text-table",
                "Via deze",
                "| a | b |\n|---|---|\n| 1 | 2 |\n\nVia deze",
            ),
            ("text-picture", "Via deze", "![logo](logo.png) Via deze"),
            ("text-code", "Via deze", "`Via` deze"),
            ("text-control-character", "Via deze", "Via \u{7} deze"),
            ("text-character-that-no-font-has", "Via deze", "Via deze 王"),
            ("text-word-too-wide", "Via deze", &"brief".repeat(40)),
        ],
    );
    broken("text-empty", |copy| copy.write("text.txt", " \n\n"));
    broken("text-not-utf8", |copy| {
        copy.write("text.txt", b"Geachte \xe9\xe9n")
    });
    broken("text-three-lines-too-long", |copy| {
        copy.write("text.txt", "Dit is een regel van de brief.\\\n".repeat(28));
    });
    broken("text-of-a-book", |copy| {
        copy.write("text.txt", "woord ".repeat(5_000))
    });
    broken("text-placeholder-not-accepted", |copy| {
        copy.replace("template.toml", "\"TEAM_NAME\", ", "");
        copy.replace("text.txt", "Via deze", "[TEAM_NAME] Via deze");
    });
}

#[test]
fn its_layout() {
    in_file(
        "layout.typ",
        &[
            (
                "layout-syntax",
                "#let body-top = 97mm",
                "#let body-top = (97mm",
            ),
            (
                "layout-unknown-variable",
                "  letterhead\n",
                "  briefhoofd\n",
            ),
            ("layout-unknown-argument", "paper: \"a4\"", "papier: \"a4\""),
            ("layout-unknown-font", "\"Noto Sans\"", "\"Comic Sans\""),
            (
                "layout-reads-a-file",
                "#let text-axis",
                "#let x = read(\"/etc/passwd\")\n#let text-axis",
            ),
            (
                "layout-takes-a-package",
                "#let text-axis",
                "#import \"@preview/cades:0.3.0\": *\n#let text-axis",
            ),
            (
                "layout-goes-up",
                "#let text-axis",
                "#let x = read(\"../../geheim.txt\")\n#let text-axis",
            ),
            ("layout-a5", "paper: \"a4\"", "paper: \"a5\""),
            (
                "layout-landscape",
                "paper: \"a4\"",
                "paper: \"a4\", flipped: true",
            ),
            (
                "layout-text-in-the-window",
                "#let body-top = 97mm",
                "#let body-top = 80mm",
            ),
            (
                "layout-address-too-low",
                "60.4mm, address(letter)",
                "84mm, address(letter)",
            ),
            (
                "layout-address-beside-the-window",
                "at(window.left, 60.4mm",
                "at(20mm, 60.4mm",
            ),
            (
                "layout-no-address",
                "  at(window.left, 60.4mm, address(letter))\n",
                "",
            ),
            ("layout-no-text", "  body(letter)\n", ""),
            ("layout-no-code", "  code-block(letter)\n", ""),
            (
                "layout-part-of-the-code",
                "letter.code))",
                "letter.code.slice(0, 9)))",
            ),
            (
                "layout-code-of-another",
                "letter.code))",
                "input.letters.at(0).code.rev()))",
            ),
            (
                "layout-no-client-by-the-code",
                "#strong(letter.client)",
                "de cliënt",
            ),
            (
                "layout-address-without-a-line",
                "address(letter))",
                "address(letter + (address: letter.address.slice(0, -1))))",
            ),
            (
                "layout-text-without-its-end",
                "  body(letter)\n",
                "  [#block(spans(edition.blocks.first().spans, letter))<body>]\n",
            ),
            (
                "layout-off-the-sheet",
                "  body(letter)\n",
                "  body(letter)\n  place(dx: 160mm)[Buiten het vel]\n",
            ),
            (
                "layout-near-the-window",
                "  body(letter)\n",
                "  body(letter)\n  at(120mm, 70mm)[Team Noord]\n",
            ),
            (
                "layout-clips",
                "  body(letter)\n",
                "  block(height: 20mm, clip: true, body(letter))\n",
            ),
            (
                "layout-hides-the-text",
                "  body(letter)\n",
                "  hide(body(letter))\n",
            ),
            ("layout-two-pages", "  v(7mm)\n", "  pagebreak()\n"),
            (
                "layout-a-page-too-many",
                "  code-block(letter)\n",
                "  code-block(letter)\n  pagebreak()\n  at(window.left, 60.4mm, address(letter))\n",
            ),
            (
                "layout-return-line-too-wide",
                "at(window.left, 55.6mm, return-line)",
                "at(window.left + 30mm, 55.6mm, return-line)",
            ),
            (
                "layout-sender-too-wide",
                "sender())",
                "sender(width: 20mm))",
            ),
            (
                "layout-heading-skips-a-level",
                "heading(level: 1)",
                "heading(level: 3)",
            ),
            (
                "layout-logo-without-alt-text",
                "at(text-axis, 15mm, logo)",
                "at(text-axis, 15mm, image(\"logo\", format: edition.logo.format, width: 20mm))",
            ),
            (
                "layout-without-a-title",
                "title: \"Uitnodiging voor Caren\", ",
                "",
            ),
            (
                "layout-title-names-the-client",
                "#letters(letter => {\n",
                "#letters(letter => {\n  set document(title: \"Brief aan \" + letter.client)\n",
            ),
            (
                "layout-code-of-the-first-on-all",
                "  body(letter)\n",
                "  body(letter)\n  input.letters.first().code\n",
            ),
            (
                "layout-only-the-first-letter",
                "  code-block(letter)\n",
                "  code-block(input.letters.first())\n",
            ),
            (
                "layout-a-digit-too-many",
                "letter.code))",
                "\"0\" + letter.code))",
            ),
            (
                "layout-tiny-address",
                "address(letter))",
                "scale(60%, address(letter)))",
            ),
            (
                "layout-tiny-text",
                "  body(letter)\n",
                "  body(letter + (size: 5))\n",
            ),
            ("layout-small-code", "size: 21pt", "size: 11pt"),
            ("layout-white-text", "size: 21pt", "size: 21pt, fill: white"),
            (
                "layout-pale-text",
                "region: \"NL\"",
                "region: \"NL\", fill: luma(70%)",
            ),
            (
                "layout-in-english",
                "lang: \"nl\", region: \"NL\"",
                "lang: \"en\"",
            ),
            (
                "layout-without-the-qr-code",
                "if edition.qr == none",
                "if true",
            ),
            (
                "layout-without-the-barcode",
                "address(letter))",
                "address(letter + (kix: none)))",
            ),
            (
                "layout-crops-the-logo",
                "at(text-axis, 15mm, logo)",
                "at(text-axis, 15mm, box(width: 4mm, height: 4mm, clip: true, logo))",
            ),
            (
                "layout-says-too-much",
                "  letterhead\n",
                "  panic(\"\\u{1b}[2J\" + \"lang \" * 20000)\n",
            ),
            (
                "layout-never-ends-as-typst-sees",
                "  letterhead\n",
                "  while true {}\n",
            ),
            (
                "layout-calls-itself",
                "  letterhead\n",
                "  let f(x) = f(x)\n  f(1)\n",
            ),
        ],
    );
    broken("layout-missing", |copy| {
        std::fs::remove_file(copy.cli.home().join("uitnodiging/layout.typ")).unwrap();
    });
    broken("layout-empty", |copy| copy.write("layout.typ", ""));
}

#[test]
fn its_samples() {
    in_file(
        "samples/de-vries.toml",
        &[
            ("sample-unknown-key", "street =", "straat ="),
            ("sample-incomplete", "zipcode = \"1234 AB\"\n", ""),
            ("sample-wrong-postcode", "1234 AB", "0234 AB"),
            (
                "sample-is-said-not-to-fit",
                "[client]",
                "outcome = \"does_not_fit\"\n\n[client]",
            ),
            (
                "sample-unknown-outcome",
                "[client]",
                "outcome = \"past\"\n\n[client]",
            ),
            ("sample-name-too-wide", "Vries", &"Vries".repeat(40)),
            ("sample-character-that-no-font-has", "Vries", "王"),
        ],
    );
    broken("samples-missing", |copy| {
        std::fs::remove_dir_all(copy.cli.home().join("uitnodiging/samples")).unwrap();
    });
}

#[test]
fn there_is_no_template_at_all() {
    let copy = Copy::new();
    let answer = copy.cli.try_run(&["template", "check", "uitnoding"]);
    assert_eq!(answer.exit, Some(1));
    insta::assert_snapshot!(answer.stdout, @"
    uitnoding: 0 letters tried, 1 problem found
      error: template.toml: is not there
      hint: a template is a folder with template.toml, text.txt and layout.typ, each UTF-8 text of at most 1 MB
    ");
}
