//! `sample`: an invented export, the same for a seed, that `run` makes letters of.

use std::{collections::BTreeMap, fs};

use crate::support::{cli::Cli, files_below};

fn files(cli: &Cli, name: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = cli.home().join(name);
    files_below(&folder)
        .into_iter()
        .map(|file| {
            let name = file
                .strip_prefix(&folder)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (name, fs::read(&file).unwrap())
        })
        .collect()
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_other_people() {
    let cli = Cli::new();
    let sample = |seed: &str, out: &str| {
        cli.ok(&[
            "sample",
            "--clients",
            "300",
            "--teams",
            "5",
            "--seed",
            seed,
            "--out",
            out,
        ])
    };
    let said = sample("3", "first");
    assert_eq!(said.stdout, "300 clients in 5 teams written to first\n");
    sample("3", "second");
    sample("4", "other");
    let first = files(&cli, "first");
    assert!(first == files(&cli, "second"), "one seed, two exports");
    assert_ne!(first["clients.csv"], files(&cli, "other")["clients.csv"]);
    let rows = first["clients.csv"]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count();
    assert_eq!(rows, 1 + 300);
}

#[test]
fn run_makes_letters_of_it_and_loses_nobody() {
    let cli = Cli::new();
    let sample = cli
        .ok(&["sample", "--clients", "300", "--out", "export", "--json"])
        .json();
    assert_eq!(
        (&sample["clients"], &sample["teams"]),
        (&300.into(), &8.into())
    );
    let answer = cli.run("export", &["--letter-date", "2026-01-01"]);
    let bundles = cli.bundles();
    assert_eq!(bundles.len(), 8);
    let mut listed: BTreeMap<String, usize> = BTreeMap::new();
    for bundle in &bundles {
        bundle.assert_whole();
        for client in bundle.outcomes().into_keys() {
            *listed.entry(client).or_default() += 1;
        }
    }
    let text = fs::read_to_string(cli.home().join("export/clients.csv")).unwrap();
    let clients = text
        .lines()
        .skip(1)
        .map(|line| line.split(';').next().unwrap());
    assert_eq!(listed.len(), 300);
    assert!(
        clients
            .into_iter()
            .all(|client| listed.contains_key(client))
    );
    let sum = |key: &str| answer[key].as_u64().unwrap();
    let left_out = answer["left_out"].as_object().unwrap().values();
    let left_out: u64 = left_out.map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(sum("clients"), sum("letters") + left_out);
    assert_eq!(sum("clients"), listed.values().sum::<usize>() as u64);
    // Nine in ten, as it says; a sample in which hardly anybody gets a letter would try nothing.
    assert!(sum("letters") > 240, "{} letters", sum("letters"));
}
