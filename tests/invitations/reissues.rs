//! `invitation reissue`: the helpdesk's answer to a letter that was lost, or an account that is out of reach.

use brievenbus::domain::calendar::{long_date, parse_date};
use serde_json::json;

use super::{
    LONG_AGO, code_on, codes, export, imported, invite, list, newest, print, refused, states,
    take_in,
};
use crate::support::{
    database::BOTH,
    export::Export,
    one_line,
    poppler::{self, Word},
};

const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// The first client of [`export`] has married and moved.
fn married() -> Export {
    export()
        .without("100001")
        .client(
            "100001",
            "Jansen",
            &[
                ("preferred_name_type", "1"),
                ("partner_name_prefix", "de"),
                ("partner_name", "Boer"),
                ("street", "Kade"),
                ("home_number", "3"),
                ("zipcode", "7511AA"),
            ],
        )
        .assign("100001", "1", "MAIN")
}

#[test]
fn a_reissue_takes_the_old_code_out_of_use_and_writes_to_where_the_client_lives_now() {
    for kind in BOTH {
        for (window, sides) in [("left", (35.0, 105.0)), ("right", (109.0, 175.0))] {
            let cli = imported(kind, &export());
            // Nothing of these dates is on the new letter.
            let dates = ["--letter-date", "2021-03-17", "--valid-until", "2150-06-30"];
            let first = invite(&cli, &[&["--address-window", window][..], &dates].concat());
            let old = newest(&cli, "100001");
            take_in(&cli, &married());

            let shown = || {
                let batch = first[0].manifest["batch"].as_str().unwrap();
                cli.ok(&["batch", "show", batch, "--json"]).json()
            };
            let batch = shown();
            let before = super::day(0);
            let said = cli.ok(&["invitation", "reissue", &old, "--json"]).json();
            let after = super::day(0);
            let new = newest(&cli, "100001");
            assert_ne!(new, old);
            assert_eq!(states(&cli, "100001"), ["replaced", "open"]);
            assert_eq!(list(&cli, &["--client", "100001"])[1], said);
            assert_eq!(said["reissue_of"], json!(old));
            assert_eq!(said["batch"], batch["id"]);
            assert_eq!(shown(), batch, "what the batch made is as it was");
            let old_code = &codes(&first)["100001"];
            refused(
                &cli,
                &["invitation", "redeem", old_code],
                "a newer letter has replaced this code",
            );

            let pdf = print(&cli, &new);
            assert!(print(&cli, &new) == pdf, "twice the same letter");
            let new_code = code_on(&pdf);
            assert_ne!(new_code, *old_code);
            let text = one_line(&poppler::pages(&pdf)[0]);
            let rows = cli.rows().query(&format!(
                "SELECT letter_date FROM invitation WHERE id = '{new}'"
            ));
            let dated = &rows[0][0];
            assert!([&before, &after].contains(&dated), "{dated}");
            let long = |day: &str| long_date(parse_date(day).unwrap());
            let until = long(said["valid_until"].as_str().unwrap());
            for part in [
                "Geachte Mevr. A. de Boer,",
                "Code voor Mevr. A. de Boer",
                &long(dated),
                &format!("Geldig tot {until}"),
            ] {
                assert!(text.contains(part), "{part} in {text}");
            }
            for part in ["Jansen", "Dorpsstraat", "17 maart 2021", "2150"] {
                assert!(!text.contains(part), "{part} in {text}");
            }
            assert_eq!(in_window(&pdf, sides), ADDRESS);

            // The client has been invited, and nobody else has noticed.
            let next = invite(&cli, &[]);
            assert_eq!(next[0].row("100001").reason, "open_invitation");
            assert_eq!(states(&cli, "100002"), ["open"]);
            cli.ok(&["invitation", "redeem", &new_code]);
            assert_eq!(states(&cli, "100001"), ["replaced", "redeemed"]);
        }
    }
}

/// What the postman reads, below the return line.
const ADDRESS: &str =
    "Zorg & Zo · Beukenlaan 20 · 7523 BK Enschede Mevr. A. de Boer Kade 3 7511 AA Enschede";

/// The words that show in the window of the envelope; `sides` are where it begins and ends, in millimetres. None may
/// stick out.
#[track_caller]
fn in_window(pdf: &[u8], sides: (f64, f64)) -> String {
    let [left, top, right, bottom] = [sides.0, 55.0, sides.1, 85.0].map(|mm| mm * POINTS_PER_MM);
    let margin = 5.0 * POINTS_PER_MM;
    let near = |word: &&Word| {
        word.right > left - margin
            && word.left < right + margin
            && word.bottom > top - margin
            && word.top < bottom + margin
    };
    let pages = poppler::words(pdf);
    let words: Vec<&Word> = pages[0].iter().filter(near).collect();
    // The return line is small, and may stand on the edge.
    for word in words.iter().filter(|word| word.bottom - word.top > 10.0) {
        let inside =
            word.left >= left && word.right <= right && word.top >= top && word.bottom <= bottom;
        assert!(inside, "{} sticks out of the window", word.text);
    }
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

#[test]
fn an_invitation_that_was_replaced_names_the_newer_one_that_is_open() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        invite(&cli, &[]);
        let first = newest(&cli, "100001");
        cli.ok(&["invitation", "reissue", &first]);
        let second = newest(&cli, "100001");
        for _ in 0..2 {
            refused(
                &cli,
                &["invitation", "reissue", &first],
                &format!("client 100001 has a newer invitation that is open: {second}"),
            );
        }
        let code = code_on(&print(&cli, &second));
        cli.ok(&["invitation", "reissue", &second]);
        let lines = list(&cli, &["--client", "100001"]);
        let chain: Vec<&serde_json::Value> = lines.iter().map(|line| &line["reissue_of"]).collect();
        assert_eq!(chain, [&json!(null), &json!(first), &json!(second)]);
        assert_eq!(states(&cli, "100001"), ["replaced", "replaced", "open"]);
        refused(
            &cli,
            &["invitation", "redeem", &code],
            "a newer letter has replaced this code",
        );
        refused(
            &cli,
            &["invitation", "reissue", "01X"],
            "there is no invitation '01X'",
        );
    }
}

#[test]
fn of_ten_reissues_at_the_same_moment_one_makes_the_letter_and_the_others_name_it() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        let code = &codes(&invite(&cli, &[]))["100001"];
        let old = newest(&cli, "100001");
        let reissues: Vec<_> = (0..10)
            .map(|number| {
                let name = format!("reissue{number}");
                let child = cli.start(&name, &["invitation", "reissue", &old, "--json"]);
                (name, child)
            })
            .collect();
        // The client types the old code in, of all moments.
        let redeemed = cli.try_run(&["invitation", "redeem", code]).exit;
        let (well, refused): (Vec<_>, Vec<_>) = reissues
            .into_iter()
            .map(|(name, child)| cli.wait(&name, child))
            .partition(|answer| answer.exit == Some(0));
        let new = newest(&cli, "100001");
        assert_eq!(well.len(), 1);
        assert_eq!(well[0].json()["id"], json!(new));
        for answer in refused {
            let sentence = format!("client 100001 has a newer invitation that is open: {new}");
            assert_eq!(answer.exit, Some(1));
            assert!(answer.stderr.contains(&sentence), "{}", answer.stderr);
        }
        let ended = if redeemed == Some(0) {
            "redeemed"
        } else {
            "replaced"
        };
        assert_eq!(states(&cli, "100001"), [ended, "open"]);
    }
}

#[test]
fn whoever_cannot_get_into_their_account_gets_a_new_code_however_the_first_one_ended() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        invite(&cli, &[&["--team", "Zuid"][..], &LONG_AGO].concat());
        let noord = codes(&invite(&cli, &["--team", "Noord"]));
        cli.ok(&["invitation", "redeem", &noord["100001"]]);
        cli.ok(&["invitation", "cancel", &newest(&cli, "100002")]);
        // The next export knows who is connected, and that is no reason to refuse either.
        let next = export()
            .without("100001")
            .client("100001", "Jansen", &[("caren_status", "Actieve koppeling")])
            .assign("100001", "1", "MAIN");
        take_in(&cli, &next);
        for (client, ended) in [
            ("100001", "redeemed"),
            ("100002", "cancelled"),
            ("100003", "expired"),
        ] {
            assert_eq!(states(&cli, client), [ended]);
            cli.ok(&["invitation", "reissue", &newest(&cli, client)]);
            assert_eq!(states(&cli, client), [ended, "open"]);
            let code = code_on(&print(&cli, &newest(&cli, client)));
            cli.ok(&["invitation", "redeem", &code]);
            assert_eq!(states(&cli, client), [ended, "redeemed"]);
        }
    }
}

#[test]
fn whoever_can_get_no_letter_any_more_keeps_the_code_they_have() {
    let clients = [
        "200001", "200002", "200003", "200004", "200005", "200006", "200007",
    ];
    let before = clients
        .iter()
        .fold(Export::new().team("1", "Noord"), |export, client| {
            export
                .client(client, "Jansen", &[])
                .assign(client, "1", "MAIN")
        });
    let too_long = "Wolvenbrinkhorst".repeat(11);
    // The second has left the export, the fifth is in it without a team.
    let after = Export::new()
        .team("1", "Noord")
        .client("200001", "Jansen", &[("death_date", "2020-02-02")])
        .assign("200001", "1", "MAIN")
        .client("200003", "Jansen", &[("secret_client", "true")])
        .assign("200003", "1", "MAIN")
        .client("200004", "Jansen", &[("zipcode", "")])
        .assign("200004", "1", "MAIN")
        .client("200005", "Jansen", &[])
        .client("200006", &too_long, &[])
        .assign("200006", "1", "MAIN")
        .client("200007", "田中", &[])
        .assign("200007", "1", "MAIN");
    for kind in BOTH {
        let cli = imported(kind, &before);
        let bundles = invite(&cli, &[]);
        take_in(&cli, &after);
        for (client, why) in clients.into_iter().zip([
            "deceased",
            "not in the last export",
            "the address is secret",
            "name or address is incomplete",
            "not in care today",
            "the letter does not fit",
            "a character cannot be printed",
        ]) {
            let id = newest(&cli, client);
            refused(
                &cli,
                &["invitation", "reissue", &id],
                &format!("client {client} can get no letter: {why}"),
            );
            assert_eq!(states(&cli, client), ["open"]);
            let row = bundles[0].row(client);
            assert!(
                print(&cli, &id) == bundles[0].entry(&row.file),
                "the letter of {client}"
            );
            cli.ok(&["invitation", "redeem", &codes(&bundles)[client]]);
        }
    }
}
