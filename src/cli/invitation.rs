//! `invitation list`, `cancel`, `reissue`, `letter` and `redeem`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    arguments::{Id, slug},
    open_app,
    table::columns,
    terminal::{self, Terminal},
};
use crate::{
    answers::invitation::{Invitation as Answer, Redemption},
    domain::{invitation::InvitationState, organisation::Slug},
    operations::{
        App, Failure,
        app::Settings,
        cancel_invitation::cancel_invitation,
        list_invitations::{InvitationFilter, list_invitations},
        presses::start_presses,
        redeem_code::redeem_code,
        reissue_invitation::reissue_invitation,
        render_letter::{render_letter, write_letter},
    },
};

#[derive(Debug, Subcommand)]
pub enum Invitation {
    /// Invitations with their state today, oldest first
    List(InvitationList),
    /// Make a code work no more
    Cancel(Id),
    /// Issue a new letter with a new code; the old one stops working
    Reissue(Id),
    /// Print the letter of an open invitation again
    Letter(InvitationLetter),
    /// Connect a client with the code of a letter, as Caren does
    Redeem(Redeem),
}

#[derive(Debug, Args)]
pub struct InvitationList {
    /// Only those of this organisation
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Option<Slug>,
    /// Only those of the client with this number
    #[arg(long, value_name = "ID")]
    pub client: Option<String>,
    /// Only those that this team wrote
    #[arg(long, value_name = "NAME|ID")]
    pub team: Option<String>,
    /// Only those that are so today
    #[arg(long, value_enum, value_name = "STATE")]
    pub state: Option<State>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum State {
    Open,
    Redeemed,
    Expired,
    Cancelled,
    Replaced,
}

impl From<State> for InvitationState {
    fn from(state: State) -> Self {
        match state {
            State::Open => Self::Open,
            State::Redeemed => Self::Redeemed,
            State::Expired => Self::Expired,
            State::Cancelled => Self::Cancelled,
            State::Replaced => Self::Replaced,
        }
    }
}

#[derive(Debug, Args)]
pub struct InvitationLetter {
    #[arg(value_name = "ID")]
    pub id: String,
    /// The PDF to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Redeem {
    /// Ten digits; - reads them from standard input, where no list of processes shows them
    #[arg(value_name = "CODE")]
    pub code: String,
}

pub async fn run(
    command: Invitation,
    settings: &Settings,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = answer(&app, command, terminal).await;
    app.close().await;
    done
}

async fn answer(app: &App, command: Invitation, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        Invitation::List(arguments) => list(app, arguments, terminal).await,
        Invitation::Cancel(id) => {
            let invitation = cancel_invitation(app, &id.id).await?;
            if terminal.json {
                return terminal.print_json(&json!({ "id": invitation.id, "state": "cancelled" }));
            }
            terminal.print(&format!(
                "cancelled: the code of client {} works no more",
                invitation.client
            ))
        }
        Invitation::Reissue(id) => {
            let invitation = reissue_invitation(app, &id.id).await?;
            if terminal.json {
                return terminal.print_json(&Answer::new(invitation, app.today()));
            }
            terminal.print(&format!(
                "client {} has a new invitation, {}, valid until {}; print it with\n\
                 brievenbus invitation letter {} --out letter.pdf",
                invitation.client, invitation.id, invitation.valid_until, invitation.id
            ))
        }
        Invitation::Letter(arguments) => {
            let pdf = render_letter(app, &arguments.id).await?;
            write_letter(&pdf, &arguments.out)?;
            if terminal.json {
                return terminal.print_json(&json!({ "letter": arguments.out }));
            }
            terminal.print(&arguments.out.display().to_string())
        }
        Invitation::Redeem(arguments) => {
            let code = match arguments.code.as_str() {
                "-" => terminal::line_of_input()?,
                code => Zeroizing::new(code.to_owned()),
            };
            let invitation = redeem_code(app, &code).await?;
            if terminal.json {
                return terminal.print_json(&Redemption::from(invitation));
            }
            terminal.print(&format!(
                "redeemed: client {} of {} is connected",
                invitation.client, invitation.organisation
            ))
        }
    }
}

async fn list(app: &App, arguments: InvitationList, terminal: &Terminal) -> Result<(), Failure> {
    let filter = InvitationFilter {
        organisation: arguments.organisation,
        client: arguments.client,
        team: arguments.team,
        state: arguments.state.map(Into::into),
    };
    let invitations = list_invitations(app, &filter).await?;
    let today = app.today();
    if terminal.json {
        let invitations: Vec<_> = invitations
            .into_iter()
            .map(|invitation| Answer::new(invitation, today))
            .collect();
        return terminal.print_json(&invitations);
    }
    let mut rows = vec![["Id", "Client", "Team", "State", "Valid until"].map(str::to_owned)];
    rows.extend(
        invitations
            .into_iter()
            .map(|invitation| {
                [
                    invitation.state_on(today).as_str().to_owned(),
                    invitation.valid_until.to_string(),
                    invitation.client.to_string(),
                    invitation.team_name,
                    invitation.id,
                ]
            })
            .map(|[state, until, client, team, id]| [id, client, team, state, until]),
    );
    terminal.print(&columns(&rows))
}
