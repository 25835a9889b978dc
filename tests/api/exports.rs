//! Exports that arrive over the network.

use serde_json::json;

use super::{de_beste_zorg, export, items, serving, zipped};
use crate::support::{
    cli::Cli,
    files_below,
    service::{Reply, Service},
    workshop::LOGO,
};

const IMPORTS: &str = "/api/v1/organisations/de-beste-zorg/imports";

fn send(service: &Service, token: &str, path: &str, kind: &str, body: Vec<u8>) -> Reply {
    service
        .ask("POST", path)
        .token(token)
        .header("content-type", kind)
        .body(body)
        .send()
}

/// The files as a browser sends them.
fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!(
            "--GRENS\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--GRENS--\r\n");
    body
}

#[test]
fn an_export_is_taken_in_as_a_zip_or_as_files_the_same_as_from_a_folder() {
    let cli = Cli::new();
    let expected = cli
        .ok(&["import", de_beste_zorg().to_str().unwrap(), "--json"])
        .json();
    let files: Vec<(String, Vec<u8>)> = files_below(de_beste_zorg())
        .iter()
        .map(|file| {
            let name = file.strip_prefix(de_beste_zorg()).unwrap();
            (
                name.to_str().unwrap().to_owned(),
                std::fs::read(file).unwrap(),
            )
        })
        .collect();
    let parts: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let service = Service::of(Cli::new(), &["--workers", "0"]);
    let token = service.token("support", None);
    for (kind, body) in [
        ("application/zip", zipped(de_beste_zorg(), "")),
        ("application/zip", zipped(de_beste_zorg(), "export 2026/")),
        ("multipart/form-data; boundary=GRENS", form(&parts)),
    ] {
        let reply = send(&service, &token, IMPORTS, kind, body);
        assert_eq!(reply.assert_status(200).json(), expected, "{kind}");
    }
    let teams = service.get("/api/v1/organisations/de-beste-zorg/teams", &token);
    assert!(items(&teams).len() > 3);
    // The very same export: what was asked for the first is not asked for again.
    let exports = service
        .cli
        .rows()
        .query("SELECT DISTINCT export FROM organisation");
    assert_eq!(
        exports,
        cli.rows().query("SELECT DISTINCT export FROM organisation")
    );
    assert_eq!(
        files_below(&service.cli.data_dir().join("spool")).len(),
        0,
        "something of it was left behind"
    );
}

#[test]
fn what_is_no_export_of_this_organisation_is_refused_and_changes_nothing() {
    let (service, token) = serving(&export(), &["--workers", "0"]);
    let zip = |files: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        zipped(folder.path(), "")
    };
    let kind = "application/zip";
    for (path, body, code) in [
        (IMPORTS, b"identification_no;name".to_vec(), "not_a_zip"),
        (IMPORTS, Vec::new(), "not_a_zip"),
        (IMPORTS, zip(&[("clients.csv", "x")]), "file_missing"),
        (IMPORTS, zipped(de_beste_zorg(), "../"), "unsafe_name"),
        (
            IMPORTS,
            zip(&[("organisation.toml", "slug = 1")]),
            "wrong_type",
        ),
        (
            "/api/v1/organisations/zorg/imports",
            zipped(de_beste_zorg(), ""),
            "other_organisation",
        ),
    ] {
        let reply = send(&service, &token, path, kind, body);
        assert_eq!(reply.assert_status(422).code(), code);
    }
    let other = send(&service, &token, IMPORTS, "text/csv", b"x".to_vec());
    assert_eq!(other.assert_status(415).code(), "not_an_export");
    let field = String::from_utf8(form(&[("clients.csv", b"x")])).unwrap();
    let field = field.replace("name=\"files\"", "name=\"export\"");
    let form_kind = "multipart/form-data; boundary=GRENS";
    let other = send(&service, &token, IMPORTS, form_kind, field.into_bytes());
    assert_eq!(other.assert_status(422).code(), "not_an_export");
    let provider = service.token("provider", Some("zorg"));
    let theirs = send(
        &service,
        &provider,
        IMPORTS,
        kind,
        zipped(de_beste_zorg(), ""),
    );
    assert_eq!(theirs.assert_status(404).code(), "unknown_organisation");
    let there = items(&service.get("/api/v1/organisations", &token));
    assert_eq!(there.len(), 1);
    assert_eq!(there[0]["slug"], json!("zorg"));
}

#[test]
fn a_logo_is_told_by_its_kind_however_that_is_written() {
    let (service, token) = serving(&export(), &["--workers", "0"]);
    let path = format!("/api/v1/organisations/{}/logo", super::SLUG);
    let put = |kind: &str| {
        let ask = service.ask("PUT", &path).token(&token);
        ask.header("content-type", kind).body(LOGO).send()
    };
    for kind in ["image/svg+xml", "Image/SVG+XML; charset=utf-8"] {
        put(kind).assert_status(200);
    }
    assert_eq!(put("text/html").assert_status(415).code(), "not_a_logo");
}
