//! `/logboek`: who did what with whose data, newest first.

use askama::Template;
use axum::{Router, routing::get};
use chrono::{DateTime, Days, Utc};

use super::log_table;
use crate::{
    domain::{
        actor::Role,
        audit::Action,
        calendar::{parse_date, start_of_day},
    },
    http::{
        caller::{ForSupport, Visitor},
        pages::{
            addresses::encoded,
            faults::Faults,
            fields::{Asked, Fields},
            layout::Frame,
            places::Place,
            provider::slug_of,
            reply::{PageResult, page_or_mend},
        },
        service::Service,
    },
    operations::{
        App, Failure,
        list_audit::{AuditFilter, AuditLine, newest_audit},
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
        .route("/logboek.csv", get(log_table::export))
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

/// The page with what was found, and what is wrong with the question.
pub async fn log_page(
    app: &App,
    asked: &Fields,
    filter: &AuditFilter,
    faults: Faults,
) -> PageResult {
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
pub fn filter(asked: &Fields) -> Result<(AuditFilter, Faults), Failure> {
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
