//! A code is in its letter and nowhere else; names and addresses are in no log.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::support::{
    bundle::Bundle, cli::Cli, codes_in, eventually, files_below, fixture, service::Service,
};

#[test]
fn every_letter_has_a_code_of_its_own_of_ten_digits() {
    let run = fixture::run();
    let mut codes = BTreeMap::new();
    for bundle in &run.bundles {
        for (client, code) in bundle.codes() {
            assert_eq!(code.len(), 10);
            let other = codes.insert(code, client.clone());
            assert!(
                other.is_none(),
                "clients {client} and {other:?} have one code"
            );
        }
    }
    assert_eq!(codes.len(), 292);
    // They are drawn, not counted: with 292 of them every first digit turns up, but once in two million million times.
    let first: BTreeSet<&str> = codes.keys().map(|code| &code[..1]).collect();
    assert_eq!(first.len(), 10);
}

#[test]
fn no_code_is_anywhere_but_in_a_letter() {
    let run = fixture::run();
    let codes = run.codes();
    let nothing = Vec::<&String>::new();
    // The log was at its most talkative.
    assert!(
        run.stderr.contains("TRACE"),
        "this run was to have its whole log"
    );
    assert_eq!(codes_in(run.stderr.as_bytes(), &codes), nothing, "the log");
    assert_eq!(
        codes_in(run.stdout.as_bytes(), &codes),
        nothing,
        "the answer"
    );
    for bundle in &run.bundles {
        assert_eq!(
            codes_in(bundle.file_name.as_bytes(), &codes),
            nothing,
            "{}",
            bundle.file_name
        );
        for (name, bytes) in &bundle.entries {
            assert_eq!(codes_in(name.as_bytes(), &codes), nothing, "{name}");
            if !name.ends_with(".pdf") {
                assert_eq!(codes_in(bytes, &codes), nothing, "{name}");
            }
        }
    }
    let mut searched = Vec::new();
    for file in &run.data_files {
        let path = file.path.to_str().unwrap();
        assert_eq!(codes_in(path.as_bytes(), &codes), nothing, "{path}");
        assert_eq!(codes_in(&file.bytes, &codes), nothing, "{path}");
        searched.push(path);
    }
    assert!(
        searched.contains(&"brievenbus.sqlite") && searched.contains(&"key"),
        "{searched:?}"
    );
    let stored = searched.iter().filter(|path| path.starts_with("bundles/"));
    assert_eq!(stored.count(), run.bundles.len());
}

#[test]
fn the_search_for_codes_would_find_one() {
    let run = fixture::run();
    let codes = run.codes();
    let code = codes.first().unwrap();
    let hidden = format!("INSERT INTO x VALUES('9{code}7')");
    assert_eq!(codes_in(hidden.as_bytes(), &codes), [code]);
}

/// Names and streets of clients and contacts that are long enough not to turn up by chance.
fn names_and_streets() -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    for table in ["clients.csv", "contacts.csv"] {
        for column in ["birth_name", "partner_name", "street"] {
            values.extend(fixture::column(table, column));
        }
    }
    values.retain(|value| value.chars().count() > 6);
    assert!(values.len() > 50);
    values
}

#[test]
fn no_name_or_street_of_a_client_is_in_the_log() {
    let run = fixture::run();
    let log = run.stderr.to_lowercase();
    for value in names_and_streets() {
        assert!(!log.contains(&value.to_lowercase()), "{value}");
    }
}

#[test]
fn nothing_of_a_client_can_be_read_in_the_store() {
    let run = fixture::run();
    let names = names_and_streets();
    // What a bundle shows to whoever may open it, down to the first bytes of a zip and of a PDF.
    let overview = run.bundles[0].entry("overzicht.csv");
    let overview = String::from_utf8_lossy(overview).into_owned();
    assert!(names.iter().any(|name| overview.contains(name.as_str())));
    let mut searched: Vec<&str> = names.iter().map(String::as_str).collect();
    searched.extend(["PK\u{3}\u{4}", "%PDF-", "overzicht.csv", "brieven/"]);
    let sealed = (run.data_files.iter()).filter(|file| file.path.starts_with("bundles"));
    for file in sealed {
        let text = String::from_utf8_lossy(&file.bytes);
        for name in &searched {
            assert!(!text.contains(name), "{name} in {}", file.path.display());
        }
    }
}

#[test]
fn the_words_of_a_letter_are_sealed_with_its_code() {
    let run = fixture::run();
    let database = (run.data_files.iter())
        .find(|file| file.path.to_str() == Some("brievenbus.sqlite"))
        .unwrap();
    let text = String::from_utf8_lossy(&database.bytes);
    // The record of a client is in there; how a letter addresses and greets them is not.
    for field in ["address_lines", "salutation", "addressee"] {
        assert!(!text.contains(field), "{field}");
    }
}

#[test]
fn the_key_and_nothing_else_opens_codes_and_only_its_owner_reads_it() {
    let run = fixture::run();
    let key = run
        .data_files
        .iter()
        .find(|file| file.path.to_str() == Some("key"))
        .unwrap();
    assert_eq!(key.mode & 0o777, 0o600);
    let text = std::str::from_utf8(&key.bytes).unwrap().trim();
    assert_eq!(hex::decode(text).unwrap().len(), 32);
    // A copy of the database is worth nothing without it.
    for file in run
        .data_files
        .iter()
        .filter(|file| file.path.to_str() != Some("key"))
    {
        let found = file
            .bytes
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes());
        assert!(!found, "the key is in {}", file.path.display());
        let raw = hex::decode(text).unwrap();
        let found = file.bytes.windows(raw.len()).any(|bytes| bytes == raw);
        assert!(!found, "the key is in {}", file.path.display());
    }
}

#[test]
fn nothing_is_left_lying_about() {
    let run = fixture::run();
    let left: Vec<&str> = run
        .data_files
        .iter()
        .map(|file| file.path.to_str().unwrap())
        // SQLite's own two files may be there or not.
        .filter(|path| !path.ends_with("-wal") && !path.ends_with("-shm"))
        .collect();
    let (bundles, others): (Vec<&str>, Vec<&str>) = left
        .into_iter()
        .partition(|path| path.starts_with("bundles/"));
    assert_eq!(
        others,
        ["brievenbus.sqlite", "key", "migrate.lock", "runs/home"]
    );
    // In the store they are called by ids.
    assert_eq!(bundles.len(), run.bundles.len());
    assert!(bundles.iter().all(|path| path.ends_with("/bundle.sealed")));
}

#[test]
fn a_service_at_work_tells_no_code_and_no_name_but_to_whoever_may_have_it() {
    let cli = Cli::new().with(&[("BRIEVENBUS_VERBOSE".to_owned(), "3".to_owned())]);
    cli.ok(&["import", fixture::FOLDER]);
    let service = Service::of(cli, &[]);
    let token = service.token("support", None);
    let submitted = service.post(
        "/api/v1/batches",
        &token,
        &json!({ "organisation": "de-beste-zorg", "teams": ["Begeleiding Salland"] }),
    );
    let batch = submitted.json()["id"].as_str().unwrap().to_owned();
    let address = format!("/api/v1/batches/{batch}");
    eventually("the batch is done", || {
        service.get(&address, &token).json()["state"] == "done"
    });
    let listed = service.get("/api/v1/bundles", &token).json();
    let bundle = listed["items"][0]["id"].as_str().unwrap();
    let download = service.get(&format!("/api/v1/bundles/{bundle}"), &token);
    let file = service.cli.home().join("bundle.zip");
    std::fs::write(&file, &download.body).unwrap();
    let codes: BTreeMap<String, String> = Bundle::open(&file)
        .codes()
        .into_iter()
        .map(|(client, code)| (code, client.to_string()))
        .collect();
    assert_eq!(codes.len(), 11);
    let (code, client) = codes.first_key_value().unwrap();
    service
        .post("/api/v1/codes/redeem", &token, &json!({ "code": code }))
        .assert_status(200);
    // A second time, which fails; and one that is nobody's.
    for code in [code.as_str(), "0123456789"] {
        service.post("/api/v1/codes/redeem", &token, &json!({ "code": code }));
    }
    let cookie = service.sign_in(&token);
    for page in [
        "/organisaties/de-beste-zorg".to_owned(),
        format!("/organisaties/de-beste-zorg/clienten?nummer={client}"),
        format!("/organisaties/de-beste-zorg/uitnodigingen?client={client}"),
        format!("/batches/{batch}"),
        "/logboek".to_owned(),
    ] {
        service
            .ask("GET", &page)
            .cookie(&cookie)
            .send()
            .assert_status(200);
    }
    let log = service.log();
    assert!(log.contains("TRACE"), "this was to have its whole log");
    let numbers = service.ask("GET", "/metrics").send().text();
    assert!(numbers.contains("brievenbus"), "{numbers}");
    let codes: BTreeSet<String> = codes.into_keys().collect();
    let nothing = Vec::<&String>::new();
    assert_eq!(codes_in(log.as_bytes(), &codes), nothing, "the log");
    assert_eq!(codes_in(numbers.as_bytes(), &codes), nothing, "the metrics");
    let names: BTreeSet<String> = ["birth_name", "partner_name", "street"]
        .into_iter()
        .flat_map(|column| fixture::column("clients.csv", column))
        .filter(|name| name.chars().count() > 6)
        .map(|name| name.to_lowercase())
        .collect();
    let (log, numbers) = (log.to_lowercase(), numbers.to_lowercase());
    for name in &names {
        assert!(!log.contains(name), "{name} is in the log");
        assert!(!numbers.contains(name), "{name} is in the metrics");
    }
    for path in files_below(&service.cli.data_dir()) {
        let bytes = std::fs::read(&path).unwrap();
        let path = path.display().to_string();
        assert_eq!(codes_in(&bytes, &codes), nothing, "{path}");
        if path.contains("/bundles/") {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            let found: Vec<&String> = names.iter().filter(|name| text.contains(*name)).collect();
            assert_eq!(found, nothing, "{path}");
        }
    }
}
