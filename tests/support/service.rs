//! The program as a service: started on a free port, asked over loopback, killed when the test is over.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::Child,
    sync::LazyLock,
    time::{Duration, Instant},
};

use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::cli::{Answer, Cli};

/// How long it may take to start or to answer.
const PATIENCE: Duration = Duration::from_secs(60);

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(Policy::none())
        .timeout(PATIENCE)
        .build()
        .unwrap()
});

/// A server that answers.
pub struct Service {
    pub cli: Cli,
    address: SocketAddr,
    child: Option<Child>,
    name: String,
}

/// What it answered.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// A request that is being put together.
pub struct Ask(RequestBuilder);

impl Service {
    /// On a fresh SQLite database, with workers.
    pub fn start() -> Self {
        Self::of(Cli::new(), &[])
    }

    /// On the data folder of `cli`, with these arguments more.
    pub fn of(cli: Cli, arguments: &[&str]) -> Self {
        Self::at(cli, 0, arguments)
    }

    /// At this port; 0: one that is free.
    pub fn at(cli: Cli, port: u16, arguments: &[&str]) -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("serve-{number}");
        let listen = format!("127.0.0.1:{port}");
        let all = [&["serve", "--listen", &listen], arguments].concat();
        let mut child = cli.start(&name, &all);
        let said = cli.home().join(format!("{name}.stderr"));
        let begun = Instant::now();
        let address = loop {
            let text = fs::read_to_string(&said).unwrap();
            if let Some(rest) = text.split("listening on http://").nth(1)
                && let Some((address, _)) = rest.split_once('\n')
            {
                break address.trim().parse().unwrap();
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended: {text}");
            assert!(begun.elapsed() < PATIENCE, "it never listened: {text}");
            std::thread::sleep(Duration::from_millis(20));
        };
        Self {
            cli,
            address,
            child: Some(child),
            name,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The secret of a new token.
    #[track_caller]
    pub fn token(&self, role: &str, organisation: Option<&str>) -> String {
        self.token_with_id(role, organisation).1
    }

    /// The id and the secret of a new token.
    #[track_caller]
    pub fn token_with_id(&self, role: &str, organisation: Option<&str>) -> (String, String) {
        let mut arguments = vec!["token", "create", "--role", role, "--json"];
        if let Some(slug) = organisation {
            arguments.extend(["--organisation", slug]);
        }
        let made = self.cli.ok(&arguments).json();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("id"), text("secret"))
    }

    pub fn ask(&self, method: &str, path: &str) -> Ask {
        fetch(method, &format!("{}{path}", self.url()))
    }

    /// `GET`, with a token.
    pub fn get(&self, path: &str, token: &str) -> Reply {
        self.ask("GET", path).token(token).send()
    }

    /// `POST` of JSON, with a token.
    pub fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.ask("POST", path).token(token).json(body).send()
    }

    /// The cookie (`name=value`) of somebody who signs in at the page with this token.
    #[track_caller]
    pub fn sign_in(&self, token: &str) -> String {
        let reply = self
            .ask("POST", "/aanmelden")
            .sent_by_our_pages()
            .form(&[("token", token)])
            .send();
        assert_eq!(reply.status, 303, "{}", reply.text());
        reply.cookie().expect("a cookie")
    }

    /// Everything that it has written to its log, and said, so far.
    pub fn log(&self) -> String {
        let said = |kind: &str| {
            fs::read_to_string(self.cli.home().join(format!("{}.{kind}", self.name))).unwrap()
        };
        said("stderr") + &said("stdout")
    }

    /// Sends `bytes` as they are over a connection of their own; answers with all that comes back until it is closed.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // It may have answered and gone before everything was sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks it to stop, as systemd does, and waits until it has.
    pub fn stop(mut self) -> (Cli, Answer) {
        let child = self.child.take().unwrap();
        signal(&child, Signal::TERM);
        let cli = std::mem::replace(&mut self.cli, Cli::new());
        let answer = cli.wait(&self.name, child);
        (cli, answer)
    }

    /// Asks it to stop and does not wait.
    pub fn ask_to_stop(&self) {
        signal(self.child.as_ref().unwrap(), Signal::TERM);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A request to anybody.
pub fn fetch(method: &str, url: &str) -> Ask {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    Ask(CLIENT.request(method, url))
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

impl Ask {
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    /// With a cookie, `name=value`, as our own pages have it sent.
    #[must_use]
    pub fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie).sent_by_our_pages()
    }

    #[must_use]
    pub fn sent_by_our_pages(self) -> Self {
        self.header("sec-fetch-site", "same-origin")
    }

    /// One with this name that was there is gone.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        Self(self.0.headers(HeaderMap::from_iter([(name, value)])))
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"))
    }

    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self(self.0.body(body.into()))
    }

    #[track_caller]
    pub fn send(self) -> Reply {
        RUNTIME.block_on(async {
            let answer = self.0.send().await.unwrap();
            Reply {
                status: answer.status().as_u16(),
                headers: answer.headers().clone(),
                body: answer.bytes().await.unwrap().to_vec(),
            }
        })
    }
}

/// For a form or a query: everything but letters and digits as `%XX`.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The `code` of a problem.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// Empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The first cookie that it sets, as `name=value`.
    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get("set-cookie")?.to_str().unwrap();
        Some(set.split(';').next().unwrap().to_owned())
    }

    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        let name = StatusCode::from_u16(self.status).unwrap();
        assert_eq!(self.status, status, "{name}: {}", self.text());
        self
    }
}
