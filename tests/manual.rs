//! `completions`, `manual`, and the files beside the program that an operator installs.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use crate::support::cli::{self, Cli};

/// Every command, as it is typed, from the help of each.
fn commands(cli: &Cli, above: &[String]) -> Vec<Vec<String>> {
    let mut arguments: Vec<&str> = above.iter().map(String::as_str).collect();
    arguments.push("--help");
    let help = cli.ok(&arguments).stdout;
    let mut all = vec![above.to_vec()];
    let Some((_, list)) = help.split_once("Commands:\n") else {
        return all;
    };
    let names = list
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    for name in names {
        let mut below = above.to_vec();
        below.push(name.to_owned());
        all.extend(commands(cli, &below));
    }
    all
}

#[test]
fn every_command_has_a_page_and_neither_pages_nor_completions_need_a_data_folder() {
    // A configuration that cannot be read is in nobody's way here.
    let cli = Cli::new().with(&[("BRIEVENBUS_CONFIG".to_owned(), "nowhere.toml".to_owned())]);
    cli.ok(&["manual", "--out", "man"]);
    let pages: BTreeSet<String> = fs::read_dir(cli.home().join("man"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected: BTreeSet<String> = commands(&cli, &[])
        .into_iter()
        .map(|command| {
            let name = [vec!["brievenbus".to_owned()], command].concat().join("-");
            format!("{name}.1")
        })
        .collect();
    assert!(expected.len() > 30, "the commands were not found");
    assert_eq!(pages, expected);
    let page = fs::read_to_string(cli.home().join("man/brievenbus-batch-submit.1")).unwrap();
    assert!(page.contains(".TH brievenbus-batch-submit 1"), "{page}");
    assert!(page.contains("idempotency"), "{page}");

    for shell in ["bash", "zsh", "fish"] {
        let script = cli.ok(&["completions", shell]).stdout;
        assert!(script.contains("idempotency-key"), "{shell}");
    }
    assert!(!cli.data_dir().exists());
}

#[test]
fn bash_completes_commands_and_flags() {
    let cli = Cli::new();
    let complete = |words: &[&str]| {
        let script = cli.ok(&["completions", "bash"]).stdout;
        let typed = words.join("\" \"");
        let last = words.len() - 1;
        let ask = format!(
            "{script}\nCOMP_WORDS=(\"{typed}\"); COMP_CWORD={last}; \
             _brievenbus brievenbus \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{last}-1]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        let file = cli.home().join("ask.bash");
        fs::write(&file, ask).unwrap();
        cli::answer(Command::new("bash").arg(file)).stdout
    };
    assert_eq!(complete(&["brievenbus", "doc"]).trim(), "doctor");
    assert_eq!(
        complete(&["brievenbus", "backup", "--with"]).trim(),
        "--with-key"
    );
}

fn unit(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/systemd");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The value of `KEY=` in a unit.
fn value<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    unit.lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        .collect()
}

#[test]
fn the_units_start_commands_that_exist_and_let_presses_be() {
    let cli = Cli::new();
    let units = ["brievenbus.service", "brievenbus-worker@.service"].map(unit);
    for unit in &units {
        let started = value(unit, "ExecStart")[0];
        let mut words: Vec<&str> = started.split(' ').skip(1).collect();
        words.push("--help");
        cli.ok(&words);
        // Presses set limits for themselves, and are not told to stop before the jobs that need them have ended.
        assert_eq!(value(unit, "KillMode"), ["mixed"]);
        let calls = value(unit, "SystemCallFilter");
        assert_eq!(calls, ["@system-service", "~@privileged"]);
        for key in ["NoNewPrivileges", "ProtectHome", "PrivateDevices"] {
            assert_eq!(value(unit, key), ["yes"], "{key}");
        }
        assert_eq!(value(unit, "ProtectSystem"), ["strict"]);
    }
    // What keeps one in keeps the other in.
    let without_names = |unit: &str| -> Vec<String> {
        let own = ["#", "Description=", "ExecStart="];
        let lines = unit
            .lines()
            .filter(|line| !own.iter().any(|o| line.starts_with(o)));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(without_names(&units[0]), without_names(&units[1]));
}
