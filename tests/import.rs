//! `import`: whatever the export looks like, the same clients; all of it or nothing.

use std::{collections::BTreeMap, fs};

use serde_json::json;

use crate::support::{
    bundle::Row,
    cli::Cli,
    database::Rows,
    export::{Dialect, Export},
    fixture::{FOLDER, LETTER_DATE},
};

/// Three clients whose names Windows-1252 can write, one with a contact, one with separators in the street.
fn small() -> Export {
    Export::new()
        .team("1", "Wijkteam Zuid")
        .client(
            "100001",
            "Müller",
            &[("given_name", "Zoë"), ("initials", "Z.")],
        )
        .client(
            "100002",
            "d’Ançona",
            &[("street", "Plein; 1944, \"oost\""), ("gender", "M")],
        )
        .client("100003", "Jansen", &[("zipcode", "")])
        .assign("100001", "1", "MAIN")
        .assign("100002", "1", "MAIN")
        .assign("100003", "1", "MAIN")
        .contact(
            "100001",
            &[
                ("role", "curator"),
                ("receives_letter", "true"),
                ("gender", "M"),
                ("initials", "R."),
                ("birth_name", "Café"),
                ("preferred_name_type", "0"),
                ("street", "Kade"),
                ("home_number", "3"),
                ("zipcode", "7511 AA"),
                ("city", "Enschede"),
            ],
        )
}

fn overview(export: &Export) -> Vec<Row> {
    let cli = Cli::new();
    export.write(cli.home(), "export");
    cli.run("export", &["--letter-date", LETTER_DATE]);
    let bundles = cli.bundles();
    assert_eq!(bundles.len(), 1);
    bundles[0].assert_whole();
    bundles[0].overview.clone()
}

#[test]
fn every_dialect_gives_the_same_letters() {
    let plain = Dialect::default();
    let expected = overview(&small());
    let names: Vec<&str> = expected.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(
        names,
        ["Dhr. A. d'Ançona", "Mevr. Z. Müller", "Mevr. A. Jansen"].map(|name| {
            // The overview keeps the apostrophe that the export has.
            if name.contains("Ançona") {
                "Dhr. A. d’Ançona"
            } else {
                name
            }
        })
    );
    let dialects = [
        (
            "commas",
            Dialect {
                separator: ',',
                ..plain
            },
        ),
        (
            "tabs",
            Dialect {
                separator: '\t',
                ..plain
            },
        ),
        ("a byte order mark", Dialect { bom: true, ..plain }),
        (
            "Windows-1252",
            Dialect {
                windows_1252: true,
                ..plain
            },
        ),
        (
            "columns the other way round",
            Dialect {
                reversed: true,
                ..plain
            },
        ),
        (
            "identificationNo",
            Dialect {
                header: camel_case,
                ..plain
            },
        ),
        (
            "Identification no",
            Dialect {
                header: |name| capital(&name.replace('_', " ")),
                ..plain
            },
        ),
        (
            "IDENTIFICATION-NO",
            Dialect {
                header: |name| name.replace('_', "-").to_uppercase(),
                ..plain
            },
        ),
        (
            "all at once",
            Dialect {
                separator: '\t',
                windows_1252: true,
                header: camel_case,
                reversed: true,
                ..plain
            },
        ),
    ];
    for (name, dialect) in dialects {
        assert_eq!(overview(&small().with(dialect)), expected, "{name}");
    }
}

fn capital(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..]
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |done, word| done + &capital(word))
}

#[test]
fn dates_are_read_in_both_notations() {
    let died = |date: &str| {
        let export = Export::new()
            .team("1", "Zuid")
            .client("100001", "Jansen", &[("death_date", date)])
            .assign("100001", "1", "MAIN");
        overview(&export)[0].reason.clone()
    };
    assert_eq!(died("2026-11-20"), "deceased");
    assert_eq!(died("20-11-2026"), "deceased");
    assert_eq!(died("20/11/2026"), "incomplete");
}

#[test]
fn it_says_what_was_taken_in_and_what_somebody_may_want_to_look_at() {
    let cli = Cli::new();
    let answer = cli.ok(&["import", FOLDER]);
    insta::assert_snapshot!(answer.stdout, @r"
    de-beste-zorg taken in: 340 clients
    note: 2 clients: date_of_birth not a date such as 2026-11-21 (no letter: incomplete)
    note: 1 client: home_number not a number in range (no letter: incomplete)
    note: 1 client: preferred_name_type not a known value (no letter: incomplete)
    note: location_assignments.csv, line 64: client 101358 is not in clients.csv
    note: location_assignments.csv, line 183: client 104476 is not in clients.csv
    note: location_assignments.csv, line 297: client 107270 is not in clients.csv
    ");
    assert_eq!(answer.stderr, "");

    let report = cli.ok(&["import", FOLDER, "--json"]).json();
    assert_eq!(report["organisation"], "de-beste-zorg");
    assert_eq!(report["report"]["clients"], 340);
    assert_eq!(report["report"]["clients_only_in_assignments"], 3);
    let files: Vec<_> = report["report"]["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["file"])
        .collect();
    assert_eq!(
        json!(files),
        json!([
            "locations.csv",
            "clients.csv",
            "location_assignments.csv",
            "contacts.csv"
        ])
    );
}

#[test]
fn a_column_or_file_that_is_not_known_is_named_with_what_it_may_have_been_meant_to_be() {
    let cli = Cli::new();
    let folder = small().write(cli.home(), "export");
    let table = folder.join("clients.csv");
    let text = fs::read_to_string(&table).unwrap().replacen(
        "partner_name_prefix",
        "partner_name_prefx",
        1,
    );
    fs::write(&table, text).unwrap();
    fs::rename(folder.join("contacts.csv"), folder.join("contact.csv")).unwrap();
    let answer = cli.ok(&["import", "export"]);
    insta::assert_snapshot!(answer.stdout, @r"
    zorg taken in: 3 clients
    note: clients.csv: column partner_name_prefx is not known and was not read; was it meant to be partner_name_prefix?
    note: contact.csv is not part of an export and was not read; was it meant to be contacts.csv?
    ");
}

#[test]
fn who_is_no_longer_in_the_export_is_not_in_export_and_never_deleted() {
    let cli = Cli::new();
    small().write(cli.home(), "all");
    small().without("100002").write(cli.home(), "fewer");
    cli.ok(&["import", "all"]);
    cli.ok(&["import", "fewer"]);
    let answer = cli.run("fewer", &["--letter-date", LETTER_DATE]);
    assert_eq!(
        answer["left_out"],
        json!({"not_in_export": 1, "incomplete": 1})
    );
    let bundle = cli.bundles().remove(0);
    assert_eq!(bundle.row("100002").reason, "not_in_export");
    assert!(bundle.row("100001").is_letter());

    // Back in the export, they get their letter.
    let answer = cli.run("all", &["--letter-date", LETTER_DATE]);
    assert_eq!(answer["letters"], 1);
    assert_eq!(
        answer["left_out"],
        json!({"open_invitation": 1, "incomplete": 1})
    );
}

#[test]
fn a_bad_value_costs_a_letter_and_not_the_import() {
    let export = Export::new()
        .team("1", "Zuid")
        .client(
            "100001",
            "Jansen",
            &[("zipcode", "75AB12"), ("date_of_birth", "1938-00-00")],
        )
        .client("100002", "Pietersen", &[])
        .assign("100001", "1", "MAIN")
        .assign("100002", "1", "MAIN");
    let rows = overview(&export);
    assert!(rows[0].is_letter());
    assert_eq!(rows[1].reason, "incomplete");
    insta::assert_snapshot!(rows[1].explanation, @"Niet genoeg gegevens voor een brief: geboortedatum is geen geldige datum, postcode klopt niet. Vul de informatie aan in Ons en maak een nieuwe export.");
}

/// Everything that an import writes.
fn stored(cli: &Cli) -> BTreeMap<&'static str, Vec<Vec<String>>> {
    let rows = Rows::of(&cli.data_dir());
    BTreeMap::from([
        (
            "organisation",
            rows.query("SELECT * FROM organisation ORDER BY 1"),
        ),
        (
            "location",
            rows.query("SELECT * FROM location ORDER BY 1, 2"),
        ),
        ("client", rows.query("SELECT * FROM client ORDER BY 1, 2")),
        (
            "assignment",
            rows.query("SELECT * FROM assignment ORDER BY 1"),
        ),
        ("logo", rows.query("SELECT hash FROM logo ORDER BY 1")),
    ])
}

#[test]
fn an_export_that_cannot_be_read_changes_nothing() {
    let cli = Cli::new();
    small().write(cli.home(), "good");
    cli.ok(&["import", "good"]);
    let before = stored(&cli);
    assert_eq!(before["client"].len(), 3);

    // Each has a new client too, who may not get in by a side door.
    let bigger = small()
        .client("100009", "Nieuw", &[])
        .assign("100009", "1", "MAIN");
    let broken = |name: &str, file: &str, change: fn(String) -> Option<String>| {
        let folder = bigger.write(cli.home(), name);
        let text = fs::read_to_string(folder.join(file)).unwrap();
        match change(text) {
            Some(text) => fs::write(folder.join(file), text).unwrap(),
            None => fs::remove_file(folder.join(file)).unwrap(),
        }
        let answer = cli.try_run(&["import", name]);
        assert_eq!(answer.exit, Some(1), "{name}: {}", answer.stderr);
        assert_eq!(answer.stdout, "", "{name}");
        assert!(
            answer.stderr.starts_with("error: ") && answer.stderr.contains("\nhint: "),
            "{}",
            answer.stderr
        );
        assert!(stored(&cli) == before, "{name} changed something");
    };
    broken("no assignments", "location_assignments.csv", |_| None);
    broken("no column", "location_assignments.csv", |text| {
        Some(text.replacen("location_id", "place", 1))
    });
    broken("a row too short", "contacts.csv", |text| {
        Some(text + "100001;mentor\r\n")
    });
    broken("a quote left open", "contacts.csv", |text| {
        Some(text + "\"100001;mentor")
    });
    broken("an unknown parent", "locations.csv", |text| {
        Some(text + "2;99;Noord;;;\r\n")
    });

    let answer = cli.run("good", &["--letter-date", LETTER_DATE]);
    assert_eq!(
        (&answer["clients"], &answer["letters"]),
        (&3.into(), &2.into())
    );
}
