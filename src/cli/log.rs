//! The log, on standard error: lines for people, or an object a line for programs.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::config::{self, LogFormat};

/// Errors, more with each `-v`, or what `BRIEVENBUS_LOG` says. Of something that runs unattended, warnings too.
///
/// # Errors
/// Why `BRIEVENBUS_LOG` cannot be read, as a note to whoever set it; the log has begun without it.
pub fn start_log(format: LogFormat, verbose: u8, unattended: bool) -> Result<(), String> {
    let level = match verbose {
        0 if unattended => "brievenbus=warn",
        0 => "brievenbus=error",
        1 => "brievenbus=info",
        2 => "brievenbus=debug,info",
        _ => "trace",
    };
    let wanted = config::log_filter().map(|filter| filter.parse::<EnvFilter>());
    let (filter, read) = match wanted {
        None => (EnvFilter::new(level), Ok(())),
        Some(Ok(filter)) => (filter, Ok(())),
        Some(Err(error)) => {
            let note = format!("note: BRIEVENBUS_LOG cannot be read and is not used: {error}");
            (EnvFilter::new(level), Err(note))
        }
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match format {
        LogFormat::Json => log.json().flatten_event(true).init(),
        LogFormat::Text => log
            .with_ansi(io::stderr().is_terminal() && !config::no_color())
            .init(),
    }
    read
}
