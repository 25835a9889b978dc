//! The letter of one team, ready to be pressed: the organisation's text and preferences with the batch's options.

use std::sync::Arc;

use super::{App, Failure};
use crate::{
    domain::{
        batch::BatchOptions,
        organisation::{Logo, Organisation},
    },
    letters::{Edition, EditionSpec, Press},
};

/// Checks the text, the values and the logo, and builds the edition; it waits for a press, so it runs away from the
/// async threads.
pub async fn edition(
    press: &Arc<Press>,
    organisation: &Organisation,
    logo: Option<Logo>,
    options: &BatchOptions,
    team_name: &str,
) -> Result<Arc<Edition>, Failure> {
    let (organisation, options) = (organisation.clone(), options.clone());
    let (team_name, press) = (team_name.to_owned(), Arc::clone(press));
    let built = tokio::task::spawn_blocking(move || {
        let spec = EditionSpec {
            organisation: &organisation,
            window: options.address_window,
            logo: logo.filter(|_| options.with_logo),
            team_name: &team_name,
            letter_date: options.letter_date,
            valid_until: options.valid_until,
        };
        Edition::new(spec, &press)
    });
    match built.await {
        Ok(edition) => Ok(Arc::new(edition?)),
        Err(error) => Err(Failure::ours(format!(
            "checking the letter stopped: {error}"
        ))),
    }
}

/// The logo with this hash out of the database.
pub async fn logo_of_store(app: &App, hash: Option<&str>) -> Result<Option<Logo>, Failure> {
    let Some(hash) = hash else { return Ok(None) };
    match app.db.logo(hash).await? {
        Some(logo) => Ok(Some(logo)),
        None => Err(Failure::ours("the logo of the organisation is gone")),
    }
}
