//! Lists by the page, while others add to them.

use std::{collections::BTreeSet, thread};

use serde_json::{Value, json};

use super::{export, follow, items, serving, submit};
use crate::support::{export::Export, service::Service};

/// Follows the links from page to page; between any two `meanwhile` happens.
#[track_caller]
fn walk(service: &Service, token: &str, path: &str, mut meanwhile: impl FnMut()) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = path.to_owned();
    loop {
        let page = service.get(&next, token);
        let name = |item: &Value| {
            let id = item.get("id").or(item.get("client_id")).unwrap();
            id.as_str().unwrap().to_owned()
        };
        seen.extend(items(&page).iter().map(name));
        let link = page.header("link");
        let Some(after) = page.json()["next"].as_str().map(str::to_owned) else {
            assert_eq!(link, "");
            return seen;
        };
        next = link
            .strip_prefix('<')
            .and_then(|link| link.strip_suffix(">; rel=\"next\""))
            .unwrap()
            .to_owned();
        assert!(next.ends_with(&format!("after={after}")), "{next}");
        meanwhile();
    }
}

#[test]
fn a_list_has_no_gaps_and_no_doubles_while_rows_are_added() {
    let (service, token) = serving(&export(), &["--workers", "0"]);
    let one = json!({ "teams": ["Noord"] });
    let new = || {
        submit(&service, &token, &one)["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let mut before: Vec<String> = (0..7).map(|_| new()).collect();
    before.sort();
    let seen = walk(&service, &token, "/api/v1/batches?limit=2", || {
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(new);
            }
        });
    });
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!(sorted, before);
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest come first");
    for wrong in [
        "limit=0",
        "limit=101",
        "limit=x",
        "after=x",
        "after=",
        "after",
    ] {
        let reply = service.get(&format!("/api/v1/batches?{wrong}"), &token);
        assert_eq!(reply.assert_status(400).code(), "query_not_as_described");
    }
}

#[test]
fn invitations_clients_and_bundles_come_in_pages_with_their_filters() {
    let mut export = Export::new().team("1", "Noord").team("2", "Zuid");
    for n in 0..9 {
        let id = format!("10000{n}");
        let team = if n < 6 { "1" } else { "2" };
        export = export.client(&id, "Jansen", &[]).assign(&id, team, "MAIN");
    }
    let (service, token) = serving(&export, &[]);
    let batch = submit(&service, &token, &json!({}));
    follow(&service, &token, batch["id"].as_str().unwrap());
    let count = |path: &str| {
        let seen = walk(&service, &token, path, || {});
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{path}");
        seen.len()
    };
    for (path, expected) in [
        ("/api/v1/invitations?limit=2", 9),
        ("/api/v1/invitations?limit=2&team=noord", 6),
        ("/api/v1/invitations?limit=2&team=2&state=open", 3),
        ("/api/v1/invitations?limit=2&state=redeemed", 0),
        ("/api/v1/invitations?client=100001", 1),
        ("/api/v1/bundles?limit=1", 2),
        ("/api/v1/bundles?limit=1&organisation=zorg", 2),
        ("/api/v1/organisations/zorg/clients?limit=2", 9),
        ("/api/v1/organisations/zorg/clients?limit=2&team=Zuid", 3),
    ] {
        assert_eq!(count(path), expected, "{path}");
    }
    let unknown = service.get("/api/v1/invitations?team=west", &token);
    assert_eq!(unknown.assert_status(404).code(), "unknown_team");
    let elsewhere = service.get("/api/v1/invitations?organisation=elders", &token);
    assert_eq!(elsewhere.assert_status(404).code(), "unknown_organisation");
}
