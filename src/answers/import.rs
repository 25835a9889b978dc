//! What became of an export that was taken in: `import`, and `/organisations/SLUG/imports`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ArrayBuilder, Object, ObjectBuilder, Type},
};

use super::words;
use crate::{
    domain::organisation::Slug, exports::ImportReport,
    operations::import_export::KeptLetter as Kept,
};

/// An export that was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    #[schema(schema_with = words::slug)]
    pub organisation: Slug,
    #[schema(schema_with = report)]
    pub report: ImportReport,
    /// Something to know: nobody gets a letter until it is mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The letter that was published and stays in place of the one in this export.
    pub kept_letter: Option<KeptLetter>,
}

/// A letter that was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptLetter {
    number: u32,
    published_by: String,
    published_at: DateTime<Utc>,
}

impl From<Kept> for KeptLetter {
    fn from(kept: Kept) -> Self {
        Self {
            number: kept.number,
            published_by: kept.published_by,
            published_at: kept.published_at,
        }
    }
}

/// The report: numbers and warnings with client numbers, never a name or an address.
fn report() -> Object {
    let count = |description: &str| {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(0))
            .description(Some(description))
    };
    let list = |description: &str, items: ObjectBuilder| {
        ArrayBuilder::new()
            .items(items.build())
            .description(Some(description))
    };
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let file = ObjectBuilder::new()
        .property("file", text())
        .property("rows", count("Rows without the header"))
        .property("separator", text())
        .property("encoding", text());
    let problem = ObjectBuilder::new()
        .property("field", text())
        .property("kind", text())
        .property("clients", count("Clients who have it"));
    let warning = ObjectBuilder::new()
        .property("kind", text())
        .required("kind");
    ObjectBuilder::new()
        .property(
            "files",
            list("The tables, in the order in which they were read", file),
        )
        .required("files")
        .property("clients", count("Clients of clients.csv"))
        .required("clients")
        .property(
            "clients_with_problems",
            count("Clients with a value that could not be read"),
        )
        .required("clients_with_problems")
        .property("problems", list("The problems by field and kind", problem))
        .required("problems")
        .property("clients_without_assignment", count("Clients in no team"))
        .required("clients_without_assignment")
        .property(
            "clients_only_in_assignments",
            count("Clients who are mentioned and not in clients.csv"),
        )
        .required("clients_only_in_assignments")
        .property(
            "warnings",
            list("What somebody may want to look at", warning),
        )
        .required("warnings")
        .build()
}
