//! The intake form of Caren: what a provider has filled in, and keeping it.

use chrono::{DateTime, Utc};

use super::{App, Failure, submit_batch::organisation};
use crate::domain::{
    intake::{IntakeFault, IntakeForm},
    organisation::Slug,
};

/// The form of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    pub form: IntakeForm,
    /// To be handed in with what is saved; 0 when nothing was saved yet.
    pub revision: u32,
    /// Who saved it last, and when.
    pub saved: Option<(String, DateTime<Utc>)>,
}

/// What became of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SavedIntake {
    Saved,
    /// Nothing was saved.
    Faults(Vec<IntakeFault>),
}

pub async fn show_intake(app: &App, slug: &Slug) -> Result<Intake, Failure> {
    organisation(app, slug).await?;
    Ok(match app.db.intake_form(slug).await? {
        Some(stored) => Intake {
            form: stored.form,
            revision: stored.revision,
            saved: Some((stored.saved_by, stored.saved_at)),
        },
        None => Intake {
            form: IntakeForm::default(),
            revision: 0,
            saved: None,
        },
    })
}

/// Keeps a form, finished or not. `revision` is that of the [`Intake`] it was made from.
///
/// # Errors
/// Conflict `intake_changed` when somebody else saved one since.
pub async fn save_intake(
    app: &App,
    slug: &Slug,
    form: IntakeForm,
    revision: u32,
) -> Result<SavedIntake, Failure> {
    organisation(app, slug).await?;
    let form = form.tidied();
    let faults = form.faults();
    if !faults.is_empty() {
        return Ok(SavedIntake::Faults(faults));
    }
    let saved = app
        .db
        .save_intake_form(slug, &form, revision, &app.actor.user, app.now())
        .await?;
    if saved {
        return Ok(SavedIntake::Saved);
    }
    Err(Failure::conflict(
        "intake_changed",
        format!("somebody else saved the intake form of {slug} in the meantime"),
        "look at what they saved, and fill in again what is to be different",
    ))
}
