//! The settings as somebody gives them: as flags, in the environment or in the file.

use std::{net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    access::{Access, Oidc},
    from_environment, number,
};
use crate::operations::Failure;

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

impl Typed {
    pub(super) fn of_environment() -> Result<Self, Failure> {
        Ok(Self {
            data_dir: from_environment("DATA_DIR").map(PathBuf::from),
            database_url: from_environment("DATABASE_URL"),
            store: from_environment("STORE"),
            job_deadline: number("JOB_DEADLINE")?,
            workers: number("WORKERS")?,
            listen: listen()?,
            public_url: from_environment("PUBLIC_URL"),
            bundle_days: number("BUNDLE_DAYS")?,
            anonymise_after_days: number("ANONYMISE_AFTER_DAYS")?,
            audit_years: number("AUDIT_YEARS")?,
            log_format: log_format_of_environment()?,
            access: Access::of_environment()?,
            oidc: Oidc::of_environment(),
        })
    }

    /// Where this says nothing, `other` does.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            data_dir: self.data_dir.or(other.data_dir),
            database_url: self.database_url.or(other.database_url),
            store: self.store.or(other.store),
            job_deadline: self.job_deadline.or(other.job_deadline),
            workers: self.workers.or(other.workers),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            bundle_days: self.bundle_days.or(other.bundle_days),
            anonymise_after_days: self.anonymise_after_days.or(other.anonymise_after_days),
            audit_years: self.audit_years.or(other.audit_years),
            log_format: self.log_format.or(other.log_format),
            access: self.access.or(other.access),
            oidc: self.oidc.or(other.oidc),
        }
    }
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

pub(super) fn log_format_of_environment() -> Result<Option<LogFormat>, Failure> {
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

#[cfg(test)]
mod tests {
    use serde_json::to_value;

    use super::*;

    #[test]
    fn what_one_does_not_say_the_other_does_for_every_setting() {
        let other: Typed = toml::from_str(
            r#"
            data-dir = "data"
            database-url = "sqlite:x"
            store = "file:y"
            job-deadline = 1
            workers = 2
            listen = "127.0.0.1:3"
            public-url = "https://brieven.example"
            bundle-days = 4
            anonymise-after-days = 5
            audit-years = 6
            log-format = "json"
            [access]
            session-idle = 7
            session-length = 8
            trusted-proxies = ["10.0.0.1"]
            redeem-lock = 9
            request-time = 10
            most-requests = 11
            metrics-token = "a"
            [oidc]
            issuer = "b"
            client-id = "c"
            client-secret = "d"
            allowed-emails = ["e"]
            allowed-groups = ["f"]
            groups-claim = "g"
            label = "h"
            "#,
        )
        .unwrap();
        let told = to_value(&other).unwrap();
        assert!(
            !told.to_string().contains("null"),
            "one is left out: {told}"
        );
        let merged = Typed::default().or(other.clone());
        assert_eq!(to_value(merged).unwrap(), told);
        let first = Typed {
            workers: Some(20),
            ..Typed::default()
        };
        let merged = first.or(other);
        assert_eq!((merged.workers, merged.bundle_days), (Some(20), Some(4)));
    }
}
