//! The only reader of the environment and of the configuration file. A flag beats the environment beats the file.

use std::{
    path::{Path, PathBuf},
    thread,
};

use serde::Deserialize;

use crate::operations::{Failure, app::Settings};

/// What was typed; everything may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Typed {
    pub data_dir: Option<PathBuf>,
    pub database_url: Option<String>,
    pub store: Option<String>,
}

const DATA_DIR: &str = "brievenbus-data";

/// The settings that hold: `flags`, then `BRIEVENBUS_…`, then the file.
pub fn settings(flags: Typed, file: Option<PathBuf>) -> Result<Settings, Failure> {
    let file = match file.or_else(|| from_environment("CONFIG").map(PathBuf::from)) {
        Some(path) => read_file(&path)?,
        None => Typed::default(),
    };
    let environment = Typed {
        data_dir: from_environment("DATA_DIR").map(PathBuf::from),
        database_url: from_environment("DATABASE_URL"),
        store: from_environment("STORE"),
    };
    Ok(Settings {
        data_dir: (flags.data_dir.or(environment.data_dir).or(file.data_dir))
            .unwrap_or_else(|| PathBuf::from(DATA_DIR)),
        database_url: (flags.database_url.or(environment.database_url)).or(file.database_url),
        store: flags.store.or(environment.store).or(file.store),
        threads: thread::available_parallelism().map_or(1, usize::from),
    })
}

/// A switch that stands in the environment, such as `BRIEVENBUS_JSON=1`.
pub fn switched_on(name: &str) -> bool {
    from_environment(name).is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "no"))
}

/// `BRIEVENBUS_VERBOSE`: how many times `-v`.
pub fn verbosity() -> u8 {
    from_environment("VERBOSE").map_or(0, |value| value.parse().unwrap_or(1))
}

/// Colours are unwelcome (<https://no-color.org>).
pub fn no_color() -> bool {
    read("NO_COLOR").is_some()
}

/// `BRIEVENBUS_LOG`, in the notation of tracing's `EnvFilter`.
pub fn log_filter() -> Option<String> {
    from_environment("LOG")
}

fn from_environment(name: &str) -> Option<String> {
    read(&format!("BRIEVENBUS_{name}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn read(variable: &str) -> Option<String> {
    std::env::var(variable)
        .ok()
        .filter(|value| !value.is_empty())
}

fn read_file(path: &Path) -> Result<Typed, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::input(
            "config_file",
            format!(
                "the configuration file {} cannot be read: {error}",
                path.display()
            ),
            "see that it is there and readable, or leave --config out",
        )
    })?;
    toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        Failure::input(
            "config_file",
            format!("{}, line {line}: {}", path.display(), error.message()),
            "the keys are data-dir, database-url and store",
        )
    })
}
