//! The export of a trial, as its files: who is in which team, and the same a while later.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use csv::{Reader, ReaderBuilder, StringRecord, WriterBuilder};

use crate::dice::Dice;

pub struct Export {
    pub organisation: String,
    /// The clients of each team that has any.
    pub teams: BTreeMap<String, BTreeSet<String>>,
}

impl Export {
    pub fn read(folder: &Path) -> Self {
        let organisation = fs::read_to_string(folder.join("organisation.toml")).unwrap();
        let organisation: toml::Table = organisation.parse().unwrap();
        let (header, rows) = table(&folder.join("location_assignments.csv"));
        let (client, location) = (column(&header, "client_id"), column(&header, "location_id"));
        let mut teams: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in rows {
            let clients = teams.entry(row[location].to_owned()).or_default();
            clients.insert(row[client].to_owned());
        }
        Self {
            organisation: organisation["slug"].as_str().unwrap().to_owned(),
            teams,
        }
    }
}

/// Writes the export as it might be a week later: of twenty clients one is gone, one has died and two are in another
/// team.
pub fn write_changed(from: &Path, to: &Path, seed: u64) {
    let dice = &mut Dice::new(seed);
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    let locations: Vec<String> = Export::read(from).teams.into_keys().collect();
    let locations: Vec<&str> = locations.iter().map(String::as_str).collect();
    let (header, rows) = table(&from.join("clients.csv"));
    let (client, death) = (
        column(&header, "identification_no"),
        column(&header, "death_date"),
    );
    let (mut gone, mut moved) = (BTreeSet::new(), BTreeMap::new());
    let mut clients = Vec::new();
    for row in rows {
        let id = row[client].to_owned();
        match dice.between(1, 20) {
            1 => {
                gone.insert(id);
            }
            2 => clients.push(with(&row, death, "2026-01-02")),
            3 | 4 => {
                moved.insert(id, dice.pick(&locations));
                clients.push(row);
            }
            _ => clients.push(row),
        }
    }
    write_table(&to.join("clients.csv"), &header, &clients);

    let (header, rows) = table(&from.join("location_assignments.csv"));
    let (client, location) = (column(&header, "client_id"), column(&header, "location_id"));
    let mut assignments: Vec<StringRecord> = Vec::new();
    for row in rows.into_iter().filter(|row| !gone.contains(&row[client])) {
        let row = match moved.get(&row[client]) {
            Some(team) => with(&row, location, team),
            None => row,
        };
        // Who was in two teams may have moved from both into one.
        let twice = assignments
            .iter()
            .any(|other| other[client] == row[client] && other[location] == row[location]);
        if !twice {
            assignments.push(row);
        }
    }
    write_table(&to.join("location_assignments.csv"), &header, &assignments);

    let contacts = from.join("contacts.csv");
    if contacts.exists() {
        let (header, mut rows) = table(&contacts);
        let client = column(&header, "client_id");
        rows.retain(|row| !gone.contains(&row[client]));
        write_table(&to.join("contacts.csv"), &header, &rows);
    }
}

fn table(file: &Path) -> (StringRecord, Vec<StringRecord>) {
    let mut reader: Reader<fs::File> = ReaderBuilder::new()
        .delimiter(b';')
        .from_path(file)
        .unwrap();
    let header = reader.headers().unwrap().clone();
    (header, reader.records().map(Result::unwrap).collect())
}

fn write_table(file: &Path, header: &StringRecord, rows: &[StringRecord]) {
    let mut writer = WriterBuilder::new()
        .delimiter(b';')
        .from_path(file)
        .unwrap();
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
}

fn column(header: &StringRecord, name: &str) -> usize {
    let found = header.iter().position(|heading| heading == name);
    found.unwrap_or_else(|| panic!("no column {name}"))
}

fn with(row: &StringRecord, column: usize, value: &str) -> StringRecord {
    row.iter()
        .enumerate()
        .map(|(at, cell)| if at == column { value } else { cell })
        .collect()
}

/// The day that is this many days after today, as a letter date.
pub fn day(days: u64) -> String {
    let output = Command::new("date")
        .args(["+%F", "-d", &format!("+{days} days")])
        .env("TZ", "Europe/Amsterdam")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
