//! What a browser is told, what is logged, and what those who look after the server see.

use serde_json::Value;

use super::{TEAMS, service};
use crate::support::{cli::Cli, eventually, fixture, service::Service};

#[test]
fn every_answer_tells_a_browser_to_be_careful() {
    let service = service(&[]);
    let token = service.token("support", None);
    for path in [
        "/",
        "/aanmelden",
        "/niets",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/openapi.json",
        "/api/v1/nothing",
        TEAMS,
    ] {
        let reply = service.get(path, &token);
        let csp = reply.header("content-security-policy");
        assert!(
            csp.starts_with("default-src 'none'; script-src 'self'"),
            "{path}"
        );
        assert!(!csp.contains("unsafe"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(reply.header(name), value, "{path}: {name}");
        }
        assert_eq!(reply.header("x-request-id").len(), 26, "{path}");
    }
}

#[test]
fn a_request_is_logged_by_its_route_and_who_asked() {
    let service = service(&[("VERBOSE", "1"), ("LOG_FORMAT", "json")]);
    let (id, token) = service.token_with_id("support", None);
    let reply = service
        .ask("GET", &format!("{TEAMS}?zoek=Jansen"))
        .header("x-request-id", "of-somebody-else")
        .token(&token)
        .send();
    let number = reply.header("x-request-id");
    let line: Value = service
        .log()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|line| line["request"] == number)
        .expect("a line for the request");
    assert_eq!(line["route"], "/api/v1/organisations/{slug}/teams");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["status"], 200);
    assert_eq!(line["by"], format!("token {id}"));
    assert_eq!(line["role"], "support");
    assert!(line["ms"].is_u64());
    for text in ["Jansen", "of-somebody-else", "de-beste-zorg", &token] {
        assert!(!service.log().contains(text), "{text} is in the log");
    }
}

#[test]
fn the_log_at_its_most_talkative_holds_no_secret() {
    let service = service(&[("VERBOSE", "3")]);
    let token = service.token("support", None);
    let cookie = service.sign_in(&token);
    service
        .ask("GET", TEAMS)
        .cookie(&cookie)
        .send()
        .assert_status(200);
    service.get(TEAMS, &token).assert_status(200);
    let wrong = format!("brievenbus_{}", "1".repeat(64));
    service.get(TEAMS, &wrong).assert_status(401);
    service
        .ask("POST", "/api/v1/codes/redeem")
        .token(&token)
        .json(&serde_json::json!({ "code": "9182736450" }))
        .send();
    let log = service.log();
    assert!(log.contains("DEBUG"), "it was to have its whole log");
    let secret = cookie.split('=').nth(1).unwrap();
    for text in [token.as_str(), secret, &wrong, "9182736450"] {
        assert!(!log.contains(text), "a secret is in the log");
    }
    for name in fixture::column("clients.csv", "birth_name") {
        // Short ones are in other words.
        assert!(
            name.len() < 8 || !log.contains(&name),
            "{name} is in the log"
        );
    }
}

#[test]
fn those_who_look_after_the_server_see_whether_it_works() {
    let service = service(&[]);
    let health = service.ask("GET", "/healthz").send();
    assert_eq!((health.status, health.text()), (200, "ok\n".to_owned()));
    let ready = service.ask("GET", "/readyz").send();
    assert_eq!(ready.status, 200, "{}", ready.text());
    // The store is gone.
    let bundles = service.cli.data_dir().join("bundles");
    let elsewhere = service.cli.data_dir().join("elsewhere");
    std::fs::rename(&bundles, &elsewhere).unwrap();
    // What was found a moment ago may still be said.
    eventually("the store is missed", || {
        let ready = service.ask("GET", "/readyz").send();
        ready.status == 503 && ready.text().contains("store: does not answer")
    });
    std::fs::rename(&elsewhere, &bundles).unwrap();
    eventually("the store is there again", || {
        service.ask("GET", "/readyz").send().status == 200
    });
}

#[test]
fn numbers_are_for_whoever_may_see_them() {
    let with = service(&[("METRICS_TOKEN", "let-me-look")]);
    assert_eq!(with.ask("GET", "/metrics").send().status, 404);
    assert_eq!(with.get("/metrics", "let-me-loo").status, 404);
    with.get("/metrics", "let-me-look").assert_status(200);

    let without = service(&[]);
    let token = without.token("support", None);
    without.get(TEAMS, &token).assert_status(200);
    let _ = without.sign_in(&token);
    let forwarded = without
        .ask("GET", "/metrics")
        .header("x-forwarded-for", "127.0.0.1")
        .send();
    assert_eq!(forwarded.status, 404);
    let numbers = without.ask("GET", "/metrics").send();
    numbers.assert_status(200);
    let text = numbers.text();
    for line in [
        "brievenbus_jobs{state=\"queued\"} 0",
        "brievenbus_oldest_waiting_seconds 0",
        "brievenbus_sessions 1",
        "brievenbus_database_up 1",
        "brievenbus_redeem_locked 0",
        "brievenbus_http_requests_total{method=\"GET\",route=\"/api/v1/organisations/{slug}/teams\",status=\"200\"} 1",
        "brievenbus_http_request_seconds_bucket",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    for secret in [token.as_str(), "de-beste-zorg"] {
        assert!(!text.contains(secret));
    }

    let behind = service(&[("PUBLIC_URL", "https://brieven.example")]);
    assert_eq!(behind.ask("GET", "/metrics").send().status, 404);
}

#[test]
fn it_stops_when_asked_and_says_so_before() {
    let service = service(&[]);
    let (_, answer) = service.stop();
    assert_eq!(answer.exit, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("stopping"));
}

#[test]
fn an_address_that_somebody_listens_at_is_refused_calmly() {
    let first = service(&[]);
    let second = Cli::new();
    let listen = first.address().to_string();
    let answer = second.try_run(&["serve", "--workers", "0", "--listen", &listen]);
    assert_eq!(answer.exit, Some(1));
    assert!(
        answer.stderr.starts_with("error: the address 127.0.0.1:"),
        "{}",
        answer.stderr
    );
    assert!(answer.stderr.contains("hint:"));
}

#[test]
fn settings_that_cannot_be_are_refused_before_anything_starts() {
    for (name, value) in [
        ("SESSION_IDLE", "0"),
        ("SESSION_LENGTH", "9999999"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("LOG_FORMAT", "xml"),
        ("PUBLIC_URL", "brieven.example"),
    ] {
        let cli = Cli::new().with(&[(format!("BRIEVENBUS_{name}"), value.to_owned())]);
        let answer = cli.try_run(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(answer.exit, Some(1), "{name}: {}", answer.stderr);
        assert!(
            answer.stderr.contains("hint: "),
            "{name}: {}",
            answer.stderr
        );
    }
    let cli = Cli::new();
    let file = cli.home().join("settings.toml");
    std::fs::write(
        &file,
        "log-format = \"json\"\n[access]\nsession-idle = 60\ntrusted-proxies = [\"::1\"]\nmetrics-token = \"x\"\n",
    )
    .unwrap();
    let cli = cli.with(&[("BRIEVENBUS_CONFIG".to_owned(), "settings.toml".to_owned())]);
    let service = Service::of(cli, &["--workers", "0"]);
    service.get("/metrics", "x").assert_status(200);
}
