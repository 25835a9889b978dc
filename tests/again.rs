//! The same request again: who was invited gets no second letter, until it is asked for.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{
    bundle::Bundle,
    cli::Cli,
    database::Rows,
    fixture::{FOLDER, LETTER_DATE},
};

/// Sixty days after the first letters, eighteen after their codes ended.
const LATER: &str = "2027-01-20";

/// The bundles of one answer.
fn bundles_of(cli: &Cli, answer: &Value) -> Vec<Bundle> {
    let teams = answer["teams"].as_array().unwrap();
    let paths = teams
        .iter()
        .map(|team| cli.home().join(team["bundle"].as_str().unwrap()));
    paths.map(|path| Bundle::open(&path)).collect()
}

fn codes(bundles: &[Bundle]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (client, code) in bundles.iter().flat_map(Bundle::codes) {
        let before = all.insert(client.clone(), code);
        assert!(before.is_none(), "two letters for client {client}");
    }
    all
}

/// By team and client: `brief`, or the reason.
fn outcomes(bundles: &[Bundle]) -> BTreeMap<(String, String), String> {
    let of = |bundle: &Bundle| {
        let team = bundle.team().to_owned();
        bundle
            .outcomes()
            .into_iter()
            .map(move |(client, outcome)| ((team.clone(), client), outcome))
    };
    bundles.iter().flat_map(of).collect()
}

#[test]
fn nobody_is_invited_twice_until_the_code_has_expired_and_it_is_asked_for() {
    let cli = Cli::new();
    let rows = Rows::of(&cli.data_dir());
    let first = cli.run(FOLDER, &["--letter-date", LETTER_DATE]);
    let first = bundles_of(&cli, &first);
    let (first_outcomes, first_codes) = (outcomes(&first), codes(&first));
    assert_eq!(first_codes.len(), 292);
    rows.assert_codes_are_the_open_ones(&first_codes);

    // The same again: everybody with a letter has an open invitation.
    let second = cli.run(FOLDER, &["--letter-date", LETTER_DATE]);
    assert_eq!(
        (&second["letters"], &second["clients"]),
        (&0.into(), &347.into())
    );
    assert_eq!(second["left_out"]["open_invitation"], 292 + 4);
    assert_outcomes(
        &first_outcomes,
        &outcomes(&bundles_of(&cli, &second)),
        "open_invitation",
    );
    // Whoever asks why reads until when.
    let noord = bundles_of(&cli, &second)
        .into_iter()
        .find(|bundle| bundle.team() == "1102")
        .unwrap();
    assert!(
        noord
            .row("102545")
            .explanation
            .contains("geldig tot en met 2 januari 2027")
    );
    rows.assert_codes_are_the_open_ones(&first_codes);

    // Sixty days on, the codes have expired.
    let third = cli.run(FOLDER, &["--letter-date", LATER]);
    assert_eq!(third["letters"], 0);
    assert_outcomes(
        &first_outcomes,
        &outcomes(&bundles_of(&cli, &third)),
        "invited_before",
    );

    // Cancelled is not expired.
    let fourth = cli.run(FOLDER, &["--letter-date", LATER, "--again", "cancelled"]);
    assert_eq!(fourth["letters"], 0);

    // On request they get new codes, all different from the first ones.
    let fifth = cli.run(FOLDER, &["--letter-date", LATER, "--again", "expired"]);
    let fifth = bundles_of(&cli, &fifth);
    assert_eq!(outcomes(&fifth), first_outcomes);
    let new_codes = codes(&fifth);
    assert!(new_codes.keys().eq(first_codes.keys()));
    let old: Vec<&String> = first_codes.values().collect();
    assert!(
        new_codes.values().all(|code| !old.contains(&code)),
        "a code is used again"
    );

    // And the old ones work no more: one open invitation each, the other closed and wiped.
    rows.assert_codes_are_the_open_ones(&new_codes);
    let ended = rows.query("SELECT client_id, state, sealed_code FROM invitation WHERE state <> 'open' AND NOT withdrawn");
    let clients: Vec<&String> = ended.iter().map(|row| &row[0]).collect();
    assert_eq!(clients.len(), 292);
    for row in &ended {
        assert_eq!(row[1..], ["expired", ""], "client {}", row[0]);
        assert!(new_codes.contains_key(&row[0]));
    }

    // Asked for once more they are open again.
    let sixth = cli.run(FOLDER, &["--letter-date", LATER, "--again", "expired"]);
    assert_eq!(sixth["letters"], 0);
    rows.assert_codes_are_the_open_ones(&new_codes);
    for bundle in cli.bundles() {
        bundle.assert_whole();
    }
}

/// Who had a letter, here or in another team, now has this reason; everybody else has the same as before.
#[track_caller]
fn assert_outcomes(
    first: &BTreeMap<(String, String), String>,
    now: &BTreeMap<(String, String), String>,
    reason: &str,
) {
    assert!(first.keys().eq(now.keys()));
    for (place, outcome) in first {
        let expected = match outcome.as_str() {
            "brief" | "other_team" => reason,
            other => other,
        };
        assert_eq!(now[place], expected, "{place:?}");
    }
}

#[test]
fn a_code_works_on_its_last_day_and_has_expired_the_day_after() {
    let cli = Cli::new();
    let team = ["--team", "3101"];
    let run = |date: &str| cli.run(FOLDER, &[&team[..], &["--letter-date", date]].concat());
    assert_eq!(run("2026-11-21")["letters"], 11);
    assert_eq!(run("2027-01-02")["left_out"]["open_invitation"], 11);
    assert_eq!(run("2027-01-03")["left_out"]["invited_before"], 11);
}
