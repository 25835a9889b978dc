//! What the journeys share.

pub mod app;
#[allow(dead_code, reason = "the chaos suite uses all of it")]
pub mod bucket;
pub mod bundle;
pub mod cli;
pub mod database;
pub mod export;
pub mod fixture;
pub mod page;
pub mod poppler;
#[allow(dead_code, reason = "the chaos suite uses all of it")]
pub mod postgres;
pub mod server;
#[allow(dead_code, reason = "the chaos suite asks over no network")]
pub mod service;
pub mod validator;
pub mod workshop;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use unicode_normalization::UnicodeNormalization;

/// Waits until something is so, which has to be within two minutes.
#[track_caller]
pub fn eventually(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !so() {
        assert!(Instant::now() < deadline, "it never came about that {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Every file below `folder`, in order; none when it is not there.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

/// `text` with one space for every stretch of white space.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Only the letters and digits of `text`: without what differs between a table and print, such as separators, spaces
/// and kinds of quotes.
pub fn letters_only(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).collect()
}

/// Every run of exactly ten digits in `text`.
pub fn ten_digit_runs(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 10)
        .collect()
}

/// The codes that occur anywhere in `bytes`, also inside a longer run of digits.
pub fn codes_in<'a>(bytes: &[u8], codes: &'a BTreeSet<String>) -> Vec<&'a String> {
    let mut found = BTreeSet::new();
    for window in bytes.windows(10) {
        if window.iter().all(u8::is_ascii_digit) {
            let digits = std::str::from_utf8(window).unwrap();
            found.extend(codes.get(digits));
        }
    }
    found.into_iter().collect()
}
