//! From a request to a saved plan with its tasks on the queue.

use std::{collections::BTreeSet, sync::Arc};

use sha2::{Digest, Sha256};

use super::{
    App, Failure,
    edition::{edition, logo_of_store},
    switches::Stop,
};
use crate::{
    domain::{
        batch::{BatchOptions, BatchPlan, BatchRequest, plan_batch, teams_with_clients},
        client::Assignment,
        location::{FindError, LocationId, LocationTree},
        organisation::{LetterOrder, Logo, Organisation, Slug},
    },
    letters::Press,
    storage::{
        self,
        batches::{NewBatch, Saved, TeamName},
        exports::StoredOrganisation,
    },
};

/// A request with everything looked up: the teams exist, the dates are possible, the letter can be made.
#[derive(Debug, Clone)]
pub struct CheckedRequest {
    pub options: BatchOptions,
    pub order: LetterOrder,
    pub teams: Vec<LocationId>,
    pub team_names: Vec<TeamName>,
}

/// Checks a request against an organisation and its export, changing nothing.
pub async fn check_request(
    press: &Arc<Press>,
    request: &BatchRequest,
    organisation: &Organisation,
    logo: Option<Logo>,
    tree: &LocationTree,
    assignments: &[Assignment],
    today: chrono::NaiveDate,
) -> Result<CheckedRequest, Failure> {
    let options = BatchOptions::resolve(request, &organisation.letter, today)?;
    let teams = find_teams(request, tree, assignments)?;
    let team_names: Vec<TeamName> = teams
        .iter()
        .filter_map(|id| tree.get(id))
        .map(|location| TeamName {
            name: location.name.clone(),
            letter_name: location.letter_name().to_owned(),
        })
        .collect();
    if options.with_logo && logo.is_none() {
        return Err(Failure::input(
            "no_logo",
            format!("{} has no logo in its organisation.toml", organisation.slug),
            "add `logo = \"logo.svg\"`, or ask for letters with --no-logo",
        ));
    }
    for team in teams_to_try(organisation, &team_names) {
        edition(press, organisation, logo.clone(), &options, team).await?;
    }
    Ok(CheckedRequest {
        options,
        order: request.order.unwrap_or(organisation.letter.order),
        teams,
        team_names,
    })
}

/// The teams whose letter is tried: one, or all of them when their names are in the text.
fn teams_to_try<'a>(organisation: &Organisation, names: &'a [TeamName]) -> BTreeSet<&'a str> {
    let letter = &organisation.letter;
    let own = letter.text.as_ref().map(|text| &text.content);
    let of_template = letter.own_template.as_ref().map(|template| &template.text);
    // The standard texts that ship with the product name no team.
    let text = own.or(of_template).map(String::as_str).unwrap_or_default();
    let named = text.to_lowercase().contains("team_name");
    names
        .iter()
        .take(if named { names.len() } else { 1 })
        .map(|team| team.letter_name.as_str())
        .collect()
}

fn find_teams(
    request: &BatchRequest,
    tree: &LocationTree,
    assignments: &[Assignment],
) -> Result<Vec<LocationId>, Failure> {
    if request.teams.is_empty() {
        let teams = teams_with_clients(tree, assignments);
        if teams.is_empty() {
            return Err(Failure::input(
                "no_teams",
                "no client of this export is assigned to a location",
                "see that location_assignments.csv has rows for the clients of clients.csv",
            ));
        }
        return Ok(teams);
    }
    let mut teams = Vec::new();
    for text in &request.teams {
        let id = tree
            .find(text)
            .map_err(|error| unknown_team(text, error))?
            .id
            .clone();
        // The same team named twice is one team.
        if !teams.contains(&id) {
            teams.push(id);
        }
    }
    Ok(teams)
}

pub(super) fn unknown_team(text: &str, error: FindError) -> Failure {
    match error {
        FindError::Unknown { nearest } => Failure::input(
            "unknown_team",
            format!("there is no team '{text}'"),
            match nearest {
                Some(name) => {
                    format!("did you mean '{name}'? locations.csv lists all ids and names")
                }
                None => "use an id or a name from locations.csv".to_owned(),
            },
        ),
        FindError::Ambiguous { ids } => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            Failure::input(
                "ambiguous_team",
                format!("there are {} teams called '{text}'", ids.len()),
                format!("use one of the ids {}", ids.join(", ")),
            )
        }
    }
}

/// A request checked against what is stored, and planned: ready to be saved.
pub struct Prepared {
    request: BatchRequest,
    pub(super) stored: StoredOrganisation,
    pub(super) checked: CheckedRequest,
    pub(super) plan: BatchPlan,
    /// Equal for the same teams and options over the same export with the same letter.
    pub fingerprint: String,
}

impl Prepared {
    /// With nothing left open.
    pub fn options(&self) -> &BatchOptions {
        &self.checked.options
    }
}

/// Stop two: looks everything up, checks it and plans the batch. Changes nothing.
pub async fn prepare_batch(
    app: &App,
    slug: &Slug,
    request: &BatchRequest,
) -> Result<Prepared, Failure> {
    app.switches.passed(Stop::Parse, 0);
    let mut stored = organisation(app, slug).await?;
    let tree = location_tree(app, slug).await?;
    let assignments = app.db.assignments(slug).await?;
    let logo = logo_of_store(app, stored.logo_hash.as_deref()).await?;
    let organisation = &stored.organisation;
    let today = app.today();
    let checked = check_request(
        &app.press,
        request,
        organisation,
        logo,
        &tree,
        &assignments,
        today,
    )
    .await?;
    // The batch keeps a copy of the organisation, and its bundles follow that.
    stored.organisation.letter.order = checked.order;
    let plan = plan_batch(
        &tree,
        &assignments,
        &checked.teams,
        checked.options.letter_date,
    );
    app.switches.passed(Stop::Plan, 0);
    Ok(Prepared {
        fingerprint: fingerprint(&stored, &checked)?,
        request: request.clone(),
        stored,
        checked,
        plan,
    })
}

/// The organisation as its last export left it, with the letter that was published, if any.
pub async fn organisation(app: &App, slug: &Slug) -> Result<StoredOrganisation, Failure> {
    let stored = app.db.organisation(slug).await?;
    stored
        .filter(|_| app.actor.sees(slug.as_str()))
        .ok_or_else(|| unknown_organisation(slug))
}

pub(super) fn unknown_organisation(slug: &Slug) -> Failure {
    Failure::not_found(
        "unknown_organisation",
        format!("there is no organisation '{slug}'"),
        "take its export in first with `brievenbus import FOLDER`",
    )
}

pub async fn location_tree(app: &App, slug: &Slug) -> Result<LocationTree, Failure> {
    LocationTree::new(app.db.locations(slug).await?)
        .map_err(|error| Failure::ours(format!("the stored locations are broken: {error}")))
}

/// An id for a batch that is not there yet.
pub fn new_batch_id() -> String {
    storage::new_id()
}

/// What a batch is submitted with, beside the request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Submission<'a> {
    /// A new id, locked by the caller if anybody should know that it is alive.
    pub id: &'a str,
    /// The data folder of the `run` that submits.
    pub run_home: Option<&'a str>,
    /// The same key again, from the same organisation, means the same batch; see [`submitted_before`].
    pub idempotency_key: Option<&'a str>,
}

/// Stop three: saves the batch with its tasks. Answers with its id, or with that of the batch that was submitted first
/// with the same idempotency key.
///
/// # Errors
/// Conflict `idempotency_key_used` when that batch was for another request.
pub async fn submit_batch(
    app: &App,
    prepared: &Prepared,
    submission: &Submission<'_>,
) -> Result<String, Failure> {
    let new = NewBatch {
        id: submission.id,
        organisation: &prepared.stored.organisation,
        logo_hash: prepared.stored.logo_hash.as_deref(),
        options: &prepared.checked.options,
        plan: &prepared.plan,
        team_names: &prepared.checked.team_names,
        fingerprint: &prepared.fingerprint,
        run_home: submission.run_home,
        idempotency_key: submission.idempotency_key,
        request: &prepared.request,
        priority: prepared.request.priority.rank(),
    };
    let saved = app.db.save_plan(&new, &app.scribe()).await?;
    app.switches.passed(Stop::Save, 0);
    match saved {
        Saved::New => Ok(submission.id.to_owned()),
        Saved::There => {
            let slug = &prepared.stored.organisation.slug;
            let first = submitted_before(app, slug, &prepared.request, submission.idempotency_key);
            first
                .await?
                .ok_or_else(|| Failure::ours("a new batch id that was there already"))
        }
    }
}

/// The batch that was submitted with this idempotency key. To be asked before a request is looked at: the same request is
/// answered with its batch, whatever the organisation has become since.
///
/// # Errors
/// Conflict `idempotency_key_used` when it was for another request: its letters would never be written, or not like this.
pub async fn submitted_before(
    app: &App,
    slug: &Slug,
    request: &BatchRequest,
    key: Option<&str>,
) -> Result<Option<String>, Failure> {
    let Some(key) = key else {
        return Ok(None);
    };
    organisation(app, slug).await?;
    match app.db.batch_of_key(slug, key, request).await? {
        None => Ok(None),
        Some((id, true)) => Ok(Some(id)),
        Some((id, false)) => Err(Failure::conflict(
            "idempotency_key_used",
            format!("this idempotency key was used for another request, in batch {id}"),
            "choose another key for another request",
        )),
    }
}

fn fingerprint(stored: &StoredOrganisation, checked: &CheckedRequest) -> Result<String, Failure> {
    // With another letter it is other work.
    let export = match stored.letter {
        Some(number) => format!("{} with letter {number}", stored.export),
        None => stored.export.clone(),
    };
    let asked = serde_json::to_vec(&(export, &checked.teams, &checked.options, checked.order))
        .map_err(|error| Failure::ours(format!("the request cannot be written down: {error}")))?;
    Ok(hex::encode(Sha256::digest(asked)))
}
