//! `clients.csv`: who the clients are. Whatever a value says, no client is lost.

use std::collections::HashMap;

use crate::domain::client::{Client, ClientId, LinkStatus, Problem, ProblemKind};

use super::{
    cells::Cells,
    error::{CellFault, ExportError},
    folder::{Folder, TABLE_MB},
    person::{self, PersonColumns},
    report::{ImportReport, Warning},
    table::{Column, Layout, Row, Table},
    values::read_link_status,
};

pub(super) const LAYOUT: Layout = Layout {
    file: "clients.csv",
    required: &["identification_no", "birth_name"],
    optional: &[
        person::COLUMNS,
        &[
            "date_of_birth",
            "death_date",
            "secret_client",
            "language",
            "caren_status",
        ],
    ],
};

/// The clients by number, so that the other tables can add to them.
#[derive(Default)]
pub(super) struct Register {
    clients: Vec<Client>,
    index: HashMap<ClientId, usize>,
}

impl Register {
    pub(super) fn get(&mut self, id: &ClientId) -> Option<&mut Client> {
        let at = *self.index.get(id)?;
        self.clients.get_mut(at)
    }

    /// The client called `id`, made by `make` if there is none yet.
    pub(super) fn get_or_add(
        &mut self,
        id: &ClientId,
        make: impl FnOnce() -> Client,
    ) -> &mut Client {
        let at = *self.index.entry(id.clone()).or_insert_with(|| {
            self.clients.push(make());
            self.clients.len() - 1
        });
        &mut self.clients[at]
    }

    pub(super) fn into_clients(self) -> Vec<Client> {
        self.clients
    }
}

/// Adds what is not there yet: a client has each problem once, however many rows it is in.
pub(super) fn add_problems(client: &mut Client, problems: Vec<Problem>) {
    for problem in problems {
        if !client.problems.contains(&problem) {
            client.problems.push(problem);
        }
    }
}

pub(super) fn read(
    folder: &mut Folder,
    report: &mut ImportReport,
) -> Result<Register, ExportError> {
    let text = folder.read_text(LAYOUT.file, TABLE_MB)?;
    let mut table = Table::open(&LAYOUT, &text)?;
    let columns = Columns::find(&table);
    let mut register = Register::default();
    let mut first_rows: HashMap<ClientId, (usize, u64)> = HashMap::new();
    while let Some(row) = table.next_row()? {
        let id = client_id(&table, &row, columns.identification_no)?;
        let likeness = table.likeness(&row);
        let (first_line, first_likeness) =
            *first_rows.entry(id.clone()).or_insert((row.line, likeness));
        let client = register.get_or_add(&id, || columns.client(id.clone(), &row));
        if row.line == first_line {
            continue;
        }
        let conflicts = likeness != first_likeness;
        if conflicts {
            let field = columns.identification_no.name;
            add_problems(client, vec![Problem::new(field, ProblemKind::Duplicate)]);
        }
        report.warn(repeated_row(id, conflicts, row.line, first_line));
    }
    report.add_file(table.into_report());
    Ok(register)
}

/// The client number in `column`, which every row of clients and assignments must have.
pub(super) fn client_id(
    table: &Table<'_>,
    row: &Row<'_>,
    column: Column,
) -> Result<ClientId, ExportError> {
    let text = row.get(column);
    ClientId::new(text).ok_or_else(|| ExportError::Cell {
        file: table.file(),
        line: row.line,
        column: column.name,
        fault: if text.is_empty() {
            CellFault::Empty
        } else {
            CellFault::NotAClientId
        },
    })
}

fn repeated_row(client: ClientId, conflicts: bool, line: usize, first_line: usize) -> Warning {
    let file = LAYOUT.file;
    if conflicts {
        Warning::ConflictingRow {
            file,
            line,
            client,
            first_line,
        }
    } else {
        Warning::RepeatedRow {
            file,
            line,
            client,
            first_line,
        }
    }
}

struct Columns {
    identification_no: Column,
    person: PersonColumns,
    date_of_birth: Column,
    death_date: Column,
    secret_client: Column,
    caren_status: Column,
}

impl Columns {
    fn find(table: &Table<'_>) -> Self {
        Self {
            identification_no: table.column("identification_no"),
            person: PersonColumns::find(table),
            date_of_birth: table.column("date_of_birth"),
            death_date: table.column("death_date"),
            secret_client: table.column("secret_client"),
            caren_status: table.column("caren_status"),
        }
    }

    fn client(&self, id: ClientId, row: &Row<'_>) -> Client {
        let mut cells = Cells::new(row, "");
        // No letter needs the date of birth, so it is not kept; one that can't be read says the row is not in order.
        cells.date(self.date_of_birth);
        Client {
            id,
            gender: self.person.gender(row),
            name: self.person.name(&mut cells),
            address: self.person.address(&mut cells),
            death_date: cells.date(self.death_date),
            secret: cells.flag(self.secret_client),
            status: cells
                .value(
                    self.caren_status,
                    ProblemKind::UnknownValue,
                    read_link_status,
                )
                .unwrap_or(LinkStatus::Unknown),
            problems: cells.problems,
            recipient: None,
            in_export: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            address::PostalAddress,
            calendar,
            client::Gender,
            name::{PersonName, PreferredName},
        },
        exports::testing::{CLIENT, CLIENTS_HEADER, read_with},
    };

    /// Client 1001 of an export whose `clients.csv` has one column besides the required ones.
    fn client_with(column: &str, value: &str) -> Client {
        let table = format!("identification_no\tbirth_name\t{column}\n1001\tVries\t\"{value}\"\n");
        let export = read_with("clients.csv", table).unwrap();
        export.clients.into_iter().next().unwrap()
    }

    fn problem(column: &str, value: &str) -> Option<ProblemKind> {
        let client = client_with(column, value);
        assert!(
            client
                .problems
                .iter()
                .all(|problem| problem.field == column)
        );
        assert!(client.problems.len() <= 1);
        client.problems.first().map(|problem| problem.kind)
    }

    #[test]
    fn a_client_is_read_whole() {
        let export = read_with("clients.csv", format!("{CLIENTS_HEADER}{CLIENT}")).unwrap();
        let expected = Client {
            gender: Gender::Female,
            name: PersonName {
                initials: "C.".into(),
                given_name: "Carla".into(),
                birth_name_prefix: "de".into(),
                birth_name: "Vries".into(),
                partner_name_prefix: String::new(),
                partner_name: "Heemsberge".into(),
                preferred: PreferredName::BirthPartner,
            },
            address: PostalAddress {
                street: "Sesamstraat".into(),
                house_number: Some(1),
                extension: "c".into(),
                po_box: None,
                postcode: "7513KC".into(),
                city: "Enschede".into(),
                country: String::new(),
            },
            status: LinkStatus::NotLinked,
            in_export: true,
            ..Client::number_only(ClientId::new("1001").unwrap())
        };
        assert_eq!(export.clients, [expected]);
    }

    #[test]
    fn a_value_that_is_none_is_a_problem_and_the_client_stays() {
        use ProblemKind::*;
        let cases = [
            ("home_number", "14", None),
            ("home_number", "0", None),
            ("home_number", "", None),
            ("home_number", "14a", Some(NotANumber)),
            ("home_number", "100000", Some(NotANumber)),
            ("po_box_number", "30250", None),
            ("po_box_number", "PB 1", Some(NotANumber)),
            ("date_of_birth", "1-2-1940", None),
            ("date_of_birth", "1940", Some(NotADate)),
            ("death_date", "31-02-2020", Some(NotADate)),
            ("preferred_name_type", "", None),
            ("preferred_name_type", "partner", None),
            ("preferred_name_type", "4", Some(UnknownValue)),
            ("secret_client", "waar", None),
            ("secret_client", "misschien", Some(UnknownValue)),
            ("caren_status", "", None),
            ("caren_status", "Onbekend", None),
            ("caren_status", "Iets anders", Some(UnknownValue)),
            ("gender", "Niet gespecificeerd", None),
            ("initials", "P\u{7}J", Some(ForbiddenCharacter)),
            ("street", "Dorps\u{202E}straat", Some(ForbiddenCharacter)),
            ("city", "Ensche\nde", Some(ForbiddenCharacter)),
            ("city", "?sselstein", Some(LostCharacter)),
            ("partner_name", "K?l?ç", Some(LostCharacter)),
            ("country", "België", None),
            ("language", "\u{7}", None),
        ];
        for (column, value, expected) in cases {
            assert_eq!(problem(column, value), expected, "{column} {value}");
        }
        let long = "é".repeat(201);
        for column in [
            "given_name",
            "partner_name",
            "home_number_extension",
            "zipcode",
        ] {
            assert_eq!(problem(column, &long), Some(TooLong), "{column}");
        }
    }

    #[test]
    fn values_are_what_they_say() {
        assert!(client_with("secret_client", "ja").secret);
        assert!(!client_with("secret_client", "misschien").secret);
        assert_eq!(
            client_with("death_date", "2026-11-21").death_date,
            calendar::parse_date("21-11-2026")
        );
        assert_eq!(
            client_with("caren_status", "Uitnodiging is nog 3 dagen geldig").status,
            LinkStatus::Invited { days_left: 3 }
        );
        assert_eq!(
            client_with("caren_status", "Iets anders").status,
            LinkStatus::Unknown
        );
        assert_eq!(
            client_with("street", "\u{A0}Dorps\u{202E}straat ")
                .address
                .street,
            "Dorpsstraat"
        );
        assert_eq!(
            client_with("given_name", "Zoe\u{308}").name.given_name,
            "Zoë"
        );
        assert_eq!(
            client_with("country", "The Netherlands").address.country,
            ""
        );
        assert_eq!(client_with("country", "België").address.country, "België");
    }

    #[test]
    fn a_row_without_a_usable_number_rejects_the_import() {
        let long = "1".repeat(41);
        for (number, code) in [
            ("", "empty_cell"),
            ("---", "not_a_client_id"),
            ("../1", "not_a_client_id"),
            ("Jan de Vries", "not_a_client_id"),
            (long.as_str(), "not_a_client_id"),
        ] {
            let table = format!("{CLIENTS_HEADER}{CLIENT}{}", CLIENT.replace("1001", number));
            let error = read_with("clients.csv", table).unwrap_err();
            assert_eq!(error.code(), code);
            let shown = error.to_string();
            assert!(
                shown.starts_with("clients.csv, line 3, column identification_no: "),
                "{shown}"
            );
            assert!(!shown.contains("Jan"), "{shown}");
        }
    }

    #[test]
    fn a_client_who_is_there_twice_is_one_client() {
        let same = read_with("clients.csv", format!("{CLIENTS_HEADER}{CLIENT}\n{CLIENT}")).unwrap();
        assert_eq!(same.clients.len(), 1);
        assert!(same.clients[0].problems.is_empty());
        let client = ClientId::new("1001").unwrap();
        let (file, line, first_line) = ("clients.csv", 4, 2);
        assert_eq!(
            same.report.warnings,
            [Warning::RepeatedRow {
                file,
                line,
                client: client.clone(),
                first_line
            }]
        );

        // Only the date of birth differs, which is not kept, but these are two people.
        let other = CLIENT.replace("1940", "1941").replace("Carla", "Carola");
        let table = format!("{CLIENTS_HEADER}{CLIENT}\n{other}{other}");
        let two = read_with("clients.csv", table).unwrap();
        assert_eq!(two.clients.len(), 1);
        assert_eq!(two.clients[0].name.given_name, "Carla");
        let duplicate = Problem::new("identification_no", ProblemKind::Duplicate);
        assert_eq!(two.clients[0].problems, [duplicate]);
        assert_eq!(
            two.report.warnings,
            [line, line + 1].map(|line| Warning::ConflictingRow {
                file,
                line,
                client: client.clone(),
                first_line
            })
        );
    }
}
