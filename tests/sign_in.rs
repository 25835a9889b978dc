//! Support signs in with its own OpenID Provider: the certified one of npm's oidc-provider, started here.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::support::{
    cli::Cli,
    eventually, fixture,
    server::free_port,
    service::{Reply, Service, fetch},
};

const TEAMS: &str = "/api/v1/organisations/de-beste-zorg/teams";

/// The provider, killed when the test is over.
struct Provider {
    child: Child,
    port: u16,
    folder: PathBuf,
    back: String,
}

impl Provider {
    fn start(folder: &Path, port: u16, back: &str) -> Self {
        let log = folder.join(format!("provider-{port}"));
        let said = File::create(&log).unwrap();
        let child = Command::new("node")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/oidc/provider.js"
            ))
            .args([&port.to_string(), back])
            .stdin(Stdio::null())
            .stdout(said.try_clone().unwrap())
            .stderr(said)
            .spawn()
            .expect("node, and `npm ci` done in tests/oidc");
        let provider = Self {
            child,
            port,
            folder: folder.to_owned(),
            back: back.to_owned(),
        };
        eventually("the provider listens", || {
            fs::read_to_string(&log).unwrap().contains("listening on")
        });
        provider
    }

    /// The same one with other keys, and without any memory.
    fn restart(self) -> Self {
        let (port, folder, back) = (self.port, self.folder.clone(), self.back.clone());
        drop(self);
        Self::start(&folder, port, &back)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser as far as this needs one: it keeps cookies and follows where it is sent.
#[derive(Default)]
struct Browser {
    /// By host and port, since both run on this machine.
    cookies: BTreeMap<(String, String), String>,
    /// Where it is.
    at: String,
}

impl Browser {
    fn ask(&mut self, method: &str, url: &str, form: Option<&str>) -> Reply {
        let mut url = url.to_owned();
        let mut method = method.to_owned();
        let mut form = form.map(str::to_owned);
        for _ in 0..20 {
            let host = url.split('/').nth(2).unwrap().to_owned();
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .filter(|((of, _), _)| *of == host)
                .map(|((_, name), value)| format!("{name}={value}"))
                .collect();
            let mut ask = fetch(&method, &url)
                .header("cookie", &cookies.join("; "))
                .header("sec-fetch-site", "same-origin");
            if let Some(form) = form.take() {
                ask = ask
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(form);
            }
            let reply = ask.send();
            for set in reply.headers.get_all("set-cookie") {
                let set = set.to_str().unwrap();
                let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
                let key = (host.clone(), name.to_owned());
                if value.is_empty() {
                    self.cookies.remove(&key);
                } else {
                    self.cookies.insert(key, value.to_owned());
                }
            }
            self.at.clone_from(&url);
            let to = reply.header("location").to_owned();
            if to.is_empty() {
                return reply;
            }
            url = if to.starts_with("http") {
                to
            } else {
                format!("http://{host}{to}")
            };
            "GET".clone_into(&mut method);
        }
        panic!("sent in a circle");
    }

    /// Fills in the form of the provider that stands on the page.
    #[track_caller]
    fn fill_in(&mut self, page: &Reply, fields: &str) -> Reply {
        let text = page.text();
        let action = text
            .split("action=\"")
            .nth(1)
            .unwrap_or_else(|| panic!("no form: {text}"));
        let action = action.split('"').next().unwrap().to_owned();
        self.ask("POST", &action, Some(fields))
    }

    /// From our page to sign in, by way of the provider, to wherever that ends.
    #[track_caller]
    fn sign_in(&mut self, service: &Service, login: &str) -> Reply {
        let begin = format!("{}/aanmelden/oidc?naar={}", service.url(), encoded_target());
        let login_page = self.ask("GET", &begin, None);
        let fields = format!("prompt=login&login={login}&password=x");
        let consent = self.fill_in(&login_page, &fields);
        self.fill_in(&consent, "prompt=consent")
    }

    fn session(&self, service: &Service) -> Option<String> {
        let key = (service.address().to_string(), "brievenbus".to_owned());
        let secret = self.cookies.get(&key)?;
        Some(format!("brievenbus={secret}"))
    }
}

fn encoded_target() -> String {
    crate::support::service::encoded(TEAMS)
}

/// A service that knows the provider, and the provider.
fn both(settings: &[(&str, &str)]) -> (Service, Provider) {
    let (port, provider_port) = (free_port(), free_port());
    let url = format!("http://127.0.0.1:{port}");
    let issuer = format!("http://127.0.0.1:{provider_port}");
    let settings = [
        &[
            ("BRIEVENBUS_PUBLIC_URL", url.as_str()),
            ("BRIEVENBUS_OIDC_ISSUER", issuer.as_str()),
            ("BRIEVENBUS_OIDC_CLIENT_ID", "brievenbus"),
            ("BRIEVENBUS_OIDC_CLIENT_SECRET", "a-secret-of-the-tests"),
            ("BRIEVENBUS_OIDC_LABEL", "Nedap"),
        ],
        settings,
    ]
    .concat();
    let settings: Vec<(String, String)> = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let cli = Cli::new().with(&settings);
    cli.ok(&["import", fixture::FOLDER]);
    let back = format!("{url}/aanmelden/oidc/terug");
    let provider = Provider::start(cli.home(), provider_port, &back);
    let service = Service::at(cli, port, &["--workers", "0"]);
    (service, provider)
}

#[test]
fn support_signs_in_with_its_own_provider() {
    let (service, provider) = both(&[
        ("BRIEVENBUS_OIDC_ALLOWED_EMAILS", "Jan@Support.example"),
        ("BRIEVENBUS_VERBOSE", "1"),
    ]);
    let page = service.ask("GET", "/aanmelden").send();
    assert!(page.text().contains("Aanmelden met Nedap"));

    let mut browser = Browser::default();
    let arrived = browser.sign_in(&service, "jan");
    arrived.assert_status(200);
    assert!(browser.at.ends_with(TEAMS), "{}", browser.at);
    assert!(arrived.text().contains("\"depth\""));
    let session = browser.session(&service).unwrap();
    let users = service
        .cli
        .rows()
        .query("SELECT user_label, role, token_id FROM session");
    assert_eq!(users, [["jan@support.example", "support", ""]]);
    // The log of the program tells sessions apart, and names nobody.
    let log = service.log();
    assert!(log.contains("by=\"session "), "{log}");
    assert!(!log.contains("jan@"), "{log}");

    // What the browser kept for the way is gone, and coming back with the same answer of the provider opens nothing.
    assert!(
        !browser
            .cookies
            .keys()
            .any(|(_, name)| name.contains("oidc"))
    );
    let again = service
        .ask("GET", "/aanmelden/oidc/terug?code=x&state=x")
        .send();
    again.assert_status(422);
    assert_eq!(again.cookie().as_deref(), Some("brievenbus-oidc="));

    // Signing out ends it.
    let out = service.ask("POST", "/afmelden").cookie(&session).send();
    out.assert_status(303);
    let after = service.ask("GET", TEAMS).cookie(&session).send();
    assert_eq!(after.code(), "not_signed_in");
    drop(provider);
}

#[test]
fn whoever_is_not_on_the_list_or_not_verified_stays_outside() {
    let (service, _provider) = both(&[
        (
            "BRIEVENBUS_OIDC_ALLOWED_EMAILS",
            "unverified-ann@support.example, shy-bo@support.example",
        ),
        ("BRIEVENBUS_OIDC_ALLOWED_GROUPS", "support"),
    ]);
    for login in ["eve", "unverified-ann", "shy-bo"] {
        let mut browser = Browser::default();
        let arrived = browser.sign_in(&service, login);
        arrived.assert_status(422);
        let text = arrived.text();
        assert!(
            text.contains("Met dit account mag u hier niet aanmelden"),
            "{text}"
        );
        assert_eq!(browser.session(&service), None, "{login}");
    }
    // In the group, whatever the address.
    let mut browser = Browser::default();
    browser.sign_in(&service, "boss-kim").assert_status(200);
    assert!(browser.session(&service).is_some());
}

#[test]
fn a_provider_that_refuses_is_away_or_has_new_keys_is_met_calmly() {
    let (service, provider) = both(&[("BRIEVENBUS_OIDC_ALLOWED_EMAILS", "jan@support.example")]);
    let mut browser = Browser::default();
    browser.sign_in(&service, "jan").assert_status(200);

    // Other keys: they are fetched when the first signature is made with one.
    let provider = provider.restart();
    std::thread::sleep(std::time::Duration::from_secs(6));
    let mut browser = Browser::default();
    browser.sign_in(&service, "jan").assert_status(200);

    // The person goes away from the provider's page.
    let mut browser = Browser::default();
    let begin = format!("{}/aanmelden/oidc", service.url());
    let login_page = browser.ask("GET", &begin, None);
    let text = login_page.text();
    let abort = text
        .split("href=\"")
        .find(|part| part.contains("/abort\""))
        .unwrap();
    let abort = abort.split('"').next().unwrap().to_owned();
    let arrived = browser.ask("GET", &abort, None);
    arrived.assert_status(422);
    assert!(
        arrived
            .text()
            .contains("Uw organisatie heeft u niet aangemeld")
    );

    // Another browser cannot go on with what this one began.
    let mut browser = Browser::default();
    browser.ask("GET", &begin, None);
    let mut kept = browser.cookies.clone();
    kept.retain(|(host, _), _| *host == service.address().to_string());
    let (name, value) = kept
        .iter()
        .map(|((_, name), value)| (name.clone(), value.clone()))
        .next()
        .unwrap();
    let other = service
        .ask("GET", "/aanmelden/oidc/terug?code=x&state=another")
        .cookie(&format!("{name}={value}"))
        .send();
    other.assert_status(422);
    assert!(other.text().contains("niet hier begonnen"));

    // And the token still works when the provider does not.
    drop(provider);
    let away = service.ask("GET", "/aanmelden/oidc").send();
    assert!(matches!(away.status, 303 | 503), "{}", away.status);
    // Nobody begins without end.
    let begun = (0..30).map(|_| service.ask("GET", "/aanmelden/oidc").send());
    let held_off = begun.into_iter().find(|reply| reply.status == 429);
    assert!(!held_off.unwrap().header("retry-after").is_empty());
    let token = service.token("support", None);
    assert!(service.sign_in(&token).starts_with("brievenbus="));
}

#[test]
fn a_provider_without_anybody_to_let_in_is_no_setting() {
    let cli = Cli::new().with(&[
        (
            "BRIEVENBUS_OIDC_ISSUER".to_owned(),
            "https://id.example".to_owned(),
        ),
        ("BRIEVENBUS_OIDC_CLIENT_ID".to_owned(), "x".to_owned()),
        (
            "BRIEVENBUS_OIDC_CLIENT_SECRET".to_owned(),
            "geheim".to_owned(),
        ),
    ]);
    let answer = cli.try_run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(answer.exit, Some(1), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("allowed-emails"),
        "{}",
        answer.stderr
    );
    assert!(!answer.stderr.contains("geheim"));
}
