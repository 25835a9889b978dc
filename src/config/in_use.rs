//! The settings as `doctor` shows them: what holds, and where it comes from.

use std::{collections::BTreeMap, path::PathBuf, thread};

use serde_json::Value;

use super::{
    DATA_DIR, JOB_DEADLINE, Typed,
    access::{GROUPS_CLAIM, LABEL},
    from_environment, read_file,
};
use crate::operations::{
    Failure,
    doctor::{Origin, Setting, SettingsInUse, without_password},
    purge::Retention,
    server::ServerSettings,
};

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
    settings.extend(super::store_access().into_keys().map(|name| Setting {
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
        "log-format" => Some("text".to_owned()),
        "oidc-groups-claim" => Some(GROUPS_CLAIM.to_owned()),
        "oidc-label" => Some(LABEL.to_owned()),
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
