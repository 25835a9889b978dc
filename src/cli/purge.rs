//! `purge`

use clap::Args;

use super::{open_app, terminal::Terminal};
use crate::{
    operations::{
        Failure,
        app::Settings,
        presses::start_presses,
        purge::{Purged, forecast_purge, purge},
    },
    wording::english::count,
};

#[derive(Debug, Args)]
pub struct Purge {
    /// Only say what would be cleared away
    #[arg(long)]
    pub dry_run: bool,
}

pub async fn run(command: &Purge, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let purged = match command.dry_run {
        true => forecast_purge(&app).await,
        false => purge(&app).await,
    };
    app.close().await;
    let purged = purged?;
    if terminal.json {
        return terminal.print_json(&serde_json::json!({
            "dry_run": command.dry_run,
            "bundles": purged.bundles,
            "files": purged.files,
            "bytes": purged.bytes,
            "expired": purged.expired,
            "clients": purged.clients,
            "audit": purged.audit,
            "tasks": purged.tasks,
            "workers": purged.workers,
        }));
    }
    if command.dry_run {
        terminal.note("note: nothing was cleared away; this is what would be");
    }
    terminal.print(&sentence(&purged))
}

fn sentence(purged: &Purged) -> String {
    let count = |n: u64, one, more| count(usize::try_from(n).unwrap_or(usize::MAX), one, more);
    let clauses = [
        format!(
            "{} and {} ({}) removed from the store",
            count(purged.bundles as u64, "bundle", "bundles"),
            count(purged.files as u64, "orphan", "orphans"),
            count(purged.bytes, "byte", "bytes"),
        ),
        format!(
            "{} closed",
            count(purged.expired, "expired invitation", "expired invitations")
        ),
        format!("{} anonymised", count(purged.clients, "client", "clients")),
        format!(
            "{}, {} and {} of the queue removed",
            count(
                purged.audit,
                "line of the audit log",
                "lines of the audit log"
            ),
            count(purged.tasks, "task", "tasks"),
            count(purged.workers, "worker", "workers"),
        ),
    ];
    clauses.join("; ")
}
