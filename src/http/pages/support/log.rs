//! `/logboek`: who did what with whose data, newest first, and as a table to keep.

use askama::Template;
use axum::{
    Router,
    body::Body,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Days, Utc};
use futures::{StreamExt, stream};

use super::choice::encoded;
use crate::{
    domain::{
        actor::Role,
        audit::Action,
        calendar::{parse_date, start_of_day},
        organisation::Slug,
    },
    http::{
        caller::{ForSupport, Visitor},
        pages::{
            PageFailure,
            fields::{Asked, Fields},
            layout::{Faults, Frame, PageResult, Place, page, page_to_mend},
        },
        service::Service,
    },
    operations::{
        App,
        list_audit::{AuditFilter, AuditLine, PAGE, list_audit, newest_audit},
    },
    wording::{
        dutch_failures,
        dutch_pages::{action, count, moment, role_name},
    },
};

/// Lines on a page.
const PER_PAGE: u64 = 50;
/// Clients that a line names; more are counted.
const CLIENTS: usize = 5;

pub fn routes() -> Router<Service> {
    Router::new()
        .route("/logboek", get(log))
        .route("/logboek.csv", get(export))
}

#[derive(Template)]
#[template(path = "pages/support/log.html")]
struct Log {
    frame: Frame,
    faults: Faults,
    client: String,
    /// The id of the bundle that is looked for.
    bundle: String,
    user: String,
    from: String,
    until: String,
    actions: Vec<(&'static str, &'static str, bool)>,
    lines: Vec<Line>,
    /// The address of the page with what came before.
    older: Option<String>,
    csv: String,
    /// Something is looked for.
    filtered: bool,
}

struct Line {
    at: String,
    action: String,
    tone: &'static str,
    outcome: &'static str,
    why: &'static str,
    user: String,
    role: String,
    source: String,
    organisation: String,
    clients: Vec<String>,
    more: String,
    /// The bundle whose clients they are, when the line names none.
    of_bundle: Option<String>,
    object: String,
}

impl From<AuditLine> for Line {
    fn from(line: AuditLine) -> Self {
        let refused = line.outcome.strip_prefix("refused:");
        let bundle = line
            .object
            .as_deref()
            .and_then(|object| object.strip_prefix("bundle "));
        let more = line.clients.len().saturating_sub(CLIENTS);
        Self {
            at: moment(line.at),
            action: Action::parse(&line.action)
                .map_or(line.action, |known| action(known).to_owned()),
            tone: if refused.is_some() { "bad" } else { "ok" },
            outcome: if refused.is_some() {
                "Geweigerd"
            } else {
                "Gelukt"
            },
            why: refused
                .and_then(dutch_failures::sentence)
                .map_or("", |sentence| sentence.what),
            of_bundle: bundle.filter(|_| line.clients.is_empty()).map(encoded),
            user: line.user,
            role: role(&line.role),
            source: line.source,
            organisation: line.organisation.unwrap_or_default(),
            more: if more > 0 {
                format!("en nog {}", count(more, "cliënt", "cliënten"))
            } else {
                String::new()
            },
            clients: line.clients.into_iter().take(CLIENTS).collect(),
            object: line.object.unwrap_or_default(),
        }
    }
}

fn role(code: &str) -> String {
    let known = Role::of_token(code).or(match code {
        "operator" => Some(Role::Operator),
        "worker" => Some(Role::Worker),
        _ => None,
    });
    known.map_or(code.to_owned(), |role| role_name(role).to_owned())
}

async fn log(visitor: Visitor<ForSupport>, Asked(asked): Asked) -> PageResult {
    let app = visitor.app;
    let mut faults = Faults::default();
    let filter = filter(&asked, &mut faults);
    let before = asked.number("voor");
    let mut found = newest_audit(&app, &filter, before, PER_PAGE + 1).await?;
    let more = found.len() as u64 > PER_PAGE;
    found.truncate(usize::try_from(PER_PAGE).unwrap_or(usize::MAX));
    let query = query(&asked);
    let oldest = found.last().map(|line| line.seq).filter(|_| more);
    let to_mend = !faults.is_empty();
    let template = Log {
        frame: Frame::of(&app, "Logboek").at(Place::Log),
        faults,
        client: asked.text("client").to_owned(),
        bundle: asked.text("bundel").to_owned(),
        user: asked.text("gebruiker").to_owned(),
        from: asked.text("vanaf").to_owned(),
        until: asked.text("tot").to_owned(),
        actions: Action::ALL
            .into_iter()
            .map(|each| (each.code(), action(each), asked.text("wat") == each.code()))
            .collect(),
        lines: found.into_iter().map(Line::from).collect(),
        older: oldest.map(|seq| format!("/logboek?{query}voor={seq}")),
        csv: format!("/logboek.csv?{query}"),
        filtered: !query.is_empty(),
    };
    if to_mend {
        page_to_mend(&template)
    } else {
        page(&template)
    }
}

fn filter(asked: &Fields, faults: &mut Faults) -> AuditFilter {
    let some = |name| Some(asked.text(name).to_owned()).filter(|text| !text.is_empty());
    AuditFilter {
        organisation: Slug::try_from(asked.text("organisatie").to_owned()).ok(),
        client: some("client"),
        bundle: some("bundel"),
        user: some("gebruiker"),
        action: Action::parse(asked.text("wat")),
        since: day(asked, "vanaf", 0, faults),
        // The day itself is in it.
        until: day(asked, "tot", 1, faults),
    }
}

fn day(asked: &Fields, name: &str, later: u64, faults: &mut Faults) -> Option<DateTime<Utc>> {
    let text = asked.text(name);
    if text.is_empty() {
        return None;
    }
    let date = parse_date(text).and_then(|date| date.checked_add_days(Days::new(later)));
    if date.is_none() {
        faults.add(name, "Dit is geen datum. Schrijf bijvoorbeeld 21-11-2026.");
    }
    date.map(start_of_day)
}

/// What is looked for, behind a question mark, ready for more.
fn query(asked: &Fields) -> String {
    let mut query = String::new();
    for name in [
        "organisatie",
        "client",
        "bundel",
        "gebruiker",
        "wat",
        "vanaf",
        "tot",
    ] {
        let value = asked.text(name);
        if !value.is_empty() {
            query.push_str(&format!("{name}={}&", encoded(value)));
        }
    }
    query
}

/// All of it as a table, oldest first, a page at a time as it is sent.
async fn export(
    visitor: Visitor<ForSupport>,
    Asked(asked): Asked,
) -> Result<Response, PageFailure> {
    let app = visitor.app;
    let filter = filter(&asked, &mut Faults::default());
    // The first page now, so that what cannot be done is said on a page.
    let first = list_audit(&app, &filter, 0).await?;
    let lines = stream::unfold(Some(first), move |lines| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let lines = lines?;
            let text: String = lines.iter().map(csv_line).collect();
            Some((
                Ok::<_, std::io::Error>(text),
                next(&app, &filter, &lines).await,
            ))
        }
    });
    let head = "\u{feff}nummer;tijd;handeling;uitkomst;gebruiker;rol;herkomst;organisatie;clienten;object\n";
    let body = stream::once(async move { Ok(head.to_owned()) }).chain(lines);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"logboek.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// The lines after these; nothing when these were the last, or when there is no more to be had: what was sent is whole
/// lines, and their numbers say where it ended.
async fn next(app: &App, filter: &AuditFilter, lines: &[AuditLine]) -> Option<Vec<AuditLine>> {
    let last = lines.last().filter(|_| lines.len() as u64 == PAGE)?;
    match list_audit(app, filter, last.seq).await {
        Ok(lines) => Some(lines),
        Err(failure) => {
            tracing::error!(code = failure.code, error = %failure, "export of the audit log broke off");
            None
        }
    }
}

fn csv_line(line: &AuditLine) -> String {
    let cells = [
        line.seq.to_string(),
        line.at.to_rfc3339(),
        line.action.clone(),
        line.outcome.clone(),
        line.user.clone(),
        line.role.clone(),
        line.source.clone(),
        line.organisation.clone().unwrap_or_default(),
        line.clients.join(" "),
        line.object.clone().unwrap_or_default(),
    ];
    format!("{}\n", cells.map(|cell| csv_cell(&cell)).join(";"))
}

/// Quoted where it has to be. What a spreadsheet would take for a formula begins with a quote mark.
fn csv_cell(text: &str) -> String {
    let safe = match text.starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    if safe.contains([';', '"', '\n', '\r']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_never_two_cells() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("a;b\"c"), "\"a;b\"\"c\"");
        assert_eq!(csv_cell("gewoon"), "gewoon");
    }
}
