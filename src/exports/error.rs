//! Why an export can't be read: what happened and where, and a hint that says what to do.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::domain::location::TreeError;

use super::{folder::TABLE_MB, organisation_toml::TABLE, parcel::ParcelFault};

/// Why an export is rejected as a whole. Nothing was changed.
///
/// It names files, lines and columns and never repeats a cell of a table, which may be a name or an address.
#[derive(Debug, Error)]
pub enum ExportError {
    #[error("the folder {} does not exist", .folder.display())]
    FolderMissing { folder: PathBuf },
    #[error("{} is not a folder", .folder.display())]
    NotAFolder { folder: PathBuf },
    #[error("the folder {} can't be opened: {}", .folder.display(), .source.kind())]
    FolderUnreadable { folder: PathBuf, source: io::Error },

    #[error("{file} is not in the folder")]
    FileMissing { file: String },
    #[error("{file} is not a file")]
    NotAFile { file: String },
    #[error("{file} can't be read: {}", .source.kind())]
    Unreadable { file: String, source: io::Error },
    #[error("{file} is larger than {limit_mb} MB")]
    TooLarge { file: String, limit_mb: u64 },
    #[error("{file} leads out of the export's folder")]
    OutsideFolder { file: String },
    #[error("{file} is empty")]
    Empty { file: String },

    #[error(transparent)]
    Parcel(#[from] ParcelFault),

    #[error("{file}, line {line}: there is a NUL character, which text does not have")]
    NulCharacter { file: String, line: usize },
    #[error("{file}, line {line}: the file is UTF-8, but not here")]
    BrokenUtf8 { file: String, line: usize },
    #[error("{file} begins as UTF-16, but is damaged")]
    BrokenUtf16 { file: String },

    #[error("{file}, line {line}: the header lacks {}", list(.columns))]
    MissingColumns {
        file: &'static str,
        line: usize,
        columns: Vec<&'static str>,
    },
    #[error("{file}, line {line}, column {column}: the header has it twice, in positions {} and {}", .positions.0, .positions.1)]
    RepeatedColumn {
        file: &'static str,
        line: usize,
        column: &'static str,
        /// From 1.
        positions: (usize, usize),
    },
    #[error("{file}, line {line}: a quote is opened that never closes")]
    UnclosedQuote { file: &'static str, line: usize },
    #[error("{file}, line {line}: a cell that begins with a quote goes on after its closing quote")]
    TextAfterQuote { file: &'static str, line: usize },
    #[error("{file}, line {line}: the row has {found} cells, the header has {expected}")]
    FieldCount {
        file: &'static str,
        line: usize,
        expected: usize,
        found: usize,
    },
    #[error("{file}, line {line}, column {column}: {fault}")]
    Cell {
        file: &'static str,
        line: usize,
        column: &'static str,
        fault: CellFault,
    },
    #[error("{file}, line {line}, column {column}: {}", tree_sentence(.source))]
    Tree {
        file: &'static str,
        line: usize,
        column: &'static str,
        source: TreeError,
    },

    #[error("{file}, line {line}, column {column}: this is not TOML: {message}")]
    Toml {
        file: &'static str,
        line: usize,
        column: usize,
        /// What the reader of TOML says of it.
        message: String,
    },
    #[error("{file}: {} missing", missing_keys(.keys))]
    MissingKeys {
        file: &'static str,
        keys: Vec<&'static str>,
    },
    #[error("{file}, line {line}, column {column}: {key} {fault}")]
    Key {
        file: &'static str,
        line: usize,
        column: usize,
        key: String,
        fault: KeyFault,
    },

    #[error("{file} is called {named}, but its content is {}", .found.unwrap_or("something else"))]
    NotTheLogoFormat {
        file: String,
        named: &'static str,
        found: Option<&'static str>,
    },
}

/// What is wrong with a cell that the whole import depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CellFault {
    #[error("it is empty")]
    Empty,
    #[error("this can't be a client number")]
    NotAClientId,
    #[error("this is not a date")]
    NotADate,
    #[error("there is a control character in it")]
    ForbiddenCharacter,
    #[error("it is longer than 200 characters")]
    TooLong,
}

/// What is wrong with a key of `organisation.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyFault {
    #[error("is not a known key")]
    Unknown { nearest: Option<&'static str> },
    #[error("must be {0}")]
    WrongType(&'static str),
    #[error("is empty")]
    Empty,
    #[error("has a control character in it")]
    ForbiddenCharacter,
    #[error("is longer than 200 characters")]
    TooLong,
    #[error("'{0}' is not a slug")]
    NotASlug(String),
    #[error("'{0}' can't be the name of a template")]
    NotATemplate(String),
    #[error("must be between {least} and {most}")]
    OutOfRange { least: i64, most: i64 },
    #[error("is not a Dutch postcode")]
    NotAPostcode,
    #[error("'{found}' is not known")]
    NotAChoice {
        found: String,
        choices: &'static [&'static str],
    },
    #[error("is true, but there is no logo")]
    NoLogo,
    #[error("'{0}' does not end in .svg, .png, .jpg or .pdf")]
    NotALogo(String),
}

impl ExportError {
    /// A name for programs, which stays the same when the sentence changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FolderMissing { .. } => "folder_missing",
            Self::NotAFolder { .. } => "not_a_folder",
            Self::FolderUnreadable { .. } => "folder_unreadable",
            Self::FileMissing { .. } => "file_missing",
            Self::NotAFile { .. } => "not_a_file",
            Self::Unreadable { .. } => "file_unreadable",
            Self::TooLarge { .. } => "too_large",
            Self::OutsideFolder { .. } => "outside_folder",
            Self::Empty { .. } => "empty_file",
            Self::Parcel(fault) => fault.code(),
            Self::NulCharacter { .. } => "nul_character",
            Self::BrokenUtf8 { .. } => "broken_utf8",
            Self::BrokenUtf16 { .. } => "broken_utf16",
            Self::MissingColumns { .. } => "missing_columns",
            Self::RepeatedColumn { .. } => "repeated_column",
            Self::UnclosedQuote { .. } => "unclosed_quote",
            Self::TextAfterQuote { .. } => "text_after_quote",
            Self::FieldCount { .. } => "field_count",
            Self::Cell { fault, .. } => fault.code(),
            Self::Tree { source, .. } => match source {
                TreeError::Duplicate(_) => "location_twice",
                TreeError::UnknownParent { .. } => "unknown_parent",
                TreeError::Circle(_) => "location_circle",
            },
            Self::Toml { .. } => "not_toml",
            Self::MissingKeys { .. } => "missing_keys",
            Self::Key { fault, .. } => fault.code(),
            Self::NotTheLogoFormat { .. } => "not_the_logo_format",
        }
    }

    /// What to do about it, in a sentence.
    pub fn hint(&self) -> String {
        let hint = match self {
            Self::FolderMissing { .. } => "check the path of the folder",
            Self::NotAFolder { .. } => {
                "name the folder that holds organisation.toml and the tables"
            }
            Self::FolderUnreadable { .. } | Self::Unreadable { .. } => {
                "check that this user may read it"
            }
            Self::FileMissing { .. } => "put the file in the folder; capitals in its name count",
            Self::NotAFile { .. } => "replace it by an ordinary file",
            Self::TooLarge { limit_mb, .. } if *limit_mb == TABLE_MB => {
                "split the export by organisation and import each part under its own slug"
            }
            Self::TooLarge { .. } => "make the file smaller",
            Self::OutsideFolder { .. } => {
                "copy the file into the folder and name it without '..', a full path or a link"
            }
            Self::Empty { .. } => "make the export again; a table has at least its header",
            Self::Parcel(fault) => fault.hint(),
            Self::NulCharacter { .. } | Self::BrokenUtf8 { .. } | Self::BrokenUtf16 { .. } => {
                "save the file again as UTF-8, in Excel 'CSV UTF-8'"
            }
            Self::MissingColumns { .. } => {
                "add the columns; case, spaces, '_' and '-' in their names and their order don't matter"
            }
            Self::RepeatedColumn { .. } => "remove or rename one of the two",
            Self::UnclosedQuote { .. } | Self::TextAfterQuote { .. } => {
                "remove the quote or close it; a quote inside a quoted cell is written twice"
            }
            Self::FieldCount { .. } => {
                "put quotes around cells that have the separator in them, or make the export again"
            }
            Self::Cell { fault, .. } => fault.hint(),
            Self::Tree { source, .. } => match source {
                TreeError::Duplicate(_) => "keep one of the rows, or give the location its own id",
                TreeError::UnknownParent { .. } => {
                    "add the parent to the file, or leave parent_object_id empty for a root"
                }
                TreeError::Circle(_) => "correct parent_object_id, so that it leads to a root",
            },
            Self::Toml { .. } => {
                "correct the line; text stands in quotes, as in name = \"De Beste Zorg\""
            }
            Self::MissingKeys { .. } => "add them; address.city is the line city in [address]",
            Self::Key { fault, .. } => return fault.hint(),
            Self::NotTheLogoFormat { .. } => {
                "give the file the extension of its content, or save it again"
            }
        };
        hint.to_owned()
    }
}

impl CellFault {
    fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty_cell",
            Self::NotAClientId => "not_a_client_id",
            Self::NotADate => "not_a_date",
            Self::ForbiddenCharacter => "forbidden_character",
            Self::TooLong => "too_long",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Empty => "fill it in; without it the row can't be placed",
            Self::NotAClientId => {
                "use 1 to 40 letters, digits, '-', '_' and '.'; leaving the row out would lose a client"
            }
            Self::NotADate => "write 2026-11-21 or 21-11-2026, or leave it empty",
            Self::ForbiddenCharacter => "type the text again without copying it",
            Self::TooLong => "shorten it",
        }
    }
}

impl KeyFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_key",
            Self::WrongType(_) => "wrong_type",
            Self::Empty => "empty_key",
            Self::ForbiddenCharacter => "forbidden_character",
            Self::TooLong => "too_long",
            Self::NotASlug(_) => "not_a_slug",
            Self::NotATemplate(_) => "not_a_template",
            Self::OutOfRange { .. } => "out_of_range",
            Self::NotAPostcode => "not_a_postcode",
            Self::NotAChoice { .. } => "not_a_choice",
            Self::NoLogo => "no_logo",
            Self::NotALogo(_) => "not_a_logo",
        }
    }

    fn hint(&self) -> String {
        let hint = match self {
            Self::Unknown {
                nearest: Some(nearest),
            } => return format!("did you mean {nearest}?"),
            Self::NotAChoice { choices, .. } => return format!("use {}", choices.join(" or ")),
            Self::Unknown { nearest: None } => "remove it",
            Self::WrongType(TABLE) => {
                "put its name in brackets on a line of its own, and its keys below it"
            }
            Self::WrongType(_) => "text stands in quotes; numbers, true and false do not",
            Self::Empty => "fill it in, or remove the key if it is optional",
            Self::ForbiddenCharacter => "type the text again without copying it",
            Self::TooLong => "shorten it",
            Self::NotASlug(_) => {
                "use 1 to 40 lower-case letters, digits and hyphens, such as de-beste-zorg"
            }
            Self::NotATemplate(_) => {
                "use the name of a folder under letter-templates, such as uitnodiging"
            }
            Self::OutOfRange { .. } => "choose a number in that range",
            Self::NotAPostcode => "write it as 1234 AB",
            Self::NoLogo => "add the key logo with the name of a file, or make with_logo false",
            Self::NotALogo(_) => "save the logo in one of these formats",
        };
        hint.to_owned()
    }
}

fn list(columns: &[&'static str]) -> String {
    let word = if columns.len() == 1 {
        "the column"
    } else {
        "the columns"
    };
    format!("{word} {}", columns.join(", "))
}

fn missing_keys(keys: &[&'static str]) -> String {
    let verb = if keys.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", keys.join(", "))
}

fn tree_sentence(error: &TreeError) -> &'static str {
    match error {
        TreeError::Duplicate(_) => "an earlier row has this id already",
        TreeError::UnknownParent { .. } => "no location has this id",
        TreeError::Circle(_) => "the location is below itself",
    }
}
