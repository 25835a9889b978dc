//! `invitation letter`: the letter of an open invitation once more, the same as in its bundle.

use std::{fs, os::unix::fs::PermissionsExt};

use super::{LONG_AGO, codes, export, imported, invite, newest, print, refused, take_in};
use crate::support::{
    cli::Cli,
    database::BOTH,
    export::{Export, TOML},
    poppler,
};

/// Every client of [`export`] has another name and lives somewhere else, and the provider has another number.
fn moved() -> Export {
    let mut export = ["100001", "100002", "100003"]
        .iter()
        .fold(export(), |export, client| {
            let team = if *client == "100003" { "2" } else { "1" };
            let address = [
                ("street", "Kade"),
                ("home_number", "3"),
                ("zipcode", "7511AA"),
            ];
            export
                .without(client)
                .client(client, "De Boer", &address)
                .assign(client, team, "MAIN")
        });
    export.toml = TOML.replace("0123-456789", "0987-654321");
    export
}

#[test]
fn a_letter_printed_again_is_the_one_in_the_bundle_also_when_the_client_has_moved_since() {
    for kind in BOTH {
        for window in ["left", "right"] {
            let cli = imported(kind, &export());
            let bundles = invite(&cli, &["--address-window", window]);
            for time in ["at once", "after the next export"] {
                for bundle in &bundles {
                    for row in bundle.letters() {
                        let again = print(&cli, &newest(&cli, &row.client));
                        assert!(
                            again == bundle.entry(&row.file),
                            "client {}, {window} window, {time}",
                            row.client
                        );
                    }
                }
                take_in(&cli, &moved());
            }
        }
    }
}

#[test]
fn a_letter_that_was_set_smaller_is_set_as_small_again() {
    // A name stands in the text so often that a long one takes more lines than there are at the usual size.
    let names = "Dit is voor [CLIENT_NAME]. ".repeat(10);
    let lines = "Een regel die er altijd staat.\\\n".repeat(16);
    let mut export = Export::new()
        .team("1", "Noord")
        .client("100001", "Jansen", &[])
        .assign("100001", "1", "MAIN")
        .client("100002", "Oldenbarnevelt van der Oye tot Hoevelaken", &[])
        .assign("100002", "1", "MAIN");
    export.toml = format!("{TOML}text = \"brief.txt\"\n");
    for kind in BOTH {
        let cli = Cli::on(kind);
        let folder = export.write(cli.home(), "export");
        fs::write(folder.join("brief.txt"), format!("{names}\n\n{lines}")).unwrap();
        cli.ok(&["import", "export"]);
        let bundle = &invite(&cli, &[])[0];
        let height = |pdf: &[u8]| {
            let words = poppler::words(pdf).remove(0);
            let word = words
                .into_iter()
                .find(|word| word.text == "altijd")
                .unwrap();
            word.bottom - word.top
        };
        let [ordinary, smaller] = ["100001", "100002"].map(|client| {
            let letter = bundle.entry(&bundle.row(client).file);
            assert!(
                print(&cli, &newest(&cli, client)) == letter,
                "client {client}"
            );
            height(letter)
        });
        assert!(smaller < ordinary, "{smaller} and {ordinary} points high");
    }
}

#[test]
fn a_letter_is_for_its_owners_eyes_and_takes_the_place_of_what_was_there() {
    let cli = imported(BOTH[0], &export());
    let bundle = &invite(&cli, &["--team", "Zuid"])[0];
    let id = newest(&cli, "100003");
    let file = cli.home().join("letter.pdf");
    fs::write(&file, "a letter of yesterday").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let said = cli.ok(&["invitation", "letter", &id, "--out", "letter.pdf", "--json"]);
    assert_eq!(said.json(), serde_json::json!({ "letter": "letter.pdf" }));
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(fs::read(&file).unwrap() == bundle.entry(&bundle.row("100003").file));

    refused(
        &cli,
        &["invitation", "letter", "01X", "--out", "letter.pdf"],
        "there is no invitation '01X'",
    );
    // A folder that is not there is made, as for bundles; one that is there is no file.
    cli.ok(&["invitation", "letter", &id, "--out", "not/there/letter.pdf"]);
    assert!(cli.home().join("not/there/letter.pdf").is_file());
    refused(
        &cli,
        &["invitation", "letter", &id, "--out", "not/there"],
        "not/there is a folder",
    );
}

#[test]
fn only_the_letter_of_an_open_invitation_is_printed() {
    for kind in BOTH {
        let cli = imported(kind, &export());
        invite(&cli, &[&["--team", "Zuid"][..], &LONG_AGO].concat());
        let noord = codes(&invite(&cli, &["--team", "Noord"]));
        let [first, second, expired] =
            ["100001", "100002", "100003"].map(|client| newest(&cli, client));
        cli.ok(&["invitation", "reissue", &first]);
        let newer = newest(&cli, "100001");
        cli.ok(&["invitation", "cancel", &newer]);
        cli.ok(&["invitation", "redeem", &noord["100002"]]);
        for (id, state) in [
            (first, "replaced"),
            (newer, "cancelled"),
            (second, "redeemed"),
            (expired, "expired"),
        ] {
            refused(
                &cli,
                &["invitation", "letter", &id, "--out", "none.pdf"],
                &format!("this invitation is not open any more: it is {state}"),
            );
        }
        assert!(!cli.home().join("none.pdf").exists());
    }
}
