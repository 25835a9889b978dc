//! What there is to do for a care provider, at a glance.

use super::{App, Failure, submit_batch::organisation};
use crate::{
    domain::{intake::Question, invitation::InvitationState, organisation::Slug},
    storage::{bundle_lists::ListedBundle, invitations::InvitationFilter},
};

/// Numbers, without a client in them.
#[derive(Debug, Clone)]
pub struct OrganisationSummary {
    /// Bundles that nobody has downloaded yet.
    pub bundles_waiting: u64,
    /// The newest few.
    pub newest: Vec<ListedBundle>,
    pub open_invitations: u64,
    pub redeemed_invitations: u64,
    pub expired_invitations: u64,
    /// Of the intake form; of [`Question::ALL`].
    pub answered_questions: usize,
}

pub async fn summarise_organisation(
    app: &App,
    slug: &Slug,
    newest: u64,
) -> Result<OrganisationSummary, Failure> {
    organisation(app, slug).await?;
    let (_, bundles) = app.db.newest_bundles(slug, 0, newest).await?;
    let form = app.db.intake_form(slug).await?;
    let open = form.map_or(Question::ALL.len(), |stored| stored.form.open_questions());
    Ok(OrganisationSummary {
        bundles_waiting: app.db.uncollected_bundles(slug).await?,
        newest: bundles,
        open_invitations: count(app, slug, InvitationState::Open).await?,
        redeemed_invitations: count(app, slug, InvitationState::Redeemed).await?,
        expired_invitations: count(app, slug, InvitationState::Expired).await?,
        answered_questions: Question::ALL.len() - open,
    })
}

async fn count(app: &App, slug: &Slug, state: InvitationState) -> Result<u64, Failure> {
    let filter = InvitationFilter {
        organisation: Some(slug.clone()),
        state: Some(state),
        ..InvitationFilter::default()
    };
    Ok(app.db.count_invitations(&filter, app.today()).await?)
}
