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
use futures::{Stream, StreamExt, stream};

use crate::{
    domain::{
        actor::Role,
        audit::Action,
        calendar::{parse_date, start_of_day},
    },
    http::{
        caller::{ForSupport, Visitor},
        pages::{
            PageFailure,
            addresses::encoded,
            fields::{Asked, Fields},
            layout::{Faults, Frame, PageResult, Place, page_or_mend},
            provider::slug_of,
        },
        service::Service,
    },
    operations::{
        App, Failure,
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
    /// Of the organisation and of the bundle that are looked for.
    organisation: String,
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
    let (filter, faults) = filter(&asked)?;
    log_page(&visitor.app, &asked, &filter, faults).await
}

async fn log_page(app: &App, asked: &Fields, filter: &AuditFilter, faults: Faults) -> PageResult {
    let before = asked.number("voor");
    let mut found = newest_audit(app, filter, before, PER_PAGE + 1).await?;
    let more = found.len() as u64 > PER_PAGE;
    found.truncate(usize::try_from(PER_PAGE).unwrap_or(usize::MAX));
    let query = query(asked);
    let oldest = found.last().map(|line| line.seq).filter(|_| more);
    let template = Log {
        frame: Frame::of(app, "Logboek").at(Place::Log),
        faults,
        client: asked.text("client").to_owned(),
        organisation: asked.text("organisatie").to_owned(),
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
    page_or_mend(&template, &template.faults)
}

/// What is looked for, and what is wrong with it: with a fault, it is less than was meant.
fn filter(asked: &Fields) -> Result<(AuditFilter, Faults), Failure> {
    let mut faults = Faults::default();
    let some = |name| Some(asked.text(name).to_owned()).filter(|text| !text.is_empty());
    let filter = AuditFilter {
        organisation: some("organisatie").map(|text| slug_of(&text)).transpose()?,
        client: some("client"),
        bundle: some("bundel"),
        user: some("gebruiker"),
        action: Action::parse(asked.text("wat")),
        since: day(asked, "vanaf", 0, &mut faults),
        // The day itself is in it.
        until: day(asked, "tot", 1, &mut faults),
    };
    Ok((filter, faults))
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
    let (filter, faults) = filter(&asked)?;
    if !faults.is_empty() {
        return log_page(&app, &asked, &filter, faults).await;
    }
    // The first page now, so that what cannot be done is said on a page.
    let first = list_audit(&app, &filter, 0).await?;
    let body = table(first, move |last| {
        let (app, filter) = (app.clone(), filter.clone());
        async move { list_audit(&app, &filter, last).await }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"logboek.csv\"",
        ),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

/// The table from its first lines on; `after` has those that follow a number. When they cannot be had the download breaks
/// off: one that ended well would look whole.
fn table<F>(
    first: Vec<AuditLine>,
    after: impl Fn(u64) -> F + Clone + Send + 'static,
) -> impl Stream<Item = Result<String, std::io::Error>> + Send + 'static
where
    F: Future<Output = Result<Vec<AuditLine>, Failure>> + Send + 'static,
{
    let head = "\u{feff}nummer;tijd;handeling;uitkomst;gebruiker;rol;herkomst;organisatie;clienten;object\n";
    let lines = stream::try_unfold(Some(Lines::These(first)), move |lines| {
        let after = after.clone();
        async move {
            let lines = match lines {
                None => return Ok(None),
                Some(Lines::These(lines)) => lines,
                Some(Lines::After(last)) => after(last).await.map_err(broken_off)?,
            };
            let text: String = lines.iter().map(csv_line).collect();
            let last = lines.last().filter(|_| lines.len() as u64 == PAGE);
            Ok(Some((text, last.map(|line| Lines::After(line.seq)))))
        }
    });
    stream::once(async move { Ok(head.to_owned()) }).chain(lines)
}

/// What comes next in the table.
enum Lines {
    These(Vec<AuditLine>),
    /// Those that follow this number.
    After(u64),
}

fn broken_off(failure: Failure) -> std::io::Error {
    tracing::error!(code = failure.code, error = %failure, "export of the audit log broke off");
    std::io::Error::other(failure)
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

    fn line(seq: u64) -> AuditLine {
        AuditLine {
            seq,
            at: DateTime::UNIX_EPOCH,
            action: "audit_listed".to_owned(),
            outcome: "done".to_owned(),
            user: "jan".to_owned(),
            role: "support".to_owned(),
            source: "127.0.0.1".to_owned(),
            organisation: None,
            clients: Vec::new(),
            object: None,
            hash: String::new(),
        }
    }

    #[tokio::test]
    async fn a_table_that_cannot_go_on_breaks_off() {
        let full = || (1..=PAGE).map(line).collect::<Vec<_>>();
        let rest = |last: u64| async move { Ok(vec![line(last + 1)]) };
        let whole: Vec<_> = table(full(), rest).collect().await;
        let whole: String = whole.into_iter().map(Result::unwrap).collect();
        assert_eq!(whole.lines().count() as u64, 1 + PAGE + 1);

        let away = |_: u64| async { Err(Failure::ours("the database is away")) };
        let pieces: Vec<_> = table(full(), away).collect().await;
        assert_eq!(pieces.len(), 3);
        assert!(pieces[2].is_err());
    }

    #[test]
    fn a_cell_is_never_a_formula_and_never_two_cells() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("a;b\"c"), "\"a;b\"\"c\"");
        assert_eq!(csv_cell("gewoon"), "gewoon");
    }
}
