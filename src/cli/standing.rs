//! `team list` and `client list`: where everybody stands with Caren.

use clap::{Args, Subcommand};

use super::{arguments::slug, open_app, table::columns, terminal::Terminal};
use crate::{
    answers::{client::Client as ClientAnswer, team::Team as TeamAnswer},
    domain::organisation::Slug,
    operations::{
        Failure, app::Settings, list_clients::list_clients, list_teams::list_teams,
        presses::start_presses,
    },
    wording::dutch::caren_status,
};

#[derive(Debug, Subcommand)]
pub enum Team {
    /// The tree of locations, with how many clients are linked, invited or neither
    List(TeamList),
}

#[derive(Debug, Args)]
pub struct TeamList {
    /// Whose teams
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Slug,
}

#[derive(Debug, Subcommand)]
pub enum Client {
    /// Client numbers with their status in Caren
    List(ClientList),
}

#[derive(Debug, Args)]
pub struct ClientList {
    /// Whose clients
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Slug,
    /// Only those of this team
    #[arg(long, value_name = "NAME|ID")]
    pub team: Option<String>,
}

pub async fn teams(command: Team, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let Team::List(arguments) = command;
    let app = open_app(settings, start_presses(settings)?).await?;
    let teams = list_teams(&app, &arguments.organisation).await;
    app.close().await;
    let teams = teams?;
    if terminal.json {
        let teams: Vec<_> = teams.into_iter().map(TeamAnswer::from).collect();
        return terminal.print_json(&teams);
    }
    let mut rows = vec![
        [
            "Team",
            "Id",
            "Clients",
            "Linked",
            "Not linked",
            "Invited",
            "Unknown",
        ]
        .map(str::to_owned),
    ];
    rows.extend(teams.into_iter().map(|team| {
        [
            format!("{}{}", "  ".repeat(team.depth), team.name),
            team.id,
            team.clients.to_string(),
            team.linked.to_string(),
            team.not_linked.to_string(),
            team.invited.to_string(),
            team.unknown.to_string(),
        ]
    }));
    terminal.print(&columns(&rows))
}

pub async fn clients(
    command: Client,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let Client::List(arguments) = command;
    let app = open_app(settings, start_presses(settings)?).await?;
    let clients = list_clients(&app, &arguments.organisation, arguments.team.as_deref()).await;
    app.close().await;
    let clients = clients?;
    if terminal.json {
        let clients: Vec<_> = clients.into_iter().map(ClientAnswer::from).collect();
        return terminal.print_json(&clients);
    }
    let mut rows = vec![["Client", "Status"].map(str::to_owned)];
    rows.extend(
        clients
            .iter()
            .map(|line| [line.client.to_string(), caren_status(line.status)]),
    );
    terminal.print(&columns(&rows))
}
