//! The pages in Debian's Chromium: what support and providers do there, by mouse, by keyboard and without JavaScript,
//! and what axe finds on every page. The tests themselves are Python, in `tests/browser/`.
//!
//! `BRIEVENBUS_SCREENSHOTS=docs/pages cargo test …` also keeps a picture of every page.

use std::{path::Path, process::Command};

use serde_json::json;

use crate::support::{cli::Cli, fixture, service::Service};

const SLUG: &str = "de-beste-zorg";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whether pictures are kept is for whoever runs the tests to say"
)]
fn people_do_at_the_pages_what_they_came_for() {
    let cli = Cli::new();
    cli.run(fixture::FOLDER, &["--team", "Begeleiding Salland"]);
    let service = Service::of(cli, &[]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let screenshots = std::env::var_os("BRIEVENBUS_SCREENSHOTS");
    let described = json!({
        "url": service.url(),
        "organisation": SLUG,
        "support": service.token("support", None),
        "provider": service.token("provider", Some(SLUG)),
        "screenshots": screenshots.map(|folder| root.join(folder)),
    });
    let output = Command::new(root.join("target/tools/python/bin/python"))
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"])
        .arg(root.join("tests/browser"))
        .env("BRIEVENBUS_SERVICE", described.to_string())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("tests/run puts Python and the browser's driver in target/tools/python");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains(" passed"), "{said}");
}
