//! `purge`

use super::{open_app, terminal::Terminal};
use crate::{
    operations::{Failure, app::Settings, presses::start_presses, purge::purge},
    wording::english::count,
};

pub async fn run(settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let purged = purge(&app).await;
    app.close().await;
    let purged = purged?;
    if terminal.json {
        return terminal.print_json(&serde_json::json!({
            "files": purged.files,
            "bytes": purged.bytes,
            "expired": purged.expired,
        }));
    }
    terminal.print(&format!(
        "{} of {} removed from the store; {} closed",
        count(purged.files, "orphan", "orphans"),
        count(
            usize::try_from(purged.bytes).unwrap_or(usize::MAX),
            "byte",
            "bytes"
        ),
        count(
            usize::try_from(purged.expired).unwrap_or(usize::MAX),
            "expired invitation",
            "expired invitations"
        ),
    ))
}
