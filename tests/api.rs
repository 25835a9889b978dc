//! The API as a script uses it: submit, follow, redeem; downloads; lists by the page; exports that arrive; and a fuzzer
//! over the whole document.

mod downloads;
mod exports;
mod fuzzed;
mod lists;

use std::{
    collections::BTreeSet,
    io::{Cursor, Read},
    path::Path,
    thread,
};

use serde_json::{Value, json};

use crate::support::{
    cli::Cli,
    export::Export,
    fixture, poppler,
    service::{Reply, Service},
    ten_digit_runs,
};

const SLUG: &str = "zorg";

/// A team of three, one of whom cannot be written.
fn export() -> Export {
    let export = Export::new().team("1", "Noord").team("2", "Zuid");
    let export = ["100001", "100002"].iter().fold(export, |export, id| {
        export.client(id, "Jansen", &[]).assign(id, "1", "MAIN")
    });
    export
        .client("100003", "Smit", &[("zipcode", ""), ("city", "")])
        .assign("100003", "1", "MAIN")
        .client("100004", "Bakker", &[])
        .assign("100004", "2", "MAIN")
}

/// A server that has the export, and the token of support.
fn serving(export: &Export, arguments: &[&str]) -> (Service, String) {
    let cli = Cli::new();
    let folder = export.write(cli.home(), "export");
    cli.ok(&["import", folder.to_str().unwrap()]);
    let service = Service::of(cli, arguments);
    let token = service.token("support", None);
    (service, token)
}

#[track_caller]
fn submit(service: &Service, token: &str, more: &Value) -> Value {
    let mut request = json!({ "organisation": SLUG });
    for (name, value) in more.as_object().unwrap() {
        request[name] = value.clone();
    }
    let reply = service.post("/api/v1/batches", token, &request);
    reply.assert_status(201).json()
}

/// Follows a batch to its end; every event with its data.
#[track_caller]
fn follow(service: &Service, token: &str, id: &str) -> Vec<(String, Value)> {
    let reply = service.get(&format!("/api/v1/batches/{id}/events"), token);
    reply.assert_status(200);
    assert_eq!(reply.header("content-type"), "text/event-stream");
    events(&reply.text())
}

fn events(text: &str) -> Vec<(String, Value)> {
    let event = |block: &str| {
        let line = |name: &str| {
            let lines = block.lines();
            lines
                .filter_map(|line| line.strip_prefix(name))
                .map(str::trim)
                .next()
                .map(str::to_owned)
        };
        let data = serde_json::from_str(&line("data:")?).unwrap();
        Some((line("event:")?, data))
    };
    text.split("\n\n").filter_map(event).collect()
}

#[track_caller]
fn items(reply: &Reply) -> Vec<Value> {
    let list = reply.assert_status(200).json();
    list["items"].as_array().unwrap().clone()
}

#[track_caller]
fn code_of(pdf: &[u8]) -> String {
    let pages = poppler::pages(pdf);
    assert_eq!(pages.len(), 1);
    let runs: BTreeSet<&str> = ten_digit_runs(&pages[0]).into_iter().collect();
    let codes: Vec<&&str> = runs.iter().filter(|run| **run != "0123456789").collect();
    assert_eq!(codes.len(), 1, "{runs:?}");
    (*codes[0]).to_owned()
}

#[test]
fn a_batch_is_submitted_followed_to_its_end_and_downloaded_in_pieces() {
    let (service, token) = serving(&export(), &[]);
    let asked = json!({ "organisation": SLUG, "teams": ["noord"], "address_window": "right" });
    let ask = || {
        service
            .ask("POST", "/api/v1/batches")
            .token(&token)
            .header("idempotency-key", "eerste batch")
            .json(&asked)
            .send()
    };
    let first = ask();
    let batch = first.assert_status(201).json();
    let id = batch["id"].as_str().unwrap();
    let address = format!("/api/v1/batches/{id}");
    assert_eq!(first.header("location"), address);
    let again = ask();
    assert_eq!(again.assert_status(200).json()["id"], id);

    let events = follow(&service, &token, id);
    let (kind, last) = events.last().unwrap();
    assert_eq!(kind, "end");
    assert!(
        events[..events.len() - 1]
            .iter()
            .all(|(kind, _)| kind == "progress")
    );
    assert_eq!(
        (&last["state"], &last["made"], &last["expected"]),
        (&json!("done"), &json!(2), &json!(2))
    );

    let shown = service.get(&address, &token);
    let batch = shown.assert_status(200).json();
    assert_eq!(batch["state"], "done");
    assert_eq!(
        (&batch["clients"], &batch["letters"], &batch["left_out"]),
        (&json!(3), &json!(2), &json!({ "incomplete": 1 }))
    );
    assert_eq!(batch["teams"][0]["history"][0]["outcome"], "done");
    let same = service
        .ask("GET", &address)
        .token(&token)
        .header("if-none-match", shown.header("etag"))
        .send();
    assert_eq!((same.status, same.body.len()), (304, 0));

    let bundles = items(&service.get(&format!("/api/v1/bundles?batch={id}"), &token));
    assert_eq!(bundles.len(), 1);
    let bundle = &bundles[0];
    assert_eq!(batch["teams"][0]["bundle"], bundle["id"]);
    downloads::in_pieces(&service, &token, bundle);
}

#[test]
fn a_bundle_is_locked_with_a_password_that_is_long_enough() {
    const PASSWORD: &str = "paard nietje batterij";
    let (service, token) = serving(&export(), &[]);
    let batch = submit(&service, &token, &json!({ "teams": ["Noord"] }));
    follow(&service, &token, batch["id"].as_str().unwrap());
    let bundle = items(&service.get("/api/v1/bundles", &token)).remove(0);
    let address = format!("/api/v1/bundles/{}", bundle["id"].as_str().unwrap());
    let lock = |password: &str| {
        let asked = json!({ "password": password });
        service.post(&format!("{address}/locked"), &token, &asked)
    };
    let weak = lock("te kort");
    assert_eq!(weak.assert_status(422).code(), "weak_password");
    assert!(!weak.text().contains("te kort"));
    // However long it is: programs that open zips do not agree on an accent.
    let accented = lock("een lang wachtwoord met één accent");
    assert_eq!(accented.assert_status(422).code(), "password_characters");
    let locked = lock(PASSWORD);
    locked.assert_status(200);
    assert_eq!(
        locked.header("content-disposition"),
        format!(
            "attachment; filename=\"{}_met-wachtwoord.zip\"",
            bundle["file_name"]
                .as_str()
                .unwrap()
                .trim_end_matches(".zip")
        )
    );
    assert_eq!(locked.header("content-type"), "application/zip");
    assert_eq!(locked.header("cache-control"), "no-store");
    let plain = service.get(&address, &token);
    assert!(entries(&locked.body, Some(PASSWORD)) == entries(&plain.body, None));
    let mut zip = zip::ZipArchive::new(Cursor::new(&locked.body)).unwrap();
    assert!(zip.by_index_decrypt(0, b"een ander woord").is_err());
    assert!(!service.log().contains(PASSWORD));
}

/// Name and bytes of everything in a zip; with a password, each is to be locked with it.
#[track_caller]
fn entries(bytes: &[u8], password: Option<&str>) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let count = zip.len();
    let entry = |index| {
        let mut entry = match password {
            Some(password) => zip.by_index_decrypt(index, password.as_bytes()).unwrap(),
            None => zip.by_index(index).unwrap(),
        };
        assert_eq!(entry.encrypted(), password.is_some());
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.name().unwrap().into_owned(), content)
    };
    (0..count).map(entry).collect()
}

#[test]
fn an_invitation_is_printed_redeemed_cancelled_and_reissued() {
    let (service, support) = serving(&export(), &[]);
    let batch = submit(&service, &support, &json!({}));
    follow(&service, &support, batch["id"].as_str().unwrap());
    let caren = service.token("caren", None);
    let of = |client: &str| {
        let path = format!("/api/v1/invitations?organisation={SLUG}&client={client}&state=open");
        let found = items(&service.get(&path, &support));
        assert_eq!(found.len(), 1, "{client}");
        format!("/api/v1/invitations/{}", found[0]["id"].as_str().unwrap())
    };
    let redeem =
        |code: &str| service.post("/api/v1/codes/redeem", &caren, &json!({ "code": code }));

    let first = of("100001");
    let printed = || downloads::recorded(&service, "letter_printed");
    let looked = service.ask("HEAD", &format!("{first}/letter.pdf"));
    let looked = looked.token(&support).send();
    assert_eq!(
        looked.assert_status(200).header("content-type"),
        "application/pdf"
    );
    assert_eq!((looked.header("content-length"), printed()), ("", 0));
    let pdf = service.get(&format!("{first}/letter.pdf"), &support);
    assert_eq!(printed(), 1);
    assert_eq!(
        pdf.assert_status(200).header("content-type"),
        "application/pdf"
    );
    assert_eq!(pdf.header("cache-control"), "no-store");
    let code = code_of(&pdf.body);
    let redeemed = redeem(&format!("{} {}", &code[..5], &code[5..]));
    let answer = redeemed.assert_status(200).json();
    assert_eq!(
        (&answer["client_id"], &answer["organisation"]),
        (&json!("100001"), &json!(SLUG))
    );
    assert!(!redeemed.text().contains(&code));
    assert_eq!(redeem(&code).assert_status(409).code(), "code_used");
    assert_eq!(redeem("12").assert_status(422).code(), "not_a_code");
    let shown = service.get(&first, &support).assert_status(200).json();
    assert_eq!(shown["state"], "redeemed");

    let second = of("100002");
    let old = code_of(&service.get(&format!("{second}/letter.pdf"), &support).body);
    let reissued = service.post(&format!("{second}/reissue"), &support, &json!({}));
    let new = reissued.assert_status(201).header("location").to_owned();
    assert_eq!(redeem(&old).assert_status(409).code(), "code_replaced");
    assert_ne!(
        code_of(&service.get(&format!("{new}/letter.pdf"), &support).body),
        old
    );
    let cancelled = service.post(&format!("{new}/cancel"), &support, &json!({}));
    assert_eq!(cancelled.assert_status(200).json()["state"], "cancelled");
    let gone = format!("{new}/letter.pdf");
    let looked = service.ask("HEAD", &gone).token(&support).send();
    looked.assert_status(409);
    let gone = service.get(&gone, &support);
    assert_eq!(gone.assert_status(409).code(), "invitation_not_open");
}

#[test]
fn the_same_key_ten_times_at_once_is_one_batch() {
    let (service, token) = serving(&export(), &["--workers", "0"]);
    let replies: Vec<Reply> = thread::scope(|scope| {
        let ask = || {
            service
                .ask("POST", "/api/v1/batches")
                .token(&token)
                .header("idempotency-key", "samen")
                .json(&json!({ "organisation": SLUG }))
                .send()
        };
        let asking: Vec<_> = (0..10).map(|_| scope.spawn(ask)).collect();
        asking
            .into_iter()
            .map(|asked| asked.join().unwrap())
            .collect()
    });
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [&[200; 9][..], &[201]].concat());
    let ids: BTreeSet<String> = replies
        .iter()
        .map(|reply| reply.json()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(items(&service.get("/api/v1/batches", &token)).len(), 1);

    for other in [
        json!({ "organisation": SLUG, "teams": ["Zuid"] }),
        json!({ "organisation": SLUG, "address_window": "right" }),
    ] {
        let refused = service
            .ask("POST", "/api/v1/batches")
            .token(&token)
            .header("idempotency-key", "samen")
            .json(&other)
            .send();
        assert_eq!(
            refused.assert_status(409).code(),
            "idempotency_key_used",
            "{other}"
        );
    }
    for wrong in ["", "é", &"x".repeat(201)] {
        let refused = service
            .ask("POST", "/api/v1/batches")
            .token(&token)
            .header("idempotency-key", wrong)
            .json(&json!({ "organisation": SLUG }))
            .send();
        assert_eq!(
            refused.assert_status(400).code(),
            "idempotency_key",
            "{wrong}"
        );
    }
}

#[test]
fn a_dry_run_answers_with_the_counts_and_leaves_nothing() {
    let (service, token) = serving(&export(), &["--workers", "0"]);
    let asked = json!({ "organisation": SLUG, "dry_run": true });
    let reply = service.post("/api/v1/batches", &token, &asked);
    let forecast = reply.assert_status(200).json();
    assert_eq!(forecast.get("id"), None);
    assert_eq!(
        (
            &forecast["clients"],
            &forecast["letters"],
            &forecast["left_out"]
        ),
        (&json!(4), &json!(3), &json!({ "incomplete": 1 }))
    );
    assert_eq!(items(&service.get("/api/v1/batches", &token)).len(), 0);
    assert_eq!(items(&service.get("/api/v1/invitations", &token)).len(), 0);
}

#[test]
fn what_is_misspelt_is_refused_with_the_name_that_was_meant() {
    let (service, token) = serving(&export(), &["--workers", "0"]);
    let wrong = json!({ "organisation": SLUG, "adress_window": "left" });
    let reply = service.post("/api/v1/batches", &token, &wrong);
    assert_eq!(reply.assert_status(422).code(), "json_not_as_described");
    assert!(reply.text().contains("address_window"), "{}", reply.text());
    let unknown = service.get("/api/v1/batches?organization=zorg", &token);
    assert_eq!(unknown.assert_status(400).code(), "query_not_as_described");
    let team = json!({ "organisation": SLUG, "teams": ["Noort"] });
    let reply = service.post("/api/v1/batches", &token, &team);
    assert_eq!(reply.assert_status(422).code(), "unknown_team");
    assert!(reply.json()["hint"].as_str().unwrap().contains("'Noord'"));
}

#[test]
fn whoever_follows_a_batch_is_let_go_when_it_is_cancelled_and_when_the_server_stops() {
    let (service, token) = serving(&export(), &["--workers", "0"]);
    let id = submit(&service, &token, &json!({}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ends = thread::scope(|scope| {
        let following: Vec<_> = (0..5)
            .map(|_| scope.spawn(|| follow(&service, &token, &id)))
            .collect();
        thread::sleep(std::time::Duration::from_millis(500));
        let path = format!("/api/v1/batches/{id}/cancel");
        let cancelled = service.post(&path, &token, &json!({}));
        assert_eq!(cancelled.assert_status(200).json()["state"], "cancelled");
        let again = service.post(&path, &token, &json!({}));
        assert_eq!(again.assert_status(409).code(), "batch_has_ended");
        let ends: Vec<_> = following
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect();
        ends
    });
    for events in ends {
        let kinds: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["progress", "progress", "end"]);
        assert_eq!(events[2].1["state"], "cancelled");
    }
    // One that is over says so at once.
    let events = follow(&service, &token, &id);
    assert_eq!(events.len(), 2);

    let id = submit(&service, &token, &json!({}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let events = thread::scope(|scope| {
        let following = scope.spawn(|| follow(&service, &token, &id));
        thread::sleep(std::time::Duration::from_millis(500));
        service.ask_to_stop();
        following.join().unwrap()
    });
    assert_eq!(events.len(), 1, "{events:?}");
}

#[test]
fn a_client_is_looked_up_by_number_with_why_there_was_no_letter() {
    let (service, token) = serving(&export(), &[]);
    let batch = submit(&service, &token, &json!({}));
    follow(&service, &token, batch["id"].as_str().unwrap());
    let clients = |query: &str| {
        let path = format!("/api/v1/organisations/{SLUG}/clients?{query}");
        items(&service.get(&path, &token))
    };
    let found = clients("client=100003");
    assert_eq!(found.len(), 1);
    let left_out = &found[0]["last_batch"]["left_out"];
    assert_eq!(left_out["reason"], "incomplete");
    assert_eq!(
        left_out["problems"].as_array().unwrap().len(),
        2,
        "{left_out}"
    );
    assert_eq!(found[0]["status"], "Niet gekoppeld");
    let written = clients("client=100001");
    assert_eq!(written[0]["link"], "invited");
    assert_eq!(written[0]["last_batch"]["letter"], 1);
    assert_eq!(clients("client=999999").len(), 0);
    assert_eq!(clients("team=zuid").len(), 1);
    assert_eq!(clients("").len(), 4);
}

#[test]
fn a_token_is_made_shown_once_and_revoked() {
    let (service, support) = serving(&export(), &["--workers", "0"]);
    let asked = json!({ "role": "provider", "organisation": SLUG, "label": "thuis" });
    let made = service.post("/api/v1/tokens", &support, &asked);
    let token = made.assert_status(201).json();
    assert_eq!(made.header("cache-control"), "no-store");
    let secret = token["secret"].as_str().unwrap();
    let own = items(&service.get("/api/v1/organisations", secret));
    assert_eq!(own.len(), 1);
    let listed = service.get("/api/v1/tokens", &support);
    assert!(!listed.text().contains(secret));
    assert_eq!(items(&listed).len(), 2);
    let path = format!("/api/v1/tokens/{}/revoke", token["id"].as_str().unwrap());
    let revoked = service.post(&path, &support, &json!({}));
    assert_eq!(revoked.assert_status(200).json()["works"], false);
    service
        .get("/api/v1/organisations", secret)
        .assert_status(401);
    let again = service.post(&path, &support, &json!({}));
    assert_eq!(again.assert_status(409).code(), "token_revoked");
}

/// Every operation with the answers that it may give: a change of it is a change for those who call it.
#[test]
fn the_document_says_what_can_be_asked() {
    let (service, _) = serving(&export(), &["--workers", "0"]);
    let reply = service.ask("GET", "/api/v1/openapi.json").send();
    let document = reply.assert_status(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut lines = Vec::new();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            for told in ["summary", "tags", "responses"] {
                assert!(!operation[told].is_null(), "{name} has no {told}");
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let told = parameter["description"].as_str().unwrap_or_default();
                assert!(!told.is_empty(), "{name}: {}", parameter["name"]);
            }
            let statuses: Vec<&str> = operation["responses"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            lines.push(format!(
                "{} {path} {name}: {}",
                method.to_uppercase(),
                statuses.join(" ")
            ));
        }
    }
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
    // At the command line it is a file; here it is always in the answer.
    let picture = &document["components"]["schemas"]["LetterPicture"];
    assert_eq!(picture["properties"]["png"]["type"], "string", "{picture}");
    let required = picture["required"].as_array().unwrap();
    assert!(required.contains(&json!("png")), "{picture}");
}

/// The files of a folder in a zip, below `prefix`.
fn zipped(folder: &Path, prefix: &str) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for file in crate::support::files_below(folder) {
        let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
        zip.start_file(
            format!("{prefix}{name}"),
            zip::write::SimpleFileOptions::default(),
        )
        .unwrap();
        zip.write_all(&std::fs::read(file).unwrap()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The fixture's folder.
fn de_beste_zorg() -> &'static Path {
    Path::new(fixture::FOLDER)
}
