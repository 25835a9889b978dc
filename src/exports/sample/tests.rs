use std::{collections::BTreeSet, fs, path::PathBuf};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;
use crate::domain::{calendar::parse_date, client::ClientId};

const FILES: [&str; 6] = [
    "clients.csv",
    "contacts.csv",
    "location_assignments.csv",
    "locations.csv",
    "logo.svg",
    "organisation.toml",
];

fn spec(clients: usize, teams: usize, seed: u64) -> SampleSpec {
    SampleSpec {
        clients,
        teams,
        seed,
        today: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
    }
}

struct Sample {
    home: TempDir,
    report: SampleReport,
}

impl Sample {
    fn new(spec: SampleSpec) -> Self {
        let home = tempfile::tempdir().unwrap();
        let report = write_sample(&spec, &home.path().join("export")).unwrap();
        Self { home, report }
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("export")
    }

    fn bytes(&self) -> Vec<Vec<u8>> {
        let read = |name| fs::read(self.folder().join(name)).unwrap();
        FILES.into_iter().map(read).collect()
    }

    /// The columns `names` of a file.
    fn columns<const N: usize>(&self, file: &str, names: [&str; N]) -> Vec<[String; N]> {
        let path = self.folder().join(file);
        let mut table = csv::ReaderBuilder::new()
            .delimiter(b';')
            .from_path(path)
            .unwrap();
        let headers = table.headers().unwrap().clone();
        let at = names.map(|name| headers.iter().position(|header| header == name).unwrap());
        let rows = table.records().map(|row| row.unwrap());
        rows.map(|row| at.map(|i| row[i].to_owned())).collect()
    }
}

#[test]
fn the_same_wishes_give_the_same_bytes_and_another_seed_gives_others() {
    let (one, same, other) = (
        Sample::new(spec(300, 8, 7)),
        Sample::new(spec(300, 8, 7)),
        Sample::new(spec(300, 8, 8)),
    );
    assert_eq!(one.bytes(), same.bytes());
    assert_eq!(one.report, same.report);
    for (file, (a, b)) in FILES
        .iter()
        .zip(one.bytes().iter().zip(&other.bytes()))
        .take(3)
    {
        assert_ne!(a, b, "{file}");
    }
    let mut names: Vec<_> = fs::read_dir(one.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, FILES);
}

/// If this fails, a new version gives other bytes for an old seed: that is a change for everyone who compares
/// samples, and must be meant.
#[test]
fn a_seed_gives_these_bytes_on_every_machine_and_version() {
    let mut hash = Sha256::new();
    for file in Sample::new(spec(2000, 12, 1)).bytes() {
        hash.update(file);
    }
    assert_eq!(
        hex::encode(hash.finalize()),
        "5e4b811c484ffb186b6a424c0cce888170593c46aed21ad56388a05a4be6e9a3"
    );
}

#[test]
fn counts_are_right_and_ids_unique() {
    let sample = Sample::new(spec(5000, 8, 1));
    let ids = sample.columns("clients.csv", ["identification_no"]);
    let known: BTreeSet<&String> = ids.iter().map(|[id]| id).collect();
    assert_eq!(
        (ids.len(), known.len(), sample.report.clients),
        (5000, 5000, 5000)
    );
    assert!(ids.iter().all(|[id]| ClientId::new(id).is_some()));
    assert!(ids.is_sorted());
    let locations = sample.columns("locations.csv", ["id", "parent_object_id"]);
    assert_eq!(locations.len(), sample.report.locations);
    let assignments = sample.columns("location_assignments.csv", ["client_id", "location_id"]);
    assert_eq!(assignments.len(), sample.report.assignments);
    assert!(assignments.iter().all(|[client, _]| known.contains(client)));
    let teams: BTreeSet<&String> = assignments.iter().map(|[_, team]| team).collect();
    assert_eq!((teams.len(), sample.report.teams), (8, 8));
    assert!(
        teams
            .iter()
            .all(|team| locations.iter().all(|[_, parent]| parent != *team))
    );
    let contacts = sample.columns("contacts.csv", ["client_id", "receives_letter"]);
    assert_eq!(contacts.len(), sample.report.contacts);
    let receiving = contacts.iter().filter(|[_, receives]| receives == "true");
    assert_eq!(receiving.count(), sample.report.receiving_contacts);
    assert!((60..140).contains(&sample.report.receiving_contacts));
}

#[test]
fn nine_in_ten_get_a_letter_and_every_reason_of_one_import_occurs() {
    let report = Sample::new(spec(5000, 8, 1)).report;
    assert!((4400..4600).contains(&report.letters), "{report:?}");
    let reasons: Vec<&str> = report.left_out.keys().copied().collect();
    assert_eq!(
        reasons,
        [
            "deceased",
            "incomplete",
            "invited_elsewhere",
            "linked",
            "not_in_care",
            "other_team",
            "secret",
            "status_unknown"
        ]
    );
    let left_out: usize = report.left_out.values().sum();
    assert_eq!(
        report.letters + left_out,
        5000 + report.left_out["other_team"]
    );
}

#[test]
fn what_the_report_says_is_in_the_files() {
    let sample = Sample::new(spec(5000, 8, 1));
    let rows = sample.columns(
        "clients.csv",
        [
            "caren_status",
            "death_date",
            "secret_client",
            "date_of_birth",
            "street",
            "zipcode",
        ],
    );
    let count = |test: fn(&[String; 6]) -> bool| rows.iter().filter(|row| test(row)).count();
    let left_out = &sample.report.left_out;
    assert_eq!(
        count(|row| row[0] == "Actieve koppeling"),
        left_out["linked"]
    );
    assert_eq!(
        count(|row| row[0].starts_with("Uitnodiging is nog ")),
        left_out["invited_elsewhere"]
    );
    assert_eq!(
        count(|row| row[0].is_empty() || row[0] == "Onbekend"),
        left_out["status_unknown"]
    );
    assert_eq!(count(|row| !row[1].is_empty()), left_out["deceased"]);
    assert_eq!(count(|row| row[2] == "true"), left_out["secret"]);
    let unreadable = count(|row| parse_date(&row[3]).is_none());
    assert!((1..left_out["incomplete"]).contains(&unreadable));
    assert!(count(|row| row[5].is_empty()) > 10);
    // A care home: one street of one postcode for a good part of a team.
    let homes = rows.iter().map(|row| (&row[4], &row[5]));
    let homes = homes.fold(BTreeMap::<_, usize>::new(), |mut homes, home| {
        *homes.entry(home).or_default() += 1;
        homes
    });
    assert!(homes.values().max() > Some(&200));
}

#[test]
fn teams_differ_in_size_and_none_is_empty() {
    let sizes = |sample: &Sample| {
        let rows = sample.columns("location_assignments.csv", ["location_id"]);
        let sizes = rows
            .into_iter()
            .fold(BTreeMap::<_, usize>::new(), |mut sizes, [team]| {
                *sizes.entry(team).or_default() += 1;
                sizes
            });
        sizes.into_values().collect::<Vec<_>>()
    };
    let many = sizes(&Sample::new(spec(5000, 8, 1)));
    assert!(many.iter().max() > many.iter().min().map(|least| least * 2).as_ref());
    assert_eq!(sizes(&Sample::new(spec(500, 500, 1))).len(), 500);
    assert_eq!(sizes(&Sample::new(spec(1, 1, 1))), [1]);
}

#[test]
fn wishes_that_cannot_be_granted_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("export");
    let refuse = |clients, teams| write_sample(&spec(clients, teams, 1), &folder).unwrap_err();
    assert!(matches!(refuse(0, 8), SampleError::Clients(0)));
    assert!(matches!(
        refuse(1_000_001, 8),
        SampleError::Clients(1_000_001)
    ));
    assert!(matches!(refuse(100, 0), SampleError::Teams(0)));
    assert!(matches!(refuse(1000, 501), SampleError::Teams(501)));
    let error = refuse(7, 8);
    assert_eq!(error.to_string(), "7 clients can't fill 8 teams");
    assert_eq!(error.hint(), "ask for at most 7 teams, or for more clients");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn somebody_elses_files_are_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let mine = home.path().join("clients.csv");
    fs::write(&mine, "mine").unwrap();
    let error = write_sample(&spec(10, 2, 1), home.path()).unwrap_err();
    assert!(matches!(error, SampleError::NotEmpty(_)));
    let error = write_sample(&spec(10, 2, 1), &mine).unwrap_err();
    assert!(matches!(error, SampleError::NotAFolder(_)));
    let error = write_sample(&spec(10, 2, 1), &mine.join("below")).unwrap_err();
    assert!(matches!(error, SampleError::CannotWrite { .. }), "{error}");
    assert!(!error.hint().is_empty());
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn days_at_the_ends_of_the_calendar_are_no_trouble() {
    for today in [NaiveDate::MIN, NaiveDate::MAX] {
        let home = tempfile::tempdir().unwrap();
        let spec = SampleSpec {
            today,
            ..spec(500, 3, 1)
        };
        write_sample(&spec, &home.path().join("a/b")).unwrap();
    }
}

#[test]
fn the_invented_organisation_is_the_one_that_is_written() {
    let sample = Sample::new(spec(10, 1, 1));
    let export = crate::exports::read_export(&sample.folder()).unwrap();
    let (organisation, logo) = invented_organisation();
    assert_eq!(export.organisation, organisation);
    assert_eq!(export.logo, Some(logo));
}
