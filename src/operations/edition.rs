//! The letter of one team, ready to be pressed: the organisation's text and preferences with the batch's options.

use std::sync::Arc;

use super::{App, Failure};
use crate::{
    domain::{batch::BatchOptions, organisation::Organisation},
    exports::{self, LogoFile},
    letters::{Edition, EditionSpec, Logo, LogoFormat},
    storage::exports::StoredLogo,
};

/// Checks the text, the values and the logo, and builds the edition; blocks some tens of milliseconds, so it runs away
/// from the async threads.
pub async fn edition(
    organisation: &Organisation,
    logo: Option<Logo>,
    options: &BatchOptions,
    team_name: &str,
) -> Result<Arc<Edition>, Failure> {
    let (organisation, options) = (organisation.clone(), options.clone());
    let team_name = team_name.to_owned();
    let built = tokio::task::spawn_blocking(move || {
        Edition::new(EditionSpec {
            organisation: &organisation,
            window: options.address_window,
            logo: logo.filter(|_| options.with_logo),
            team_name: &team_name,
            letter_date: options.letter_date,
            valid_until: options.valid_until,
        })
    });
    match built.await {
        Ok(edition) => Ok(Arc::new(edition?)),
        Err(error) => Err(Failure::ours(format!("checking the letter stopped: {error}"))),
    }
}

/// The logo that the export brought.
pub fn logo_of_export(file: &LogoFile) -> Logo {
    Logo {
        format: match file.format {
            exports::LogoFormat::Svg => LogoFormat::Svg,
            exports::LogoFormat::Png => LogoFormat::Png,
            exports::LogoFormat::Jpg => LogoFormat::Jpg,
            exports::LogoFormat::Pdf => LogoFormat::Pdf,
        },
        bytes: file.bytes.clone(),
    }
}

/// The logo as it is stored: its format under the name that [`logo_of_store`] reads.
pub fn logo_for_store(file: &LogoFile) -> StoredLogo {
    let format = match file.format {
        exports::LogoFormat::Svg => "svg",
        exports::LogoFormat::Png => "png",
        exports::LogoFormat::Jpg => "jpg",
        exports::LogoFormat::Pdf => "pdf",
    };
    StoredLogo {
        format: format.to_owned(),
        bytes: file.bytes.clone(),
    }
}

/// The logo with this hash out of the database.
pub async fn logo_of_store(app: &App, hash: Option<&str>) -> Result<Option<Logo>, Failure> {
    let Some(hash) = hash else { return Ok(None) };
    let stored = app
        .db
        .logo(hash)
        .await?
        .ok_or_else(|| Failure::ours("the logo of the organisation is gone".to_owned()))?;
    let format = match stored.format.as_str() {
        "svg" => LogoFormat::Svg,
        "png" => LogoFormat::Png,
        "jpg" => LogoFormat::Jpg,
        "pdf" => LogoFormat::Pdf,
        other => return Err(Failure::ours(format!("a logo of the unknown format '{other}'"))),
    };
    Ok(Some(Logo {
        format,
        bytes: stored.bytes,
    }))
}
