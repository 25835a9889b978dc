//! The files of a sample, written row by row.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::Path,
};

use super::{
    clients::{Care, Client, Contact},
    names::Person,
    organisation,
    places::Address,
    tree::Tree,
};

const LOCATION_COLUMNS: [&str; 6] = [
    "id",
    "parent_object_id",
    "name",
    "correspondence_name",
    "begin_date",
    "end_date",
];
#[rustfmt::skip]
const CLIENT_COLUMNS: [&str; 21] = [
    "identification_no", "gender", "initials", "given_name", "birth_name_prefix", "birth_name",
    "partner_name_prefix", "partner_name", "preferred_name_type", "date_of_birth", "death_date",
    "secret_client", "language", "street", "home_number", "home_number_extension", "po_box_number",
    "zipcode", "city", "country", "caren_status",
];
const ASSIGNMENT_COLUMNS: [&str; 5] =
    ["client_id", "location_id", "type", "begin_date", "end_date"];
#[rustfmt::skip]
const CONTACT_COLUMNS: [&str; 18] = [
    "client_id", "role", "receives_letter", "gender", "initials", "given_name", "birth_name_prefix",
    "birth_name", "partner_name_prefix", "partner_name", "preferred_name_type", "street", "home_number",
    "home_number_extension", "po_box_number", "zipcode", "city", "country",
];

/// A CSV file with `;`, `\n` and UTF-8 without BOM on every system.
type Table = csv::Writer<BufWriter<File>>;

/// The files that grow with the clients.
pub(super) struct ClientFiles {
    clients: Table,
    assignments: Table,
    contacts: Table,
}

/// Writes the files that don't depend on the clients.
pub(super) fn write_organisation(folder: &Path, tree: &Tree) -> io::Result<()> {
    std::fs::write(folder.join("organisation.toml"), organisation::TOML)?;
    std::fs::write(folder.join("logo.svg"), organisation::LOGO)?;
    let mut table = open(folder, "locations.csv", &LOCATION_COLUMNS)?;
    for row in &tree.rows {
        let id = row.id.to_string();
        let parent = row.parent.map(|id| id.to_string()).unwrap_or_default();
        let (name, mail) = (&row.name, &row.correspondence_name);
        table.write_record([&id, &parent, name, mail, "2015-01-01", ""])?;
    }
    table.flush()
}

impl ClientFiles {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            clients: open(folder, "clients.csv", &CLIENT_COLUMNS)?,
            assignments: open(folder, "location_assignments.csv", &ASSIGNMENT_COLUMNS)?,
            contacts: open(folder, "contacts.csv", &CONTACT_COLUMNS)?,
        })
    }

    pub(super) fn write(&mut self, client: &Client, tree: &Tree) -> io::Result<()> {
        let id = client.id.to_string();
        let secret = client.situation == super::situations::Situation::Secret;
        let mut fields: Vec<&str> = Vec::with_capacity(CLIENT_COLUMNS.len());
        fields.push(&id);
        fields.extend(name_fields(&client.person));
        fields.extend([client.date_of_birth.as_str(), &client.death_date]);
        fields.extend([yes_or_no(secret), client.person.language]);
        fields.extend(address_fields(&client.address));
        fields.push(&client.caren_status);
        self.clients.write_record(fields)?;
        for care in &client.care {
            self.write_care(&id, care, tree)?;
        }
        if let Some(contact) = &client.contact {
            self.write_contact(&id, contact)?;
        }
        Ok(())
    }

    fn write_care(&mut self, id: &str, care: &Care, tree: &Tree) -> io::Result<()> {
        let team = tree.teams[care.team].id.to_string();
        let begin = care.begin.to_string();
        let end = care.end.map(|day| day.to_string()).unwrap_or_default();
        self.assignments
            .write_record([id, &team, care.kind, &begin, &end])?;
        Ok(())
    }

    fn write_contact(&mut self, id: &str, contact: &Contact) -> io::Result<()> {
        let mut fields: Vec<&str> = Vec::with_capacity(CONTACT_COLUMNS.len());
        fields.extend([id, contact.role, yes_or_no(contact.receives_letter)]);
        fields.extend(name_fields(&contact.person));
        fields.extend(address_fields(&contact.address));
        self.contacts.write_record(fields)?;
        Ok(())
    }

    /// Writes out what is still in memory; without it an error at the end would go unnoticed.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.clients.flush()?;
        self.assignments.flush()?;
        self.contacts.flush()
    }
}

fn open(folder: &Path, name: &str, columns: &[&str]) -> io::Result<Table> {
    let file = BufWriter::new(File::create_new(folder.join(name))?);
    let mut table = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(file);
    table.write_record(columns)?;
    Ok(table)
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

fn name_fields(person: &Person) -> [&str; 8] {
    [
        person.gender,
        &person.initials,
        person.given_name,
        person.birth_name_prefix,
        &person.birth_name,
        person.partner_name_prefix,
        person.partner_name,
        person.preferred_name_type,
    ]
}

fn address_fields(address: &Address) -> [&str; 7] {
    [
        address.street,
        &address.home_number,
        &address.home_number_extension,
        &address.po_box_number,
        &address.zipcode,
        address.city,
        address.country,
    ]
}
