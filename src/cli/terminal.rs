//! What is written to the terminal: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::operations::Failure;

/// How to talk: as JSON, with bars, or in plain lines.
pub struct Terminal {
    pub json: bool,
    /// Standard error is a person's screen.
    pub interactive: bool,
}

impl Terminal {
    pub fn new(json: bool) -> Self {
        Self {
            json,
            interactive: io::stderr().is_terminal() && !json,
        }
    }

    /// The result. Whoever closes the pipe before the end has read enough; anything else that keeps it from arriving is
    /// a failure, since a script relies on it.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        match writeln!(io::stdout().lock(), "{text}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::ours(format!(
                "the answer cannot be written to standard output: {error}"
            ))),
            _ => Ok(()),
        }
    }

    pub fn print_json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::ours(format!("the answer cannot be written: {error}")))?;
        self.print(&text)
    }

    /// Something to know on the way.
    pub fn note(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// What went wrong, where, and on a line of its own what to do.
    pub fn failure(&self, failure: &Failure) {
        self.note(&format!("error: {failure}"));
        let hint = failure.hint.as_deref().unwrap_or(
            "this should not happen: run the same command with -v and show the output to whoever looks after brievenbus",
        );
        self.note(&format!("hint: {hint}"));
    }
}

/// One line of standard input: a code or a password, wiped when it is dropped.
pub fn line_of_input() -> Result<Zeroizing<String>, Failure> {
    let mut line = Zeroizing::new(String::new());
    io::stdin().read_line(&mut line).map_err(|error| {
        Failure::input(
            "input",
            format!("standard input cannot be read: {error}"),
            "write what is wanted on one line",
        )
    })?;
    Ok(Zeroizing::new(line.trim().to_owned()))
}

/// A panic is caught where it matters and reported there as a failure. The default hook would print its text, which may
/// hold whatever was being worked on; the place is enough to find it.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a part of the program broke down");
    }));
}
