//! Sessions: how they begin, what they open, how they end.

use std::{thread, time::Duration};

use super::{TEAMS, service};
use crate::support::service::Service;

fn status(service: &Service, cookie: &str) -> u16 {
    service.ask("GET", TEAMS).cookie(cookie).send().status
}

#[test]
fn a_person_signs_in_with_a_token_and_out_again() {
    let service = service(&[]);
    let page = service.ask("GET", "/aanmelden").send();
    page.assert_status(200);
    let text = page.text();
    assert!(text.contains("<html lang=\"nl\">"));
    assert!(text.contains("type=\"password\"") && text.contains("autocomplete=current-password"));

    let token = service.token("support", None);
    let reply = service
        .ask("POST", "/aanmelden")
        .sent_by_our_pages()
        .form(&[("token", &format!(" {token} ")), ("naar", "/batches?x=1")])
        .send();
    reply.assert_status(303);
    assert_eq!(reply.header("location"), "/batches?x=1");
    let set = reply.header("set-cookie");
    assert!(set.starts_with("brievenbus=brievenbus_session_"), "{set}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(!set.contains("Secure") && !set.contains("Domain") && !set.contains("Max-Age"));

    let cookie = reply.cookie().unwrap();
    assert_eq!(status(&service, &cookie), 200);
    // Somebody who is signed in has no use for the form.
    let again = service.ask("GET", "/aanmelden").cookie(&cookie).send();
    assert_eq!((again.status, again.header("location")), (303, "/"));

    let out = service.ask("POST", "/afmelden").cookie(&cookie).send();
    assert_eq!(
        (out.status, out.header("location")),
        (303, "/aanmelden?gedaan=afgemeld")
    );
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(status(&service, &cookie), 401);
    // Of the secret, nothing is in the database.
    let secret = cookie.split('=').nth(1).unwrap();
    let cookie = service.sign_in(&token);
    let fresh = cookie.split('=').nth(1).unwrap();
    assert_ne!(fresh, secret);
    let rows = service.cli.rows().query("SELECT * FROM session");
    assert_eq!(rows.len(), 1);
    assert!(!rows[0].iter().any(|cell| cell.contains(&fresh[20..])));
}

#[test]
fn behind_tls_the_cookie_is_bound_to_it() {
    let service = service(&[("PUBLIC_URL", "https://brieven.example")]);
    let token = service.token("support", None);
    let reply = service
        .ask("POST", "/aanmelden")
        .header("origin", "https://brieven.example")
        .form(&[("token", &token)])
        .send();
    let set = reply.header("set-cookie");
    assert!(set.starts_with("__Host-brievenbus="), "{set}");
    assert!(set.contains("Secure"), "{set}");
    assert_eq!(
        reply.header("strict-transport-security"),
        "max-age=31536000"
    );
    assert_eq!(status(&service, &reply.cookie().unwrap()), 200);
}

#[test]
fn a_session_ends_when_nobody_was_there_for_long_and_in_any_case() {
    let service = service(&[("SESSION_IDLE", "3"), ("SESSION_LENGTH", "7")]);
    let token = service.token("support", None);
    let idle = service.sign_in(&token);
    let busy = service.sign_in(&token);
    assert_eq!(status(&service, &idle), 200);
    // A person at work stays signed in, over the idle time as a whole.
    for _ in 0..4 {
        thread::sleep(Duration::from_secs(1));
        assert_eq!(status(&service, &busy), 200);
    }
    assert_eq!(status(&service, &idle), 401);
    let mut lasted = 4;
    while status(&service, &busy) == 200 {
        thread::sleep(Duration::from_secs(1));
        lasted += 1;
        assert!(lasted < 60, "a session goes on for ever");
    }
}

#[test]
fn a_session_dies_with_its_token() {
    let service = service(&[]);
    let (id, token) = service.token_with_id("provider", Some("de-beste-zorg"));
    let cookie = service.sign_in(&token);
    assert_eq!(status(&service, &cookie), 200);
    service.cli.ok(&["token", "revoke", &id]);
    assert_eq!(status(&service, &cookie), 401);
    assert_eq!(service.get(TEAMS, &token).code(), "not_signed_in");
    // Whoever has the token is told why it works no more; nobody else can ask.
    let again = service
        .ask("POST", "/aanmelden")
        .sent_by_our_pages()
        .form(&[("token", &token)])
        .send();
    again.assert_status(422);
    assert!(again.text().contains("Dit token is ingetrokken"));
    assert!(!again.text().contains(&token));
}

#[test]
fn another_person_at_the_same_browser_gets_a_session_of_their_own() {
    let service = service(&[]);
    let first = service.sign_in(&service.token("support", None));
    let token = service.token("provider", Some("de-beste-zorg"));
    let reply = service
        .ask("POST", "/aanmelden")
        .cookie(&first)
        .form(&[("token", &token)])
        .send();
    let second = reply.cookie().unwrap();
    assert_ne!(first, second);
    assert_eq!(status(&service, &first), 401);
    assert_eq!(status(&service, &second), 200);
}

#[test]
fn what_does_not_work_says_why_and_sets_no_cookie() {
    let service = service(&[]);
    let expired = service.token("support", None);
    let caren = service.token("caren", None);
    service.cli.rows().query(
        "UPDATE access_token SET expires_at = '2020-01-01 00:00:00+00:00' WHERE role = 'support'",
    );
    let unknown = format!("brievenbus_{}", "0".repeat(64));
    for (token, sentence) in [
        (unknown.as_str(), "Dit token kennen wij niet"),
        ("geheim", "Dit token kennen wij niet"),
        ("", "Dit token kennen wij niet"),
        (&expired, "Dit token is verlopen"),
        (&caren, "Dit token is voor een programma"),
    ] {
        let reply = service
            .ask("POST", "/aanmelden")
            .sent_by_our_pages()
            .form(&[("token", token), ("naar", "//evil.example")])
            .send();
        reply.assert_status(422);
        let text = reply.text();
        assert!(text.contains(sentence), "{text}");
        assert!(token.is_empty() || !text.contains(token));
        assert!(!text.contains("evil.example"));
        assert_eq!(reply.cookie(), None);
    }
    // Those of tokens that were ours are in the audit log.
    assert_eq!(service.get(TEAMS, &expired).status, 401);
}

#[test]
fn what_another_site_made_a_browser_ask_is_refused() {
    let service = service(&[]);
    let token = service.token("support", None);
    let cookie = service.sign_in(&token);
    let out = |headers: &[(&str, &str)]| {
        let ask = service.ask("POST", "/afmelden").header("cookie", &cookie);
        let ask = headers
            .iter()
            .fold(ask, |ask, (name, value)| ask.header(name, value));
        ask.send()
    };
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ] {
        let reply = out(headers);
        reply.assert_status(403);
        assert!(reply.text().contains("andere website"), "{}", reply.text());
    }
    assert_eq!(status(&service, &cookie), 200);
    // Signing in too: nobody is made to work under another's name.
    let sign_in = service
        .ask("POST", "/aanmelden")
        .header("sec-fetch-site", "cross-site")
        .form(&[("token", &token)])
        .send();
    assert_eq!((sign_in.status, sign_in.cookie()), (403, None));
    // And the routes for scripts, when it is the cookie that opens them.
    let by_cookie = service
        .ask("POST", "/api/v1/batches")
        .header("cookie", &cookie)
        .header("sec-fetch-site", "cross-site")
        .send();
    assert_eq!(by_cookie.code(), "cross_site");
    let by_token = service
        .ask("POST", "/api/v1/batches")
        .header("sec-fetch-site", "cross-site")
        .token(&token)
        .send();
    assert_ne!(by_token.status, 403);
    assert_eq!(out(&[("origin", &service.url())]).status, 303);
}
