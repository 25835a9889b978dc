//! Everything that somebody needs at hand who writes a provider's letter.

use std::sync::Arc;

use chrono::Days;

use super::{
    App, Failure,
    edition::logo_of_store,
    letter_changes::{self, Choices},
    letter_faults::LetterFault,
    submit_batch::unknown_organisation,
};
use crate::{
    domain::{
        actor::Role,
        batch::OptionsError,
        letter_fault::{LetterField, ValueProblem},
        letter_setup::{LetterChanges, LetterSetup},
        organisation::{Logo, Organisation, Slug},
    },
    letters::{Edition, EditionError, EditionSpec, Press},
    storage::{
        exports::StoredOrganisation, letter_logos::StoredLogo, letter_versions::CurrentVersions,
    },
};

pub(super) struct Desk {
    /// With the letter that its export says.
    pub(super) exported: StoredOrganisation,
    pub(super) current: CurrentVersions,
    pub(super) logos: Vec<StoredLogo>,
}

impl Desk {
    pub(super) async fn open(app: &App, slug: &Slug) -> Result<Self, Failure> {
        let writes = !matches!(app.actor.role, Role::Caren | Role::Ci);
        let exported = app.db.exported_organisation(slug).await?;
        let exported = exported
            .filter(|_| writes && app.actor.sees(slug.as_str()))
            .ok_or_else(|| unknown_organisation(slug))?;
        Ok(Self {
            exported,
            current: app.db.current_letter(slug).await?,
            logos: app.db.letter_logos(slug).await?,
        })
    }

    /// What the last export says.
    pub(super) fn export_setup(&self) -> LetterSetup {
        LetterSetup::of(&self.exported.organisation)
    }

    /// The draft, or else what batches use now.
    pub(super) fn setup(&self) -> LetterSetup {
        let CurrentVersions { draft, published } = &self.current;
        let version = draft.as_ref().or(published.as_ref());
        version
            .and_then(|version| version.setup.clone())
            .unwrap_or_else(|| self.export_setup())
    }

    /// What is on the desk, with changes.
    pub(super) fn change(&self, changes: &LetterChanges) -> Result<LetterSetup, Vec<LetterFault>> {
        let logos: Vec<String> = self.logos.iter().map(|logo| logo.hash.clone()).collect();
        let choices = Choices {
            exported: &self.exported.organisation.letter,
            logos: &logos,
        };
        letter_changes::change(&self.setup(), changes, &choices)
    }

    /// A letter with this setup, to be tried.
    pub(super) async fn proposal(
        &self,
        app: &App,
        setup: &LetterSetup,
    ) -> Result<Proposal, Failure> {
        let hash = setup.logo_hash(self.exported.logo_hash.clone());
        let logo = match setup.letter.with_logo {
            true => logo_of_store(app, hash.as_deref()).await?,
            false => None,
        };
        Ok(Proposal {
            organisation: setup.on(&self.exported.organisation),
            logo,
        })
    }
}

/// A letter that may be printed one day.
#[derive(Clone)]
pub(super) struct Proposal {
    pub(super) organisation: Organisation,
    /// Absent when it is to have none, or there is none.
    pub(super) logo: Option<Logo>,
}

impl Proposal {
    /// What cannot be, before anything is set.
    pub(super) fn fault(&self) -> Option<LetterFault> {
        (self.organisation.letter.with_logo && self.logo.is_none())
            .then(|| LetterFault::of_value(LetterField::WithLogo, ValueProblem::NoLogo))
    }

    /// As a letter of today to somebody of this team.
    pub(super) fn spec<'a>(
        &'a self,
        app: &App,
        team_name: &'a str,
    ) -> Result<EditionSpec<'a>, Failure> {
        let letter = &self.organisation.letter;
        let letter_date = app.today();
        let valid_until = letter_date
            .checked_add_days(Days::new(letter.validity_days.into()))
            .ok_or(OptionsError::DateOutOfRange(letter_date))?;
        Ok(EditionSpec {
            organisation: &self.organisation,
            window: letter.address_window,
            logo: self.logo.clone(),
            team_name,
            letter_date,
            valid_until,
        })
    }

    /// Tries it for good, away from the async threads.
    pub(super) async fn try_out(
        &self,
        app: &App,
    ) -> Result<Result<Arc<Edition>, EditionError>, Failure> {
        let (app, proposal) = (app.clone(), self.clone());
        on_press(&app.press.clone(), move |press| {
            // Teams have names of their own, which are tried when letters are asked for them.
            let spec = proposal.spec(&app, "Team")?;
            Ok(Edition::new(spec, press).map(Arc::new))
        })
        .await
    }
}

/// Does something that waits for a press, away from the async threads.
pub(super) async fn on_press<T: Send + 'static>(
    press: &Arc<Press>,
    work: impl FnOnce(&Press) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let press = Arc::clone(press);
    match tokio::task::spawn_blocking(move || work(&press)).await {
        Ok(done) => done,
        Err(_) => Err(Failure::ours("the typesetter broke down")),
    }
}

/// Somebody else was first.
pub(super) fn changed_meanwhile() -> Failure {
    Failure::conflict(
        "letter_changed",
        "somebody else has changed this letter since you opened it",
        "look at what it is now, and make your changes again; what you typed was not saved, and nothing of theirs is lost",
    )
}

pub(super) fn no_draft() -> Failure {
    Failure::not_found(
        "no_draft",
        "there is no draft of this letter",
        "save one first",
    )
}
