//! The second step of a new batch: who would get a letter and who not, before anything is issued.

use askama::Template;

use super::{
    choice::Choice,
    reasons::{ReasonLine, in_short, reason_lines},
};
use crate::{
    domain::organisation::Slug,
    http::pages::layout::{Frame, PageResult, Part, page},
    operations::{
        App,
        dry_run::{Forecast, TeamForecast, dry_run},
        submit_batch::{Prepared, organisation},
    },
    wording::dutch_pages::{count, number, order, reason, window},
};

#[derive(Template)]
#[template(path = "pages/support/check_batch.html")]
struct Check {
    frame: Frame,
    slug: Slug,
    choice: Choice,
    clients: String,
    letters: usize,
    /// `90`
    letters_number: String,
    /// `90 brieven`
    letters_text: String,
    left_out: String,
    facts: Vec<(&'static str, String)>,
    teams: Vec<TeamLine>,
    reasons: Vec<ReasonLine>,
    /// Client number, team, and why the letter is not possible.
    impossible: Vec<(String, String, &'static str)>,
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
        letters,
        letters_number: number(letters),
        letters_text: count(letters, "brief", "brieven"),
        left_out: number(clients - letters),
        facts: facts(prepared, &choice),
        teams: forecast.teams.iter().map(TeamLine::from).collect(),
        reasons: reason_lines(&forecast.left_out()),
        impossible: impossible(&forecast),
        choice,
    })
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
        (
            "Logo",
            if options.with_logo {
                "Op de brief"
            } else {
                "Niet op de brief"
            }
            .to_owned(),
        ),
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
    forecast.teams.iter().flat_map(of_team).collect()
}
