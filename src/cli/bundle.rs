//! `bundle list` and `bundle fetch`

use serde_json::json;

use super::{arguments::Bundle, open_app, table::columns, terminal::Terminal};
use crate::{
    answers::bundle::Bundle as Answer,
    operations::{
        App, Failure,
        app::Settings,
        fetch_bundle::{fetch_bundle, list_bundles},
        presses::start_presses,
    },
};

pub async fn run(command: Bundle, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = match command {
        Bundle::List => list(&app, terminal).await,
        Bundle::Fetch(fetch) => match fetch_bundle(&app, &fetch.id, &fetch.out).await {
            Ok(path) if terminal.json => terminal.print_json(&json!({ "bundle": path })),
            Ok(path) => terminal.print(&path.display().to_string()),
            Err(failure) => Err(failure),
        },
    };
    app.close().await;
    done
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
