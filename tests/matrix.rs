//! Every route, and everybody who may come to it. `matrix/routes.txt` says for whom each one is; a test beside the
//! router sees that no route is missing there.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::Duration,
};

use serde_json::json;

use crate::support::{
    cli::Cli,
    eventually,
    export::Export,
    fixture,
    service::{Ask, Reply, Service},
};

/// What belongs to one provider, and what does not exist but could: of the same length.
const OWN: &str = "zorg";
const OTHER: &str = "de-beste-zorg";
const NOBODY: &str = "zork";
const NO_ID: &str = "01ZZZZZZZZZZZZZZZZZZZZZZZZ";

struct Row {
    methods: Vec<&'static str>,
    path: &'static str,
    who: &'static str,
}

fn rows() -> Vec<Row> {
    include_str!("matrix/routes.txt")
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            Row {
                methods: words.next().unwrap().split(',').collect(),
                path: words.next().unwrap(),
                who: words.next().unwrap(),
            }
        })
        .collect()
}

impl Row {
    fn is_for(&self, role: &str) -> bool {
        match self.who {
            "everybody" => true,
            "support" => role == "support",
            "members" => matches!(role, "support" | "provider"),
            "portal" => matches!(role, "support" | "caren"),
            "previews" => matches!(role, "support" | "provider" | "ci"),
            other => panic!("{other} is nobody"),
        }
    }

    fn is_for_scripts(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// It names something that belongs to an organisation.
    fn names_something(&self) -> bool {
        self.path.contains("{slug}") || self.path.contains("{id}")
    }
}

/// What stands for the names in a path.
#[derive(Clone)]
struct Names {
    slug: String,
    batch: String,
    bundle: String,
    invitation: String,
    token: String,
}

impl Names {
    fn nothing(slug: &str) -> Self {
        let id = || NO_ID.to_owned();
        Self {
            slug: slug.to_owned(),
            batch: id(),
            bundle: id(),
            invitation: id(),
            token: id(),
        }
    }

    fn with_slug(&self, slug: &str) -> Self {
        Self {
            slug: slug.to_owned(),
            ..self.clone()
        }
    }

    fn fill(&self, path: &str) -> String {
        let id = match path.split('/').collect::<Vec<_>>() {
            parts if parts.contains(&"bundles") || parts.contains(&"bundels") => &self.bundle,
            parts if parts.contains(&"invitations") || parts.contains(&"uitnodigingen") => {
                &self.invitation
            }
            parts if parts.contains(&"tokens") || parts.contains(&"toegang") => &self.token,
            _ => &self.batch,
        };
        path.replace("{slug}", &self.slug)
            .replace("{id}", id)
            .replace("{number}", "1")
            .replace("{file}", "nothing.css")
    }

    /// `text` with a word of its own for each of these names, so that answers about different things can be compared.
    fn masked(&self, text: &str) -> String {
        [&self.batch, &self.bundle, &self.invitation, &self.token]
            .into_iter()
            .fold(text.to_owned(), |text, id| text.replace(id, "ID"))
            .replace(&self.slug, "SLUG")
    }
}

fn ask(service: &Service, method: &str, row: &Row, names: &Names) -> Ask {
    let ask = service.ask(method, &names.fill(row.path));
    if matches!(method, "GET" | "HEAD" | "DELETE") {
        return ask;
    }
    if !row.is_for_scripts() {
        return ask.sent_by_our_pages().form(&[]);
    }
    match row.path.trim_start_matches("/api/v1") {
        "/batches" => ask.json(&json!({ "organisation": names.slug, "dry_run": true })),
        "/previews" => ask.json(&json!({ "organisation": names.slug })),
        "/bundles/{id}/locked" => ask.json(&json!({ "password": "paard nietje batterij" })),
        "/codes/redeem" => ask.json(&json!({ "code": "0000000000" })),
        "/tokens" => ask.json(&json!({ "role": "ci", "label": "", "days": 1 })),
        "/organisations/{slug}/imports" => ask
            .header("content-type", "application/zip")
            .body("not a zip"),
        "/organisations/{slug}/logo" => ask.header("content-type", "image/png").body("no logo"),
        _ => ask.json(&json!({})),
    }
}

/// A service with two organisations; the first has a batch, a bundle and an invitation.
struct World {
    service: Service,
    names: Names,
    tokens: BTreeMap<&'static str, String>,
}

impl World {
    fn new() -> Self {
        let cli = Cli::new();
        let export = Export::new()
            .team("1", "Noord")
            .client("100001", "Jansen", &[])
            .assign("100001", "1", "MAIN");
        let folder = export.write(cli.home(), "export");
        cli.ok(&["import", folder.to_str().unwrap()]);
        cli.ok(&["import", fixture::FOLDER]);
        let service = Service::of(cli, &[]);
        let cli = &service.cli;
        let submit = ["batch", "submit", "--organisation", OWN, "--json"];
        let batch = cli.ok(&submit).json()["id"].as_str().unwrap().to_owned();
        eventually("the batch is done", || {
            cli.ok(&["batch", "show", &batch, "--json"]).json()["state"] == "done"
        });
        let first = |arguments: &[&str]| {
            let listed = cli.ok(arguments).json();
            listed[0]["id"].as_str().unwrap().to_owned()
        };
        let (spare, _) = service.token_with_id("ci", None);
        let names = Names {
            slug: OWN.to_owned(),
            bundle: first(&["bundle", "list", "--json"]),
            invitation: first(&["invitation", "list", "--json"]),
            batch,
            token: spare,
        };
        let (gone, revoked) = service.token_with_id("support", None);
        cli.ok(&["token", "revoke", &gone]);
        let (late, expired) = service.token_with_id("support", None);
        cli.rows().query(&format!(
            "UPDATE access_token SET expires_at = '2020-01-01 00:00:00+00:00' WHERE id = '{late}'"
        ));
        let tokens = BTreeMap::from([
            ("support", service.token("support", None)),
            ("own", service.token("provider", Some(OWN))),
            ("other", service.token("provider", Some(OTHER))),
            ("caren", service.token("caren", None)),
            ("ci", service.token("ci", None)),
            ("revoked", revoked),
            ("expired", expired),
        ]);
        Self {
            service,
            names,
            tokens,
        }
    }

    fn send(&self, method: &str, row: &Row, names: &Names, whose: &str) -> Reply {
        let mut left = 20;
        loop {
            let ask = ask(&self.service, method, row, names);
            let reply = match whose {
                "nobody" => ask.send(),
                _ => ask.token(&self.tokens[whose]).send(),
            };
            // One token asks for everything here, faster than anybody may.
            if reply.status != 429 || left == 0 {
                return reply;
            }
            left -= 1;
            thread::sleep(Duration::from_secs(1));
        }
    }
}

#[test]
fn every_route_is_open_to_those_it_is_for_and_to_nobody_else() {
    let world = World::new();
    let mut wrong = Vec::new();
    // First those who may not, while everything is still as it was; `own` before `support`, who ends things too.
    for whose in [
        "nobody", "revoked", "expired", "caren", "ci", "other", "own", "support",
    ] {
        for row in rows() {
            if row.who == "everybody" {
                continue;
            }
            for method in &row.methods {
                // Of the other provider, its own things are asked for: there are none but itself.
                let names = match whose {
                    "other" => Names::nothing(OTHER),
                    _ => world.names.clone(),
                };
                let reply = world.send(method, &row, &names, whose);
                if let Err(what) = judge(method, &row, whose, &reply) {
                    wrong.push(format!("{whose}: {method} {}: {what}", row.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn judge(method: &str, row: &Row, whose: &str, reply: &Reply) -> Result<(), String> {
    let status = reply.status;
    let signs_in = reply.header("location").starts_with("/aanmelden");
    let said = format!(
        "{status} {} {:.300}",
        reply.header("location"),
        reply.text()
    );
    let role = match whose {
        "own" | "other" => "provider",
        whose => whose,
    };
    let is_right = match whose {
        "nobody" | "revoked" | "expired" if row.is_for_scripts() => {
            status == 401 && reply.code() == "not_signed_in"
        }
        "nobody" | "revoked" | "expired" if method == "GET" => status == 303 && signs_in,
        // Who sent a form is told that nothing was saved.
        "nobody" | "revoked" | "expired" => {
            status == 401 && reply.text().contains("href=\"/aanmelden\"")
        }
        _ if row.is_for(role) => !matches!(status, 401 | 403 | 405 | 500..) && !signs_in,
        _ if row.is_for_scripts() => status == 403 && reply.code() == "not_for_this_role",
        _ => status == 404,
    };
    if is_right { Ok(()) } else { Err(said) }
}

#[test]
fn what_is_another_organisations_is_never_told_from_what_is_not_there() {
    let world = World::new();
    let theirs = &world.names;
    let mut wrong = Vec::new();
    for row in rows() {
        let in_body = ["/api/v1/batches", "/api/v1/previews"].contains(&row.path);
        if !row.is_for("provider") || !(row.names_something() || in_body) {
            continue;
        }
        // Whoever may only look is told no more.
        let looks = row.methods.contains(&"GET").then_some("HEAD");
        for method in row.methods.iter().copied().chain(looks) {
            if in_body && matches!(method, "GET" | "HEAD") {
                continue;
            }
            // Under the other's name, and, for what has an id, under one's own.
            let nobody = Names::nothing(NOBODY);
            let pairs = [
                (theirs.clone(), nobody),
                (theirs.with_slug(OTHER), Names::nothing(OTHER)),
            ];
            for (index, (there, not_there)) in pairs.into_iter().enumerate() {
                if index == 1 && !row.path.contains("{id}") {
                    continue;
                }
                let one = world.send(method, &row, &there, "other");
                let other = world.send(method, &row, &not_there, "other");
                let (one, other) = (shown(&one, &there), shown(&other, &not_there));
                if one != other || !(400..500).contains(&one.0) {
                    wrong.push(format!("{method} {}: {one:?}\n    {other:?}", row.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Status, headers and body, but for what names the request itself and what was asked for.
fn shown(reply: &Reply, names: &Names) -> (u16, BTreeMap<String, String>, String) {
    let number = reply.header("x-request-id");
    let headers = reply
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date" | "content-length"))
        .map(|(name, value)| (name.to_string(), names.masked(value.to_str().unwrap())))
        .collect();
    let body = names.masked(&reply.text().replace(number, "REQUEST"));
    (reply.status, headers, body)
}

#[test]
fn lists_of_a_provider_hold_nothing_of_another() {
    let world = World::new();
    let names = &world.names;
    for row in rows() {
        if row.who != "members" || row.names_something() || !row.methods.contains(&"GET") {
            continue;
        }
        for query in ["", "?organisation=zorg", "?organisatie=zorg"] {
            let path = format!("{}{query}", row.path);
            let reply = world.service.get(&path, &world.tokens["other"]);
            for id in [&names.batch, &names.bundle, &names.invitation] {
                assert!(!reply.text().contains(id.as_str()), "{path}");
            }
        }
    }
    // A key that another organisation has used is as good as one that nobody has.
    let submit = |whose: &str, slug: &str, key: &str| {
        world
            .service
            .ask("POST", "/api/v1/batches")
            .token(&world.tokens[whose])
            .header("idempotency-key", key)
            .json(&json!({ "organisation": slug, "teams": [] }))
            .send()
    };
    submit("own", OWN, "same").assert_status(201);
    let other = submit("other", OTHER, "same");
    let fresh = submit("other", OTHER, "fresh");
    assert_eq!(other.status, fresh.status, "{}", other.text());
}

#[test]
fn each_row_has_the_methods_of_its_route_and_the_document_every_one_of_the_api() {
    let world = World::new();
    for row in rows() {
        // A method that nobody has is answered with those that there are.
        let reply = world.send("PURGE", &row, &world.names, "support");
        assert_eq!(reply.status, 405, "{}: {}", row.path, reply.text());
        let allowed: BTreeSet<&str> = reply
            .header("allow")
            .split(',')
            .map(str::trim)
            .filter(|method| *method != "HEAD")
            .collect();
        let methods: BTreeSet<&str> = row.methods.iter().copied().collect();
        assert_eq!(allowed, methods, "{}", row.path);
    }
    let document = world
        .service
        .ask("GET", "/api/v1/openapi.json")
        .send()
        .json();
    let documented: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(|path| format!("/api/v1{path}"))
        .collect();
    let listed: BTreeSet<String> = rows()
        .iter()
        .map(|row| row.path.to_owned())
        .filter(|path| path.starts_with("/api/") && path != "/api/v1/openapi.json")
        .collect();
    assert_eq!(documented, listed);
}
