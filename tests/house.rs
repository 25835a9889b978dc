//! The house rules that a compiler does not know: who may import whom, and which crate is known in which room.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Room → rooms it may import from, itself aside. Doors (`cli`, `worker`) know no other door.
const RINGS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("wording", &["domain"]),
    ("exports", &["domain"]),
    ("letters", &["domain"]),
    ("bundles", &["domain", "wording"]),
    ("storage", &["domain"]),
    (
        "operations",
        &[
            "domain", "wording", "exports", "letters", "bundles", "storage",
        ],
    ),
    ("config", &["operations"]),
    ("answers", &["domain", "wording", "exports", "operations"]),
    (
        "cli",
        &[
            "domain",
            "wording",
            "exports",
            "operations",
            "answers",
            "config",
        ],
    ),
    ("http", &["domain", "wording", "operations", "answers"]),
    // The queue is half the database's and half the worker's.
    ("worker", &["domain", "operations", "storage"]),
];

/// Crate → rooms that may name it.
const CRATES: &[(&str, &[&str])] = &[
    ("typst", &["letters"]),
    ("typst_kit", &["letters"]),
    ("typst_layout", &["letters"]),
    ("typst_pdf", &["letters"]),
    ("typst_render", &["letters"]),
    ("anyd", &["letters"]),
    ("rustix", &["letters", "storage", "config"]),
    ("pulldown_cmark", &["letters"]),
    ("rayon", &["letters", "bundles"]),
    ("sea_orm", &["storage"]),
    ("sea_orm_migration", &["storage"]),
    ("sqlx", &["storage"]),
    ("apalis", &["worker"]),
    ("apalis_core", &["worker"]),
    ("apalis_codec", &["worker"]),
    ("apalis_sqlite", &["storage", "worker"]),
    ("apalis_postgres", &["storage", "worker"]),
    ("reqwest", &["bundles", "http"]),
    ("rustls", &["bundles", "http"]),
    ("object_store", &["bundles"]),
    ("zip", &["bundles", "exports"]),
    ("aead_stream", &["bundles"]),
    ("chacha20poly1305", &["bundles", "storage"]),
    ("hmac", &["storage"]),
    ("encoding_rs", &["exports"]),
    ("axum", &["http"]),
    ("axum_extra", &["http"]),
    ("axum_server", &["http"]),
    ("hyper_util", &["http"]),
    ("utoipa", &["http", "answers"]),
    ("utoipa_axum", &["http"]),
    ("governor", &["http"]),
    ("metrics_exporter_prometheus", &["http"]),
    ("openidconnect", &["http"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("console", &["cli"]),
    ("tracing_subscriber", &["cli"]),
];

struct Source {
    path: PathBuf,
    room: String,
    /// Without comments.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).unwrap();
            let first = inside.components().next().unwrap().as_os_str();
            let code: String = fs::read_to_string(&path)
                .unwrap()
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .map(|line| format!("{line}\n"))
                .collect();
            sources.push(Source {
                room: first.to_str().unwrap().trim_end_matches(".rs").to_owned(),
                path,
                code,
            });
        }
    }
    assert!(sources.len() > 50, "the sources were not found");
    sources
}

/// Names that follow `prefix`, also those inside `prefix{…}`.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        let Some(inside) = rest.strip_prefix('{') else {
            names.push(first_word(rest));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for c in inside.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => names.push(first_word(&std::mem::take(&mut item))),
                _ if depth == 0 => item.push(c),
                _ => {}
            }
        }
        names.push(first_word(&item));
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn imports_point_inward_only() {
    let mut breaches = Vec::new();
    for source in sources() {
        if matches!(source.room.as_str(), "lib" | "main") {
            continue;
        }
        let (_, allowed) = RINGS
            .iter()
            .find(|(room, _)| *room == source.room)
            .unwrap_or_else(|| panic!("{} is in no ring", source.path.display()));
        for name in names_after(&source.code, "crate::") {
            let is_room = RINGS.iter().any(|(room, _)| *room == name);
            if is_room && name != source.room && !allowed.contains(&name.as_str()) {
                breaches.push(format!("{} imports {name}", source.path.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn each_engine_is_known_in_its_own_room() {
    let mut breaches = Vec::new();
    for source in sources() {
        for (name, rooms) in CRATES {
            let path = format!("{name}::");
            let named = source.code.match_indices(&path).any(|(at, _)| {
                let before = source.code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if named && !rooms.contains(&source.room.as_str()) {
                breaches.push(format!("{} names {name}", source.path.display()));
            }
        }
        let is_test = source.path.ends_with("tests.rs");
        if source.code.contains("std::env::") && source.room != "config" && !is_test {
            breaches.push(format!("{} reads the environment", source.path.display()));
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// What a script reads is shaped in `answers`, so that no two doors say it differently and nobody renames a field of it
/// by tidying an operation.
#[test]
fn operations_shape_nothing_for_scripts() {
    // What one door alone says, and the contents of a backup, which is a file.
    const OWN: [&str; 4] = [
        "operations/back_up.rs",
        "operations/check_template.rs",
        "operations/doctor/mod.rs",
        "operations/preview_template.rs",
    ];
    let breaches: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|source| source.room == "operations" && source.code.contains("Serialize"))
        .map(|source| source.path)
        .filter(|path| !OWN.iter().any(|own| path.ends_with(own)))
        .collect();
    assert!(breaches.is_empty(), "these serialise: {breaches:?}");
}

#[test]
fn a_code_is_read_by_the_letter_and_the_vault_alone() {
    let readers: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.code.contains(".digits()"))
        .map(|source| source.path.display().to_string())
        .collect();
    let allowed = |path: &str| {
        path.contains("/src/letters/")
            || path.ends_with("/src/storage/vault.rs")
            || path.ends_with("/src/domain/invitation.rs")
    };
    assert!(readers.iter().all(|path| allowed(path)), "{readers:?}");
    assert!(!readers.is_empty());

    let invitation = include_str!("../src/domain/invitation.rs");
    let code = &invitation[..invitation.find("pub struct Code(").unwrap()];
    let derives = code.rfind("#[derive(").map(|at| &code[at..]).unwrap();
    for name in ["Debug", "Serialize", "Display"] {
        assert!(!derives.contains(name), "Code derives {name}");
        assert!(
            !invitation.contains(&format!("{name} for Code")),
            "Code has {name}"
        );
    }
}

#[test]
fn nothing_is_left_open_and_no_bag_of_odds_and_ends_is_kept() {
    for source in sources() {
        let name = source.path.file_stem().unwrap().to_str().unwrap();
        assert!(
            !["util", "utils", "common", "helpers", "misc"].contains(&name),
            "{} says nothing of what it does",
            source.path.display()
        );
        for word in ["TODO", "FIXME", "XXX"] {
            let text = fs::read_to_string(&source.path).unwrap();
            assert!(
                !text.contains(word),
                "{} has a {word}",
                source.path.display()
            );
        }
    }
}
