//! `run` on the fixture: a bundle a team, and numbers that agree wherever they are read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{
    bundle::{self, Bundle, HEADER},
    cli::Cli,
    fixture::{self, FOLDER, LETTER_DATE},
    letters_only, one_line, poppler,
};

/// Team, its name, clients, letters: the table of the fixture's README.
const TEAMS: [(&str, &str, usize, usize); 9] = [
    ("1101", "K PS fys 03", 22, 18),
    ("1102", "Wijkteam Noord", 70, 57),
    ("1103", "Wijkteam Zuid", 58, 48),
    ("1201", "W LH pg 01", 48, 43),
    ("1202", "W LH som 02", 31, 29),
    ("2101", "Wijkteam Hengelo", 43, 35),
    ("2102", "Wijkteam Almelo", 36, 28),
    ("3101", "D BG amb 01", 12, 11),
    ("3201", "Wijkteam Zwolle", 27, 23),
];

fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

fn sorted<const N: usize>(mut names: [&str; N]) -> [&str; N] {
    names.sort_unstable();
    names
}

#[test]
fn a_person_gets_a_bundle_per_team_and_a_table_that_says_so() {
    let cli = Cli::new();
    let answer = cli.ok(&["run", FOLDER, "--letter-date", LETTER_DATE, "--out", "out"]);
    let bundles = cli.bundles();
    assert_eq!(bundles.len(), TEAMS.len());

    // However the table is laid out, this is what one reads in it, in this order.
    let table = one_line(&answer.stdout);
    let mut rest = table.as_str();
    for (id, name, clients, letters) in TEAMS {
        let bundle = bundles.iter().find(|bundle| bundle.team() == id).unwrap();
        let left_out: Vec<String> = order_of_reasons()
            .iter()
            .filter_map(|reason| {
                Some(format!(
                    "{reason} {}",
                    bundle.manifest["left_out"].get(reason)?
                ))
            })
            .collect();
        let row = format!(
            "{name} {clients} {letters} {} {} out/{}",
            clients - letters,
            left_out.join(", "),
            bundle.file_name
        );
        let at = rest.find(&row);
        let at = at.unwrap_or_else(|| panic!("{row:?} is missing in {}", answer.stdout));
        rest = &rest[at + row.len()..];
    }
    assert_eq!(
        rest.trim(),
        "Total 347 292 55 not_in_export 3, deceased 5, not_in_care 5, linked 7, invited_elsewhere 4, status_unknown 5, \
         secret 3, other_team 4, incomplete 12, does_not_fit 3, missing_glyph 4"
    );
    for (_, name, _, letters) in TEAMS {
        let line = format!("{name}: done, {letters} letters");
        assert!(
            answer.stderr.lines().any(|said| said == line),
            "{line} in {}",
            answer.stderr
        );
    }
    assert!(!answer.stderr.contains('\u{1b}') && !answer.stdout.contains('\u{1b}'));
}

fn order_of_reasons() -> [&'static str; 13] {
    [
        "not_in_export",
        "deceased",
        "not_in_care",
        "linked",
        "invited_elsewhere",
        "open_invitation",
        "invited_before",
        "status_unknown",
        "secret",
        "other_team",
        "incomplete",
        "does_not_fit",
        "missing_glyph",
    ]
}

#[test]
fn a_script_gets_one_object_of_the_contracts_shape() {
    let answer = &fixture::run().answer;
    let top = ["batch", "clients", "letters", "left_out", "teams"];
    assert_eq!(keys(answer), sorted(top));
    assert_eq!(answer["clients"], 347);
    assert_eq!(answer["letters"], 292);
    let reasons = json!({
        "not_in_export": 3, "deceased": 5, "not_in_care": 5, "linked": 7, "invited_elsewhere": 4,
        "status_unknown": 5, "secret": 3, "other_team": 4, "incomplete": 12, "does_not_fit": 3, "missing_glyph": 4,
    });
    assert_eq!(answer["left_out"], reasons);

    let teams = answer["teams"].as_array().unwrap();
    assert_eq!(teams.len(), TEAMS.len());
    let mut sum: BTreeMap<String, u64> = BTreeMap::new();
    for (team, (id, name, clients, letters)) in teams.iter().zip(TEAMS) {
        let shape = [
            "id", "name", "state", "clients", "letters", "left_out", "bundle", "sha256",
        ];
        assert_eq!(keys(team), sorted(shape));
        assert_eq!(
            [&team["id"], &team["name"], &team["state"]],
            [id, name, "done"]
        );
        assert_eq!(
            [&team["clients"], &team["letters"]],
            [clients, letters],
            "{name}"
        );
        let mut left_out = 0;
        for (reason, count) in team["left_out"].as_object().unwrap() {
            left_out += count.as_u64().unwrap();
            *sum.entry(reason.clone()).or_default() += count.as_u64().unwrap();
        }
        assert_eq!(left_out as usize, clients - letters, "{name}");
    }
    assert_eq!(json!(sum), reasons);
}

#[test]
fn overview_manifest_and_summary_agree() {
    let run = fixture::run();
    let teams = run.answer["teams"].as_array().unwrap();
    assert_eq!(run.bundles.len(), teams.len());
    for team in teams {
        let bundle = run.bundle(team["id"].as_str().unwrap());
        bundle.assert_whole();
        let manifest = &bundle.manifest;
        assert_eq!(team["clients"], manifest["clients"]);
        assert_eq!(team["letters"], manifest["letters"]);
        assert_eq!(team["left_out"], manifest["left_out"]);
        assert_eq!(team["name"], manifest["team"]["name"]);
        assert_eq!(team["sha256"], bundle.sha256);
        assert_eq!(team["bundle"], format!("out/{}", bundle.file_name));

        assert_eq!(run.answer["batch"], manifest["batch"]);
        assert_eq!(manifest["format"], 1);
        assert_eq!(
            manifest["organisation"],
            json!({"slug": "de-beste-zorg", "name": "De Beste Zorg"})
        );
        assert_eq!(manifest["letter_date"], LETTER_DATE);
        assert_eq!(manifest["valid_until"], "2027-01-02");
        assert_eq!(manifest["template"]["name"], "uitnodiging");
        for hash in ["sha256", "text_sha256"] {
            assert_eq!(manifest["template"][hash].as_str().unwrap().len(), 64);
        }
        assert_eq!(manifest["options"]["address_window"], "left");
        assert_eq!(manifest["options"]["with_logo"], true);
        for row in &bundle.overview {
            let valid_until = if row.is_letter() { "2027-01-02" } else { "" };
            assert_eq!(row.valid_until, valid_until, "client {}", row.client);
            let to_contact = row.explanation.starts_with("De brief is gericht aan");
            let explained = row.is_letter() == (row.explanation.is_empty() || to_contact);
            assert!(explained, "client {}: {}", row.client, row.explanation);
            assert_eq!(
                row.is_letter(),
                row.reason.is_empty(),
                "client {}",
                row.client
            );
        }
    }
}

#[test]
fn every_client_is_in_the_overview_of_every_team_that_counts_them() {
    let run = fixture::run();
    let mut listed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut letters: BTreeSet<&str> = BTreeSet::new();
    for bundle in &run.bundles {
        for row in &bundle.overview {
            *listed.entry(&row.client).or_default() += 1;
            let new = !row.is_letter() || letters.insert(&row.client);
            assert!(new, "two letters for client {}", row.client);
        }
    }
    let clients = fixture::column("clients.csv", "identification_no");
    let assigned = fixture::column("location_assignments.csv", "client_id");
    let everybody: BTreeSet<&str> = clients
        .iter()
        .chain(&assigned)
        .map(String::as_str)
        .collect();
    assert_eq!(listed.keys().copied().collect::<BTreeSet<_>>(), everybody);
    let twice: Vec<&str> = listed
        .iter()
        .filter(|(_, count)| **count == 2)
        .map(|(id, _)| *id)
        .collect();
    assert_eq!(twice, ["104421", "104686", "104708", "107829"]);
    assert_eq!(letters.len(), 292);
}

/// The README of the fixture says of each client who is left out why; it is the contract of the fixture.
#[test]
fn everybody_who_is_left_out_is_so_for_the_reason_that_the_fixture_gives() {
    let run = fixture::run();
    let readme = std::fs::read_to_string(format!("{FOLDER}/README.md")).unwrap();
    let mut seen = 0;
    for section in readme
        .split("### ")
        .filter_map(|part| part.strip_prefix("Left out: `"))
    {
        let (reason, rows) = section.split_once('`').unwrap();
        for row in rows.lines().filter(|line| line.starts_with("| 10")) {
            let client = row[2..8].to_owned();
            let team = &row[11..15];
            // `other_team` lists the team that writes; the other one is in the last column.
            let team = row
                .split("left out of ")
                .nth(1)
                .map_or(team, |rest| &rest[..4]);
            assert_eq!(
                run.bundle(team).row(&client).reason,
                reason,
                "client {client}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 55);
}

#[test]
fn pages_files_and_numbers_have_one_order_and_each_page_is_the_right_clients() {
    let (header, clients) = fixture::table("clients.csv");
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let (id, birth_name, kind) = (
        column("identification_no"),
        column("birth_name"),
        column("preferred_name_type"),
    );
    let birth_names: BTreeMap<&str, &str> = clients
        .iter()
        .filter(|row| row[kind] != "1")
        .map(|row| (row[id].as_str(), row[birth_name].as_str()))
        .collect();
    for bundle in &fixture::run().bundles {
        let codes = bundle.codes();
        for (number, row) in bundle.letters().enumerate() {
            let page = &bundle.pages()[number];
            let single = poppler::pages(bundle.entry(&row.file));
            assert_eq!(single.len(), 1, "client {}", row.client);
            assert_eq!(
                one_line(&single[0]),
                one_line(page),
                "client {}",
                row.client
            );
            assert!(single[0].contains(&codes[&row.client]));
            let text = letters_only(page);
            assert!(
                text.contains(&letters_only(&row.name)),
                "client {}",
                row.client
            );
            let Some(name) = birth_names.get(row.client.as_str()) else {
                continue;
            };
            assert!(text.contains(&letters_only(name)), "client {}", row.client);
        }
    }
}

#[test]
fn an_overview_opens_in_a_dutch_excel_and_has_no_code() {
    let run = fixture::run();
    let codes = run.codes();
    assert_eq!(codes.len(), 292);
    for bundle in &run.bundles {
        let bytes = bundle.entry("overzicht.csv");
        assert!(bytes.starts_with(b"\xef\xbb\xbfvolgnummer;"));
        let text = std::str::from_utf8(&bytes[3..]).unwrap();
        assert_eq!(text.lines().next(), Some(HEADER));
        assert_eq!(
            crate::support::codes_in(bytes, &codes),
            Vec::<&String>::new()
        );
    }
}

#[test]
fn a_secret_address_is_nowhere_in_the_bundle() {
    let run = fixture::run();
    let (header, clients) = fixture::table("clients.csv");
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    for (client, team) in [("104396", "1103"), ("106369", "2102"), ("108037", "1102")] {
        let bundle = run.bundle(team);
        let row = bundle.row(client);
        assert_eq!((row.reason.as_str(), row.address.as_str()), ("secret", ""));
        let record = clients
            .iter()
            .find(|row| row[column("identification_no")] == client)
            .unwrap();
        let street = format!(
            "{} {}",
            record[column("street")],
            record[column("home_number")]
        );
        let overview = std::str::from_utf8(bundle.entry("overzicht.csv")).unwrap();
        assert!(!overview.contains(&street), "the street of {client}");
        for page in bundle.pages() {
            assert!(!page.contains(&street), "the street of {client}");
        }
    }
    // Secret, but left out as linked, which comes first: no address either.
    let row = run.bundle("3101").row("100571");
    assert_eq!((row.reason.as_str(), row.address.as_str()), ("linked", ""));
}

#[test]
fn a_team_is_named_by_its_name_or_its_id_and_has_everybody_below_it() {
    let cli = Cli::new();
    let date = ["--letter-date", LETTER_DATE];
    let answer = cli.run(
        FOLDER,
        &[&date[..], &["--team", "3101", "--team", "Wijkteam Zwolle"]].concat(),
    );
    let names: Vec<&str> = answer["teams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|team| team["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["D BG amb 01", "Wijkteam Zwolle"]);
    assert_eq!(answer["letters"], 11 + 23);

    // De Lindehof has two wards and no client of its own.
    let answer = cli.run(FOLDER, &[&date[..], &["--team", "120"]].concat());
    assert_eq!(answer["teams"].as_array().unwrap().len(), 1);
    assert_eq!(answer["letters"], 43 + 29);
    for bundle in cli.bundles() {
        bundle.assert_whole();
    }
}

#[test]
fn an_attempt_that_fails_is_spoken_of_while_it_is_tried_again() {
    let cli = Cli::new().with(&[(
        "BRIEVENBUS_TEST_PANIC_AFTER".to_owned(),
        "select".to_owned(),
    )]);
    let answer = cli.ok(&["run", FOLDER, "--team", "Wijkteam Zwolle", "--out", "out"]);
    let said =
        "note: Wijkteam Zwolle, attempt 1: a part of the program broke down; it is tried again";
    assert_eq!(answer.stderr.matches(said).count(), 1, "{}", answer.stderr);
    assert_eq!(cli.bundles().len(), 1);
}

#[test]
fn a_team_without_letters_still_gets_its_overview() {
    let cli = Cli::new();
    let arguments = ["--letter-date", LETTER_DATE, "--team", "3101"];
    cli.run(FOLDER, &arguments);
    let answer = cli.run(FOLDER, &arguments);
    assert_eq!(answer["letters"], 0);
    let file = answer["teams"][0]["bundle"].as_str().unwrap();
    let bundle = Bundle::open(&cli.home().join(file));
    bundle.assert_whole();
    let names: Vec<&str> = bundle
        .entries
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["overzicht.csv", "manifest.json"]);
    assert_eq!(bundle.overview.len(), 12);
}

#[test]
fn a_large_team_is_printed_in_files_of_250_letters() {
    let cli = Cli::new();
    cli.ok(&[
        "sample",
        "--clients",
        "620",
        "--teams",
        "1",
        "--out",
        "export",
    ]);
    let answer = cli.run("export", &["--letter-date", "2026-01-01"]);
    let bundles = cli.bundles();
    let [bundle] = &bundles[..] else {
        panic!("{} bundles", bundles.len())
    };
    bundle.assert_whole();
    let letters = bundle.letters().count();
    assert!((501..=620).contains(&letters), "{letters} letters");
    assert_eq!(answer["letters"], letters);
    assert_eq!(
        bundle.prints(),
        ["brieven-001.pdf", "brieven-002.pdf", "brieven-003.pdf"]
    );
    let pages: Vec<usize> = bundle
        .prints()
        .iter()
        .map(|print| poppler::info(bundle.entry(print)).pages)
        .collect();
    assert_eq!(pages, [250, 250, letters - 500]);
    for row in bundle.letters() {
        let text = letters_only(bundle.letter(&row.client));
        assert!(
            text.contains(&letters_only(&row.name)),
            "client {}",
            row.client
        );
    }
}

#[test]
fn file_names_are_safe_on_every_system() {
    let cli = Cli::new();
    let export = crate::support::export::Export::new()
        .team("7", "../Çınar's Wijk: \"Zuid\" / *Oost*?")
        .client("100001", "Jansen", &[])
        .assign("100001", "7", "MAIN");
    export.write(cli.home(), "export");
    let answer = cli.run("export", &["--letter-date", LETTER_DATE]);
    let batch = answer["batch"].as_str().unwrap();
    let bundles = cli.bundles();
    assert_eq!(
        bundles[0].file_name,
        format!(
            "zorg_cinar-s-wijk-zuid-oost_2026-11-21_{}.zip",
            &batch[batch.len() - 8..]
        )
    );
    assert_eq!(
        bundle::sha256(&std::fs::read(cli.out().join(&bundles[0].file_name)).unwrap()),
        answer["teams"][0]["sha256"]
    );
    bundles[0].assert_whole();
}
