//! An invitation: what `invitation list` says, and `/invitations`. Never its code.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::{
    domain::{client::ClientId, invitation::InvitationState},
    operations::list_invitations::StoredInvitation,
};

/// One letter to one client, with one code and one last day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    #[schema(schema_with = words::id)]
    id: String,
    #[schema(schema_with = words::slug)]
    organisation: String,
    #[schema(schema_with = words::client_number)]
    client_id: ClientId,
    /// The name of the team that wrote the client.
    team: String,
    #[schema(schema_with = words::id)]
    batch: String,
    #[schema(schema_with = words::invitation_state)]
    state: InvitationState,
    letter_date: NaiveDate,
    /// The last day on which the code works.
    valid_until: NaiveDate,
    /// The invitation that this one was issued in place of.
    reissue_of: Option<String>,
}

impl Invitation {
    /// As it is on `today`, a day in Amsterdam.
    pub fn new(invitation: StoredInvitation, today: NaiveDate) -> Self {
        Self {
            state: invitation.state_on(today),
            id: invitation.id,
            organisation: invitation.organisation,
            client_id: invitation.client,
            team: invitation.team_name,
            batch: invitation.batch,
            letter_date: invitation.letter_date,
            valid_until: invitation.valid_until,
            reissue_of: invitation.reissue_of,
        }
    }
}

/// A client who is connected from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Redemption {
    /// The invitation whose code it was.
    #[schema(schema_with = words::id)]
    id: String,
    #[schema(schema_with = words::slug)]
    organisation: String,
    #[schema(schema_with = words::client_number)]
    client_id: ClientId,
    #[schema(schema_with = words::invitation_state)]
    state: InvitationState,
}

impl From<StoredInvitation> for Redemption {
    fn from(invitation: StoredInvitation) -> Self {
        Self {
            id: invitation.id,
            organisation: invitation.organisation,
            client_id: invitation.client,
            state: InvitationState::Redeemed,
        }
    }
}
