//! Cuts text into rows of cells, strict about quotes.
//!
//! This is our own reader and not the `csv` crate for two reasons. That one forgives a stray quote, and one stray quote
//! swallows whole rows of clients without a trace; here it is an error. And error messages need the line a row starts
//! on, also after blank lines, CRLF and cells with line breaks in them. A test compares the two on well-formed text.

use std::borrow::Cow;

use serde::Serialize;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    Semicolon,
    Comma,
    Tab,
}

impl Separator {
    pub(super) const ALL: [Self; 3] = [Self::Semicolon, Self::Comma, Self::Tab];

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Semicolon => b';',
            Self::Comma => b',',
            Self::Tab => b'\t',
        }
    }
}

/// A row as it stands in the file: cells without their quotes, not trimmed.
#[derive(Debug)]
pub(super) struct RawRow<'t> {
    /// The line the row starts on, from 1.
    pub line: usize,
    pub cells: Vec<Cow<'t, str>>,
}

impl RawRow<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// A quote that does not do what quotes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuoteFault {
    /// The cell that starts on this line with a quote never ends.
    Unclosed { line: usize },
    /// The cell that starts on this line has text after its closing quote.
    TextAfter { line: usize },
}

#[derive(Debug, Clone)]
pub(super) struct RowReader<'t> {
    text: &'t str,
    /// Where the next row starts, in bytes; always next to ASCII, so never inside a character.
    at: usize,
    line: usize,
    separator: u8,
}

impl<'t> RowReader<'t> {
    pub(super) fn new(text: &'t str, separator: Separator) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            separator: separator.byte(),
        }
    }

    /// The next row, blank ones too, or `None` at the end of the text.
    pub(super) fn next_row(&mut self) -> Result<Option<RawRow<'t>>, QuoteFault> {
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let mut row = RawRow {
            line: self.line,
            cells: Vec::new(),
        };
        loop {
            let cell = match self.opening_quote() {
                Some(start) => self.quoted_cell(start)?,
                None => self.bare_cell(),
            };
            row.cells.push(cell);
            if self.byte() == Some(self.separator) {
                self.at += 1;
            } else {
                self.end_line();
                return Ok(Some(row));
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Where the quoted text starts, if the cell is quoted. Spaces before the quote are not part of the cell.
    fn opening_quote(&self) -> Option<usize> {
        let rest = &self.text[self.at..];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        rest[spaces..]
            .starts_with('"')
            .then_some(self.at + spaces + 1)
    }

    fn bare_cell(&mut self) -> Cow<'t, str> {
        let rest = &self.text[self.at..];
        let end = rest
            .bytes()
            .position(|b| b == self.separator || b == b'\n' || b == b'\r')
            .unwrap_or(rest.len());
        self.at += end;
        Cow::Borrowed(&rest[..end])
    }

    fn quoted_cell(&mut self, start: usize) -> Result<Cow<'t, str>, QuoteFault> {
        let line = self.line;
        let mut cell = Cow::Borrowed("");
        let mut from = start;
        loop {
            let Some(length) = self.text[from..].find('"') else {
                return Err(QuoteFault::Unclosed { line });
            };
            let piece = &self.text[from..from + length];
            if cell.is_empty() {
                cell = Cow::Borrowed(piece);
            } else {
                cell.to_mut().push_str(piece);
            }
            from += length + 1;
            if !self.text[from..].starts_with('"') {
                break;
            }
            cell.to_mut().push('"');
            from += 1;
        }
        self.line += line_breaks(&self.text[start..from]);
        let rest = &self.text[from..];
        self.at = from + rest.len() - rest.trim_start_matches(' ').len();
        match self.byte() {
            None | Some(b'\n' | b'\r') => Ok(cell),
            Some(byte) if byte == self.separator => Ok(cell),
            Some(_) => Err(QuoteFault::TextAfter { line }),
        }
    }

    fn end_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += match rest {
            [b'\r', b'\n', ..] => 2,
            [_, ..] => 1,
            [] => 0,
        };
        self.line += 1;
    }
}

/// Line breaks in `text`: LF, CRLF or a lone CR.
fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let feeds = bytes.iter().filter(|b| **b == b'\n').count();
    let returns = bytes.iter().filter(|b| **b == b'\r').count();
    let both = bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
    feeds + returns - both
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, QuoteFault> {
        let mut reader = RowReader::new(text, Separator::Semicolon);
        let mut rows = Vec::new();
        while let Some(row) = reader.next_row()? {
            let cells = row.cells.into_iter().map(Cow::into_owned).collect();
            rows.push((row.line, cells));
        }
        Ok(rows)
    }

    #[test]
    fn rows_keep_their_lines_whatever_ends_them() {
        let expected = vec![
            (1, vec!["a".to_owned(), "b".to_owned()]),
            (2, vec!["x\"\ny".to_owned(), "5\" pijp".to_owned()]),
            (4, vec![String::new()]),
            (5, vec!["c".to_owned(), String::new()]),
        ];
        let text = "a;b\n \"x\"\"\ny\" ;5\" pijp\n\nc;\n";
        assert_eq!(rows(text).unwrap(), expected);
        assert_eq!(rows(text.trim_end()).unwrap(), expected);
        let windows = rows(&text.replace('\n', "\r\n")).unwrap();
        assert_eq!(
            windows.iter().map(|r| r.0).collect::<Vec<_>>(),
            [1, 2, 4, 5]
        );
        let mac = rows(&text.replace('\n', "\r")).unwrap();
        assert_eq!(mac.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 2, 4, 5]);
    }

    #[test]
    fn a_stray_quote_is_an_error_on_the_line_it_opens() {
        assert_eq!(rows("a\n\"b;c\nd\n"), Err(QuoteFault::Unclosed { line: 2 }));
        assert_eq!(rows("\""), Err(QuoteFault::Unclosed { line: 1 }));
        // Without this, rows 2 to 4 would be one row with the right number of cells: two clients gone.
        let swallowed = "1;a\n2;\"b\n3;c\n4;\"d\"\n";
        assert_eq!(rows(swallowed), Err(QuoteFault::TextAfter { line: 2 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            table in prop::collection::vec(prop::collection::vec("[a-zé;\"\r\n ']{0,6}", 2..5), 1..6)
        ) {
            let mut writer = csv::WriterBuilder::new()
                .delimiter(b';')
                .flexible(true)
                .quote_style(csv::QuoteStyle::Always)
                .from_writer(Vec::new());
            for record in &table {
                writer.write_record(record).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = rows(&text).unwrap().into_iter().map(|row| row.1).collect();
            prop_assert_eq!(read, table);
        }
    }
}
