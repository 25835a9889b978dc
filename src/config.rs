//! The only reader of the environment and of the configuration file. A flag beats the environment beats the file.

mod access;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::access::{Access, Oidc};
#[cfg(feature = "test-switches")]
use crate::operations::switches::{RotationStep, Stop};
use crate::operations::{
    Failure,
    app::Settings,
    doctor::{Origin, Setting, SettingsInUse, without_password},
    purge::Retention,
    server::ServerSettings,
    switches::Switches,
};

/// What was typed; everything may be left out. No `Debug`: secrets may be in it.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Typed {
    pub data_dir: Option<PathBuf>,
    pub database_url: Option<String>,
    pub store: Option<String>,
    /// Seconds that one attempt at a team job may take.
    pub job_deadline: Option<u64>,
    /// Jobs at a time, and presses.
    pub workers: Option<usize>,
    /// Address and port that `serve` listens at.
    pub listen: Option<SocketAddr>,
    /// The address that people type.
    pub public_url: Option<String>,
    /// Days that a bundle is kept.
    pub bundle_days: Option<u32>,
    /// Days after the last export with them that it is forgotten who a client is, when they are not in the newest.
    pub anonymise_after_days: Option<u32>,
    /// Years that a line of the audit log is kept.
    pub audit_years: Option<u32>,
    /// How the log is written.
    pub log_format: Option<LogFormat>,
    /// Who may ask what, and how long.
    #[serde(default)]
    pub access: Access,
    /// Where support may sign in.
    #[serde(default)]
    pub oidc: Oidc,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object a line.
    Json,
}

const DATA_DIR: &str = "brievenbus-data";
/// Half an hour: a team of 10,000 clients takes less than a minute, so whoever takes longer hangs.
const JOB_DEADLINE: Duration = Duration::from_secs(1_800);

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
        job_deadline: number("JOB_DEADLINE")?,
        workers: number("WORKERS")?,
        listen: listen()?,
        public_url: from_environment("PUBLIC_URL"),
        log_format: log_format_of_environment()?,
        access: Access::of_environment()?,
        oidc: Oidc::default(),
        bundle_days: number("BUNDLE_DAYS")?,
        anonymise_after_days: number("ANONYMISE_AFTER_DAYS")?,
        audit_years: number("AUDIT_YEARS")?,
    };
    let threads = (flags.workers.or(environment.workers).or(file.workers))
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    if threads == 0 {
        return Err(Failure::input(
            "usage",
            "no workers would do no work",
            "choose --workers 1 or more, or leave it out for one per processor",
        ));
    }
    let server = ServerSettings::default();
    let server = ServerSettings {
        listen: (flags.listen.or(environment.listen).or(file.listen)).unwrap_or(server.listen),
        public_url: (flags.public_url.or(environment.public_url)).or(file.public_url),
        ..server
    };
    if let Some(url) = &server.public_url {
        check_public_url(url)?;
    }
    let server = environment.access.or(file.access).applied_to(server)?;
    let server = access::with_oidc(server, &file.oidc)?;
    let usual = Retention::default();
    let retention = Retention {
        bundle_days: (flags.bundle_days.or(environment.bundle_days))
            .or(file.bundle_days)
            .unwrap_or(usual.bundle_days),
        anonymise_after_days: (flags.anonymise_after_days)
            .or(environment.anonymise_after_days)
            .or(file.anonymise_after_days)
            .unwrap_or(usual.anonymise_after_days),
        audit_years: (flags.audit_years.or(environment.audit_years))
            .or(file.audit_years)
            .unwrap_or(usual.audit_years),
    };
    let deadline = (flags.job_deadline.or(environment.job_deadline)).or(file.job_deadline);
    Ok(Settings {
        data_dir: (flags.data_dir.or(environment.data_dir).or(file.data_dir))
            .unwrap_or_else(|| PathBuf::from(DATA_DIR)),
        database_url: (flags.database_url.or(environment.database_url)).or(file.database_url),
        store: flags.store.or(environment.store).or(file.store),
        store_access: store_access(),
        threads,
        job_deadline: access::time("job-deadline", deadline, JOB_DEADLINE)?,
        server,
        retention: retention.check()?,
        switches: switches(),
    })
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

/// What else is read from the environment, without being a setting of the file.
const SWITCHES: [&str; 4] = ["CONFIG", "JSON", "LOG", "VERBOSE"];

/// Every setting as it holds, and where it comes from. Passwords are left out of it.
pub fn in_use(flags: &Typed, file: Option<PathBuf>) -> Result<SettingsInUse, Failure> {
    let file = match file.or_else(|| from_environment("CONFIG").map(PathBuf::from)) {
        Some(path) => read_file(&path)?,
        None => Typed::default(),
    };
    let (flags, file) = (by_name(flags)?, by_name(&file)?);
    let mut settings: Vec<Setting> = flags
        .into_iter()
        .map(|(name, flag)| {
            let variable = name.to_uppercase().replace('-', "_");
            let held = [
                (flag, Origin::Flag),
                (from_environment(&variable), Origin::Environment),
                (file.get(&name).cloned().flatten(), Origin::File),
            ];
            let found = held
                .into_iter()
                .find_map(|(value, from)| Some((value?, from)));
            let (value, from) = match found {
                Some((value, from)) => (Some(without_secrets(&name, &value)), from),
                None => (default_of(&name), Origin::Default),
            };
            Setting { name, value, from }
        })
        .collect();
    // They hold secrets, and that they are there is all that anybody needs to know.
    settings.extend(store_access().into_keys().map(|name| Setting {
        name,
        value: Some("(set)".to_owned()),
        from: Origin::Environment,
    }));
    Ok(SettingsInUse {
        unknown: unknown_variables(&settings),
        settings,
    })
}

/// Every setting by the name that it has in the file, whether it is there or not.
fn by_name(typed: &Typed) -> Result<BTreeMap<String, Option<String>>, Failure> {
    let table = serde_json::to_value(typed)
        .map_err(|error| Failure::ours(format!("the settings cannot be told: {error}")))?;
    let settings = table.as_object().into_iter().flatten();
    // The tables `[access]` and `[oidc]` as their names are in the environment.
    let settings = settings.flat_map(|(name, value)| match (name.as_str(), value) {
        ("access", Value::Object(table)) => table.clone().into_iter().collect(),
        (_, Value::Object(table)) => table
            .iter()
            .map(|(inner, value)| (format!("{name}-{inner}"), value.clone()))
            .collect(),
        _ => vec![(name.clone(), value.clone())],
    });
    Ok(settings
        .map(|(name, value)| {
            let text = match value {
                Value::Null => None,
                Value::String(text) => Some(text),
                other => Some(other.to_string()),
            };
            (name, text)
        })
        .collect())
}

/// Words in the name of a setting that nobody else may see.
const SECRETS: [&str; 4] = ["secret", "password", "token", "credential"];

fn without_secrets(name: &str, value: &str) -> String {
    if SECRETS.iter().any(|word| name.contains(word)) {
        return "(set)".to_owned();
    }
    match value.contains("://") {
        true => without_password(value),
        false => value.to_owned(),
    }
}

fn default_of(name: &str) -> Option<String> {
    let (server, retention) = (ServerSettings::default(), Retention::default());
    match name {
        "data-dir" => Some(DATA_DIR.to_owned()),
        "listen" => Some(server.listen.to_string()),
        "session-idle" => Some(server.session_idle.as_secs().to_string()),
        "session-length" => Some(server.session_length.as_secs().to_string()),
        "redeem-lock" => Some(server.redeem_lock.as_secs().to_string()),
        "request-time" => Some(server.request_time.as_secs().to_string()),
        "most-requests" => Some(server.most_requests.to_string()),
        "bundle-days" => Some(retention.bundle_days.to_string()),
        "anonymise-after-days" => Some(retention.anonymise_after_days.to_string()),
        "audit-years" => Some(retention.audit_years.to_string()),
        "job-deadline" => Some(JOB_DEADLINE.as_secs().to_string()),
        "workers" => thread::available_parallelism().ok().map(|n| n.to_string()),
        _ => None,
    }
}

/// Variables called `BRIEVENBUS_…` that nothing reads: a slip of the pen, most likely.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn unknown_variables(settings: &[Setting]) -> Vec<String> {
    let known = |name: &str| {
        let tests = cfg!(feature = "test-switches") && name.starts_with("TEST_");
        tests
            || SWITCHES.contains(&name)
            || settings
                .iter()
                .any(|setting| setting.name.to_uppercase().replace('-', "_") == name)
    };
    let mut unknown: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            name.strip_prefix("BRIEVENBUS_")
                .is_some_and(|rest| !known(rest))
        })
        .collect();
    unknown.sort_unstable();
    unknown
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

fn listen() -> Result<Option<SocketAddr>, Failure> {
    let Some(text) = from_environment("LISTEN") else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| {
        Failure::input(
            "environment",
            format!("BRIEVENBUS_LISTEN is '{text}', which is not an address with a port"),
            "write it as 127.0.0.1:8080 or [::1]:8080",
        )
    })
}

/// `log-format`, before everything else is read; a mistake in it is said when all settings are read.
pub fn log_format(file: Option<&Path>) -> LogFormat {
    let of_file = || {
        let path = file.map(Path::to_owned);
        let path = path.or_else(|| from_environment("CONFIG").map(PathBuf::from))?;
        read_file(&path).ok()?.log_format
    };
    let of_environment = log_format_of_environment().ok().flatten();
    of_environment.or_else(of_file).unwrap_or_default()
}

fn log_format_of_environment() -> Result<Option<LogFormat>, Failure> {
    match from_environment("LOG_FORMAT").as_deref() {
        None => Ok(None),
        Some("text") => Ok(Some(LogFormat::Text)),
        Some("json") => Ok(Some(LogFormat::Json)),
        Some(other) => Err(Failure::input(
            "environment",
            format!("BRIEVENBUS_LOG_FORMAT is '{other}', which is not a format of the log"),
            "write text or json",
        )),
    }
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

/// Who has called the program, by the name that the system gives them.
pub fn user() -> String {
    ["SUDO_USER", "LOGNAME", "USER"]
        .into_iter()
        .find_map(read)
        .unwrap_or_else(|| "unknown".to_owned())
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
