//! `key show` and `key rotate`

use clap::{Args, Subcommand};
use serde_json::json;

use super::{open_app, table::columns, terminal::Terminal};
use crate::{
    operations::{
        App, Failure,
        app::Settings,
        presses::start_presses,
        rotate_key::{Rotated, rotate_key},
        show_key::{KeyPart, is_unfinished, show_key},
    },
    wording::english::count,
};

#[derive(Debug, Subcommand)]
pub enum Key {
    /// The generations of the key, newest first, without anything secret
    Show,
    /// Seal everything anew with a new key, or finish doing so; the old one then opens nothing
    Rotate(KeyRotate),
}

#[derive(Debug, Args)]
pub struct KeyRotate {
    /// Finish although bundles are lost or damaged: should they turn up again, nothing opens them
    #[arg(long)]
    pub leave_behind: bool,
}

pub async fn run(command: Key, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = match command {
        Key::Show => show(&app, terminal).await,
        Key::Rotate(KeyRotate { leave_behind }) => match rotate_key(&app, leave_behind).await {
            Ok(rotated) => tell(&rotated, terminal),
            Err(failure) => Err(failure),
        },
    };
    app.close().await;
    done
}

async fn show(app: &App, terminal: &Terminal) -> Result<(), Failure> {
    let generations = show_key(app).await?;
    if terminal.json {
        let generations: Vec<_> = generations
            .iter()
            .map(|key| {
                json!({
                    "generation": key.number,
                    "id": key.id,
                    "since": key.since,
                    "state": key.part.as_str(),
                })
            })
            .collect();
        return terminal.print_json(&generations);
    }
    let mut rows = vec![["Generation", "Id", "Since", "What it does"].map(str::to_owned)];
    rows.extend(generations.iter().map(|key| {
        [
            key.number.to_string(),
            key.id.clone(),
            key.since.map_or_else(
                || "-".to_owned(),
                |since| since.format("%Y-%m-%d %H:%M").to_string(),
            ),
            said(key.part).to_owned(),
        ]
    }));
    terminal.print(&columns(&rows))?;
    if is_unfinished(&generations) {
        terminal.note(
            "the key is being rotated; if that broke off, `brievenbus key rotate` finishes it",
        );
    }
    Ok(())
}

fn said(part: KeyPart) -> &'static str {
    match part {
        KeyPart::Waits => "is not in use yet",
        KeyPart::Seals => "seals",
        KeyPart::Opens => "opens what is not sealed anew yet",
        KeyPart::Finds => "knows the codes of its time",
    }
}

fn tell(rotated: &Rotated, terminal: &Terminal) -> Result<(), Failure> {
    if terminal.json {
        return terminal.print_json(&json!({
            "generation": rotated.number,
            "id": rotated.id,
            "resumed": rotated.resumed,
            "invitations": rotated.invitations,
            "bundles": rotated.bundles,
            "left_behind": rotated.left_behind,
        }));
    }
    let invitations = usize::try_from(rotated.invitations).unwrap_or(usize::MAX);
    terminal.print(&format!(
        "generation {} of the key, {}, {}; {} and {} sealed anew",
        rotated.number,
        rotated.id,
        if rotated.resumed {
            "was begun earlier and seals now"
        } else {
            "seals now"
        },
        count(invitations, "open invitation", "open invitations"),
        count(rotated.bundles, "bundle", "bundles"),
    ))?;
    if !rotated.left_behind.is_empty() {
        terminal.note(&format!(
            "left behind, and nothing opens them any more: {}",
            rotated.left_behind.join(", ")
        ));
    }
    terminal.note(
        "copy the key file to every other machine and into the backup of the key, then start servers and workers again",
    );
    Ok(())
}
