//! The pages that support works with, as a person meets them: what they say, where they lead, what they owe whoever
//! uses them. `tests/support/page.rs` looks at every one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use brievenbus::wording::dutch_failures;
use serde_json::json;

use super::support::{
    cli::Cli,
    files_below,
    fixture::FOLDER,
    page::Page,
    service::{Reply, Service},
};

const HOME: &str = "/organisaties/de-beste-zorg";

/// A server with the fixture taken in, and somebody of support.
struct Desk {
    service: Service,
    token: String,
}

impl Desk {
    fn new() -> Self {
        let cli = Cli::new();
        cli.ok(&["import", FOLDER]);
        Self::on(Service::of(cli, &[]))
    }

    fn on(service: Service) -> Self {
        let token = service.token("support", None);
        Self { service, token }
    }

    /// A page that every promise about pages is kept on.
    #[track_caller]
    fn page(&self, path: &str) -> Page {
        let reply = self.service.get(path, &self.token);
        reply.assert_status(200);
        read(&reply)
    }

    #[track_caller]
    fn post(&self, path: &str, fields: &[(String, String)]) -> Reply {
        let pairs: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.service
            .ask("POST", path)
            .token(&self.token)
            .sent_by_our_pages()
            .form(&pairs)
            .send()
    }
}

#[track_caller]
fn read(reply: &Reply) -> Page {
    assert!(reply.header("content-type").starts_with("text/html"));
    let page = Page::read(&reply.text());
    page.assert_fit();
    page
}

fn with(mut fields: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    fields.retain(|(key, _)| key != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

/// What differs from run to run is replaced.
fn settled(words: &str) -> String {
    let mut lines = Vec::new();
    for line in words.lines() {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| {
                let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
                let ulid = bare.len() == 26 && bare.bytes().all(|b| b.is_ascii_alphanumeric());
                if ulid {
                    word.replace(bare, "ID")
                } else {
                    word.to_owned()
                }
            })
            .collect();
        lines.push(words.join(" "));
    }
    without_moments(&lines.join("\n"))
}

/// `26 nov 2026, 21:22` and `26 november 2026` become `DAG`.
fn without_moments(text: &str) -> String {
    const MONTHS: [&str; 24] = [
        "jan",
        "feb",
        "mrt",
        "apr",
        "mei",
        "jun",
        "jul",
        "aug",
        "sep",
        "okt",
        "nov",
        "dec",
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    let words: Vec<&str> = text.split(' ').collect();
    let mut done: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let is_date = at + 2 < words.len()
            && MONTHS.contains(&words[at + 1])
            && words[at]
                .rsplit('\n')
                .next()
                .is_some_and(|day| day.parse::<u8>().is_ok());
        if !is_date {
            done.push(words[at].to_owned());
            at += 1;
            continue;
        }
        let before = words[at].trim_end_matches(|c: char| c.is_ascii_digit());
        let year = words[at + 2];
        let behind = year.trim_start_matches(|c: char| c.is_ascii_digit());
        let timed = behind == ","
            && words
                .get(at + 3)
                .is_some_and(|time| time.as_bytes().get(2) == Some(&b':'));
        if timed {
            let time = &words[at + 3][5..];
            done.push(format!("{before}DAG, TIJD{time}"));
            at += 4;
        } else {
            done.push(format!("{before}DAG{behind}"));
            at += 3;
        }
    }
    done.join(" ")
}

#[test]
fn support_finds_its_way_from_organisations_to_the_tree() {
    let desk = Desk::new();
    let first = desk.service.get("/", &desk.token);
    assert_eq!(
        (first.status, first.header("location")),
        (303, "/organisaties")
    );
    let list = desk.page("/organisaties");
    assert!(list.links().contains(&HOME));
    insta::assert_snapshot!("organisations", settled(&list.words()));
    let tree = desk.page(HOME);
    insta::assert_snapshot!("locations", settled(&tree.words()));
}

#[test]
fn a_batch_is_chosen_checked_and_asked_for_by_plain_forms() {
    let desk = Desk::new();
    let choices = desk.page(&format!("{HOME}/batches/nieuw?team=1102&team=1103"));
    insta::assert_snapshot!("choices", settled(&choices.words()));

    let action = format!("{HOME}/batches/nieuw");
    let fields = choices.fields(&action);
    let wrong = desk.post(&action, &with(fields.clone(), "geldig", "01-01-2020"));
    wrong.assert_status(422);
    let wrong = read(&wrong);
    assert!(
        wrong
            .words()
            .contains("Kies een latere laatste geldige dag"),
        "{}",
        wrong.words()
    );
    assert!(wrong.links().contains(&"#geldig"));

    // Without a location, what was filled in stays, and so does the place of the locations.
    let mut none = with(fields.clone(), "briefdatum", "2026-12-01");
    none.retain(|(name, _)| name != "team");
    let none = desk.post(&action, &none);
    none.assert_status(422);
    let none = read(&none);
    assert!(none.links().contains(&"#team-1"));
    let kept = none.fields(&action);
    let has = |name: &str, value: &str| kept.contains(&(name.to_owned(), value.to_owned()));
    assert!(has("briefdatum", "2026-12-01") && has("aangeboden", "1102"));
    assert!(!kept.iter().any(|(name, _)| name == "team"));
    let gone = desk.post(&action, &with(fields.clone(), "team", "niets"));
    gone.assert_status(422);
    assert!(read(&gone).links().contains(&"#team-1"));

    let checked = desk.post(&action, &with(fields, "stap", "controleren"));
    checked.assert_status(200);
    let checked = read(&checked);
    insta::assert_snapshot!("check", settled(&checked.words()));
    assert_eq!(
        desk.service
            .cli
            .ok(&["batch", "list", "--json"])
            .stdout
            .trim(),
        "[]"
    );

    let fields = with(checked.fields(&action), "stap", "aanvragen");
    let asked = desk.post(&action, &fields);
    assert_eq!(asked.status, 303, "{}", asked.text());
    let address = asked.header("location").to_owned();
    let (page, what) = address.split_once('?').unwrap();
    assert_eq!(what, "gedaan=batch-aangevraagd");
    let id = page.strip_prefix("/batches/").unwrap();
    let shown = desk.page(&address);
    assert!(shown.words().contains("De batch is aangevraagd."));

    // The same form once more is the same batch.
    let again = desk.post(&action, &fields);
    assert_eq!(
        again.header("location"),
        format!("{page}?gedaan=batch-was-er-al")
    );
    // Gone back to and changed it would be another one.
    let changed = desk.post(&action, &with(fields.clone(), "volgorde", "adres"));
    changed.assert_status(422);
    let changed = read(&changed);
    assert!(changed.words().contains("met andere keuzes"));
    // What was chosen is still there, for a form of its own.
    let kept = changed.fields(&action);
    assert!(kept.contains(&("volgorde".to_owned(), "adres".to_owned())));
    let key = |fields: &[(String, String)]| {
        let key = fields.iter().find(|(name, _)| name == "sleutel");
        key.unwrap().1.clone()
    };
    assert_ne!(key(&kept), key(&fields));

    desk.service.cli.ok(&["batch", "watch", id]);
    let ready = desk.page(page);
    insta::assert_snapshot!("batch", settled(&ready.words()));
    let links = ready.links();
    let download = links.iter().find(|link| link.ends_with("/download"));
    let bundle = download.unwrap().strip_suffix("/download").unwrap();
    assert!(bundle.starts_with(&format!("{HOME}/bundels/")) && links.contains(&bundle));
    desk.service
        .get(&format!("{bundle}/download"), &desk.token)
        .assert_status(200);
    let left_out = desk.page(&format!("{HOME}/clienten?batch={id}&reden=linked"));
    insta::assert_snapshot!("left_out", settled(&left_out.words()));
    let ended = desk.post(&format!("{page}/annuleren"), &[]);
    ended.assert_status(409);
    assert!(read(&ended).words().contains("Deze batch is al afgelopen"));
    let question = format!("{page}/annuleren");
    let question = desk.service.get(&question, &desk.token);
    assert_eq!(question.header("location"), page);

    // A bundle that is gone is not offered any more.
    let rows = desk.service.cli.rows();
    rows.query("UPDATE bundle SET removed_at = created_at, removed_why = 'closed'");
    let after = desk.page(page);
    assert!(after.words().contains("Verwijderd"), "{}", after.words());
    assert!(!after.links().iter().any(|link| link.ends_with("/download")));
}

#[test]
fn a_batch_that_waits_is_cancelled_after_a_question() {
    let cli = Cli::new();
    cli.ok(&["import", FOLDER]);
    let submitted = [
        "batch",
        "submit",
        "--organisation",
        "de-beste-zorg",
        "--team",
        "1102",
        "--json",
    ];
    let id = cli.ok(&submitted).json()["id"].as_str().unwrap().to_owned();
    let desk = Desk::on(Service::of(cli, &["--workers", "0"]));
    let waiting = desk.page(&format!("/batches/{id}"));
    assert!(waiting.words().contains("In de wachtrij"));

    // Whoever wants another one for the same clients is told.
    let action = format!("{HOME}/batches/nieuw");
    let choices = desk.page(&format!("{action}?team=1102"));
    let asked = with(choices.fields(&action), "stap", "controleren");
    let checked = read(&desk.post(&action, &asked));
    let told = "cliënten die ook in een batch staan die nog loopt. Wie daar een brief krijgt, krijgt hier geen tweede.";
    assert!(checked.words().contains(told), "{}", checked.words());

    assert!(
        waiting
            .links()
            .contains(&format!("/batches/{id}/annuleren").as_str())
    );
    let question = desk.page(&format!("/batches/{id}/annuleren"));
    insta::assert_snapshot!("cancel", settled(&question.words()));
    let cancelled = desk.post(&format!("/batches/{id}/annuleren"), &[]);
    assert_eq!(cancelled.status, 303);
    let page = desk.page(cancelled.header("location"));
    assert!(page.words().contains("Geannuleerd"), "{}", page.words());
    assert!(page.words().contains("Geen") && !page.words().contains("Nog niet"));

    // The provider itself finds its way on from there, and back.
    let provider = desk.service.token("provider", Some("de-beste-zorg"));
    for path in ["/batches", &format!("/batches/{id}")] {
        let seen = read(&desk.service.get(path, &provider));
        for entry in ["bundels", "clienten"] {
            let entry = format!("{HOME}/{entry}");
            assert!(seen.links().contains(&entry.as_str()), "{path}");
        }
    }

    // One that is older than those to choose from is still the one that is shown.
    let asked = json!({ "organisation": "de-beste-zorg", "teams": ["1102"] });
    for _ in 0..25 {
        let reply = desk.service.post("/api/v1/batches", &desk.token, &asked);
        reply.assert_status(201);
    }
    let clients = desk.page(&format!("{HOME}/clienten?batch={id}"));
    let chosen: Vec<_> = clients
        .all("option")
        .filter(|option| option.get("selected").is_some())
        .map(|option| option.get("value"))
        .collect();
    assert_eq!(chosen, [Some(id.as_str())]);
    let beyond = desk.page(&format!("/batches?na={id}"));
    assert!(
        beyond.words().contains("geen oudere batches"),
        "{}",
        beyond.words()
    );
}

#[test]
fn a_client_is_found_by_number_and_the_answer_says_why_and_what_to_do() {
    let desk = Desk::new();
    let clients = fs::read_to_string(Path::new(FOLDER).join("clients.csv")).unwrap();
    let row = |status: &str| {
        let mut lines = clients.lines().skip(1);
        let line = lines.find(|line| line.contains(status)).unwrap();
        line.split(';').next().unwrap().to_owned()
    };
    let linked = desk.page(&format!(
        "{HOME}/clienten?nummer={}",
        row("Actieve koppeling")
    ));
    assert!(
        linked
            .words()
            .contains("Is al gekoppeld aan Caren. U hoeft niets te doen.")
    );
    let unknown = desk.page(&format!("{HOME}/clienten?nummer=nergens"));
    assert!(
        unknown
            .words()
            .contains("Er is geen cliënt met dit nummer."),
        "{}",
        unknown.words()
    );
    assert!(unknown.links().contains(&"#nummer"));
}

#[test]
fn a_token_is_shown_once_and_revoked_after_a_question() {
    let desk = Desk::new();
    let fields = |role: &str| {
        [
            ("rol", role),
            ("organisatie", "de-beste-zorg"),
            ("omschrijving", "Zorg <b>"),
            ("dagen", "30"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let wrong = desk.post("/toegang", &with(fields("provider"), "dagen", "0"));
    wrong.assert_status(422);
    assert!(
        read(&wrong)
            .words()
            .contains("Kies 1 tot en met 3.650 dagen.")
    );
    let made = desk.post("/toegang", &fields("provider"));
    made.assert_status(200);
    assert_eq!(made.header("cache-control"), "no-store");
    let words = read(&made).words();
    let secret = words
        .lines()
        .find(|line| line.starts_with("brievenbus_"))
        .unwrap()
        .to_owned();
    let own = desk.service.get("/", &secret);
    assert_eq!(own.header("location"), HOME);
    desk.service
        .get("/organisaties", &secret)
        .assert_status(404);
    let home = desk.service.get(HOME, &secret);
    home.assert_status(200);
    assert!(!read(&home).words().contains("Nieuwe batch"));
    // There is nothing yet, and no way to where support begins.
    let none = read(&desk.service.get("/batches", &secret));
    assert!(none.words().contains("Er zijn nog geen batches"));
    assert!(!none.links().contains(&"/organisaties"));

    let list = desk.page("/toegang");
    assert!(list.words().contains("Zorg <b>"));
    assert!(!list.words().contains(&secret));
    let revoke = list
        .links()
        .into_iter()
        .zip(list.all("a"))
        .find(|(_, link)| link.text.contains("Zorg <b>"))
        .map(|(address, _)| address.to_owned())
        .unwrap();
    assert!(
        desk.page(&revoke)
            .words()
            .contains("Wilt u dit token intrekken")
    );
    let revoked = desk.post(&revoke, &[]);
    assert_eq!(
        revoked.header("location"),
        "/toegang?gedaan=token-ingetrokken"
    );
    assert_ne!(desk.service.get(HOME, &secret).status, 200);
}

#[test]
fn an_export_is_taken_in_as_a_zip_and_its_report_says_what_is_wrong() {
    let desk = Desk::on(Service::start());
    desk.page("/import");
    let sent = |name: &str, bytes: &[u8]| {
        let mut body = format!(
            "--grens\r\ncontent-disposition: form-data; name=\"export\"; filename=\"{name}\"\r\ncontent-type: application/zip\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--grens--\r\n");
        desk.service
            .ask("POST", "/import")
            .token(&desk.token)
            .sent_by_our_pages()
            .header("content-type", "multipart/form-data; boundary=grens")
            .body(body)
            .send()
    };
    let nothing = sent("", b"");
    nothing.assert_status(422);
    assert!(
        read(&nothing)
            .words()
            .contains("Kies de zip met de export.")
    );
    let wrong = sent("export.zip", b"geen zip");
    wrong.assert_status(422);
    let wrong = read(&wrong);
    assert!(wrong.links().contains(&"#export"), "{}", wrong.words());

    let report = sent("export.zip", &zip_of(Path::new(FOLDER)));
    report.assert_status(200);
    insta::assert_snapshot!("import_report", settled(&read(&report).words()));
    assert!(desk.page("/organisaties").links().contains(&HOME));
}

fn zip_of(folder: &Path) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for file in files_below(folder) {
        let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut zip, &fs::read(&file).unwrap()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_log_tells_who_looked_at_whom_and_goes_into_a_table() {
    let desk = Desk::new();
    desk.page(&format!("{HOME}/clienten?nummer=100238"));
    let log = desk.page("/logboek?client=100238");
    assert!(log.words().contains("Cliënten bekeken"), "{}", log.words());
    let nobody = desk.page("/logboek?client=0");
    assert!(nobody.words().contains("Niets gevonden"));
    let wrong = desk.service.get("/logboek?vanaf=gisteren", &desk.token);
    wrong.assert_status(422);
    assert!(read(&wrong).links().contains(&"#vanaf"));
    // Less than was asked for is no table.
    let wrong = desk
        .service
        .get("/logboek.csv?vanaf=32-13-2026", &desk.token);
    wrong.assert_status(422);
    assert!(read(&wrong).links().contains(&"#vanaf"));
    // What is looked for goes along with what is looked for next.
    let narrow = desk.page("/logboek?organisatie=de-beste-zorg&bundel=01X");
    let along = narrow.fields("/logboek");
    for (name, value) in [("organisatie", "de-beste-zorg"), ("bundel", "01X")] {
        assert!(
            along.contains(&(name.to_owned(), value.to_owned())),
            "{along:?}"
        );
    }
    let table = desk.service.get("/logboek.csv?client=100238", &desk.token);
    table.assert_status(200);
    let text = table.text();
    assert!(text.starts_with("\u{feff}nummer;tijd;handeling;"));
    assert!(text.contains("clients_listed;done;token "), "{text}");
}

#[test]
fn an_empty_house_says_what_to_do_first() {
    let desk = Desk::on(Service::start());
    for path in ["/organisaties", "/batches"] {
        let page = desk.page(path);
        assert!(page.words().contains("Er"), "{}", page.words());
        assert!(
            page.all("main").next().unwrap().text.contains("Naar")
                || page.words().contains("Export inlezen")
        );
    }
}

#[test]
fn what_is_not_there_is_said_in_dutch_with_a_way_on() {
    let desk = Desk::new();
    for path in [
        "/organisaties/niemand",
        "/batches/niets",
        "/organisaties/de-beste-zorg/clienten?batch=niets",
        // What can be no name and no id is as good as one that is not there.
        "/organisaties/De-Zorg",
        "/organisaties/De-Zorg/clienten",
        "/organisaties/De-Zorg/import",
        "/organisaties/De-Zorg/batches/nieuw",
        "/organisaties/%FF",
        "/batches/%00",
        "/batches?na=%00x",
        "/batches?organisatie=De-Zorg",
        "/logboek?organisatie=De-Zorg",
        "/logboek.csv?organisatie=De-Zorg",
        "/toegang/%00/intrekken",
    ] {
        let reply = desk.service.get(path, &desk.token);
        reply.assert_status(404);
        let page = read(&reply);
        assert!(page.links().contains(&"/"), "{path}");
    }
}

#[test]
fn nobody_writes_on_a_page_by_its_address() {
    let desk = Desk::new();
    let page = desk.page("/organisaties?gedaan=U+bent+gehackt");
    assert!(!page.words().contains("gehackt"));
}

#[test]
fn assets_are_kept_for_ever_under_a_name_of_their_own() {
    let desk = Desk::on(Service::start());
    let page = desk.page("/organisaties");
    let mut seen = 0;
    for element in &page.elements {
        let address = element
            .get("src")
            .or(element.get("href"))
            .unwrap_or_default();
        if address.starts_with("/assets/") {
            let asset = desk.service.ask("GET", address).send();
            asset.assert_status(200);
            assert!(asset.header("cache-control").contains("immutable"));
            seen += 1;
        }
    }
    assert!(seen >= 3);
    desk.service
        .ask("GET", "/assets/style-000000000000.css")
        .send()
        .assert_status(404);
}

/// Every code that the program fails with has a sentence of its own in Dutch.
#[test]
fn every_failure_is_worded_in_dutch() {
    let sources: Vec<(PathBuf, String)> = sources_below("src").collect();
    let constants: BTreeMap<String, String> = sources
        .iter()
        .flat_map(|(_, source)| code_constants(source))
        .collect();
    let mut found = BTreeSet::new();
    for (file, source) in &sources {
        found.extend(failure_codes(source, &constants));
        if file
            .components()
            .any(|part| part.as_os_str() == "operations")
        {
            found.extend(codes_beside_a_message(source));
        }
    }
    for code in ["key_rotated", "code_used", "wrong_token", "unknown_team"] {
        assert!(found.contains(code), "{code} was not found");
    }
    assert!(found.len() > 60, "only {} codes were found", found.len());
    let missing: Vec<&String> = found
        .iter()
        .filter(|code| dutch_failures::sentence(code).is_none())
        .collect();
    assert!(missing.is_empty(), "without a sentence: {missing:?}");
}

/// Of two sentences for a code one is never read, and it may be the better one.
#[test]
fn no_failure_is_worded_twice() {
    let mut seen = BTreeSet::new();
    let own = sources_below("src/wording").filter(|(file, _)| {
        let file = file.to_string_lossy();
        file.contains("dutch_failures")
    });
    for (file, source) in own {
        for code in source
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|text| is_code(text))
        {
            assert!(dutch_failures::sentence(code).is_some(), "{code}");
            assert!(
                seen.insert(code.to_owned()),
                "{code} once more in {}",
                file.display()
            );
        }
    }
    assert!(seen.len() > 60, "only {} codes were found", seen.len());
}

/// The files of a folder of the repository, without their tests.
fn sources_below(folder: &str) -> impl Iterator<Item = (PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    files_below(&folder).into_iter().map(|file| {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        (file, code.to_owned())
    })
}

fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// `const KEY_ROTATED: &str = "key_rotated";`
fn code_constants(source: &str) -> Vec<(String, String)> {
    let constants = source.split("const ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(": &str = \"")?;
        let (text, _) = rest.split_once('"')?;
        let named = name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        (named && is_code(text)).then(|| (name.to_owned(), text.to_owned()))
    });
    constants.collect()
}

/// What stands where a failure has its code: a string, or a constant.
fn failure_codes(source: &str, constants: &BTreeMap<String, String>) -> Vec<String> {
    const BEFORE: [&str; 8] = [
        "Failure::input(",
        "Failure::not_found(",
        "Failure::conflict(",
        "code: ",
        "Kind::Input,",
        "Kind::Conflict,",
        "Kind::TryAgain,",
        "Kind::Ours,",
    ];
    let mut codes = Vec::new();
    for before in BEFORE {
        for (at, _) in source.match_indices(before) {
            let rest = source[at + before.len()..].trim_start();
            match rest.strip_prefix('"') {
                Some(rest) => codes.extend(rest.split('"').next().map(str::to_owned)),
                None => {
                    let ends = |c: char| !(c.is_ascii_uppercase() || c == '_');
                    let name = rest.split(ends).next().unwrap_or_default();
                    codes.extend(constants.get(name).cloned());
                }
            }
        }
    }
    codes.retain(|code| is_code(code));
    codes
}

/// `("code_used", "this code has been used")`
fn codes_beside_a_message(source: &str) -> Vec<String> {
    let pairs = source.match_indices("(\"").filter_map(|(at, _)| {
        let (code, rest) = source[at + 2..].split_once('"')?;
        let message = rest.strip_prefix(", \"")?.split('"').next()?;
        (is_code(code) && code.contains('_') && message.contains(' ')).then(|| code.to_owned())
    });
    pairs.collect()
}
