//! Guessing codes: a hundred failures in a row, whatever the server, and nobody may redeem for a while.

use brievenbus::storage::{
    Database,
    database::Address,
    failed_tries::{Permit, TryLimit},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::service;
use crate::support::database::{Kind, on_both};

const REDEEM: &str = "/api/v1/codes/redeem";

fn now() -> DateTime<Utc> {
    "2026-11-26T09:00:00Z".parse().unwrap()
}

async fn database(kind: Kind, home: &std::path::Path) -> Database {
    let url = kind.fresh();
    let address = Address::read(url.as_deref(), home).unwrap();
    let opened = Database::open(&address, home, &home.join("key"), now()).await;
    opened.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn of_any_number_of_tries_at_once_no_more_are_let_through_than_may_fail() {
    on_both(async |kind| {
        let home = tempfile::tempdir().unwrap();
        let db = database(kind, home.path()).await;
        let now = now();
        let limit = TryLimit {
            most: 10,
            locked_for: TimeDelta::minutes(15),
        };
        let tries = (0..40).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.begin_try("redeem", limit, now).await.unwrap() })
        });
        let mut permits = Vec::new();
        for permit in tries.collect::<Vec<_>>() {
            permits.push(permit.await.unwrap());
        }
        let until = now + limit.locked_for;
        let count = |wanted: Permit| permits.iter().filter(|permit| **permit == wanted).count();
        assert_eq!(count(Permit::Granted), 9);
        assert_eq!(count(Permit::Last(until)), 1);
        assert_eq!(count(Permit::Locked(until)), 30);

        // Until then, and not after; then it takes as many again.
        let ask = async |at| db.begin_try("redeem", limit, at).await.unwrap();
        assert_eq!(
            ask(until - TimeDelta::seconds(1)).await,
            Permit::Locked(until)
        );
        for _ in 0..9 {
            assert_eq!(ask(until).await, Permit::Granted);
        }
        // A success in between, and it begins anew.
        db.end_failures("redeem").await.unwrap();
        assert_eq!(db.failures_in_a_row("redeem").await.unwrap(), (0, None));
        for _ in 0..9 {
            assert_eq!(ask(until).await, Permit::Granted);
        }
        // What was no try after all does not count, and what is tried elsewhere neither.
        db.take_back_try("redeem").await.unwrap();
        assert_eq!(ask(until).await, Permit::Granted);
        assert_eq!(
            db.begin_try("other", limit, until).await.unwrap(),
            Permit::Granted
        );
        assert!(matches!(ask(until).await, Permit::Last(_)));
    })
    .await;
}

#[test]
fn after_a_hundred_wrong_codes_none_is_looked_at_and_support_is_told() {
    let service = service(&[("REDEEM_LOCK", "5"), ("TRUSTED_PROXIES", "127.0.0.1")]);
    let caren = service.token("caren", None);
    let redeem = |from: &str, code: &str| {
        service
            .ask("POST", REDEEM)
            .token(&caren)
            .header("x-forwarded-for", from)
            .json(&json!({ "code": code }))
            .send()
    };
    // What is no code at all is no guess.
    for _ in 0..3 {
        assert_eq!(redeem("192.0.2.200", "123").code(), "not_a_code");
    }
    for number in 0..100 {
        // From one address fewer are let through.
        let reply = redeem(
            &format!("192.0.2.{}", number / 10),
            &format!("{number:010}"),
        );
        assert_eq!(reply.code(), "unknown_code", "{number}");
    }
    let locked = redeem("192.0.2.99", "0000000100");
    assert_eq!((locked.status, locked.code()), (429, "locked".to_owned()));
    let seconds: u64 = locked.header("retry-after").parse().unwrap();
    assert!((1..=6).contains(&seconds), "{seconds}");
    assert!(service.log().contains("nobody may redeem for a while"));
    assert!(!service.log().contains("0000000099"));
    let numbers = service.ask("GET", "/metrics").send().text();
    assert!(
        numbers.contains("brievenbus_redeem_total{outcome=\"unknown_code\"} 100"),
        "{numbers}"
    );
    assert!(numbers.contains("brievenbus_redeem_locked 1"), "{numbers}");
    // It passes by itself.
    crate::support::eventually("it is open again", || {
        redeem("192.0.2.98", "0000000101").code() == "unknown_code"
    });
}

#[test]
fn one_address_that_a_proxy_named_fails_twenty_times_and_no_more() {
    let service = service(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    let caren = service.token("caren", None);
    let redeem = |from: &str, code: &str| {
        service
            .ask("POST", REDEEM)
            .token(&caren)
            .header("x-forwarded-for", from)
            .json(&json!({ "code": code }))
            .send()
    };
    for number in 0..20 {
        assert_eq!(
            redeem("192.0.2.1", &format!("{number:010}")).code(),
            "unknown_code"
        );
    }
    let refused = redeem("192.0.2.1", "0000000020");
    assert_eq!((refused.status, refused.code()), (429, "locked".to_owned()));
    assert_eq!(redeem("192.0.2.2", "0000000020").code(), "unknown_code");
    // Caren asks for all of its clients from one address, which nobody named.
    for number in 30..60 {
        let code = json!({ "code": format!("{number:010}") });
        let reply = service.post(REDEEM, &caren, &code);
        assert_eq!(reply.code(), "unknown_code", "{number}");
    }
}
