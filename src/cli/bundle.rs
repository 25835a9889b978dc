//! `bundle list` and `bundle fetch`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    open_app,
    table::columns,
    terminal::{self, Terminal},
};
use crate::{
    answers::bundle::Bundle as Answer,
    operations::{
        App, Failure,
        app::Settings,
        fetch_bundle::{fetch_bundle, list_bundles},
        lock_bundle::{BundlePassword, fetch_locked_bundle},
        presses::start_presses,
    },
};

#[derive(Debug, Subcommand)]
pub enum Bundle {
    /// Every bundle, oldest first
    List,
    /// Write a bundle into a folder
    Fetch(BundleFetch),
}

#[derive(Debug, Args)]
pub struct BundleFetch {
    #[arg(value_name = "ID")]
    pub id: String,
    /// Where the bundle goes
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Lock it with the password on the first line of this file, to send it by mail; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

pub async fn run(command: Bundle, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = match command {
        Bundle::List => list(&app, terminal).await,
        Bundle::Fetch(arguments) => match fetch(&app, &arguments).await {
            Ok(path) if terminal.json => terminal.print_json(&json!({ "bundle": path })),
            Ok(path) => terminal.print(&path.display().to_string()),
            Err(failure) => Err(failure),
        },
    };
    app.close().await;
    done
}

async fn fetch(app: &App, arguments: &BundleFetch) -> Result<PathBuf, Failure> {
    let BundleFetch { id, out, .. } = arguments;
    let Some(file) = &arguments.password_file else {
        return fetch_bundle(app, id, out).await;
    };
    let password = match file.to_str() {
        Some("-") => terminal::line_of_input()?,
        _ => first_line(file)?,
    };
    fetch_locked_bundle(app, id, BundlePassword::new(&password)?, out).await
}

fn first_line(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new).map_err(|error| {
        Failure::input(
            "password_file",
            format!(
                "the password file {} cannot be read: {error}",
                file.display()
            ),
            "put the password on its first line, or write it to standard input with --password-file -",
        )
    })?;
    let line = text.lines().next().unwrap_or_default().trim();
    Ok(Zeroizing::new(line.to_owned()))
}

async fn list(app: &App, terminal: &Terminal) -> Result<(), Failure> {
    let bundles = list_bundles(app).await?;
    if terminal.json {
        let bundles: Vec<_> = bundles
            .into_iter()
            .map(|(bundle, team)| Answer::new(bundle, team))
            .collect();
        return terminal.print_json(&bundles);
    }
    let mut rows = vec![["Id", "Team", "Bytes", "Created", "File"].map(str::to_owned)];
    rows.extend(bundles.into_iter().map(|(bundle, team)| {
        [
            bundle.id,
            team,
            match bundle.removed {
                Some(_) => "removed".to_owned(),
                None => bundle.bytes.to_string(),
            },
            bundle.created_at.format("%Y-%m-%d %H:%M").to_string(),
            bundle.file_name,
        ]
    }));
    terminal.print(&columns(&rows))
}
