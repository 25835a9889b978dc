//! The second step of a new batch: who would get a letter and who not, before anything is issued.

use askama::Template;

use super::{
    choice::Choice,
    reasons::{ReasonLine, in_short, reason_lines},
};
use crate::{
    domain::organisation::Slug,
    http::pages::{
        layout::Frame,
        places::Part,
        reply::{PageResult, page},
    },
    operations::{
        App,
        dry_run::{Forecast, TeamForecast, dry_run},
        submit_batch::{Prepared, organisation},
    },
    wording::dutch_pages::{count, logo, number, order, reason, unit, window},
};

/// Letters that cannot be made and are shown; a text that is too long for all would make a line for every client.
const IMPOSSIBLE: usize = 200;

#[derive(Template)]
#[template(path = "pages/support/check_batch.html")]
struct Check {
    frame: Frame,
    slug: Slug,
    choice: Choice,
    /// The last day of the codes is over.
    expired: bool,
    /// Who has a code that works yet gets another in its place.
    ends_codes: bool,
    clients: String,
    /// `cliënten`
    clients_unit: &'static str,
    letters: usize,
    /// `90`
    letters_number: String,
    /// `90 brieven`
    letters_text: String,
    left_out: String,
    /// What to know when a batch is under way for some of these clients.
    in_other_batches: Option<String>,
    facts: Vec<(&'static str, String)>,
    teams: Vec<TeamLine>,
    reasons: Vec<ReasonLine>,
    /// Client number, team, and why the letter is not possible.
    impossible: Vec<(String, String, &'static str)>,
    /// How many more of those there are.
    more_impossible: Option<String>,
}

struct TeamLine {
    name: String,
    clients: String,
    letters: String,
    left_out: String,
    why: String,
}

impl From<&TeamForecast> for TeamLine {
    fn from(team: &TeamForecast) -> Self {
        Self {
            name: team.team_name.clone(),
            clients: number(team.clients),
            letters: number(team.letters),
            left_out: number(team.clients - team.letters),
            why: in_short(&team.left_out),
        }
    }
}

/// Sets every letter for a try, and shows what would come of it.
pub async fn check_page(app: &App, slug: &Slug, prepared: &Prepared, choice: Choice) -> PageResult {
    let stored = organisation(app, slug).await?;
    let forecast = dry_run(app, prepared).await?;
    let clients: usize = forecast.teams.iter().map(|team| team.clients).sum();
    let letters: usize = forecast.teams.iter().map(|team| team.letters).sum();
    page(&Check {
        frame: Frame::of(app, "Controleren")
            .within(app, slug, &stored.organisation.name, Part::Locations)
            .below("Locatiegram", Part::Locations.address(slug)),
        slug: slug.clone(),
        clients: number(clients),
        clients_unit: unit(clients, "cliënt", "cliënten"),
        letters,
        letters_number: number(letters),
        letters_text: count(letters, "brief", "brieven"),
        left_out: number(clients - letters),
        in_other_batches: in_other_batches(forecast.in_other_batches),
        facts: facts(prepared, &choice),
        teams: forecast.teams.iter().map(TeamLine::from).collect(),
        reasons: reason_lines(&forecast.left_out()),
        more_impossible: impossible_letters(&forecast)
            .checked_sub(IMPOSSIBLE)
            .filter(|more| *more > 0)
            .map(number),
        impossible: impossible(&forecast),
        expired: prepared.options().valid_until < app.today(),
        ends_codes: prepared.options().ends_codes_that_work(app.today()),
        choice,
    })
}

fn in_other_batches(letters: usize) -> Option<String> {
    let whom = match letters {
        0 => return None,
        1 => "Eén van deze brieven is voor een cliënt die ook in een batch staat die nog loopt."
            .to_owned(),
        many => format!(
            "{} van deze brieven zijn voor cliënten die ook in een batch staan die nog loopt.",
            number(many)
        ),
    };
    Some(format!(
        "{whom} Wie daar een brief krijgt, krijgt hier geen tweede."
    ))
}

fn facts(prepared: &Prepared, choice: &Choice) -> Vec<(&'static str, String)> {
    let options = prepared.options();
    let yes = |ticked: bool, text: &str| ticked.then(|| text.to_owned());
    let also: Vec<String> = [
        yes(choice.again_expired, "verlopen uitnodigingen"),
        yes(choice.again_cancelled, "ingetrokken uitnodigingen"),
        yes(choice.accept_unknown, "onbekende Carenstatus"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut facts = vec![
        (
            "Datum op de brief",
            crate::domain::calendar::long_date(options.letter_date),
        ),
        (
            "Code werkt tot en met",
            crate::domain::calendar::long_date(options.valid_until),
        ),
        ("Venster", window(options.address_window).to_owned()),
        ("Logo", logo(options.with_logo).to_owned()),
        ("Volgorde", order(choice.order).to_owned()),
    ];
    if !also.is_empty() {
        facts.push(("Ook", also.join(", ")));
    }
    facts
}

fn impossible(forecast: &Forecast) -> Vec<(String, String, &'static str)> {
    let of_team = |team: &TeamForecast| {
        let name = team.team_name.clone();
        team.impossible
            .iter()
            .map(|(client, why)| (client.to_string(), name.clone(), reason(*why)))
            .collect::<Vec<_>>()
    };
    forecast
        .teams
        .iter()
        .flat_map(of_team)
        .take(IMPOSSIBLE)
        .collect()
}

fn impossible_letters(forecast: &Forecast) -> usize {
    let of_team = |team: &TeamForecast| team.impossible.len();
    forecast.teams.iter().map(of_team).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{client::ClientId, eligibility::Reason};

    #[test]
    fn a_text_that_is_too_long_for_everybody_does_not_make_an_endless_page() {
        let team = |clients: std::ops::Range<usize>| TeamForecast {
            team_id: "1".to_owned(),
            team_name: "Noord".to_owned(),
            clients: clients.len(),
            letters: 0,
            left_out: BTreeMap::new(),
            impossible: clients
                .filter_map(|number| ClientId::new(&number.to_string()))
                .map(|client| (client, Reason::DoesNotFit))
                .collect(),
        };
        let forecast = Forecast {
            organisation: "zorg".to_owned(),
            in_other_batches: 0,
            teams: vec![team(100..250), team(250..400)],
        };
        assert_eq!(impossible_letters(&forecast), 300);
        assert_eq!(impossible(&forecast).len(), IMPOSSIBLE);
    }
}
