//! The validator of PDF/UA-1 and PDF/A-2a: the Python package `page-validation`, by way of `validate_pdf.py`.

use std::{fs, path::Path, process::Command};

/// What the validator says of some PDFs.
#[derive(Debug)]
pub struct Report {
    pub files: usize,
    /// A check is one file against one profile.
    pub checks: usize,
    /// A line a failure: `NAME: PROFILE RULE: message`.
    pub failures: Vec<String>,
}

/// Validates PDFs, each under a name that may hold folders and ends with `.pdf`.
#[track_caller]
pub fn validate(pdfs: &[(String, &[u8])]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    for (name, pdf) in pdfs {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, pdf).unwrap();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/tools/python/bin/python");
    assert!(
        python.exists(),
        "the PDF validator is not installed: tests/run installs it, in target/tools/python"
    );
    // Isolated, so that nothing of the Python of this machine comes between.
    let output = Command::new(python)
        .arg("-I")
        .arg(root.join("tests/support/validate_pdf.py"))
        .arg(".")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "the validator did not get to its end: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report = read(&said);
    assert_eq!(
        output.status.success(),
        report.failures.is_empty(),
        "{said}"
    );
    report
}

/// Failures, and then the line that counts: `301 files, 602 checks, 0 failures`.
#[track_caller]
fn read(said: &str) -> Report {
    let mut lines: Vec<&str> = said.lines().collect();
    let counts = lines.pop().unwrap_or_default();
    let count = |what: &str| -> usize {
        let number = counts
            .split(", ")
            .find_map(|part| part.strip_suffix(what)?.trim_end().parse().ok());
        number.unwrap_or_else(|| panic!("no number of {what} in {said}"))
    };
    assert_eq!(count("failures"), lines.len(), "{said}");
    Report {
        files: count("files"),
        checks: count("checks"),
        failures: lines.into_iter().map(str::to_owned).collect(),
    }
}
