//! `letter logo`: takes a logo in, to be chosen for the letter.

use super::{
    App, Failure,
    letter_desk::{Desk, Proposal, on_press},
    letter_draft::UploadedLogo,
    letter_faults::{LetterFault, faults_of},
};
use crate::{
    domain::{letter_fault::LogoProblem, organisation::Slug},
    exports::{LogoFileFault, logo_of_file, sample::invented_organisation},
    letters::Sketch,
};

/// Bytes of the largest file that is looked at at all; a door need not read further.
pub const MOST_LOGO_BYTES: usize = 8 * 1024 * 1024;

/// Of a file's name, as it is shown again.
const MOST_NAME_CHARACTERS: usize = 100;

/// What became of it.
#[derive(Debug, Clone)]
pub enum LogoUpload {
    Kept(UploadedLogo),
    Refused(LetterFault),
}

/// Checks a logo (SVG, PNG, JPG or PDF, as its name says) and keeps it by its hash. It is on no letter until somebody
/// chooses it.
pub async fn upload_logo(
    app: &App,
    slug: &Slug,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<LogoUpload, Failure> {
    Desk::open(app, slug).await?;
    let refused = |problem| Ok(LogoUpload::Refused(LetterFault::of_logo(problem)));
    if bytes.len() > MOST_LOGO_BYTES {
        return refused(LogoProblem::TooManyBytes);
    }
    let logo = match logo_of_file(file_name, bytes) {
        Ok(logo) => logo,
        Err(LogoFileFault::UnknownFormat) => return refused(LogoProblem::UnknownFormat),
        Err(LogoFileFault::OtherFormat) => return refused(LogoProblem::NotThisFormat),
    };
    // On a letter of nobody's, so that nothing but the logo can be at fault.
    let trial = Proposal {
        organisation: invented_organisation().0,
        logo: Some(logo.clone()),
    };
    let (beside, organisation) = (app.clone(), trial.organisation.clone());
    let tried = on_press(&app.press, move |press| {
        let sketch = Sketch::new(trial.spec(&beside, "Team")?, press);
        Ok(sketch.and_then(|sketch| sketch.try_out(press)))
    });
    if let Err(error) = tried.await? {
        let fault = faults_of(error, &organisation)?.into_iter().next();
        return Ok(LogoUpload::Refused(fault.unwrap_or_else(|| {
            LetterFault::of_logo(LogoProblem::CannotBeSet)
        })));
    }
    let name: String = file_name
        .chars()
        .filter(|c| !c.is_control())
        .take(MOST_NAME_CHARACTERS)
        .collect();
    let by = &app.actor.user;
    let kept = app
        .db
        .keep_letter_logo(slug, &logo, (&name, by), app.now())
        .await?;
    Ok(LogoUpload::Kept(kept.into()))
}
