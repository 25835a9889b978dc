//! How much, how long and how often; what is wrong is said as everything is.

use serde_json::json;

use super::{TEAMS, service};

#[test]
fn nothing_is_at_an_address_that_does_not_exist() {
    let service = service(&[]);
    let token = service.token("support", None);
    let reply = service.get("/api/v1/nothing", &token);
    assert_eq!(
        (reply.status, reply.code()),
        (404, "unknown_address".to_owned())
    );
    assert_eq!(
        reply.json()["request_id"].as_str().unwrap(),
        reply.header("x-request-id")
    );
    let page = service.ask("GET", "/niets").send();
    page.assert_status(404);
    assert!(page.text().contains("<html lang=\"nl\">"));
    let method = service.ask("DELETE", TEAMS).token(&token).send();
    assert_eq!(method.code(), "method_not_allowed");
    assert_eq!(method.status, 405);
    assert!(method.header("allow").contains("GET"));
    let page = service
        .ask("DELETE", "/aanmelden")
        .sent_by_our_pages()
        .send();
    assert_eq!(page.status, 405);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[test]
fn a_body_that_is_too_large_is_not_taken_in() {
    let service = service(&[]);
    let large = vec![b'a'; (1 << 20) + 1];
    let reply = service
        .ask("POST", "/aanmelden")
        .sent_by_our_pages()
        .header("content-type", "application/x-www-form-urlencoded")
        .body(large)
        .send();
    reply.assert_status(413);
    assert!(reply.text().contains("te groot"));
    // One that does not say how large it is is cut off where it ends to be allowed.
    let head = "POST /aanmelden HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\n\
                content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\
                connection: close\r\n\r\n";
    let piece = format!("{:x}\r\n{}\r\n", 1 << 16, "a".repeat(1 << 16));
    let answer = service.raw(format!("{head}{}0\r\n\r\n", piece.repeat(20)).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer:.200}");
}

#[test]
fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let service = service(&[("REQUEST_TIME", "1")]);
    let answer = service.raw(
        b"POST /aanmelden HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\n\
          content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\
          connection: close\r\n\r\ntoken=",
    );
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer:.200}");
    assert!(answer.to_lowercase().contains("retry-after: 5"));
    assert!(answer.contains("Dit duurde te lang en is afgebroken."));
}

#[test]
fn signing_in_is_tried_ten_times_from_an_address_and_then_not_for_a_while() {
    let service = service(&[("TRUSTED_PROXIES", "127.0.0.0/8")]);
    let token = service.token("support", None);
    let try_from = |address: &str, token: &str| {
        service
            .ask("POST", "/aanmelden")
            .sent_by_our_pages()
            .header("x-forwarded-for", address)
            .form(&[("token", token)])
            .send()
    };
    for _ in 0..10 {
        assert_eq!(try_from("192.0.2.1", "wrong").status, 422);
    }
    let refused = try_from("192.0.2.1", &token);
    refused.assert_status(429);
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&seconds), "{seconds}");
    assert_eq!(refused.cookie(), None);
    // Anybody else may; what a client says itself of where it is counts for nothing.
    assert_eq!(try_from("192.0.2.1, 192.0.2.2", &token).status, 303);
}

#[test]
fn tokens_that_do_not_work_are_not_tried_without_end() {
    let service = service(&[]);
    let wrong = format!("brievenbus_{}", "0".repeat(64));
    let statuses: Vec<u16> = (0..320)
        .map(|_| service.get(TEAMS, &wrong).status)
        .collect();
    assert_eq!(statuses[0], 401);
    assert!(statuses.contains(&429));
    // At a page that is said as everything there is, with how long to wait.
    let mut pages = (0..20).map(|_| service.get("/batches", &wrong));
    let page = pages.find(|page| page.status == 429).unwrap();
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[test]
fn when_too_much_is_asked_at_a_time_some_are_asked_to_come_back() {
    let service = service(&[("MOST_REQUESTS", "1"), ("REQUEST_TIME", "20")]);
    let mut slow = std::net::TcpStream::connect(service.address()).unwrap();
    std::io::Write::write_all(
        &mut slow,
        b"POST /aanmelden HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\n\
          content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\n",
    )
    .unwrap();
    crate::support::eventually("there is no place", || {
        service.ask("GET", "/api/v1/openapi.json").send().status == 503
    });
    let refused = service.ask("GET", "/api/v1/openapi.json").send();
    assert_eq!(refused.code(), "too_busy");
    assert_eq!(refused.header("retry-after"), "5");
    // Whoever looks whether we live is answered.
    service.ask("GET", "/healthz").send().assert_status(200);
    drop(slow);
    crate::support::eventually("the place is free again", || {
        service.ask("GET", "/api/v1/openapi.json").send().status == 200
    });
}

#[test]
fn what_breaks_down_is_answered_and_says_nothing_of_itself() {
    let service = service(&[("VERBOSE", "3")]);
    let reply = service.ask("GET", "/api/v1/tests/panic").send();
    assert_eq!((reply.status, reply.code()), (500, "internal".to_owned()));
    let page = service.ask("GET", "/tests/panic").send();
    page.assert_status(500);
    assert!(page.text().contains("Er ging bij ons iets mis"));
    assert!(page.text().contains(page.header("x-request-id")));
    for text in [reply.text(), page.text(), service.log()] {
        assert!(!text.contains("a secret in a panic"));
    }
    assert!(service.log().contains("a part of the program broke down"));
    service.ask("GET", "/healthz").send().assert_status(200);
}

#[test]
fn json_that_is_none_or_another_is_refused_without_saying_it_back() {
    let service = service(&[]);
    let token = service.token("support", None);
    let redeem = "/api/v1/codes/redeem";
    let send = |kind: &str, body: &str| {
        service
            .ask("POST", redeem)
            .token(&token)
            .header("content-type", kind)
            .body(body)
            .send()
    };
    assert_eq!(send("text/plain", "{}").code(), "not_json");
    assert_eq!(
        send("application/json", "{\"code\": 12").code(),
        "json_unreadable"
    );
    let other = send("application/json", "{\"code\": 1234567890}");
    assert_eq!(other.code(), "json_not_as_described");
    assert!(!other.text().contains("1234567890"));
    let missing = service.post(redeem, &token, &json!({}));
    assert_eq!(missing.code(), "json_not_as_described");
    assert!(missing.text().contains("missing field"));
}
