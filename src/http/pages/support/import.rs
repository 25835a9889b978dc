//! `/import` and `/organisaties/SLUG/import`: an export out of Ons as a zip, and what there is to know about it.

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    routing::get,
};

use crate::{
    domain::{client::Problem, organisation::Slug},
    http::{
        caller::{ForSupport, Visitor},
        pages::{
            PageFailure,
            addresses::SlugInPath,
            faults::Faults,
            layout::Frame,
            places::{Part, Place},
            reply::{PageResult, page, page_to_mend},
        },
        parcels,
        service::Service,
    },
    operations::{
        App, Failure, Kind,
        receive_export::{Arrival, Encoding, FileReport, MOST_BYTES, Received, Separator, Warning},
        submit_batch::organisation,
    },
    wording::{
        dutch::field_name,
        dutch_pages::{number, problem, unit},
    },
};

/// Warnings that are shown; more would be read by nobody.
const WARNINGS: usize = 40;

pub fn routes() -> Router<Service> {
    Router::new()
        .route("/import", get(form_for_any).post(import_any))
        .route("/organisaties/{slug}/import", get(form).post(import))
        // The operation counts for itself, piece by piece.
        .layer(DefaultBodyLimit::disable())
}

#[derive(Template)]
#[template(path = "pages/support/import.html")]
struct ImportForm {
    frame: Frame,
    action: String,
    faults: Faults,
    /// The sentence of the program, which names file, line and column.
    exactly: String,
    most_mb: u64,
}

#[derive(Template)]
#[template(path = "pages/support/import_report.html")]
struct Report {
    frame: Frame,
    slug: String,
    figures: Vec<(String, &'static str)>,
    /// Nobody gets a letter until it is mended.
    note: Option<String>,
    kept_letter: bool,
    problems: Vec<(String, String)>,
    files: Vec<FileLine>,
    warnings: Vec<String>,
    /// How many more there are.
    more_warnings: Option<String>,
}

struct FileLine {
    file: &'static str,
    rows: String,
    how: String,
    ignored: Vec<String>,
    absent: String,
}

async fn form_for_any(visitor: Visitor<ForSupport>) -> PageResult {
    page(&import_form(&visitor.app, None, None).await?)
}

async fn form(visitor: Visitor<ForSupport>, SlugInPath(slug): SlugInPath) -> PageResult {
    page(&import_form(&visitor.app, Some(&slug), None).await?)
}

async fn import_any(
    visitor: Visitor<ForSupport>,
    State(service): State<Service>,
    request: Request,
) -> PageResult {
    let arrival = Arrival::of_any(&visitor.app)?;
    let received = receive(arrival, request, &service).await;
    answer(&visitor.app, None, received).await
}

async fn import(
    visitor: Visitor<ForSupport>,
    SlugInPath(slug): SlugInPath,
    State(service): State<Service>,
    request: Request,
) -> PageResult {
    let arrival = Arrival::of(&visitor.app, &slug)?;
    let received = receive(arrival, request, &service).await;
    answer(&visitor.app, Some(&slug), received).await
}

async fn answer(app: &App, slug: Option<&Slug>, received: Result<Received, Failure>) -> PageResult {
    match received {
        Ok(received) => page(&report(app, received).await?),
        Err(failure) if failure.kind == Kind::Input => {
            page_to_mend(&import_form(app, slug, Some(failure)).await?)
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn import_form(
    app: &App,
    slug: Option<&Slug>,
    failure: Option<Failure>,
) -> Result<ImportForm, PageFailure> {
    let frame = Frame::of(app, "Export inlezen");
    let frame = match slug {
        Some(slug) => {
            let stored = organisation(app, slug).await?;
            frame.within(app, slug, &stored.organisation.name, Part::Import)
        }
        None => frame
            .at(Place::Organisations)
            .below("Organisaties", "/organisaties"),
    };
    let mut faults = Faults::default();
    if let Some(failure) = &failure {
        faults.add_failure("export", failure);
    }
    Ok(ImportForm {
        frame,
        action: slug.map_or("/import".to_owned(), |slug| Part::Import.address(slug)),
        faults,
        exactly: failure
            .filter(|failure| failure.code != NOTHING_SENT)
            .map(|failure| failure.message)
            .unwrap_or_default(),
        most_mb: MOST_BYTES >> 20,
    })
}

const NOTHING_SENT: &str = "no_export";

/// The one file of the form, as it arrives.
async fn receive(
    mut arrival: Arrival<'_>,
    request: Request,
    service: &Service,
) -> Result<Received, Failure> {
    let mut form = parcels::form(request, service).await?;
    while let Some(field) = parcels::next(&mut form).await? {
        if field.file_name().is_none_or(str::is_empty) {
            continue;
        }
        arrival.begin("")?;
        if parcels::pour(field, &mut arrival).await? > 0 {
            return arrival.take_in_zip().await;
        }
        break;
    }
    Err(Failure::input(
        NOTHING_SENT,
        "no file was chosen",
        "choose the zip of the export",
    ))
}

async fn report(app: &App, received: Received) -> Result<Report, PageFailure> {
    let slug = received.organisation;
    let stored = organisation(app, &slug).await?;
    let report = received.report;
    let problems = report.problems.iter().map(|each| {
        let single = Problem::new(&each.field, each.kind);
        (what_is_wrong(&single), number(each.clients))
    });
    let shown = report.warnings.iter().take(WARNINGS).map(import_line);
    Ok(Report {
        frame: Frame::of(app, "De export is ingelezen").within(
            app,
            &slug,
            &stored.organisation.name,
            Part::Import,
        ),
        figures: vec![
            (
                number(report.clients),
                unit(report.clients, "cliënt", "cliënten"),
            ),
            (
                number(report.clients_with_problems),
                "met onvolledige gegevens",
            ),
            (number(report.clients_without_assignment), "zonder locatie"),
            (
                number(report.clients_only_in_assignments),
                "alleen bij een locatie genoemd",
            ),
        ],
        note: received.note,
        kept_letter: received.kept_letter.is_some(),
        problems: problems.collect(),
        files: report.files.iter().map(FileLine::from).collect(),
        warnings: shown.collect(),
        more_warnings: (report.warnings.len().checked_sub(WARNINGS))
            .filter(|more| *more > 0)
            .map(number),
        slug: slug.to_string(),
    })
}

/// `postcode van de contactpersoon ontbreekt`
fn what_is_wrong(single: &Problem) -> String {
    let (whose, field) = match single.field.strip_prefix("contact.") {
        Some(field) => (" van de contactpersoon", field),
        None => ("", single.field.as_str()),
    };
    format!("{}{whose} {}", field_name(field), problem(single.kind))
}

impl From<&FileReport> for FileLine {
    fn from(file: &FileReport) -> Self {
        let separator = match file.separator {
            Separator::Semicolon => "puntkomma",
            Separator::Comma => "komma",
            Separator::Tab => "tab",
        };
        let encoding = match file.encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => "UTF-8",
            Encoding::Utf16 => "UTF-16",
            Encoding::Windows1252 => "Windows-1252",
        };
        let ignored = file
            .ignored_columns
            .iter()
            .map(|column| match column.nearest {
                Some(nearest) => format!("{} (bedoelt u {nearest}?)", column.name),
                None => column.name.clone(),
            });
        Self {
            file: file.file,
            rows: number(file.rows),
            how: format!("{separator}, {encoding}"),
            ignored: ignored.collect(),
            absent: file.absent_columns.join(", "),
        }
    }
}

fn import_line(warning: &Warning) -> String {
    match warning {
        Warning::UnreadFile { file, nearest } => {
            let meant = nearest.map(|name| format!(" Was {name} bedoeld?"));
            let meant = meant.unwrap_or_default();
            format!("{file} hoort niet bij een export en is niet gelezen.{meant}")
        }
        Warning::NoRows { file } => format!("{file} heeft geen regels."),
        Warning::RepeatedRow {
            file,
            line,
            client,
            first_line,
        } => format!(
            "{file}, regel {line}: cliënt {client} staat al op regel {first_line}, met dezelfde gegevens."
        ),
        Warning::ConflictingRow {
            file,
            line,
            client,
            first_line,
        } => format!(
            "{file}, regel {line}: cliënt {client} staat al op regel {first_line}, met andere gegevens. Die zijn gebruikt, en de cliënt krijgt geen brief."
        ),
        Warning::ClientOnlyInAssignments { file, line, client } => {
            format!("{file}, regel {line}: cliënt {client} staat niet in clients.csv.")
        }
        Warning::UnknownLocation { file, line, client } => format!(
            "{file}, regel {line}: cliënt {client} hoort bij een locatie die niet in locations.csv staat."
        ),
        Warning::ContactOfUnknownClient { file, line } => {
            format!(
                "{file}, regel {line}: de cliënt van deze contactpersoon staat niet in clients.csv."
            )
        }
    }
}
