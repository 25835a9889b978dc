//! A table of an export: finds the separator and the columns by itself and gives the rows one by one.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    encoding::{Encoding, Text},
    error::ExportError,
    nearest::{nearest, plain},
    report::{FileReport, IgnoredColumn},
    rows::{QuoteFault, RawRow, RowReader, Separator},
};

/// Longest part of an unknown column's name that the report repeats.
const SHOWN_CHARS: usize = 60;

/// Which columns a file has.
pub(super) struct Layout {
    pub file: &'static str,
    pub required: &'static [&'static str],
    /// In groups, because clients and contacts have the columns of a person in common.
    pub optional: &'static [&'static [&'static str]],
}

impl Layout {
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let optional = self.optional.iter().copied().flatten();
        self.required.iter().chain(optional).copied()
    }

    fn column(&self, heading: &str) -> Option<&'static str> {
        let heading = plain(heading);
        self.columns().find(|column| plain(column) == heading)
    }
}

/// A column by name, and where it stands in this file, if it does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub name: &'static str,
    at: Option<usize>,
}

/// A row that has as many cells as the header, and is not blank.
pub(super) struct Row<'t> {
    pub line: usize,
    cells: Vec<Cow<'t, str>>,
}

impl Row<'_> {
    /// The cell without white space around it (U+00A0 included); empty when the file has no such column.
    pub(super) fn get(&self, column: Column) -> &str {
        column
            .at
            .and_then(|at| self.cells.get(at))
            .map_or("", |cell| cell.trim())
    }
}

pub(super) struct Table<'t> {
    layout: &'static Layout,
    reader: RowReader<'t>,
    separator: Separator,
    encoding: Encoding,
    /// What stands in the header, cell by cell: the name of a known column, or `None`.
    header: Vec<Option<&'static str>>,
    /// A row has at least the cells up to the last one that has a heading.
    least_cells: usize,
    ignored: Vec<IgnoredColumn>,
    rows: usize,
}

impl<'t> Table<'t> {
    /// Reads the header of `text`, the content of the file that `layout` is about.
    pub(super) fn open(layout: &'static Layout, text: &'t Text) -> Result<Self, ExportError> {
        let declared = excel_separator(&text.content);
        let separator = declared.unwrap_or_else(|| find_separator(layout, &text.content));
        let mut reader = RowReader::new(&text.content, separator);
        if declared.is_some() {
            next_row(layout, &mut reader)?;
        }
        let Some(header) = next_filled_row(layout, &mut reader)? else {
            return Err(ExportError::Empty {
                file: layout.file.to_owned(),
            });
        };
        let found = match_header(layout, &header)?;
        Ok(Self {
            layout,
            reader,
            separator,
            encoding: text.encoding,
            least_cells: used_cells(&header),
            ignored: ignored_columns(layout, &header, &found),
            header: found,
            rows: 0,
        })
    }

    pub(super) fn file(&self) -> &'static str {
        self.layout.file
    }

    pub(super) fn column(&self, name: &'static str) -> Column {
        debug_assert!(self.layout.columns().any(|column| column == name), "{name}");
        Column {
            name,
            at: self.header.iter().position(|found| *found == Some(name)),
        }
    }

    /// The next row that is not blank.
    pub(super) fn next_row(&mut self) -> Result<Option<Row<'t>>, ExportError> {
        let Some(row) = next_filled_row(self.layout, &mut self.reader)? else {
            return Ok(None);
        };
        // Excel adds separators at the end of rows when a cell far to the right was once used.
        if row.cells.len() < self.least_cells || used_cells(&row) > self.header.len() {
            return Err(ExportError::FieldCount {
                file: self.layout.file,
                line: row.line,
                expected: self.header.len(),
                found: row.cells.len(),
            });
        }
        self.rows += 1;
        Ok(Some(Row {
            line: row.line,
            cells: row.cells,
        }))
    }

    /// A number that two rows share when all their known columns have the same text.
    pub(super) fn likeness(&self, row: &Row<'_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (found, cell) in self.header.iter().zip(&row.cells) {
            if found.is_some() {
                cell.trim().hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    pub(super) fn into_report(self) -> FileReport {
        let mut absent: Vec<&'static str> = Vec::new();
        for column in self.layout.columns() {
            if !self.header.contains(&Some(column)) {
                absent.push(column);
            }
        }
        FileReport {
            file: self.layout.file,
            rows: self.rows,
            separator: self.separator,
            encoding: self.encoding,
            ignored_columns: self.ignored,
            absent_columns: absent,
        }
    }
}

fn next_row<'t>(
    layout: &Layout,
    reader: &mut RowReader<'t>,
) -> Result<Option<RawRow<'t>>, ExportError> {
    let file = layout.file;
    reader.next_row().map_err(|fault| match fault {
        QuoteFault::Unclosed { line } => ExportError::UnclosedQuote { file, line },
        QuoteFault::TextAfter { line } => ExportError::TextAfterQuote { file, line },
    })
}

fn next_filled_row<'t>(
    layout: &Layout,
    reader: &mut RowReader<'t>,
) -> Result<Option<RawRow<'t>>, ExportError> {
    while let Some(row) = next_row(layout, reader)? {
        if !row.is_blank() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The cells up to the last one with something in it.
fn used_cells(row: &RawRow<'_>) -> usize {
    row.cells
        .iter()
        .rposition(|cell| !cell.trim().is_empty())
        .map_or(0, |at| at + 1)
}

/// The separator in the line `sep=;` that Excel puts, and wants, above the header.
fn excel_separator(text: &str) -> Option<Separator> {
    let line = text.split(['\r', '\n']).next()?.trim_matches([' ', '"']);
    let declared = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .and_then(|_| line.as_bytes().get(4))?;
    let mut known = Separator::ALL.into_iter();
    known.find(|separator| separator.byte() == *declared)
}

/// The separator that makes most sense of the header: most known columns, then most cells.
fn find_separator(layout: &Layout, text: &str) -> Separator {
    let mut best = (0, 1, Separator::Semicolon);
    for separator in Separator::ALL {
        // A quote that makes no sense with this separator may make sense with another one.
        let Ok(Some(header)) = next_filled_row(layout, &mut RowReader::new(text, separator)) else {
            continue;
        };
        let headings = header.cells.iter();
        let known = headings
            .filter(|cell| layout.column(cell).is_some())
            .count();
        if (known, header.cells.len()) > (best.0, best.1) {
            best = (known, header.cells.len(), separator);
        }
    }
    best.2
}

fn match_header(
    layout: &Layout,
    header: &RawRow<'_>,
) -> Result<Vec<Option<&'static str>>, ExportError> {
    let mut found: Vec<Option<&'static str>> = Vec::with_capacity(header.cells.len());
    for heading in &header.cells {
        let column = layout.column(heading);
        if let Some(column) = column
            && let Some(first) = found.iter().position(|earlier| *earlier == Some(column))
        {
            return Err(ExportError::RepeatedColumn {
                file: layout.file,
                line: header.line,
                column,
                positions: (first + 1, found.len() + 1),
            });
        }
        found.push(column);
    }
    let is_missing = |column: &&'static str| !found.contains(&Some(*column));
    let missing: Vec<_> = layout.required.iter().copied().filter(is_missing).collect();
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(ExportError::MissingColumns {
            file: layout.file,
            line: header.line,
            columns: missing,
        })
    }
}

fn ignored_columns(
    layout: &Layout,
    header: &RawRow<'_>,
    found: &[Option<&'static str>],
) -> Vec<IgnoredColumn> {
    let unused = layout
        .columns()
        .filter(|name| !found.contains(&Some(*name)));
    let unused: Vec<&'static str> = unused.collect();
    let unknown = header.cells.iter().zip(found);
    unknown
        .filter(|(heading, column)| column.is_none() && !heading.trim().is_empty())
        .map(|(heading, _)| IgnoredColumn {
            nearest: nearest(heading, unused.iter().copied()),
            name: heading
                .trim()
                .chars()
                .filter(|c| !c.is_control())
                .take(SHOWN_CHARS)
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exports::encoding::decode;

    const LAYOUT: Layout = Layout {
        file: "clients.csv",
        required: &["identification_no", "birth_name"],
        optional: &[&["zipcode", "home_number"]],
    };

    fn text(content: &str) -> Text {
        decode(LAYOUT.file, content.as_bytes()).unwrap()
    }

    /// Number, name and postcode of every row, with its line.
    fn read(content: &str) -> Result<(FileReport, Vec<String>), ExportError> {
        let text = text(content);
        let mut table = Table::open(&LAYOUT, &text)?;
        let columns = ["identification_no", "birth_name", "zipcode"].map(|name| table.column(name));
        let mut rows = Vec::new();
        while let Some(row) = table.next_row()? {
            let cells = columns.map(|column| row.get(column));
            rows.push(format!("{}: {}", row.line, cells.join("|")));
        }
        Ok((table.into_report(), rows))
    }

    #[test]
    fn headers_match_however_they_are_written_and_ordered() {
        for header in [
            "identification_no;birth_name;zipcode",
            "identificationNo;birthName;zipcode",
            "Identification no;Birth-Name; ZIP code ",
            "\"IDENTIFICATION\u{A0}NO\";\"birth name\";zip_code",
        ] {
            let (report, rows) = read(&format!("{header}\n1;Vries;1234AB\n")).unwrap();
            assert_eq!(rows, ["2: 1|Vries|1234AB"], "{header}");
            assert_eq!(report.absent_columns, ["home_number"]);
            assert!(report.ignored_columns.is_empty());
        }
        let (_, rows) = read("zipcode,birth_name,identification_no\n,Vries,1\n").unwrap();
        assert_eq!(rows, ["2: 1|Vries|"]);
    }

    #[test]
    fn the_separator_is_found() {
        let cases = [
            (
                "identification_no;birth_name\n1;a,b\n",
                Separator::Semicolon,
            ),
            ("identification_no,birth_name\n1,a;b\n", Separator::Comma),
            ("identification_no\tbirth_name\n1\ta;b\n", Separator::Tab),
            (
                "\"remarks; and, more\",identification_no,birth_name\n;;,1,a\n",
                Separator::Comma,
            ),
            (
                "sep=,\nidentification_no,birth_name\n1,a\n",
                Separator::Comma,
            ),
            (
                "SEP=\t\r\nidentification_no\tbirth_name\r\n1\ta\r\n",
                Separator::Tab,
            ),
            (
                "\"sep=;\"\nidentification_no;birth_name\n1;a\n",
                Separator::Semicolon,
            ),
            (
                "\n \n;\nidentification_no;birth_name\n1;a\n",
                Separator::Semicolon,
            ),
        ];
        for (content, separator) in cases {
            let (report, rows) = read(content).unwrap();
            assert_eq!(report.separator, separator, "{content}");
            assert_eq!((report.rows, rows.len()), (1, 1));
        }
    }

    #[test]
    fn blank_rows_and_empty_cells_too_many_are_passed_over() {
        let content = "identification_no;birth_name;;\n\n1;a\n;;;;\n \"\" ; \n2;b;;;;;\n3;c;x\n";
        let (report, rows) = read(content).unwrap();
        assert_eq!(rows, ["3: 1|a|", "6: 2|b|", "7: 3|c|"]);
        assert_eq!(report.rows, 3);
    }

    #[test]
    fn unknown_columns_are_reported_with_the_nearest_name_that_is_not_used() {
        let header = "identification_no;birth_name;BSN;zip_cod;birth_name2;";
        let (report, _) = read(&format!("{header}{}\n", "x".repeat(99))).unwrap();
        let ignored: Vec<_> = report.ignored_columns.iter().collect();
        assert_eq!(ignored[0].name, "BSN");
        assert_eq!(ignored[0].nearest, None);
        assert_eq!(
            (ignored[1].name.as_str(), ignored[1].nearest),
            ("zip_cod", Some("zipcode"))
        );
        assert_eq!(ignored[2].nearest, None);
        assert_eq!(ignored[3].name.len(), SHOWN_CHARS);
    }

    #[test]
    fn a_table_that_is_none_is_refused_with_its_line() {
        let header = "identification_no;birth_name;zipcode\n";
        let cases = [
            (String::new(), "empty_file", "clients.csv is empty"),
            (" \n;;\n".into(), "empty_file", "clients.csv is empty"),
            ("sep=;".into(), "empty_file", "clients.csv is empty"),
            (
                "\nzipcode;city\n".into(),
                "missing_columns",
                "line 2: the header lacks the columns identification_no, birth_name",
            ),
            (
                "birth_name\n".into(),
                "missing_columns",
                "the column identification_no",
            ),
            (
                "identification_no;birth_name;identificationNo\n".into(),
                "repeated_column",
                "line 1, column identification_no: the header has it twice, in positions 1 and 3",
            ),
            (
                format!("{header}1;a;b\n2;c\n"),
                "field_count",
                "line 3: the row has 2 cells, the header has 3",
            ),
            (
                format!("{header}1;a;b;;c\n"),
                "field_count",
                "line 2: the row has 5 cells",
            ),
            (
                format!("{header}1;a;\"b\n2;a;b\n"),
                "unclosed_quote",
                "line 2",
            ),
            (
                format!("{header}1;a;b\n2;\"a\"b;c\n"),
                "text_after_quote",
                "line 3",
            ),
            (
                "\"identification_no;birth_name\n".into(),
                "unclosed_quote",
                "line 1",
            ),
        ];
        for (content, code, part) in cases {
            let error = read(&content).unwrap_err();
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn rows_are_alike_when_what_is_read_of_them_is() {
        let content = "identification_no;x;birth_name\n1;a;b\n1;z; b\n1;a;c\n1b;;\n";
        let text = text(content);
        let mut table = Table::open(&LAYOUT, &text).unwrap();
        let mut likeness = Vec::new();
        while let Some(row) = table.next_row().unwrap() {
            likeness.push(table.likeness(&row));
        }
        assert_eq!(likeness[0], likeness[1]);
        assert_ne!(likeness[0], likeness[2]);
        assert_ne!(likeness[0], likeness[3]);
    }
}
