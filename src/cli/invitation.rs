//! `invitation list`, `cancel`, `reissue`, `letter` and `redeem`

use serde_json::json;

use super::{
    arguments::{Invitation, InvitationList},
    open_app,
    table::columns,
    terminal::{self, Terminal},
};
use crate::{
    answers::invitation::{Invitation as Answer, Redemption},
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
                code => code.to_owned(),
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
