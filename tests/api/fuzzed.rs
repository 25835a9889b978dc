//! A fuzzer, schemathesis, asks everything that the document says can be asked, and things that it says cannot, and
//! compares every answer with it. As support and as a provider.
//!
//! `BRIEVENBUS_FUZZ=1000 cargo test … a_fuzzer` tries more of each.

use std::{path::Path, process::Command};

use serde_json::json;

use super::{SLUG, export, follow, serving, submit};
use crate::support::service::Service;

/// Tries of each operation, of each kind, in an ordinary run.
const TRIES: &str = "12";

#[test]
fn a_fuzzer_finds_nothing_that_the_document_does_not_say() {
    let (service, support) = serving(&export(), &["--workers", "1"]);
    let batch = submit(&service, &support, &json!({}));
    follow(&service, &support, batch["id"].as_str().unwrap());
    let provider = service.token("provider", Some(SLUG));
    // Whoever revokes their own token asks nothing any more, so that comes last, with another.
    let (_, other) = service.token_with_id("support", None);
    let revoking = ["--include-operation-id", "revoke_token"];
    let all_but = ["--exclude-operation-id", "revoke_token"];
    for (token, operations) in [
        (&support, all_but),
        (&provider, all_but),
        (&other, revoking),
    ] {
        fuzz(&service, token, &operations);
    }
}

#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "how long it goes on is for whoever runs the tests to say"
)]
fn fuzz(service: &Service, token: &str, operations: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = root.join("target/tools/python/bin/schemathesis");
    assert!(
        program.exists(),
        "schemathesis is not installed: tests/run installs it, in target/tools/python"
    );
    let tries = std::env::var("BRIEVENBUS_FUZZ").unwrap_or_else(|_| TRIES.to_owned());
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(program)
        .arg("--config-file")
        .arg(root.join("tests/api/schemathesis.toml"))
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", service.url()))
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args([
            "--checks",
            "all",
            "--seed",
            "5010",
            "--max-examples",
            &tries,
        ])
        .args([
            "--generation-database",
            "none",
            "--no-color",
            "--warnings",
            "off",
        ])
        .args(operations)
        .current_dir(home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).replace(token, "TOKEN");
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        said.contains("Test cases:") && !said.contains("No test cases"),
        "{said}"
    );
}
