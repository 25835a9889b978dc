//! `location_assignments.csv`: which client is in care of which location, and when.

use crate::domain::{
    client::{Assignment, Client, ClientId, ProblemKind},
    location::{LocationId, LocationTree},
};

use super::{
    cells::Cells,
    clients::{Register, add_problems, client_id},
    error::ExportError,
    folder::{Folder, TABLE_MB},
    report::{ImportReport, Warning},
    table::{Column, Layout, Table},
    values::clean_text,
};

pub(super) const LAYOUT: Layout = Layout {
    file: "location_assignments.csv",
    required: &["client_id", "location_id"],
    optional: &[&["type", "begin_date", "end_date"]],
};

/// Reads the assignments. Clients whom nobody knows yet are added to `register` with nothing but their number, so that
/// they are listed as not in the export.
pub(super) fn read(
    folder: &mut Folder,
    locations: &LocationTree,
    register: &mut Register,
    report: &mut ImportReport,
) -> Result<Vec<Assignment>, ExportError> {
    let text = folder.read_text(LAYOUT.file, TABLE_MB)?;
    let mut table = Table::open(&LAYOUT, &text)?;
    let columns = Columns::find(&table);
    let mut assignments = Vec::new();
    while let Some(row) = table.next_row()? {
        let id = client_id(&table, &row, columns.client_id)?;
        let (file, line) = (LAYOUT.file, row.line);
        let client = register.get_or_add(&id, || {
            let client = id.clone();
            report.warn(Warning::ClientOnlyInAssignments { file, line, client });
            Client::number_only(id.clone())
        });
        let mut cells = Cells::new(&row, "");
        let assignment = columns.assignment(id.clone(), &mut cells);
        if locations.get(&assignment.location).is_some() {
            assignments.push(assignment);
        } else {
            cells.problem(columns.location_id, ProblemKind::UnknownValue);
            let client = id.clone();
            report.warn(Warning::UnknownLocation { file, line, client });
        }
        add_problems(client, cells.problems);
    }
    report.add_file(table.into_report());
    Ok(assignments)
}

struct Columns {
    client_id: Column,
    location_id: Column,
    kind: Column,
    begin: Column,
    end: Column,
}

impl Columns {
    fn find(table: &Table<'_>) -> Self {
        Self {
            client_id: table.column("client_id"),
            location_id: table.column("location_id"),
            kind: table.column("type"),
            begin: table.column("begin_date"),
            end: table.column("end_date"),
        }
    }

    fn assignment(&self, client: ClientId, cells: &mut Cells<'_, '_>) -> Assignment {
        let begin = cells.date(self.begin);
        let end = cells.date(self.end);
        if let (Some(begin), Some(end)) = (begin, end)
            && end < begin
        {
            cells.problem(self.end, ProblemKind::UnknownValue);
        }
        Assignment {
            client,
            // The same way as the ids in the tree, so that they compare.
            location: LocationId(clean_text(cells.raw(self.location_id)).text),
            main: cells.raw(self.kind).eq_ignore_ascii_case("main"),
            begin,
            end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{calendar, client::Problem},
        exports::{Export, testing::read_with},
    };

    const HEADER: &str = "client_id;location_id;type;begin_date;end_date\n";

    fn read_rows(rows: &str) -> Result<Export, ExportError> {
        read_with(LAYOUT.file, format!("{HEADER}{rows}"))
    }

    #[test]
    fn assignments_are_read_with_type_and_dates() {
        let export = read_rows("1001;2;main;01-01-2020;2020-12-31\n1001;1;STANDARD;;\n").unwrap();
        let client = ClientId::new("1001").unwrap();
        let main = Assignment {
            client: client.clone(),
            location: LocationId("2".into()),
            main: true,
            begin: calendar::parse_date("2020-01-01"),
            end: calendar::parse_date("2020-12-31"),
        };
        let other = Assignment {
            client,
            location: LocationId("1".into()),
            main: false,
            begin: None,
            end: None,
        };
        assert_eq!(export.assignments, [main, other]);
        assert!(export.report.warnings.is_empty());
    }

    #[test]
    fn a_bad_value_is_a_problem_of_the_client() {
        use ProblemKind::*;
        let cases = [
            ("1001;2;MAIN;morgen;", 1, ("begin_date", NotADate)),
            ("1001;2;MAIN;;31-02-2020", 1, ("end_date", NotADate)),
            (
                "1001;2;MAIN;2020-01-02;2020-01-01",
                1,
                ("end_date", UnknownValue),
            ),
            ("1001;9;MAIN;;", 0, ("location_id", UnknownValue)),
            (
                "1001;;MAIN;;\n1001;;MAIN;;",
                0,
                ("location_id", UnknownValue),
            ),
        ];
        for (rows, assignments, (field, kind)) in cases {
            let export = read_rows(rows).unwrap();
            assert_eq!(export.assignments.len(), assignments, "{rows}");
            assert_eq!(
                export.clients[0].problems,
                [Problem::new(field, kind)],
                "{rows}"
            );
            assert_eq!(export.report.clients_without_assignment, 1 - assignments);
            assert_eq!(export.report.warnings.is_empty(), assignments == 1);
        }
    }

    #[test]
    fn who_is_only_in_the_assignments_is_listed_as_not_in_the_export() {
        let export = read_rows("2002;2;;;\n1001;2;;;\n2002;9;;;\n").unwrap();
        let id = ClientId::new("2002").unwrap();
        assert_eq!(export.clients.len(), 2);
        let stub = &export.clients[1];
        assert_eq!(
            (&stub.id, stub.in_export, stub.problems.len()),
            (&id, false, 1)
        );
        assert_eq!(export.report.clients, 1);
        assert_eq!(export.report.clients_only_in_assignments, 1);
        let (file, client) = (LAYOUT.file, id);
        let expected = [
            Warning::ClientOnlyInAssignments {
                file,
                line: 2,
                client: client.clone(),
            },
            Warning::UnknownLocation {
                file,
                line: 4,
                client,
            },
        ];
        assert_eq!(export.report.warnings, expected);
    }

    #[test]
    fn a_row_without_a_client_rejects_the_import() {
        for (rows, code) in [(";2;;;\n", "empty_cell"), ("a b;2;;;\n", "not_a_client_id")] {
            let error = read_rows(rows).unwrap_err();
            assert_eq!(error.code(), code);
            let place = "location_assignments.csv, line 2, column client_id: ";
            assert!(error.to_string().starts_with(place), "{error}");
        }
    }
}
