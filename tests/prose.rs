//! README, ARCHITECTURE and the map in `lib.rs` say what is so: their paths exist and their commands run.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

const PAGES: [&str; 8] = [
    "README.md",
    "ARCHITECTURE.md",
    "src/lib.rs",
    "fixtures/de-beste-zorg/README.md",
    "docs/letter-templates.md",
    "docs/pages/README.md",
    OPERATING,
    "docs/threat-model.md",
];

/// Its commands are for the machine that it tells of, so they are read and not run; `tests/operating.rs` follows those that
/// matter most.
const OPERATING: &str = "docs/operating.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// Files and folders that come into being when the program runs, named in the prose.
const MADE_AT_RUN: [&str; 13] = [
    "bundles/",
    "brievenbus-data/",
    "brieven.pdf",
    "brieven/",
    "brieven-001.pdf",
    "overzicht.csv",
    "manifest.json",
    "organisation.toml",
    "locations.csv",
    "clients.csv",
    "location_assignments.csv",
    "contacts.csv",
    "index.html",
];

fn looks_like_a_path(word: &str) -> bool {
    let plain = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let ending = [
        ".rs", ".md", ".toml", ".typ", ".txt", ".png", ".csv", ".svg",
    ];
    plain && (word.contains('/') || ending.iter().any(|end| word.ends_with(end)))
}

#[test]
fn every_path_that_is_named_exists() {
    let mut missing = Vec::new();
    let mut found = 0;
    for name in PAGES {
        let text = page(name);
        let beside = root().join(name).parent().unwrap().to_owned();
        let quoted = text.split('`').skip(1).step_by(2);
        let linked = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for word in quoted.chain(linked).filter(|word| looks_like_a_path(word)) {
            // A name in capitals stands for one that the reader chooses.
            let chosen = word.contains("NAME");
            // A path from the root is one of the reader's machine, or of the service.
            let elsewhere = word.starts_with('/');
            if chosen || elsewhere || MADE_AT_RUN.iter().any(|made| word.starts_with(made)) {
                continue;
            }
            let template = root().join("letter-templates/uitnodiging");
            let there = [
                root().to_owned(),
                root().join("src"),
                beside.clone(),
                template,
            ]
            .iter()
            .any(|folder| folder.join(word).exists());
            found += usize::from(there);
            if !there {
                missing.push(format!("{name}: {word}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(
        found > 20,
        "only {found} paths were found: is the prose still read?"
    );
}

/// Lines of ```sh blocks, comments and continuations resolved.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let line = line.trim_start_matches("//!").trim();
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let command = line.split(" #").next().unwrap().trim();
            commands.push(command.to_owned());
        }
    }
    commands
}

#[test]
fn every_command_that_is_named_runs() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["fixtures", "letter-templates"] {
        symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    let mut run = 0;
    for name in PAGES.into_iter().filter(|name| *name != OPERATING) {
        for command in commands(&page(name)) {
            let ours = command
                .strip_prefix("cargo run --release -- ")
                .or_else(|| command.strip_prefix("target/release/brievenbus "));
            match ours {
                Some(_) if is_known(&command) => {}
                Some(arguments) => {
                    run_ours(folder.path(), name, arguments);
                    run += 1;
                }
                None => assert!(is_known(&command), "{name}: what is `{command}`?"),
            }
        }
    }
    assert!(
        run >= 3,
        "only {run} commands were run: is the prose still read?"
    );
}

/// Programs of the system that the reader is told to use.
const SYSTEM: [&str; 14] = [
    "chown",
    "cp",
    "createdb",
    "createuser",
    "install",
    "ls",
    "mv",
    "pg_dump",
    "pg_restore",
    "systemctl",
    "tee",
    "test",
    "useradd",
    "brievenbus",
];

#[test]
fn every_command_for_operators_is_one_that_exists() {
    let mut ours = 0;
    for line in commands(&page(OPERATING)) {
        // Names for the backup and its key, which the commands after them use; `tests/operating.rs` runs these.
        if line.starts_with("NAME=") || line.starts_with("KEY=") {
            continue;
        }
        for command in line
            .split(['|', ';'])
            .filter(|part| !part.trim().is_empty())
        {
            let words: Vec<&str> = command.split_whitespace().collect();
            // Behind `sudo` and `sudo -u NAME` stands what is run.
            let words = match words.as_slice() {
                ["sudo", "-u", _, rest @ ..] | ["sudo", rest @ ..] => rest,
                words => words,
            };
            assert!(SYSTEM.contains(&words[0]), "what is `{command}`?");
            if words[0] == "brievenbus" {
                exists(command, &words[1..]);
                ours += 1;
            }
        }
    }
    assert!(
        ours >= 5,
        "only {ours} commands of ours: is the page still read?"
    );
}

/// Every command and every flag of it is in the help.
fn exists(line: &str, words: &[&str]) {
    let help = |command: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_brievenbus"))
            .args(command)
            .arg("--help")
            .output()
            .unwrap();
        assert!(output.status.success(), "there is no `{line}`");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut command = Vec::new();
    let mut value = false;
    for word in words {
        match word.strip_prefix("--") {
            Some(_) => value = true,
            None if value => value = false,
            None => command.push(*word),
        }
    }
    // `completions bash`: what follows a command that has none below it is a value.
    let command = &command[..command.len().min(1)];
    let text = help(command);
    for flag in words.iter().filter(|word| word.starts_with("--")) {
        assert!(text.contains(flag), "`{line}`: there is no {flag}");
    }
}

fn run_ours(folder: &Path, page: &str, arguments: &str) {
    let output = Command::new("sh")
        .args(["-c", &format!("\"$BRIEVENBUS_BIN\" {arguments}")])
        .env("BRIEVENBUS_BIN", env!("CARGO_BIN_EXE_brievenbus"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{page}: brievenbus {arguments}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Commands that a test cannot run, because it would run itself or take minutes: their parts exist.
fn is_known(command: &str) -> bool {
    match command {
        "tests/run" => root().join("tests/run").exists(),
        "cargo bench --bench service" => root().join("benches/service.rs").exists(),
        // It serves until it is told to stop; tests/access.rs and others start it.
        "target/release/brievenbus serve" => true,
        "cargo bench --bench main_job" => {
            page("Cargo.toml").contains("name = \"main_job\"")
                && root().join("benches/main_job.rs").exists()
        }
        "cargo test --release --test chaos -- --trials 200 --database both" => {
            page("Cargo.toml").contains("name = \"chaos\"")
                && root().join("tests/chaos/main.rs").exists()
        }
        _ => false,
    }
}

#[test]
fn ci_runs_what_the_readme_says() {
    assert!(commands(&page("README.md")).contains(&"tests/run".to_owned()));
    assert!(page(".ci/run").trim_end().ends_with("/../tests/run\""));
}

#[test]
fn the_readme_is_one_page() {
    assert!(page("README.md").lines().count() < 200);
}
