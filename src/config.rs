//! The only reader of the environment and of the configuration file. A flag beats the environment beats the file.

mod access;
mod in_use;
mod typed;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    thread,
    time::Duration,
};

pub use self::{
    access::{Access, Oidc},
    in_use::in_use,
    typed::{LogFormat, Typed},
};
#[cfg(feature = "test-switches")]
use crate::operations::switches::{RotationStep, Stop};
use crate::operations::{
    Failure, app::Settings, purge::Retention, server::ServerSettings, switches::Switches,
};

const DATA_DIR: &str = "brievenbus-data";
/// Half an hour: a team of 10,000 clients takes less than a minute, so whoever takes longer hangs.
const JOB_DEADLINE: Duration = Duration::from_secs(1_800);

/// The settings that hold: `flags`, then `BRIEVENBUS_…`, then the file.
pub fn settings(flags: Typed, file: Option<PathBuf>) -> Result<Settings, Failure> {
    let file = match file.or_else(|| from_environment("CONFIG").map(PathBuf::from)) {
        Some(path) => read_file(&path)?,
        None => Typed::default(),
    };
    let held = flags.or(Typed::of_environment()?).or(file);
    let threads = held
        .workers
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    if threads == 0 {
        return Err(Failure::input(
            "usage",
            "no workers would do no work",
            "choose --workers 1 or more, or leave it out for one per processor",
        ));
    }
    let usual = Retention::default();
    let retention = Retention {
        bundle_days: held.bundle_days.unwrap_or(usual.bundle_days),
        anonymise_after_days: (held.anonymise_after_days).unwrap_or(usual.anonymise_after_days),
        audit_years: held.audit_years.unwrap_or(usual.audit_years),
    };
    Ok(Settings {
        data_dir: held.data_dir.unwrap_or_else(|| PathBuf::from(DATA_DIR)),
        database_url: held.database_url,
        store: held.store,
        store_access: store_access(),
        threads,
        job_deadline: access::time("job-deadline", held.job_deadline, JOB_DEADLINE)?,
        server: server(held.listen, held.public_url, held.access, held.oidc)?,
        retention: retention.check()?,
        switches: switches(),
    })
}

fn server(
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    access: Access,
    oidc: Oidc,
) -> Result<ServerSettings, Failure> {
    if let Some(url) = &public_url {
        check_public_url(url)?;
    }
    let usual = ServerSettings::default();
    let server = ServerSettings {
        listen: listen.unwrap_or(usual.listen),
        public_url,
        ..usual
    };
    access::with_oidc(access.applied_to(server)?, oidc)
}

fn check_public_url(url: &str) -> Result<(), Failure> {
    let host = ["https://", "http://"]
        .into_iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    let host = host.map(|host| host.trim_end_matches('/'));
    if host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])) {
        return Ok(());
    }
    Err(Failure::input(
        "public_url",
        format!("the public address '{url}' is not one that people can type"),
        "write it as https://brieven.example, without a path",
    ))
}

/// The settings of an S3 bucket, under the names that every program gives them.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn store_access() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty())
        .collect()
}

#[cfg(feature = "test-switches")]
fn switches() -> Switches {
    let stop = |name| {
        let text = from_environment(name)?;
        Stop::ALL.into_iter().find(|stop| stop.to_string() == text)
    };
    Switches {
        die_after: stop("TEST_DIE_AFTER"),
        panic_after: stop("TEST_PANIC_AFTER"),
        die_rotating: from_environment("TEST_DIE_ROTATING").and_then(|text| {
            let mut steps = RotationStep::ALL.into_iter();
            steps.find_map(|(name, step)| (name == text).then_some(step))
        }),
        codes: from_environment("TEST_CODES").and_then(|seed| seed.parse().ok()),
    }
}

#[cfg(not(feature = "test-switches"))]
fn switches() -> Switches {
    Switches::default()
}

/// `log-format`, before everything else is read; a mistake in it is said when all settings are read.
pub fn log_format(file: Option<&Path>) -> LogFormat {
    let of_file = || {
        let path = file.map(Path::to_owned);
        let path = path.or_else(|| from_environment("CONFIG").map(PathBuf::from))?;
        read_file(&path).ok()?.log_format
    };
    let of_environment = typed::log_format_of_environment().ok().flatten();
    of_environment.or_else(of_file).unwrap_or_default()
}

/// A number in the environment.
fn number<T: FromStr>(name: &str) -> Result<Option<T>, Failure> {
    let Some(text) = from_environment(name) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        Failure::input(
            "environment",
            format!("BRIEVENBUS_{name} is '{text}', which is not a whole number"),
            "write digits only, or leave it out",
        )
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

/// The number of the system's user that the program runs as.
pub fn uid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Who has called the program, by the name in their environment, which they can change, or else by their number.
pub fn user() -> String {
    ["SUDO_USER", "LOGNAME", "USER"]
        .into_iter()
        .find_map(read)
        .unwrap_or_else(|| format!("uid {}", uid()))
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
            "the keys are data-dir, database-url, store, job-deadline, workers, listen, public-url, log-format, bundle-days, anonymise-after-days and audit-years, and the tables [access] and [oidc]",
        )
    })
}
