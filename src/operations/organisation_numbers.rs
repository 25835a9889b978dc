//! The organisations whose exports were taken in, in numbers: for whoever chooses one.

use super::{App, Failure};
pub use crate::storage::overviews::OrganisationLine;

/// Every organisation that exists for whoever asks, by name.
pub async fn organisation_numbers(app: &App) -> Result<Vec<OrganisationLine>, Failure> {
    let own = app.actor.organisation.as_ref();
    Ok(app.db.organisation_lines(own).await?)
}
