//! `/logboek.csv`: the log as a table to keep.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};

use super::log::{filter, log_page};
use crate::{
    http::{
        caller::{ForSupport, Visitor},
        pages::{PageFailure, fields::Asked},
    },
    operations::{
        Failure,
        list_audit::{AuditLine, PAGE, list_audit},
    },
};

/// All of it as a table, oldest first, a page at a time as it is sent.
pub async fn export(
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
    use chrono::DateTime;

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
