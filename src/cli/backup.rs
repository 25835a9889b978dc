//! `backup`: a copy to go on from.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{open_app, terminal::Terminal};
use crate::{
    operations::{
        Failure, Kind,
        app::Settings,
        back_up::{BackedUp, back_up},
        presses::start_presses,
        show_key::{is_unfinished, show_key},
    },
    wording::english::count,
};

#[derive(Debug, Args)]
pub struct Backup {
    /// A folder that is not there yet
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// With the key, so that the folder alone opens every code in it
    #[arg(long)]
    pub with_key: bool,
}

pub async fn run(
    arguments: &Backup,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let backed_up = back_up(&app, settings, &arguments.out, arguments.with_key).await;
    let generations = show_key(&app).await;
    app.close().await;
    let backed_up = backed_up?;
    let bytes: u64 = backed_up.bundles.iter().map(|bundle| bundle.bytes).sum();
    if terminal.json {
        terminal.print_json(&json!({
            "backup": arguments.out,
            "database": backed_up.database.as_ref().map(|copied| &copied.file),
            "bundles": backed_up.bundles.len(),
            "bytes": bytes + backed_up.database.as_ref().map_or(0, |copied| copied.bytes),
            "key": backed_up.key,
            "lost": backed_up.lost,
        }))?;
    } else {
        terminal.print(&told(&backed_up, arguments, settings))?;
    }
    if !backed_up.key && generations.is_ok_and(|generations| is_unfinished(&generations)) {
        terminal.note(
            "note: the key is being rotated: this backup opens with the key file as it is now and with no later one; if the rotation broke off, finish it with `brievenbus key rotate` and back up again",
        );
    }
    match backed_up.lost.as_slice() {
        [] => Ok(()),
        lost => Err(Failure {
            kind: Kind::TryAgain,
            code: "bundle_lost",
            ..Failure::input(
                "bundle_lost",
                format!(
                    "{} lost or damaged in the store and not in the backup: {}",
                    count(lost.len(), "bundle is", "bundles are"),
                    lost.join(", ")
                ),
                "see that --store is the one that the batches were made with, or put them back there from an earlier backup; everything else was copied",
            )
        }),
    }
}

fn told(backed_up: &BackedUp, arguments: &Backup, settings: &Settings) -> String {
    let database = match &backed_up.database {
        Some(_) => "the database",
        None => "nothing of the database, which is a server: copy it with pg_dump, before this",
    };
    let key = match backed_up.key {
        true => "the key is in it: whoever has this folder can open every code in it".to_owned(),
        false => format!(
            "the key is not in it: keep a copy of {} elsewhere, for nothing in the backup opens without it",
            settings.data_dir.join("key").display()
        ),
    };
    format!(
        "{}: {database}, and {}; read back and compared\n{key}",
        arguments.out.display(),
        count(backed_up.bundles.len(), "bundle", "bundles"),
    )
}
