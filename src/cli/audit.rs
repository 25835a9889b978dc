//! `audit list` and `audit verify`

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    arguments::{date, slug},
    open_app,
    table::columns,
    terminal::Terminal,
};
use crate::{
    domain::{audit::Action, calendar::start_of_day, organisation::Slug},
    operations::{
        App, Failure,
        app::Settings,
        list_audit::{AuditFilter, AuditLine, PAGE, list_audit},
        presses::start_presses,
        verify_audit::{AuditHead, Finding, Verified, verify_audit},
    },
    wording::english::count,
};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Who did what with whose data, oldest first
    List(AuditList),
    /// Read the whole log and say which line was changed, is missing or was added
    Verify(AuditVerify),
}

#[derive(Debug, Args)]
pub struct AuditList {
    /// Only the clients of this organisation
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Option<Slug>,
    /// Only the client with this number
    #[arg(long, value_name = "ID")]
    pub client: Option<String>,
    /// Only the bundle with this id: who is in it, and what became of it
    #[arg(long, value_name = "ID")]
    pub bundle: Option<String>,
    /// Only what this user did, as the log names them
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// Only this, such as bundle_downloaded
    #[arg(long, value_name = "ACTION", value_parser = action)]
    pub action: Option<Action>,
    /// From this day on, 2026-11-21 or 21-11-2026
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub since: Option<NaiveDate>,
    /// Up to this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<NaiveDate>,
    /// Print CSV
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, Args)]
pub struct AuditVerify {
    /// The head that an earlier verify printed, noted where nobody who can change the database can change it
    #[arg(long, value_name = "SEQ:HASH", value_parser = head)]
    pub expect: Option<AuditHead>,
}

pub async fn run(command: Audit, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = match command {
        Audit::List(arguments) => list(&app, arguments, terminal).await,
        Audit::Verify(arguments) => verify(&app, &arguments, terminal).await,
    };
    app.close().await;
    done
}

const COLUMNS: [&str; 10] = [
    "seq",
    "at",
    "user",
    "role",
    "source",
    "action",
    "outcome",
    "organisation",
    "clients",
    "object",
];

/// A page at a time: years of it may be more than fits in memory.
async fn list(app: &App, arguments: AuditList, terminal: &Terminal) -> Result<(), Failure> {
    let filter = AuditFilter {
        organisation: arguments.organisation,
        client: arguments.client,
        bundle: arguments.bundle,
        user: arguments.user,
        action: arguments.action,
        since: arguments.since.map(start_of_day),
        until: arguments
            .until
            .and_then(|day| day.succ_opt())
            .map(start_of_day),
    };
    let mut after = 0;
    let mut first = true;
    loop {
        let page = list_audit(app, &filter, after).await?;
        if arguments.csv {
            print_csv(&page, first, terminal)?;
        } else if terminal.json {
            print_array(&page, first, terminal)?;
        } else {
            print_table(&page, first, terminal)?;
        }
        first = false;
        match page.last() {
            Some(last) if page.len() as u64 == PAGE => after = last.seq,
            _ => break,
        }
    }
    match terminal.json && !arguments.csv {
        true => terminal.print("]"),
        false => Ok(()),
    }
}

fn cells(line: &AuditLine) -> [String; COLUMNS.len()] {
    [
        line.seq.to_string(),
        line.at.to_rfc3339(),
        line.user.clone(),
        line.role.clone(),
        line.source.clone(),
        line.action.clone(),
        line.outcome.clone(),
        line.organisation.clone().unwrap_or_default(),
        line.clients.join(" "),
        line.object.clone().unwrap_or_default(),
    ]
}

fn print_csv(page: &[AuditLine], first: bool, terminal: &Terminal) -> Result<(), Failure> {
    let broken = |error: csv::Error| Failure::ours(format!("the CSV cannot be written: {error}"));
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer(Vec::new());
    if first {
        writer.write_record(COLUMNS).map_err(broken)?;
    }
    for line in page {
        writer.write_record(cells(line)).map_err(broken)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|_| Failure::ours("the CSV cannot be written"))?;
    match String::from_utf8_lossy(&bytes).trim_end_matches('\n') {
        "" => Ok(()),
        text => terminal.print(text),
    }
}

/// One array, whatever the number of pages.
fn print_array(page: &[AuditLine], first: bool, terminal: &Terminal) -> Result<(), Failure> {
    if first {
        terminal.print("[")?;
    }
    for (place, line) in page.iter().enumerate() {
        let comma = if first && place == 0 { "" } else { "," };
        let line = json!({
            "seq": line.seq,
            "at": line.at,
            "user": line.user,
            "role": line.role,
            "source": line.source,
            "action": line.action,
            "outcome": line.outcome,
            "organisation": line.organisation,
            "clients": line.clients,
            "object": line.object,
            "hash": line.hash,
        });
        terminal.print(&format!("{comma}{line}"))?;
    }
    Ok(())
}

/// Many clients are told by their number.
fn print_table(page: &[AuditLine], first: bool, terminal: &Terminal) -> Result<(), Failure> {
    let mut rows = Vec::new();
    if first {
        rows.push(
            [
                "Line", "Time", "User", "Role", "Action", "Outcome", "Clients", "Object",
            ]
            .map(str::to_owned),
        );
    }
    rows.extend(page.iter().map(|line| {
        [
            line.seq.to_string(),
            line.at.format("%Y-%m-%d %H:%M:%S").to_string(),
            line.user.clone(),
            line.role.clone(),
            line.action.clone(),
            line.outcome.clone(),
            match line.clients.as_slice() {
                [] => String::new(),
                clients @ [_, _, _, _, ..] => count(clients.len(), "client", "clients"),
                clients => clients.join(" "),
            },
            line.object.clone().unwrap_or_default(),
        ]
    }));
    match rows.is_empty() {
        true => Ok(()),
        false => terminal.print(&columns(&rows)),
    }
}

async fn verify(app: &App, arguments: &AuditVerify, terminal: &Terminal) -> Result<(), Failure> {
    let verified = verify_audit(app, arguments.expect.as_ref()).await?;
    if terminal.json {
        terminal.print_json(&json!({
            "lines": verified.lines,
            "first": verified.first,
            "head": verified.head.to_string(),
            "findings": verified.findings.iter().map(finding_json).collect::<Vec<_>>(),
        }))?;
    } else {
        for finding in &verified.findings {
            terminal.print(&finding.to_string())?;
        }
        if verified.findings.is_empty() {
            terminal.print(&whole(&verified))?;
        }
    }
    let Some(finding) = verified.findings.first() else {
        return Ok(());
    };
    Err(Failure::conflict(
        "audit_broken",
        format!("the audit log is not as it was written: {finding}"),
        "keep this database as it is, for whoever looks into it, and compare it with a backup",
    ))
}

fn whole(verified: &Verified) -> String {
    let lines = usize::try_from(verified.lines).unwrap_or(usize::MAX);
    format!(
        "{} as they were written\nhead {}\n(noted elsewhere, `brievenbus audit verify --expect` finds a log that was put back as a whole)",
        count(lines, "line", "lines"),
        verified.head
    )
}

fn finding_json(finding: &Finding) -> serde_json::Value {
    json!({ "lines": finding.lines(), "what": finding.to_string() })
}

fn action(text: &str) -> Result<Action, String> {
    Action::parse(text).ok_or_else(|| {
        let codes: Vec<&str> = Action::ALL.iter().map(|action| action.code()).collect();
        format!("write one of {}", codes.join(", "))
    })
}

fn head(text: &str) -> Result<AuditHead, String> {
    AuditHead::parse(text).ok_or_else(|| {
        "write a number, a colon and 64 hexadecimal digits, as verify prints it".to_owned()
    })
}
