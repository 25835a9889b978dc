//! Tiny exports, written to order.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// How the tables are written.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    pub separator: char,
    pub bom: bool,
    pub windows_1252: bool,
    /// `identificationNo` or `Identification No` instead of `identification_no`.
    pub header: fn(&str) -> String,
    /// Columns from last to first.
    pub reversed: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            separator: ';',
            bom: false,
            windows_1252: false,
            header: str::to_owned,
            reversed: false,
        }
    }
}

/// A table: its columns, and rows with a cell for each.
#[derive(Debug, Clone)]
struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

/// An export of a small provider, `zorg`. What is not said is as in an ordinary one.
#[derive(Debug, Clone)]
pub struct Export {
    pub toml: String,
    pub dialect: Dialect,
    locations: Table,
    clients: Table,
    assignments: Table,
    contacts: Table,
}

const CLIENT: &[&str] = &[
    "identification_no",
    "gender",
    "initials",
    "given_name",
    "birth_name_prefix",
    "birth_name",
    "partner_name_prefix",
    "partner_name",
    "preferred_name_type",
    "date_of_birth",
    "death_date",
    "secret_client",
    "language",
    "street",
    "home_number",
    "home_number_extension",
    "po_box_number",
    "zipcode",
    "city",
    "country",
    "caren_status",
];

const CONTACT: &[&str] = &[
    "client_id",
    "role",
    "receives_letter",
    "gender",
    "initials",
    "given_name",
    "birth_name_prefix",
    "birth_name",
    "partner_name_prefix",
    "partner_name",
    "preferred_name_type",
    "street",
    "home_number",
    "home_number_extension",
    "po_box_number",
    "zipcode",
    "city",
    "country",
];

pub const TOML: &str = r#"slug = "zorg"
name = "Zorg & Zo"
telephone = "0123-456789"

[address]
street = "Beukenlaan"
house_number = 20
postcode = "7523 BK"
city = "Enschede"

[letter]
with_logo = false
"#;

impl Export {
    pub fn new() -> Self {
        let table = |columns| Table {
            columns,
            rows: Vec::new(),
        };
        Self {
            toml: TOML.to_owned(),
            dialect: Dialect::default(),
            locations: table(&[
                "id",
                "parent_object_id",
                "name",
                "correspondence_name",
                "begin_date",
                "end_date",
            ]),
            clients: table(CLIENT),
            assignments: table(&["client_id", "location_id", "type", "begin_date", "end_date"]),
            contacts: table(CONTACT),
        }
    }

    pub fn team(mut self, id: &str, name: &str) -> Self {
        self.locations.add(&[("id", id), ("name", name)]);
        self
    }

    /// An ordinary client who lives in Enschede and gets a letter, but for what `cells` say.
    pub fn client(mut self, id: &str, birth_name: &str, cells: &[(&str, &str)]) -> Self {
        let ordinary = [
            ("identification_no", id),
            ("gender", "F"),
            ("initials", "A."),
            ("birth_name", birth_name),
            ("preferred_name_type", "0"),
            ("date_of_birth", "1950-02-28"),
            ("secret_client", "false"),
            ("street", "Dorpsstraat"),
            ("home_number", "12"),
            ("zipcode", "7522LH"),
            ("city", "Enschede"),
            ("caren_status", "Niet gekoppeld"),
        ];
        self.clients.add(&[&ordinary, cells].concat());
        self
    }

    /// `kind` is `MAIN` or `STANDARD`; care began long ago and goes on.
    pub fn assign(mut self, client: &str, team: &str, kind: &str) -> Self {
        self.assignments.add(&[
            ("client_id", client),
            ("location_id", team),
            ("type", kind),
            ("begin_date", "2020-01-01"),
        ]);
        self
    }

    pub fn contact(mut self, client: &str, cells: &[(&str, &str)]) -> Self {
        self.contacts
            .add(&[&[("client_id", client)], cells].concat());
        self
    }

    /// Without this client; assignments and contacts stay out too.
    pub fn without(mut self, client: &str) -> Self {
        for table in [&mut self.clients, &mut self.assignments, &mut self.contacts] {
            table.rows.retain(|row| row[0] != client);
        }
        self
    }

    pub fn with(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Writes it to `home/name` and says where that is.
    pub fn write(&self, home: &Path, name: &str) -> PathBuf {
        let folder = home.join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("organisation.toml"), &self.toml).unwrap();
        let tables = [
            ("locations.csv", &self.locations),
            ("clients.csv", &self.clients),
            ("location_assignments.csv", &self.assignments),
            ("contacts.csv", &self.contacts),
        ];
        for (name, table) in tables {
            fs::write(folder.join(name), table.bytes(&self.dialect)).unwrap();
        }
        folder
    }
}

impl Table {
    fn add(&mut self, cells: &[(&str, &str)]) {
        let mut row = vec![String::new(); self.columns.len()];
        for (column, value) in cells {
            let at = self.columns.iter().position(|known| known == column);
            row[at.unwrap_or_else(|| panic!("no column {column}"))] = (*value).to_owned();
        }
        self.rows.push(row);
    }

    fn bytes(&self, dialect: &Dialect) -> Vec<u8> {
        let mut lines: Vec<Vec<String>> = vec![
            self.columns
                .iter()
                .map(|column| (dialect.header)(column))
                .collect(),
        ];
        lines.extend(self.rows.iter().cloned());
        let mut text = String::new();
        for mut line in lines {
            if dialect.reversed {
                line.reverse();
            }
            let cells: Vec<String> = line
                .into_iter()
                .map(|cell| match cell.contains([dialect.separator, '"']) {
                    true => format!("\"{}\"", cell.replace('"', "\"\"")),
                    false => cell,
                })
                .collect();
            text.push_str(&cells.join(&dialect.separator.to_string()));
            text.push_str("\r\n");
        }
        if dialect.windows_1252 {
            let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(&text);
            assert!(!unmappable, "Windows-1252 can't write this export");
            return bytes.into_owned();
        }
        let bom = if dialect.bom { "\u{feff}" } else { "" };
        format!("{bom}{text}").into_bytes()
    }
}
