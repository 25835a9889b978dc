//! Writes an access to client data in the audit log, before the data is handed out.

use std::future::Future;

use super::{App, Failure, Kind};
use crate::{
    domain::{
        audit::{Access, Action, Outcome},
        organisation::Slug,
    },
    storage::invitations::StoredInvitation,
};

/// Adds a line to the audit log: who (`app.actor`), when (`app.now()`), what and whose. Whoever cannot be written down
/// gets nothing: the caller passes this failure on.
pub async fn record_access(app: &App, access: Access) -> Result<(), Failure> {
    Ok(app.db.record(&app.scribe(), &access).await?)
}

/// Does it, and writes it down when it was refused: `access` as it would have been. What fails because something is
/// away or broken was not refused, and is in the log of the program.
pub async fn or_refused<T>(
    app: &App,
    access: &Access,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let result = work.await;
    if let Err(failure) = &result
        && matches!(failure.kind, Kind::Input | Kind::NotFound | Kind::Conflict)
    {
        let refused = Access {
            outcome: Outcome::Refused(failure.code.to_owned()),
            ..access.clone()
        };
        record_access(app, refused).await?;
    }
    result
}

/// Something that is done with an invitation.
pub(super) fn with_invitation(action: Action, invitation: &StoredInvitation) -> Access {
    let access = Access::done(action)
        .with("invitation", &invitation.id)
        .to_clients([invitation.client.clone()]);
    match Slug::try_from(invitation.organisation.clone()) {
        Ok(slug) => access.of(&slug),
        Err(_) => access,
    }
}
