//! Whole exports, good and spoiled.

use std::time::Instant;

use proptest::prelude::*;
use serde_json::json;

use super::{
    testing::{CLIENT, CLIENTS_HEADER, Sample, read_with},
    *,
};

const ASSIGNMENTS: &str =
    "client_id,location_id,type\n1001,2,MAIN\n1002,2,MAIN\n1003,9,MAIN\n2001,2,MAIN\n";
const CONTACTS: &str = "client_id;role;receives_letter;birth_name\n1002;mentor;1;Jansen\n";

/// An export in which each file is written by another program.
fn journey() -> Sample {
    let sample = Sample::new();
    let clients = format!(
        "{}{CLIENT}{}{}{}",
        CLIENTS_HEADER.replace("caren_status", "caren_status;BSN;zip_cod"),
        CLIENT.replace("1001", "1002").replace("Vries", "Sm\u{EB}t"),
        CLIENT.replace("1001", "1003").replace(";1;c;", ";een;c;"),
        CLIENT.replace("1001", "1004").replace(";1;c;", ";twee;c;"),
    );
    let clients = clients.replace("gekoppeld\n", "gekoppeld;123456782;x\r\n");
    let latin: Vec<u8> = clients.chars().map(|c| u8::try_from(c).unwrap()).collect();
    sample.write("clients.csv", latin);
    sample.write(
        "location_assignments.csv",
        format!("\u{FEFF}sep=,\n{ASSIGNMENTS}"),
    );
    sample.write("contacts.csv", CONTACTS);
    sample.write("contact.csv", CONTACTS);
    sample
}

#[test]
fn a_good_folder_is_read_whole() {
    let export = journey().read().unwrap();
    assert_eq!(export.organisation.slug.as_str(), "de-beste-zorg");
    assert_eq!(export.locations.iter().count(), 2);
    let numbers: Vec<_> = export
        .clients
        .iter()
        .map(|client| client.id.as_str())
        .collect();
    assert_eq!(numbers, ["1001", "1002", "1003", "1004", "2001"]);
    assert_eq!(export.clients[1].name.birth_name, "Smët");
    assert_eq!(export.clients[1].recipient.as_ref().unwrap().role, "mentor");
    assert_eq!(export.assignments.len(), 3);
    assert!(!export.clients[4].in_export);
}

#[test]
fn the_report_tells_all_but_no_names() {
    let report = serde_json::to_value(journey().read().unwrap().report).unwrap();
    assert_eq!(report["clients"], 4);
    assert_eq!(report["clients_with_problems"], 2);
    assert_eq!(report["clients_without_assignment"], 2);
    assert_eq!(report["clients_only_in_assignments"], 1);
    assert_eq!(
        report["problems"],
        json!([
            {"field": "home_number", "kind": "not_a_number", "clients": 2},
            {"field": "location_id", "kind": "unknown_value", "clients": 1},
        ])
    );
    assert_eq!(
        report["warnings"],
        json!([
            {"kind": "unread_file", "file": "contact.csv", "nearest": "contacts.csv"},
            {"kind": "unknown_location", "file": "location_assignments.csv", "line": 5, "client": "1003"},
            {"kind": "client_only_in_assignments", "file": "location_assignments.csv", "line": 6, "client": "2001"},
        ])
    );
    assert_eq!(
        report["files"][1],
        json!({
            "file": "clients.csv", "rows": 4, "separator": "semicolon", "encoding": "windows-1252",
            "ignored_columns": [{"name": "BSN", "nearest": null}, {"name": "zip_cod", "nearest": null}],
            "absent_columns": [],
        })
    );
    assert_eq!(report["files"][2]["encoding"], "utf-8-bom");
    assert_eq!(report["files"][2]["separator"], "comma");
    assert_eq!(report["files"][3]["file"], "contacts.csv");
    let shown = report.to_string();
    for secret in ["Vries", "Jansen", "Sesamstraat", "7513KC", "123456782"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn every_warning_is_a_sentence() {
    let warnings = journey().read().unwrap().report.warnings;
    let shown: Vec<_> = warnings.iter().map(Warning::to_string).collect();
    assert_eq!(
        shown,
        [
            "contact.csv is not part of an export and was not read; was it meant to be contacts.csv?",
            "location_assignments.csv, line 5: client 1003 is assigned to a location that is not in locations.csv",
            "location_assignments.csv, line 6: client 2001 is not in clients.csv",
        ]
    );
}

#[test]
fn an_export_shows_no_names_when_it_is_debugged() {
    let shown = format!("{:?}", journey().read().unwrap());
    assert!(
        shown.contains("clients: 5") && !shown.contains("Vries"),
        "{shown}"
    );
}

#[test]
fn the_fingerprint_is_that_of_the_content() {
    let sample = Sample::new();
    let first = sample.read().unwrap().fingerprint;
    assert_eq!(first, Sample::new().read().unwrap().fingerprint);
    sample.write("notes.txt", "not read");
    assert_eq!(first, sample.read().unwrap().fingerprint);
    sample.write("contacts.csv", "client_id\n");
    assert_ne!(first, sample.read().unwrap().fingerprint);
}

#[test]
fn each_table_but_the_contacts_must_be_there() {
    for file in [
        "organisation.toml",
        "locations.csv",
        "clients.csv",
        "location_assignments.csv",
    ] {
        let sample = Sample::new();
        std::fs::remove_file(sample.path().join(file)).unwrap();
        let error = sample.read().unwrap_err();
        assert_eq!(error.code(), "file_missing");
        assert_eq!(error.to_string(), format!("{file} is not in the folder"));
    }
    assert!(Sample::new().read().unwrap().report.warnings.is_empty());
}

#[test]
fn a_table_without_rows_is_a_warning() {
    let export = read_with("clients.csv", CLIENTS_HEADER).unwrap();
    assert_eq!(
        export.report.warnings[0],
        Warning::NoRows {
            file: "clients.csv"
        }
    );
    assert_eq!(export.report.clients_only_in_assignments, 1);
}

#[test]
fn all_encodings_and_line_ends_give_the_same_clients() {
    let table = format!("{CLIENTS_HEADER}{CLIENT}").replace("Vries", "Sm\u{EB}t");
    let latin: Vec<u8> = table.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let wide = |to_bytes: fn(u16) -> [u8; 2]| {
        let text = format!("\u{FEFF}{table}").replace(';', "\t");
        text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>()
    };
    let expected = read_with("clients.csv", &table).unwrap().clients;
    assert_eq!(expected[0].name.birth_name, "Smët");
    for bytes in [
        format!("\u{FEFF}{table}").into_bytes(),
        table.replace('\n', "\r\n").into_bytes(),
        table.replace(';', ",").into_bytes(),
        format!(
            "\"{}\"",
            table
                .trim_end()
                .replace(';', "\";\"")
                .replace('\n', "\"\n\"")
        )
        .into_bytes(),
        latin,
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        assert_eq!(read_with("clients.csv", bytes).unwrap().clients, expected);
    }
}

/// Some 25 ms in a release build; the limits leave room for a busy machine and a debug build.
#[test]
fn ten_thousand_clients_are_read_in_no_time() {
    let sample = Sample::new();
    let mut clients = CLIENTS_HEADER.to_owned();
    let mut assignments = "client_id;location_id;type;begin_date;end_date\n".to_owned();
    for number in 1..=10_000 {
        clients.push_str(&CLIENT.replace("1001", &number.to_string()));
        assignments.push_str(&format!("{number};2;MAIN;2020-01-01;\n"));
    }
    sample.write("clients.csv", clients);
    sample.write("location_assignments.csv", assignments);
    let start = Instant::now();
    let export = sample.read().unwrap();
    let took = start.elapsed();
    assert_eq!(
        (export.clients.len(), export.assignments.len()),
        (10_000, 10_000)
    );
    let limit = if cfg!(debug_assertions) { 5_000 } else { 100 };
    assert!(took.as_millis() < limit, "{took:?}");
}

/// Bytes that resemble a table more often than bytes at random do.
fn like_a_table() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(CLIENTS_HEADER.as_bytes().to_vec()),
        Just(CLIENT.as_bytes().to_vec()),
        Just(b"identification_no;birth_name\n".to_vec()),
        Just(b"\"".to_vec()),
        Just(b";".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        Just(b"\xFF\xFE".to_vec()),
        Just(b"sep=\t\n".to_vec()),
        "\\PC{0,8}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_read_or_refused_with_a_hint(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), like_a_table()]
    ) {
        match read_with("clients.csv", bytes) {
            Ok(export) => {
                let report = &export.report;
                prop_assert_eq!(export.clients.len(), report.clients + report.clients_only_in_assignments);
            }
            Err(error) => {
                prop_assert!(error.to_string().starts_with("clients.csv"));
                prop_assert!(!error.hint().is_empty());
                prop_assert!(!error.code().is_empty());
            }
        }
    }

    #[test]
    fn any_organisation_file_is_read_or_refused_with_a_hint(text in "\\PC{0,80}", at in 0..160_usize) {
        let sample = Sample::new();
        let good = std::fs::read_to_string(sample.path().join("organisation.toml")).unwrap();
        let (before, after) = good.split_at(at.min(good.len()));
        sample.write("organisation.toml", format!("{before}{text}{after}"));
        if let Err(error) = sample.read() {
            prop_assert!(!error.hint().is_empty());
        }
    }
}
