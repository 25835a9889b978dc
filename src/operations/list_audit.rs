//! `audit list`: who did what with whose data.

use super::{
    App, Failure,
    record_access::{or_refused, record_access},
    submit_batch::organisation,
};
use crate::domain::{
    audit::{Access, Action},
    client::ClientId,
};
pub use crate::storage::audit::{AuditFilter, AuditLine};

/// Lines on a page.
pub const PAGE: u64 = 1_000;

/// The next page of lines after line `after` (0: from the first), oldest first; one that is not full is the last. Whoever is
/// of an organisation sees its lines and no others. That the log was read is written in it as well.
pub async fn list_audit(
    app: &App,
    filter: &AuditFilter,
    after: u64,
) -> Result<Vec<AuditLine>, Failure> {
    let own = app.actor.organisation.clone();
    let filter = AuditFilter {
        organisation: filter.organisation.clone().or(own),
        ..filter.clone()
    };
    let access = listing(&filter);
    let page = or_refused(app, &access, page(app, &filter, after)).await?;
    record_access(app, access).await?;
    Ok(page)
}

/// The lines before line `before` (absent: the last), newest first, for whoever reads back from today.
pub async fn newest_audit(
    app: &App,
    filter: &AuditFilter,
    before: Option<u64>,
    most: u64,
) -> Result<Vec<AuditLine>, Failure> {
    let own = app.actor.organisation.clone();
    let filter = AuditFilter {
        organisation: filter.organisation.clone().or(own),
        ..filter.clone()
    };
    let access = listing(&filter);
    let newest = async {
        if let Some(slug) = &filter.organisation {
            organisation(app, slug).await?;
        }
        let before = before.unwrap_or(u64::MAX);
        Ok(app.db.newest_audit_lines(&filter, before, most).await?)
    };
    let page = or_refused(app, &access, newest).await?;
    record_access(app, access).await?;
    Ok(page)
}

fn listing(filter: &AuditFilter) -> Access {
    let client = filter.client.as_deref().and_then(ClientId::new);
    Access {
        organisation: filter.organisation.clone(),
        clients: client.into_iter().collect(),
        ..Access::done(Action::AuditListed)
    }
}

async fn page(app: &App, filter: &AuditFilter, after: u64) -> Result<Vec<AuditLine>, Failure> {
    if let Some(slug) = &filter.organisation {
        organisation(app, slug).await?;
    }
    Ok(app.db.audit_lines(filter, after, PAGE).await?)
}
