//! `batch submit --dry-run`: who would get a letter and who not, and why. Issues nothing and saves nothing, but sets every
//! letter, since only that tells whether it fits. None is made: nothing is exported.

use std::collections::BTreeMap;

use super::{
    App, Failure,
    edition::{edition, logo_of_store},
    record_access::record_access,
    run_team_job::{Candidate, Team, leave_out_misfits, select_eligible},
    submit_batch::Prepared,
    while_wanted::misfits,
};
use crate::{
    bundles::manifest::counts,
    domain::{
        audit::{Access, Action},
        batch::TeamPlan,
        client::ClientId,
        eligibility::{LeftOut, Reason},
        location::LocationId,
    },
    letters::LetterWords,
    storage::{batches::TeamName, outcomes::PlannedClient},
};

/// A batch that was only tried.
#[derive(Debug, Clone)]
pub struct Forecast {
    pub organisation: String,
    /// Letters to clients who are also in a batch that is under way: whoever gets one there gets none here.
    pub in_other_batches: usize,
    pub teams: Vec<TeamForecast>,
}

#[derive(Debug, Clone)]
pub struct TeamForecast {
    pub team_id: String,
    pub team_name: String,
    /// letters + left out
    pub clients: usize,
    pub letters: usize,
    pub left_out: BTreeMap<&'static str, usize>,
    /// Clients whose letter is not possible, and why.
    pub impossible: Vec<(ClientId, Reason)>,
}

impl Forecast {
    pub fn left_out(&self) -> BTreeMap<&'static str, usize> {
        let mut sum = BTreeMap::new();
        for (reason, count) in self.teams.iter().flat_map(|team| &team.left_out) {
            *sum.entry(*reason).or_default() += count;
        }
        sum
    }
}

/// Judges everybody of every team, and sets all letters with a code that is nobody's.
pub async fn dry_run(app: &App, prepared: &Prepared) -> Result<Forecast, Failure> {
    let members = prepared.plan.teams.iter().flat_map(|team| &team.members);
    let access = Access::done(Action::BatchTried)
        .of(&prepared.stored.organisation.slug)
        .to_clients(members.map(|member| member.client.clone()));
    let forecast = forecast(app, prepared).await?;
    record_access(app, access).await?;
    Ok(forecast)
}

async fn forecast(app: &App, prepared: &Prepared) -> Result<Forecast, Failure> {
    let organisation = &prepared.stored.organisation;
    let logo = logo_of_store(app, prepared.stored.logo_hash.as_deref()).await?;
    let names: BTreeMap<&LocationId, &TeamName> = prepared
        .checked
        .teams
        .iter()
        .zip(&prepared.checked.team_names)
        .collect();
    // Asked before anybody is judged: whoever gets an invitation in between is no letter below.
    let undecided = app.db.undecided_clients(&organisation.slug).await?;
    let mut in_other_batches = 0;
    let mut teams = Vec::new();
    for plan in &prepared.plan.teams {
        let Some(name) = names.get(&plan.team) else {
            return Err(Failure::ours("a team was planned that nobody asked for"));
        };
        let edition = edition(
            &app.press,
            organisation,
            logo.clone(),
            &prepared.checked.options,
            &name.letter_name,
        )
        .await?;
        let team = Team {
            organisation,
            options: &prepared.checked.options,
            batch: None,
            clients: planned(plan, &names),
        };
        let mut selection = select_eligible(app, team, &edition).await?.selection;
        let letters = selection.letters().iter();
        let words: Vec<LetterWords> = letters.map(|letter| letter.words().clone()).collect();
        let misfits = misfits(app, edition, words).await?;
        leave_out_misfits(&mut selection, &misfits);
        in_other_batches += selection
            .letters()
            .iter()
            .filter(|letter| undecided.contains(letter.id()))
            .count();
        teams.push(TeamForecast {
            team_id: plan.team.to_string(),
            team_name: name.name.clone(),
            clients: selection.clients(),
            letters: selection.letters().len(),
            left_out: counts(selection.left_out().iter().map(|(_, l)| l.reason)),
            impossible: impossible(selection.left_out()),
        });
    }
    Ok(Forecast {
        organisation: organisation.slug.to_string(),
        in_other_batches,
        teams,
    })
}

/// The clients of a team that was planned.
pub(super) fn planned(
    plan: &TeamPlan,
    names: &BTreeMap<&LocationId, &TeamName>,
) -> Vec<PlannedClient> {
    plan.members
        .iter()
        .map(|member| PlannedClient {
            client: member.client.clone(),
            written_by: member
                .written_by
                .as_ref()
                .and_then(|team| names.get(team))
                .map(|name| name.name.clone()),
        })
        .collect()
}

fn impossible(left_out: &[(Candidate, LeftOut)]) -> Vec<(ClientId, Reason)> {
    left_out
        .iter()
        .filter(|(_, left_out)| {
            matches!(left_out.reason, Reason::DoesNotFit | Reason::MissingGlyph)
        })
        .map(|(candidate, left_out)| (candidate.id().clone(), left_out.reason))
        .collect()
}
