//! `locations.csv`: the tree of locations. A mistake in it rejects the import, because every team depends on it.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{
    calendar,
    location::{Location, LocationId, LocationTree, TreeError},
};

use super::{
    error::{CellFault, ExportError},
    folder::{Folder, TABLE_MB},
    report::ImportReport,
    table::{Column, Layout, Row, Table},
    values::clean_text,
};

pub(super) const LAYOUT: Layout = Layout {
    file: "locations.csv",
    required: &["id", "name"],
    optional: &[&[
        "parent_object_id",
        "correspondence_name",
        "begin_date",
        "end_date",
    ]],
};

pub(super) fn read(
    folder: &mut Folder,
    report: &mut ImportReport,
) -> Result<LocationTree, ExportError> {
    let text = folder.read_text(LAYOUT.file, TABLE_MB)?;
    let mut table = Table::open(&LAYOUT, &text)?;
    let columns = Columns::find(&table);
    let mut locations = Vec::new();
    let mut lines = Vec::new();
    while let Some(row) = table.next_row()? {
        locations.push(columns.location(&row)?);
        lines.push(row.line);
    }
    report.add_file(table.into_report());
    let ids: Vec<LocationId> = locations
        .iter()
        .map(|location| location.id.clone())
        .collect();
    LocationTree::new(locations).map_err(|error| tree_error(error, &ids, &lines))
}

struct Columns {
    id: Column,
    parent: Column,
    name: Column,
    correspondence_name: Column,
    begin: Column,
    end: Column,
}

impl Columns {
    fn find(table: &Table<'_>) -> Self {
        Self {
            id: table.column("id"),
            parent: table.column("parent_object_id"),
            name: table.column("name"),
            correspondence_name: table.column("correspondence_name"),
            begin: table.column("begin_date"),
            end: table.column("end_date"),
        }
    }

    fn location(&self, row: &Row<'_>) -> Result<Location, ExportError> {
        let required =
            |column| text(row, column)?.ok_or_else(|| cell_error(row, column, CellFault::Empty));
        Ok(Location {
            id: LocationId(required(self.id)?),
            parent: text(row, self.parent)?.map(LocationId),
            name: required(self.name)?,
            correspondence_name: text(row, self.correspondence_name)?,
            begin: date(row, self.begin)?,
            end: date(row, self.end)?,
        })
    }
}

/// The text of the cell, `None` when it is empty.
fn text(row: &Row<'_>, column: Column) -> Result<Option<String>, ExportError> {
    let clean = clean_text(row.get(column));
    if clean.had_forbidden {
        return Err(cell_error(row, column, CellFault::ForbiddenCharacter));
    }
    if clean.was_too_long {
        return Err(cell_error(row, column, CellFault::TooLong));
    }
    Ok(Some(clean.text).filter(|text| !text.is_empty()))
}

fn date(row: &Row<'_>, column: Column) -> Result<Option<NaiveDate>, ExportError> {
    match row.get(column) {
        "" => Ok(None),
        text => match calendar::parse_date(text) {
            Some(date) => Ok(Some(date)),
            None => Err(cell_error(row, column, CellFault::NotADate)),
        },
    }
}

fn cell_error(row: &Row<'_>, column: Column, fault: CellFault) -> ExportError {
    ExportError::Cell {
        file: LAYOUT.file,
        line: row.line,
        column: column.name,
        fault,
    }
}

/// Says on which line the tree goes wrong; `ids` and `lines` are those of the rows.
fn tree_error(error: TreeError, ids: &[LocationId], lines: &[usize]) -> ExportError {
    let (id, column) = match &error {
        TreeError::Duplicate(id) => (id, "id"),
        TreeError::UnknownParent { child, .. } => (child, "parent_object_id"),
        TreeError::Circle(id) => (id, "parent_object_id"),
    };
    // Later rows replace earlier ones, so a twin is found on its second line.
    let by_id: HashMap<&LocationId, usize> = ids.iter().zip(lines.iter().copied()).collect();
    ExportError::Tree {
        file: LAYOUT.file,
        line: by_id.get(id).copied().unwrap_or_default(),
        column,
        source: error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exports::testing::Sample;

    const HEADER: &str = "id;parent_object_id;name;correspondence_name;begin_date;end_date\n";

    fn read_rows(rows: &str) -> Result<LocationTree, ExportError> {
        let sample = Sample::new();
        sample.write("locations.csv", format!("{HEADER}{rows}"));
        read(
            &mut Folder::open(sample.path()).unwrap(),
            &mut ImportReport::default(),
        )
    }

    #[test]
    fn a_tree_is_read_with_names_dates_and_roots() {
        let tree =
            read_rows("1;;De Beste Zorg;;;\n2;1;K PS fys 03;Team Noord;01-02-2020;2030-12-31\n3;;De Beste Zorg;;;\n")
                .unwrap();
        assert_eq!(tree.iter().count(), 3);
        let team = tree.get(&LocationId("2".into())).unwrap();
        assert_eq!(team.letter_name(), "Team Noord");
        assert_eq!(team.parent, Some(LocationId("1".into())));
        assert_eq!(team.begin, calendar::parse_date("2020-02-01"));
        assert_eq!(team.end, calendar::parse_date("2030-12-31"));
        assert_eq!(tree.get(&LocationId("3".into())).unwrap().parent, None);
    }

    #[test]
    fn a_mistake_rejects_the_file_and_names_line_and_column() {
        let cases = [
            ("1;;A;;;\n;;B;;;\n", "empty_cell", "line 3, column id"),
            ("1;; ;;;\n", "empty_cell", "line 2, column name"),
            (
                "1;;A;;gisteren;\n",
                "not_a_date",
                "line 2, column begin_date",
            ),
            (
                "1;;A;;;2020-02-30\n",
                "not_a_date",
                "line 2, column end_date",
            ),
            (
                "1;;A\u{202E};;;\n",
                "forbidden_character",
                "line 2, column name",
            ),
            (
                "1;;A;;;\n2;;B;;;\n1;;C;;;\n",
                "location_twice",
                "line 4, column id",
            ),
            (
                "1;;A;;;\n2;9;B;;;\n",
                "unknown_parent",
                "line 3, column parent_object_id",
            ),
            (
                "1;2;A;;;\n2;1;B;;;\n",
                "location_circle",
                "line 2, column parent_object_id",
            ),
            (
                "1;1;A;;;\n",
                "location_circle",
                "line 2, column parent_object_id",
            ),
        ];
        for (rows, code, place) in cases {
            let error = read_rows(rows).unwrap_err();
            assert_eq!(error.code(), code, "{rows}");
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("locations.csv, {place}")),
                "{error}"
            );
        }
        let long = read_rows(&format!("1;;{};;;\n", "a".repeat(201))).unwrap_err();
        assert_eq!(long.code(), "too_long");
    }
}
