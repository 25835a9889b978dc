//! Downloads of a bundle, by a script and from a page: whole or in parts, and what is left behind by one that breaks off.

use std::fs;

use serde_json::{Value, json};

use super::{SLUG, follow, items, serving, submit};
use crate::support::{bundle::sha256, export::Export, service::Service};

/// Plain bytes in a sealed piece, its tag, and what stands before the first.
const PIECE: usize = 65_536;
const TAG: usize = 16;
const HEADER: usize = 33;

/// Where a bundle is downloaded: by scripts, and from its page.
fn addresses(bundle: &Value) -> [String; 2] {
    let id = bundle["id"].as_str().unwrap();
    [
        format!("/api/v1/bundles/{id}"),
        format!("/organisaties/{SLUG}/bundels/{id}/download"),
    ]
}

/// Lines of the audit log about this.
pub fn recorded(service: &Service, action: &str) -> usize {
    let lines = service.cli.ok(&["audit", "list", "--json"]).json();
    let lines = lines.as_array().unwrap().iter();
    lines.filter(|line| line["action"] == action).count()
}

/// Downloads a bundle from both doors, nobody having done so before.
pub fn in_pieces(service: &Service, token: &str, bundle: &Value) {
    let downloads = || recorded(service, "bundle_downloaded");
    let collected = || {
        let sql = "SELECT count(*) FROM bundle WHERE collected_at IS NOT NULL";
        service.cli.rows().query(sql)[0][0].clone()
    };
    let doors = addresses(bundle);
    for address in &doors {
        looked_at(service, token, bundle, address);
    }
    assert_eq!((downloads(), collected().as_str()), (0, "0"));
    for address in &doors {
        from(service, token, bundle, address);
    }
    assert_eq!(collected(), "1");
}

fn looked_at(service: &Service, token: &str, bundle: &Value, address: &str) {
    let head = service.ask("HEAD", address).token(token).send();
    assert_eq!((head.status, head.body.len()), (200, 0), "{address}");
    let text = |name: &str| bundle[name].as_str().unwrap();
    for (name, value) in [
        ("content-length", bundle["bytes"].to_string()),
        ("content-type", "application/zip".to_owned()),
        ("accept-ranges", "bytes".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("etag", format!("\"{}\"", text("sha256"))),
        (
            "content-disposition",
            format!("attachment; filename=\"{}\"", text("file_name")),
        ),
    ] {
        assert_eq!(head.header(name), value, "{name} of {address}");
    }
}

fn from(service: &Service, token: &str, bundle: &Value, address: &str) {
    let (bytes, digest) = (
        bundle["bytes"].as_u64().unwrap(),
        bundle["sha256"].as_str().unwrap(),
    );
    let etag = format!("\"{digest}\"");
    let whole = service.get(address, token);
    assert_eq!(whole.assert_status(200).body.len() as u64, bytes);
    assert_eq!(sha256(&whole.body), digest);
    assert_eq!(whole.header("cache-control"), "no-store");
    let ask = |headers: &[(&str, &str)]| {
        let ask = service.ask("GET", address).token(token);
        let add = |ask: crate::support::service::Ask, header: &(&str, &str)| {
            ask.header(header.0, header.1)
        };
        headers.iter().fold(ask, add).send()
    };
    let part = |range: &str| ask(&[("range", range), ("if-range", &etag)]);
    let mut pieces = Vec::new();
    for range in ["bytes=0-999", "bytes=1000-1000", "bytes=1001-"] {
        let piece = part(range);
        piece.assert_status(206);
        pieces.extend(piece.body);
    }
    assert_eq!(sha256(&pieces), digest);
    let last = part("bytes=-10");
    assert_eq!(last.body, whole.body[whole.body.len() - 10..]);
    assert_eq!(
        last.header("content-range"),
        format!("bytes {}-{}/{bytes}", bytes - 10, bytes - 1)
    );
    let beyond = part(&format!("bytes={bytes}-"));
    beyond.assert_status(416);
    assert!(beyond.text().contains("range_beyond_end"));
    assert_eq!(beyond.header("content-range"), format!("bytes */{bytes}"));
    let other = ask(&[("range", "bytes=0-9"), ("if-range", "\"another\"")]);
    assert_eq!(other.assert_status(200).body.len() as u64, bytes);
    let known = ask(&[("if-none-match", &etag)]);
    assert_eq!((known.status, known.body.len()), (304, 0));
}

#[test]
fn a_download_that_breaks_off_is_in_the_log() {
    let mut export = Export::new().team("1", "Noord");
    for id in 100_001..=100_012 {
        let id = id.to_string();
        let client = export.client(&id, "Jansen", &[]);
        export = client.assign(&id, "1", "MAIN");
    }
    let (service, token) = serving(&export, &[]);
    let batch = submit(&service, &token, &json!({}));
    follow(&service, &token, batch["id"].as_str().unwrap());
    let bundle = items(&service.get("/api/v1/bundles", &token)).remove(0);
    let key = &service.cli.rows().query("SELECT store_key FROM bundle")[0][0];
    let file = service.cli.data_dir().join("bundles").join(key);
    let mut sealed = fs::read(&file).unwrap();
    sealed[HEADER + (PIECE + TAG) + 100] ^= 1;
    fs::write(&file, sealed).unwrap();

    let id = bundle["id"].as_str().unwrap();
    for (times, address) in (1..).zip(addresses(&bundle)) {
        let request = format!(
            "GET {address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        let answer = service.raw(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 200"), "{address}");
        let log = service.log();
        let said: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("download broke off"))
            .collect();
        assert_eq!(said.len(), times, "{address}: {log}");
        let line = said[times - 1];
        assert!(line.contains(id) && line.contains("bundle_lost"), "{line}");
    }
}
