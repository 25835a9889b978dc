//! What `brievenbus` says when it can't do what was asked: one sentence, a hint, exit 1, and nothing changed.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::PathBuf};

use crate::support::{
    bundle::sha256,
    cli::Cli,
    database::Rows,
    export::{Export, TOML},
    files_below,
};

/// A folder with a good export in `export`.
struct Case {
    cli: Cli,
}

impl Case {
    fn new() -> Self {
        let cli = Cli::new();
        Export::new()
            .team("1", "Wijkteam Noord")
            .team("2", "Wijkteam Zuid")
            .client("100001", "Jansen", &[])
            .assign("100001", "1", "MAIN")
            .write(cli.home(), "export");
        Self { cli }
    }

    /// Changes a file of the export.
    fn edit(self, file: &str, change: impl FnOnce(String) -> String) -> Self {
        let path = self.cli.home().join("export").join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, change(text)).unwrap();
        self
    }

    fn add(self, file: &str, text: &str) -> Self {
        let path = self.cli.home().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Everything in the folder, with a fingerprint of what is in it; of the database its rows, since SQLite moves
    /// bytes about whenever somebody opens it.
    fn contents(&self) -> BTreeMap<PathBuf, String> {
        let mut contents: BTreeMap<PathBuf, String> = BTreeMap::new();
        for file in files_below(self.cli.home()) {
            let name = file.file_name().unwrap().to_str().unwrap();
            if name == "brievenbus.sqlite" {
                contents.insert(file, self.rows());
            } else if !name.starts_with("brievenbus.sqlite") {
                let bytes = fs::read(&file).unwrap();
                contents.insert(file, sha256(&bytes));
            }
        }
        contents
    }

    fn rows(&self) -> String {
        let rows = Rows::of(&self.cli.data_dir());
        let tables = [
            rows.query("SELECT * FROM organisation"),
            rows.query("SELECT * FROM location ORDER BY 1, 2"),
            rows.query("SELECT * FROM client ORDER BY 1, 2"),
            rows.query("SELECT * FROM assignment ORDER BY 1"),
            rows.query("SELECT * FROM batch ORDER BY 1"),
            rows.query("SELECT * FROM team_job ORDER BY 1"),
            rows.query("SELECT * FROM invitation ORDER BY 1"),
            rows.query("SELECT * FROM Jobs ORDER BY 1"),
        ];
        format!("{tables:?}")
    }

    fn folders(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.cli.home())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// What it says while it changes nothing: no file, no folder.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let before = (self.contents(), self.folders());
        let answer = self.cli.try_run(arguments);
        assert_eq!(answer.exit, Some(1), "{}", answer.stderr);
        assert_eq!(answer.stdout, "");
        let said = answer
            .stderr
            .replace(self.cli.home().to_str().unwrap(), "[HOME]");
        let after = (self.contents(), self.folders());
        assert!(
            before == after,
            "refused with {said:?}, and yet {:?} became {:?}",
            before.1,
            after.1
        );
        let lines: Vec<&str> = said.lines().collect();
        let [sentence, hint] = &lines[..] else {
            panic!("one sentence and a hint were to be said: {said}")
        };
        assert!(
            sentence.starts_with("error: ") && hint.starts_with("hint: "),
            "{said}"
        );
        said
    }

    #[track_caller]
    fn run_refused(&self, more: &[&str]) -> String {
        self.refused(&[&["run", "export", "--out", "out"], more].concat())
    }
}

#[test]
fn a_data_folder_that_nobody_made_is_not_said_to_be_well() {
    let cli = Cli::new();
    for command in [
        &["audit", "verify"][..],
        &["audit", "list"],
        &["backup", "--out", "copy"],
        &["key", "rotate"],
        &["purge"],
    ] {
        let answer = cli.try_run(command);
        assert_eq!(answer.exit, Some(1), "{command:?}");
        assert!(
            answer.stderr.contains("there is no data folder at data")
                && answer.stderr.contains("--data-dir"),
            "{}",
            answer.stderr
        );
    }
    assert!(!cli.data_dir().exists() && !cli.home().join("copy").exists());
}

#[test]
fn an_unknown_team() {
    insta::assert_snapshot!(Case::new().run_refused(&["--team", "Wijkteam Nord"]), @r"
    error: there is no team 'Wijkteam Nord'
    hint: did you mean 'Wijkteam Noord'? locations.csv lists all ids and names
    ");
    insta::assert_snapshot!(Case::new().run_refused(&["--team", "1", "--team", "Spoedpost"]), @r"
    error: there is no team 'Spoedpost'
    hint: use an id or a name from locations.csv
    ");
}

#[test]
fn a_team_name_that_two_teams_have() {
    let case = Case::new().edit("locations.csv", |text| text.replace("Zuid", "Noord"));
    insta::assert_snapshot!(case.run_refused(&["--team", "Wijkteam Noord"]), @r"
    error: there are 2 teams called 'Wijkteam Noord'
    hint: use one of the ids 1, 2
    ");
}

#[test]
fn an_unknown_key() {
    let case = Case::new().edit("organisation.toml", |text| {
        text.replace("telephone =", "telefone =")
    });
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: organisation.toml, line 3, column 1: telefone is not a known key
    hint: did you mean telephone?
    ");
    let case = Case::new().edit("organisation.toml", |text| text + "validity_weeks = 6\n");
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: organisation.toml, line 13, column 1: validity_weeks is not a known key
    hint: did you mean letter.validity_days?
    ");
}

#[test]
fn a_key_with_a_value_that_cannot_be() {
    let case = Case::new().edit("organisation.toml", |text| text + "order = \"street\"\n");
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: organisation.toml, line 13, column 9: order 'street' is not known
    hint: use name or address or client-id
    ");
    let case = Case::new().edit("organisation.toml", |text| {
        text.replace("slug = \"zorg\"\n", "")
    });
    let said = case.run_refused(&[]);
    assert!(
        said.starts_with("error: organisation.toml: slug is missing\nhint: "),
        "{said}"
    );
    let case = Case::new().edit("organisation.toml", |text| {
        text.replace("name = \"", "name = ")
    });
    insta::assert_snapshot!(case.run_refused(&[]), @r#"
    error: organisation.toml, line 2, column 8: this is not TOML: missing opening quote, expected `"`
    hint: correct the line; text stands in quotes, as in name = "De Beste Zorg"
    "#);
}

#[test]
fn a_missing_file() {
    for file in [
        "organisation.toml",
        "locations.csv",
        "location_assignments.csv",
    ] {
        let case = Case::new();
        fs::remove_file(case.cli.home().join("export").join(file)).unwrap();
        let said = case.run_refused(&[]);
        assert!(
            said.starts_with(&format!("error: {file} is not in the folder\nhint: ")),
            "{said}"
        );
    }
    let case = Case::new();
    fs::remove_file(case.cli.home().join("export/clients.csv")).unwrap();
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: clients.csv is not in the folder
    hint: put the file in the folder; capitals in its name count
    ");
}

#[test]
fn missing_columns() {
    let case = Case::new().edit("clients.csv", |text| {
        text.replacen(";birth_name;", ";achternaam;", 1)
            .replacen("identification_no", "nummer", 1)
    });
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: clients.csv, line 1: the header lacks the columns identification_no, birth_name
    hint: add the columns; case, spaces, '_' and '-' in their names and their order don't matter
    ");
}

#[test]
fn a_row_that_is_too_short_and_a_location_that_hangs_in_the_air() {
    let case = Case::new().edit("location_assignments.csv", |text| text + "100001;1\r\n");
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: location_assignments.csv, line 3: the row has 2 cells, the header has 5
    hint: put quotes around cells that have the separator in them, or make the export again
    ");
    let case = Case::new().edit("locations.csv", |text| text + "3;99;Oost;;;\r\n");
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: locations.csv, line 4, column parent_object_id: no location has this id
    hint: add the parent to the file, or leave parent_object_id empty for a root
    ");
}

#[test]
fn an_expiry_before_the_letter_date() {
    let said =
        Case::new().run_refused(&["--letter-date", "2026-11-21", "--valid-until", "2026-11-20"]);
    insta::assert_snapshot!(said, @r"
    error: the codes would expire on 2026-11-20, before the letter date 2026-11-21
    hint: choose a later --valid-until, or leave it out for the provider's validity_days
    ");
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let said = Case::new().add("out", "a file").run_refused(&[]);
    assert!(
        said.starts_with("error: the folder out cannot be written"),
        "{said}"
    );
    assert!(
        said.contains("\nhint: ") && said.contains("--out"),
        "{said}"
    );
    let case = Case::new().add("file", "a file");
    let said = case.refused(&["run", "export", "--out", "file/out"]);
    assert!(
        said.starts_with("error: the folder file/out cannot be written"),
        "{said}"
    );
    assert!(
        said.contains("\nhint: ") && said.contains("--out"),
        "{said}"
    );
}

#[test]
fn a_folder_that_is_not_there() {
    insta::assert_snapshot!(Case::new().refused(&["run", "exprt", "--out", "out"]), @r"
    error: the folder exprt does not exist
    hint: check the path of the folder
    ");
    insta::assert_snapshot!(Case::new().refused(&["import", "export/clients.csv"]), @r"
    error: export/clients.csv is not a folder
    hint: name the folder that holds organisation.toml and the tables
    ");
}

#[test]
fn a_command_or_flag_that_is_not_there() {
    for (arguments, word, help) in [
        (&["rum", "export"][..], "'rum'", "'run'"),
        (&["run", "export", "--logos"], "'--logos'", "'--logo'"),
        (
            &["run", "export", "--address-window", "middle"],
            "'middle'",
            "left",
        ),
        (&["run"], "FOLDER", "--help"),
    ] {
        let said = Case::new().refused(arguments);
        assert!(said.contains(word) && said.contains(help), "{said}");
    }
}

#[test]
fn a_date_that_is_none() {
    let said = Case::new().run_refused(&["--letter-date", "31-02-2026"]);
    assert!(
        said.contains("'31-02-2026'") && said.contains("--letter-date"),
        "{said}"
    );
    assert!(said.contains("2026-11-21 or 21-11-2026"), "{said}");
}

#[test]
fn a_logo_that_is_not_there() {
    insta::assert_snapshot!(Case::new().run_refused(&["--logo"]), @r#"
    error: zorg has no logo in its organisation.toml
    hint: add `logo = "logo.svg"`, or ask for letters with --no-logo
    "#);
    let case = Case::new().edit("organisation.toml", |text| {
        format!("logo = \"logo.svg\"\n{text}")
    });
    insta::assert_snapshot!(case.run_refused(&["--logo"]), @r"
    error: logo.svg is not in the folder
    hint: put the file in the folder; capitals in its name count
    ");
}

fn with_text(text: &str) -> Case {
    Case::new()
        .edit("organisation.toml", |toml| toml + "text = \"brief.txt\"\n")
        .add("export/brief.txt", text)
}

#[test]
fn a_letter_text_with_a_placeholder_that_nobody_knows() {
    insta::assert_snapshot!(with_text("Beste,\n\nBel [TELEFOON].").run_refused(&[]), @r"
    error: brief.txt, line 3, column 5: there is no placeholder [TELEFOON]
    hint: did you mean [TELEPHONE]?
    ");
}

#[test]
fn a_letter_text_with_a_value_that_is_missing() {
    let case = with_text("Bel [TELEPHONE].").edit("organisation.toml", |toml| {
        toml.replace("telephone = \"0123-456789\"\n", "")
    });
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: brief.txt uses [TELEPHONE], but organisation.toml has no `telephone`
    hint: add `telephone` to organisation.toml, or take [TELEPHONE] out of the text
    ");
    // The standard text needs it as well.
    let case = Case::new().edit("organisation.toml", |_| {
        TOML.replace("telephone = \"0123-456789\"\n", "")
    });
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: text.txt uses [TELEPHONE], but organisation.toml has no `telephone`
    hint: add `telephone` to organisation.toml, or take [TELEPHONE] out of the text
    ");
}

#[test]
fn a_letter_text_with_more_than_a_letter_has() {
    insta::assert_snapshot!(with_text("# Welkom\n").run_refused(&[]), @r"
    error: brief.txt, line 1, column 1: a heading is not possible in a letter
    hint: remove the # or the line of = or - under it; use **bold** for emphasis
    ");
}

#[test]
fn a_database_or_store_that_we_do_not_know() {
    let said = Case::new().run_refused(&["--database-url", "mysql://root:geheim@localhost/zorg"]);
    assert!(!said.contains("geheim"), "{said}");
    insta::assert_snapshot!(said, @r"
    error: the database address 'mysql://…@localhost/zorg' is not one we know
    hint: use sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE, or leave --database-url out for a file in the data folder
    ");
    insta::assert_snapshot!(Case::new().run_refused(&["--store", "ftp://localhost"]), @r"
    error: the store 'ftp://localhost' is not one we know
    hint: use file:FOLDER or s3://BUCKET/PREFIX, or leave --store out for a folder in the data folder
    ");
}

#[test]
fn a_configuration_file_with_a_key_that_we_do_not_know() {
    let case = Case::new().add("brievenbus.toml", "data-dir = \"data\"\ndatabase = \"x\"\n");
    let said = case.run_refused(&["--config", "brievenbus.toml"]);
    assert!(
        said.starts_with("error: brievenbus.toml, line 2: "),
        "{said}"
    );
    assert!(
        said.contains("database") && said.contains("database-url"),
        "{said}"
    );
}

#[test]
fn a_key_file_that_others_can_read() {
    let case = Case::new();
    case.cli.ok(&["import", "export"]);
    let key = case.cli.data_dir().join("key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = case.run_refused(&[]);
    assert!(
        said.starts_with(
            "error: the key file data/key can be read by others than its owner\nhint: "
        ),
        "{said}"
    );
}

#[test]
fn a_key_file_that_is_broken() {
    let case = Case::new();
    case.cli.ok(&["import", "export"]);
    let key = case.cli.data_dir().join("key");
    fs::write(&key, "short\n").unwrap();
    insta::assert_snapshot!(case.run_refused(&[]), @r"
    error: the key file data/key does not hold 64 hexadecimal digits
    hint: put the right key file there, for its owner alone (chmod 600): on another machine, a copy of the first one's; without it no code of this database opens
    ");
}

#[test]
fn a_data_folder_that_is_a_file() {
    let said = Case::new().add("data", "a file").run_refused(&[]);
    assert!(
        said.starts_with("error: the data folder data cannot be used"),
        "{said}"
    );
    assert!(
        said.contains("\nhint: ") && said.contains("--data-dir"),
        "{said}"
    );
}

#[test]
fn a_sample_where_something_is() {
    let case = Case::new();
    insta::assert_snapshot!(case.refused(&["sample", "--clients", "10", "--out", "export"]), @r"
    error: the folder export is not empty
    hint: name a new folder; nothing was changed in this one
    ");
    insta::assert_snapshot!(case.refused(&["sample", "--clients", "0", "--out", "new"]), @r"
    error: a sample has between 1 and 1000000 clients, not 0
    hint: ask for 1 to 1000000 clients
    ");
    insta::assert_snapshot!(case.refused(&["sample", "--clients", "3", "--teams", "4", "--out", "new"]), @r"
    error: 3 clients can't fill 4 teams
    hint: ask for at most 3 teams, or for more clients
    ");
}

#[test]
fn help_and_version_are_no_refusals() {
    let cli = Cli::new();
    let help = cli.ok(&["--help"]);
    for command in ["run", "import", "sample"] {
        assert!(
            help.stdout.contains(&format!("  {command} ")),
            "{}",
            help.stdout
        );
    }
    let version = cli.ok(&["--version"]);
    assert_eq!(
        version.stdout,
        format!("brievenbus {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert!(!cli.data_dir().exists());
}
