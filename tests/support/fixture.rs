//! `run` on `fixtures/de-beste-zorg`, done once for all tests that only look at what came of it.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::PathBuf, sync::LazyLock};

use serde_json::Value;

use super::{bundle::Bundle, cli::Cli, files_below};

pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/de-beste-zorg");
pub const LETTER_DATE: &str = "2026-11-21";

/// Everything that a first run left behind; the folder itself is gone.
pub struct FixtureRun {
    pub answer: Value,
    pub stdout: String,
    /// With the whole log, since it ran with `-vvv`.
    pub stderr: String,
    pub bundles: Vec<Bundle>,
    pub data_files: Vec<DataFile>,
}

/// A file in the data folder when the run had ended.
pub struct DataFile {
    /// In the data folder.
    pub path: PathBuf,
    pub mode: u32,
    pub bytes: Vec<u8>,
}

static RUN: LazyLock<FixtureRun> = LazyLock::new(|| {
    let cli = Cli::new();
    let answer = cli.ok(&[
        "run",
        FOLDER,
        "--letter-date",
        LETTER_DATE,
        "--out",
        "out",
        "--json",
        "-vvv",
    ]);
    let data_dir = cli.data_dir();
    FixtureRun {
        answer: answer.json(),
        bundles: cli.bundles(),
        data_files: files_below(&data_dir)
            .into_iter()
            .map(|path| DataFile {
                mode: fs::metadata(&path).unwrap().permissions().mode(),
                bytes: fs::read(&path).unwrap(),
                path: path.strip_prefix(&data_dir).unwrap().to_owned(),
            })
            .collect(),
        stdout: answer.stdout,
        stderr: answer.stderr,
    }
});

pub fn run() -> &'static FixtureRun {
    &RUN
}

impl FixtureRun {
    #[track_caller]
    pub fn bundle(&self, team: &str) -> &Bundle {
        self.bundles
            .iter()
            .find(|bundle| bundle.team() == team)
            .unwrap()
    }

    /// Every code of every letter.
    pub fn codes(&self) -> BTreeSet<String> {
        self.bundles
            .iter()
            .flat_map(|bundle| bundle.codes().into_values())
            .collect()
    }
}

/// A table of the fixture as its header and rows.
pub fn table(name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let bytes = fs::read(PathBuf::from(FOLDER).join(name)).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(bytes.as_slice());
    let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let header = owned(reader.headers().unwrap());
    (
        header,
        reader
            .records()
            .map(|record| owned(&record.unwrap()))
            .collect(),
    )
}

/// The cells of one column of a table of the fixture.
pub fn column(name: &str, column: &str) -> Vec<String> {
    let (header, rows) = table(name);
    let at = header.iter().position(|title| title == column).unwrap();
    rows.into_iter().map(|row| row[at].clone()).collect()
}
