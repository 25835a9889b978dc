//! A letter of a batch that is not submitted yet, as a picture: to the first client who would get one.

use std::collections::BTreeMap;

use super::{
    App, Failure,
    dry_run::planned,
    edition::{edition, logo_of_store},
    letter_scene::{Scene, draw},
    preview_letter::Preview,
    record_access::record_access,
    run_team_job::{Team, select_eligible},
    submit_batch::prepare_batch,
};
use crate::{
    domain::{
        audit::{Access, Action},
        batch::BatchRequest,
        client::ClientId,
        location::LocationId,
        organisation::Slug,
    },
    letters::Model,
    storage::batches::TeamName,
};

/// The letter, and whose it is.
#[derive(Debug, Clone)]
pub struct BatchLetterPreview {
    pub preview: Preview,
    pub client: ClientId,
    pub team_name: String,
}

/// Sets the letter of the first client, in the order of the bundle, of the first team of `request` that has one.
/// Whoever looks at it sees that client's data. `None`: nobody would get a letter. Changes nothing.
///
/// # Errors
/// As a batch with this request.
pub async fn preview_batch_letter(
    app: &App,
    slug: &Slug,
    request: &BatchRequest,
    dpi: u16,
) -> Result<Option<BatchLetterPreview>, Failure> {
    let prepared = prepare_batch(app, slug, request).await?;
    let options = &prepared.checked.options;
    let logo = logo_of_store(app, prepared.stored.logo_hash.as_deref()).await?;
    let logo = logo.filter(|_| options.with_logo);
    let mut organisation = prepared.stored.organisation.clone();
    organisation.letter.address_window = options.address_window;
    let names: BTreeMap<&LocationId, &TeamName> = prepared
        .checked
        .teams
        .iter()
        .zip(&prepared.checked.team_names)
        .collect();
    for plan in &prepared.plan.teams {
        let Some(name) = names.get(&plan.team) else {
            return Err(Failure::ours("a team was planned that nobody asked for"));
        };
        let edition = edition(
            &app.press,
            &organisation,
            logo.clone(),
            options,
            &name.letter_name,
        )
        .await?;
        let team = Team {
            organisation: &organisation,
            options,
            batch: None,
            clients: planned(plan, &names),
        };
        let selection = select_eligible(app, team, &edition).await?.selection;
        // From here on somebody sees data of a real client.
        let Some(candidate) = selection.letters().first() else {
            continue;
        };
        let access = Access::done(Action::LetterPreviewed)
            .of(slug)
            .to_clients([candidate.id().clone()]);
        record_access(app, access).await?;
        let scene = Scene {
            organisation,
            logo,
            team_name: name.letter_name.clone(),
            letter_date: options.letter_date,
            valid_until: options.valid_until,
            model: Model::Client(candidate.words().clone()),
            dpi,
        };
        return Ok(Some(BatchLetterPreview {
            preview: draw(app, scene).await?,
            client: candidate.id().clone(),
            team_name: name.name.clone(),
        }));
    }
    Ok(None)
}
