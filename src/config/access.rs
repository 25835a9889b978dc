//! The settings of whoever may ask something over the network: the tables `[access]` and `[oidc]` of the file, and the
//! same names in the environment.

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use super::{from_environment, number};
use crate::operations::{
    Failure,
    server::{Network, OidcSettings, ServerSettings},
};

/// `[access]`; times in seconds. No `Debug`: it holds a secret.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Access {
    /// A session ends when its person was away for so long: half an hour.
    pub session_idle: Option<u64>,
    /// A session ends so long after it began: twelve hours.
    pub session_length: Option<u64>,
    /// Proxies whose `X-Forwarded-For` is believed, as addresses or networks.
    pub trusted_proxies: Option<Vec<String>>,
    /// How long nobody may redeem after a hundred failures in a row: a quarter of an hour.
    pub redeem_lock: Option<u64>,
    /// How long a request may take until its answer begins: a minute.
    pub request_time: Option<u64>,
    /// Requests at a time: 512.
    pub most_requests: Option<usize>,
    /// Opens `/metrics`, as a bearer token.
    pub metrics_token: Option<String>,
}

impl Access {
    pub fn of_environment() -> Result<Self, Failure> {
        Ok(Self {
            session_idle: number("SESSION_IDLE")?,
            session_length: number("SESSION_LENGTH")?,
            trusted_proxies: list("TRUSTED_PROXIES"),
            redeem_lock: number("REDEEM_LOCK")?,
            request_time: number("REQUEST_TIME")?,
            most_requests: number("MOST_REQUESTS")?,
            metrics_token: from_environment("METRICS_TOKEN"),
        })
    }

    /// Where this says nothing, `other` does.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            session_idle: self.session_idle.or(other.session_idle),
            session_length: self.session_length.or(other.session_length),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            redeem_lock: self.redeem_lock.or(other.redeem_lock),
            request_time: self.request_time.or(other.request_time),
            most_requests: self.most_requests.or(other.most_requests),
            metrics_token: self.metrics_token.or(other.metrics_token),
        }
    }

    pub fn applied_to(self, server: ServerSettings) -> Result<ServerSettings, Failure> {
        let network = |text: &String| {
            Network::from_str(text).map_err(|()| {
                Failure::input(
                    "trusted_proxies",
                    format!("the trusted proxy '{text}' is neither an address nor a network"),
                    "write it as 10.0.0.1 or 10.0.0.0/8",
                )
            })
        };
        let proxies = self.trusted_proxies.unwrap_or_default();
        Ok(ServerSettings {
            session_idle: time("session-idle", self.session_idle, server.session_idle)?,
            session_length: time("session-length", self.session_length, server.session_length)?,
            trusted_proxies: proxies.iter().map(network).collect::<Result<_, _>>()?,
            redeem_lock: time("redeem-lock", self.redeem_lock, server.redeem_lock)?,
            request_time: time("request-time", self.request_time, server.request_time)?,
            most_requests: self.most_requests.unwrap_or(server.most_requests),
            metrics_token: self.metrics_token.map(Into::into),
            ..server
        })
    }
}

/// At most a week: nobody is signed in, or kept out, and no job hangs for longer.
pub(super) fn time(
    name: &str,
    seconds: Option<u64>,
    otherwise: Duration,
) -> Result<Duration, Failure> {
    const WEEK: u64 = 7 * 24 * 60 * 60;
    match seconds {
        None => Ok(otherwise),
        Some(seconds @ 1..=WEEK) => Ok(Duration::from_secs(seconds)),
        Some(seconds) => Err(Failure::input(
            "out_of_range",
            format!("{name} cannot be {seconds} seconds"),
            format!("choose 1 to {WEEK} seconds"),
        )),
    }
}

pub(super) const GROUPS_CLAIM: &str = "groups";
/// What the button says.
pub(super) const LABEL: &str = "uw werkaccount";

/// `[oidc]`. No `Debug`: it holds a secret.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Oidc {
    pub issuer: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    pub allowed_emails: Option<Vec<String>>,
    pub allowed_groups: Option<Vec<String>>,
    pub groups_claim: Option<String>,
    pub label: Option<String>,
}

impl Oidc {
    pub fn of_environment() -> Self {
        Self {
            issuer: from_environment("OIDC_ISSUER"),
            client_id: from_environment("OIDC_CLIENT_ID"),
            client_secret: from_environment("OIDC_CLIENT_SECRET"),
            allowed_emails: list("OIDC_ALLOWED_EMAILS"),
            allowed_groups: list("OIDC_ALLOWED_GROUPS"),
            groups_claim: from_environment("OIDC_GROUPS_CLAIM"),
            label: from_environment("OIDC_LABEL"),
        }
    }

    /// Where this says nothing, `other` does.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            issuer: self.issuer.or(other.issuer),
            client_id: self.client_id.or(other.client_id),
            client_secret: self.client_secret.or(other.client_secret),
            allowed_emails: self.allowed_emails.or(other.allowed_emails),
            allowed_groups: self.allowed_groups.or(other.allowed_groups),
            groups_claim: self.groups_claim.or(other.groups_claim),
            label: self.label.or(other.label),
        }
    }
}

/// With the provider that support signs in with, when one is named.
pub fn with_oidc(server: ServerSettings, held: Oidc) -> Result<ServerSettings, Failure> {
    let Some(issuer) = held.issuer else {
        return Ok(server);
    };
    let missing = |name: &str| {
        Failure::input(
            "oidc_settings",
            format!("the OpenID Provider that support signs in with has no {name}"),
            "[oidc] takes issuer, client-id, client-secret, allowed-emails or allowed-groups, and label",
        )
    };
    let oidc = OidcSettings {
        client_id: held.client_id.ok_or_else(|| missing("client-id"))?,
        client_secret: held
            .client_secret
            .ok_or_else(|| missing("client-secret"))?
            .into(),
        allowed_emails: held
            .allowed_emails
            .unwrap_or_default()
            .iter()
            .map(|email| email.to_lowercase())
            .collect(),
        allowed_groups: held.allowed_groups.unwrap_or_default(),
        groups_claim: held.groups_claim.unwrap_or_else(|| GROUPS_CLAIM.to_owned()),
        label: held.label.unwrap_or_else(|| LABEL.to_owned()),
        issuer,
    };
    if oidc.allowed_emails.is_empty() && oidc.allowed_groups.is_empty() {
        return Err(missing(
            "allowed-emails and no allowed-groups, so nobody could",
        ));
    }
    if let Some(at) = oidc
        .allowed_emails
        .iter()
        .position(|email| !email.contains('@'))
    {
        return Err(Failure::input(
            "oidc_settings",
            format!("allowed-emails: entry {} is no e-mail address", at + 1),
            "write whole addresses; groups go into allowed-groups",
        ));
    }
    if !is_private(&oidc.issuer) {
        return Err(Failure::input(
            "oidc_settings",
            "the OpenID Provider that support signs in with does not answer over TLS",
            "write its issuer as https://…",
        ));
    }
    if server.public_url.is_none() {
        return Err(Failure::input(
            "oidc_settings",
            "the OpenID Provider sends people back to the public address, and there is none",
            "set public-url (--public-url) to the address that people type",
        ));
    }
    Ok(ServerSettings {
        oidc: Some(oidc),
        ..server
    })
}

/// Nobody else can read what is said: over TLS, or on this machine.
fn is_private(url: &str) -> bool {
    let local = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    url.starts_with("https://")
        || local.into_iter().any(|host| {
            url.strip_prefix(host)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        })
}

/// A list with commas in the environment.
fn list(name: &str) -> Option<Vec<String>> {
    let text = from_environment(name)?;
    let items = text.split(',').map(|item| item.trim().to_owned());
    Some(items.filter(|item| !item.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_answers_over_tls_or_on_this_machine() {
        for url in [
            "https://id.example",
            "http://127.0.0.1:3000",
            "http://[::1]:1/x",
        ] {
            assert!(is_private(url), "{url}");
        }
        for url in [
            "http://id.example",
            "http://127.0.0.1.evil.example",
            "ftp://x",
            "",
        ] {
            assert!(!is_private(url), "{url}");
        }
    }
}
