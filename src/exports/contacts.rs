//! `contacts.csv`, which may be absent: who receives a client's letter instead of the client.

use crate::domain::client::{Client, ClientId, Contact, Problem, ProblemKind};

use super::{
    cells::Cells,
    clients::{Register, add_problems},
    error::ExportError,
    folder::{Folder, TABLE_MB},
    person::{self, PersonColumns},
    report::{ImportReport, Warning},
    table::{Column, Layout, Row, Table},
};

pub(super) const LAYOUT: Layout = Layout {
    file: "contacts.csv",
    required: &["client_id"],
    optional: &[&["role", "receives_letter"], person::COLUMNS],
};

/// What stands before the column in the field of a contact's problem.
const PREFIX: &str = "contact.";

/// Reads the contacts who receive a letter. The others are passed over: nothing is done with them, so nothing of them
/// is kept.
pub(super) fn read(
    folder: &mut Folder,
    register: &mut Register,
    report: &mut ImportReport,
) -> Result<(), ExportError> {
    if !folder.has(LAYOUT.file) {
        return Ok(());
    }
    let text = folder.read_text(LAYOUT.file, TABLE_MB)?;
    let mut table = Table::open(&LAYOUT, &text)?;
    let columns = Columns::find(&table);
    while let Some(row) = table.next_row()? {
        let mut cells = Cells::new(&row, PREFIX);
        let receives = cells.flag(columns.receives_letter);
        if !receives && cells.problems.is_empty() {
            continue;
        }
        let client = ClientId::new(row.get(columns.client_id)).and_then(|id| register.get(&id));
        match client.filter(|client| client.in_export) {
            Some(client) if receives => columns.add_recipient(client, &row),
            Some(client) => add_problems(client, cells.problems),
            None => report.warn(Warning::ContactOfUnknownClient {
                file: LAYOUT.file,
                line: row.line,
            }),
        }
    }
    report.add_file(table.into_report());
    Ok(())
}

struct Columns {
    client_id: Column,
    role: Column,
    receives_letter: Column,
    person: PersonColumns,
}

impl Columns {
    fn find(table: &Table<'_>) -> Self {
        Self {
            client_id: table.column("client_id"),
            role: table.column("role"),
            receives_letter: table.column("receives_letter"),
            person: PersonColumns::find(table),
        }
    }

    /// Makes the contact in `row` the one who receives the letter. The first one stays; a second one is a problem,
    /// because only the provider knows who of the two it should be.
    fn add_recipient(&self, client: &mut Client, row: &Row<'_>) {
        if client.recipient.is_some() {
            let field = format!("{PREFIX}{}", self.receives_letter.name);
            add_problems(client, vec![Problem::new(&field, ProblemKind::Duplicate)]);
            return;
        }
        let mut cells = Cells::new(row, PREFIX);
        client.recipient = Some(Contact {
            role: cells.text(self.role),
            gender: self.person.gender(row),
            name: self.person.name(&mut cells),
            address: self.person.address(&mut cells),
        });
        add_problems(client, cells.problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::client::Gender,
        exports::{Export, testing::read_with},
    };

    const HEADER: &str = "client_id;role;receives_letter;gender;initials;birth_name;street;home_number;zipcode;city\n";
    const CONTACT: &str = "1001;curator;ja;M;P.;Jansen;Kerkweg;9;1234AB;Hengelo\n";

    fn read_rows(rows: &str) -> Export {
        read_with(LAYOUT.file, format!("{HEADER}{rows}")).unwrap()
    }

    #[test]
    fn who_receives_the_letter_becomes_the_recipient() {
        let other = CONTACT.replace("ja;", "nee;").replace("Jansen", "\u{202E}");
        let export = read_rows(&format!("{other}{CONTACT}"));
        let client = &export.clients[0];
        let recipient = client.recipient.as_ref().unwrap();
        assert_eq!(
            (recipient.role.as_str(), recipient.gender),
            ("curator", Gender::Male)
        );
        assert_eq!(recipient.name.birth_name, "Jansen");
        assert_eq!(recipient.address.house_number, Some(9));
        assert_eq!(recipient.address.postcode, "1234AB");
        assert!(client.problems.is_empty());
    }

    #[test]
    fn a_question_mark_matters_where_it_would_be_printed() {
        let doubtful = read_rows(&CONTACT.replace("curator", "dochter?"));
        assert!(doubtful.clients[0].problems.is_empty());
        let lost = read_rows(&CONTACT.replace("Hengelo", "?sselstein"));
        let problem = &lost.clients[0].problems[0];
        assert_eq!(problem.field, "contact.city");
        assert_eq!(problem.kind, ProblemKind::LostCharacter);
    }

    #[test]
    fn a_bad_value_is_a_problem_of_the_client_with_a_prefix() {
        use ProblemKind::*;
        let second = CONTACT.replace("Jansen", "Pietersen");
        let cases = [
            (
                CONTACT.replace(";9;", ";negen;"),
                "contact.home_number",
                NotANumber,
                true,
            ),
            (
                CONTACT.replace("Jansen", "J\u{202E}"),
                "contact.birth_name",
                ForbiddenCharacter,
                true,
            ),
            (
                CONTACT.replace("curator", "\u{8}"),
                "contact.role",
                ForbiddenCharacter,
                true,
            ),
            (
                CONTACT.replace("ja;", "soms;"),
                "contact.receives_letter",
                UnknownValue,
                false,
            ),
            (
                format!("{CONTACT}{second}"),
                "contact.receives_letter",
                Duplicate,
                true,
            ),
        ];
        for (rows, field, kind, has_recipient) in cases {
            let client = &read_rows(&rows).clients[0];
            assert_eq!(client.problems, [Problem::new(field, kind)], "{field}");
            assert_eq!(client.recipient.is_some(), has_recipient);
            let name = client
                .recipient
                .as_ref()
                .map(|contact| &contact.name.birth_name);
            assert!(
                name.is_none_or(|name| name.starts_with('J')),
                "the first one stays"
            );
        }
    }

    #[test]
    fn a_contact_of_somebody_unknown_is_a_warning() {
        for id in ["2002", "", "a b"] {
            let export = read_rows(&CONTACT.replace("1001", id));
            let (file, line) = (LAYOUT.file, 2);
            assert_eq!(
                export.report.warnings,
                [Warning::ContactOfUnknownClient { file, line }]
            );
            assert_eq!(export.clients[0].recipient, None);
        }
    }
}
