//! A server that answers over HTTP, for a door that starts one: `main` hands it to the command line, since doors do
//! not know each other.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use futures::future::BoxFuture;
use ipnet::IpNet;
use zeroize::Zeroizing;

use super::{App, Failure};

/// Where the server listens and what it may believe of those who ask. No `Debug`: secrets may be in it.
#[derive(Clone)]
pub struct ServerSettings {
    /// Port 0: one that is free.
    pub listen: SocketAddr,
    /// The address that people type, `https://brieven.example`, when something stands in front; cookies are marked
    /// secure when it starts with `https`.
    pub public_url: Option<String>,
    /// A session ends when its person was away for so long.
    pub session_idle: Duration,
    /// A session ends so long after it began.
    pub session_length: Duration,
    /// Proxies, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// How long nobody may redeem a code after too many failures in a row.
    pub redeem_lock: Duration,
    /// How long an ordinary request may take.
    pub request_time: Duration,
    /// Requests that are worked on at a time; whoever comes then is asked to come back.
    pub most_requests: usize,
    /// What opens `/metrics` from elsewhere than this machine.
    pub metrics_token: Option<Zeroizing<String>>,
    /// Where support may sign in, besides with a token.
    pub oidc: Option<OidcSettings>,
}

/// An OpenID Provider that vouches for the people of support. No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct OidcSettings {
    /// Its address, as it names itself.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Zeroizing<String>,
    /// Who is let in, by the address that the provider has verified; in lower case.
    pub allowed_emails: Vec<String>,
    /// Who is let in, by a group that the provider says they are in.
    pub allowed_groups: Vec<String>,
    /// The claim that names the groups.
    pub groups_claim: String,
    /// What the button on the page says: `Nedap`.
    pub label: String,
}

/// An address, or a network of them: `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.0.contains(&ip)
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        (text.parse::<IpNet>())
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map(Self)
            .map_err(drop)
    }
}

impl ServerSettings {
    /// People come over TLS.
    pub fn is_secure(&self) -> bool {
        let url = self.public_url.as_deref().unwrap_or_default();
        url.get(..8)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            session_idle: Duration::from_secs(30 * 60),
            session_length: Duration::from_secs(12 * 60 * 60),
            trusted_proxies: Vec::new(),
            redeem_lock: Duration::from_secs(15 * 60),
            request_time: Duration::from_secs(60),
            most_requests: 512,
            metrics_token: None,
            oidc: None,
        }
    }
}

/// Starts a server in this process.
pub trait StartServer: Sync {
    fn start(&self, app: Arc<App>) -> BoxFuture<'_, Result<Box<dyn Server>, Failure>>;
}

/// A server that answers until it is stopped.
pub trait Server: Send {
    /// Where it listens.
    fn address(&self) -> SocketAddr;

    /// It ended without being asked to.
    fn has_ended(&self) -> bool;

    /// Takes no new request, answers those under way, and ends.
    fn stop(self: Box<Self>) -> BoxFuture<'static, Result<(), Failure>>;
}
