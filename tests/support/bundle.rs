//! A bundle as its reader has it: the zip taken apart, the overview as rows, the letters as text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Read},
    path::Path,
    sync::OnceLock,
};

use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{poppler, ten_digit_runs};

pub struct Bundle {
    pub file_name: String,
    pub sha256: String,
    /// Name and bytes of each entry, in the order of the zip.
    pub entries: Vec<(String, Vec<u8>)>,
    pub manifest: Value,
    pub overview: Vec<Row>,
    pages: OnceLock<Vec<String>>,
}

/// A line of `overzicht.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub number: String,
    pub file: String,
    pub page: String,
    pub client: String,
    pub name: String,
    pub address: String,
    pub outcome: String,
    pub reason: String,
    pub explanation: String,
    pub valid_until: String,
}

impl Row {
    pub fn is_letter(&self) -> bool {
        self.outcome == "brief"
    }
}

impl Bundle {
    #[track_caller]
    pub fn open(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let mut zip = ZipArchive::new(Cursor::new(&bytes))
            .unwrap_or_else(|error| panic!("{} is no whole zip: {error}", path.display()));
        let entries: Vec<(String, Vec<u8>)> = (0..zip.len())
            .map(|index| {
                let mut entry = zip.by_index(index).unwrap();
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                (entry.name().unwrap().into_owned(), content)
            })
            .collect();
        let of = |name: &str| {
            let entry = entries.iter().find(|(entry, _)| entry == name);
            &entry
                .unwrap_or_else(|| panic!("no {name} in {}", path.display()))
                .1
        };
        Self {
            file_name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            sha256: sha256(&bytes),
            manifest: serde_json::from_slice(of("manifest.json")).unwrap(),
            overview: read_overview(of("overzicht.csv")),
            entries,
            pages: OnceLock::new(),
        }
    }

    pub fn team(&self) -> &str {
        self.manifest["team"]["id"].as_str().unwrap()
    }

    #[track_caller]
    pub fn entry(&self, name: &str) -> &[u8] {
        let entry = self.entries.iter().find(|(entry, _)| entry == name);
        &entry
            .unwrap_or_else(|| panic!("no {name} in {}", self.file_name))
            .1
    }

    /// Rows with a letter, in the order of the overview.
    pub fn letters(&self) -> impl Iterator<Item = &Row> {
        self.overview.iter().filter(|row| row.is_letter())
    }

    #[track_caller]
    pub fn row(&self, client: &str) -> &Row {
        let mut rows = self.overview.iter().filter(|row| row.client == client);
        let row = rows
            .next()
            .unwrap_or_else(|| panic!("{client} is not in {}", self.file_name));
        assert!(
            rows.next().is_none(),
            "{client} is twice in {}",
            self.file_name
        );
        row
    }

    /// What became of each client: `brief`, or the reason.
    pub fn outcomes(&self) -> BTreeMap<String, String> {
        let outcomes: BTreeMap<String, String> = self
            .overview
            .iter()
            .map(|row| {
                let outcome = if row.is_letter() {
                    &row.outcome
                } else {
                    &row.reason
                };
                (row.client.clone(), outcome.clone())
            })
            .collect();
        assert_eq!(
            outcomes.len(),
            self.overview.len(),
            "a client is twice in {}",
            self.file_name
        );
        outcomes
    }

    /// Names of the files to print, in order.
    pub fn prints(&self) -> Vec<&str> {
        let names = self.entries.iter().map(|(name, _)| name.as_str());
        names
            .filter(|name| name.ends_with(".pdf") && !name.contains('/'))
            .collect()
    }

    /// Names of the letters one by one, in order.
    pub fn singles(&self) -> Vec<&str> {
        let names = self.entries.iter().map(|(name, _)| name.as_str());
        names.filter(|name| name.starts_with("brieven/")).collect()
    }

    /// The text of every page of the print files, one after the other.
    pub fn pages(&self) -> &[String] {
        self.pages.get_or_init(|| {
            let prints = self.prints();
            prints
                .iter()
                .flat_map(|print| poppler::pages(self.entry(print)))
                .collect()
        })
    }

    /// The text of a client's letter, from the print file.
    #[track_caller]
    pub fn letter(&self, client: &str) -> &str {
        let number: usize = self.row(client).number.parse().unwrap();
        &self.pages()[number - 1]
    }

    /// The code of each client who has a letter, as printed. Every page has exactly one run of ten digits.
    #[track_caller]
    pub fn codes(&self) -> BTreeMap<String, String> {
        let letters: Vec<&Row> = self.letters().collect();
        assert_eq!(
            self.pages().len(),
            letters.len(),
            "pages of {}",
            self.file_name
        );
        letters
            .iter()
            .zip(self.pages())
            .map(|(row, page)| {
                let runs = ten_digit_runs(page);
                assert_eq!(runs.len(), 1, "codes on the page of {}", row.client);
                (row.client.clone(), runs[0].to_owned())
            })
            .collect()
    }

    /// Everything that the contract says of every bundle: names, hashes, numbers that agree, nobody lost or twice.
    #[track_caller]
    pub fn assert_whole(&self) {
        self.assert_files();
        self.assert_numbers();
    }

    #[track_caller]
    fn assert_files(&self) {
        let names: BTreeSet<&str> = self.entries.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names.len(),
            self.entries.len(),
            "an entry is twice in {}",
            self.file_name
        );
        for name in &names {
            let safe = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
            assert!(name.chars().all(safe), "{name:?} in {}", self.file_name);
        }
        let listed = self.manifest["files"].as_array().unwrap();
        let listed_names: Vec<&str> = listed
            .iter()
            .map(|file| file["name"].as_str().unwrap())
            .collect();
        let expected: Vec<&str> = self
            .entries
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| *name != "manifest.json")
            .collect();
        assert_eq!(
            listed_names, expected,
            "files of the manifest of {}",
            self.file_name
        );
        for file in listed {
            let name = file["name"].as_str().unwrap();
            let bytes = self.entry(name);
            assert_eq!(file["bytes"], bytes.len(), "bytes of {name}");
            assert_eq!(file["sha256"], sha256(bytes), "sha256 of {name}");
        }
    }

    #[track_caller]
    fn assert_numbers(&self) {
        let manifest = &self.manifest;
        let outcomes = self.outcomes();
        assert_eq!(manifest["clients"], outcomes.len(), "{}", self.file_name);
        let letters: Vec<&Row> = self.letters().collect();
        assert_eq!(manifest["letters"], letters.len(), "{}", self.file_name);
        let mut reasons = BTreeMap::new();
        for row in self.overview.iter().filter(|row| !row.is_letter()) {
            assert_eq!(row.outcome, "geen brief", "client {}", row.client);
            *reasons.entry(row.reason.clone()).or_insert(0) += 1;
        }
        assert_eq!(
            manifest["left_out"],
            serde_json::json!(reasons),
            "{}",
            self.file_name
        );
        let left_out: usize = reasons.values().sum();
        assert_eq!(
            letters.len() + left_out,
            outcomes.len(),
            "{}",
            self.file_name
        );
        assert_eq!(self.singles().len(), letters.len(), "{}", self.file_name);
        for (number, (row, single)) in (1..).zip(letters.iter().zip(self.singles())) {
            assert_eq!(row.number, number.to_string(), "client {}", row.client);
            assert_eq!(row.file, single, "client {}", row.client);
            assert_eq!(single, format!("brieven/{number:04}_{}.pdf", row.client));
            assert_eq!(
                row.page,
                ((number - 1) % 250 + 1).to_string(),
                "client {}",
                row.client
            );
        }
        let prints = match letters.len() {
            0 => Vec::new(),
            1..=250 => vec!["brieven.pdf".to_owned()],
            n => (1..=n.div_ceil(250))
                .map(|k| format!("brieven-{k:03}.pdf"))
                .collect(),
        };
        assert_eq!(self.prints(), prints, "{}", self.file_name);
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The header as scripts know it.
pub const HEADER: &str =
    "volgnummer;bestand;pagina;clientnummer;naam;adres;uitkomst;reden;toelichting;geldig_tot";

fn read_overview(bytes: &[u8]) -> Vec<Row> {
    let text = std::str::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    assert_eq!(text.lines().next(), Some(HEADER));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text.as_bytes());
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let cell = |index: usize| record[index].to_owned();
            Row {
                number: cell(0),
                file: cell(1),
                page: cell(2),
                client: cell(3),
                name: cell(4),
                address: cell(5),
                outcome: cell(6),
                reason: cell(7),
                explanation: cell(8),
                valid_until: cell(9),
            }
        })
        .collect()
}
