//! Invitations as a care provider looks through them, and one of them.

use super::{
    App, Failure,
    list_invitations::{find_invitation, unknown_invitation},
    record_access::{or_refused, record_access},
    submit_batch::organisation,
};
use crate::domain::{
    audit::{Access, Action},
    organisation::Slug,
};

pub use crate::storage::invitations::{InvitationFilter, StoredInvitation};

/// Invitations, a page of them.
#[derive(Debug, Clone)]
pub struct InvitationPage {
    /// On all pages.
    pub total: u64,
    pub invitations: Vec<StoredInvitation>,
}

/// Invitations of an organisation that left the house, newest first; `page` from 1. Whoever looks at them sees the
/// numbers of clients, so that is written down.
pub async fn browse_invitations(
    app: &App,
    slug: &Slug,
    filter: &InvitationFilter,
    page: u64,
    on_a_page: u64,
) -> Result<InvitationPage, Failure> {
    let access = Access::done(Action::InvitationsListed).of(slug);
    or_refused(app, &access, organisation(app, slug)).await?;
    let filter = InvitationFilter {
        organisation: Some(slug.clone()),
        ..filter.clone()
    };
    let skip = page.saturating_sub(1).saturating_mul(on_a_page);
    let (total, invitations) = app
        .db
        .newest_invitations(&filter, app.today(), skip, on_a_page)
        .await?;
    let access = access.to_clients(invitations.iter().map(|found| found.client.clone()));
    record_access(app, access).await?;
    Ok(InvitationPage { total, invitations })
}

/// One invitation of an organisation; another's is none.
pub async fn show_invitation(
    app: &App,
    slug: &Slug,
    id: &str,
) -> Result<StoredInvitation, Failure> {
    let access = Access::done(Action::InvitationsListed)
        .of(slug)
        .with("invitation", id);
    let found = or_refused(app, &access, invitation_of(app, slug, id)).await?;
    record_access(app, access.to_clients([found.client.clone()])).await?;
    Ok(found)
}

async fn invitation_of(app: &App, slug: &Slug, id: &str) -> Result<StoredInvitation, Failure> {
    organisation(app, slug).await?;
    let found = find_invitation(app, id).await?;
    match found.organisation == slug.as_str() && !found.withdrawn {
        true => Ok(found),
        false => Err(unknown_invitation(id)),
    }
}
