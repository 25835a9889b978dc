//! `/organisaties/SLUG` for the provider itself: what there is to do.

use askama::Template;

use super::{Place, bundles::Row};
use crate::{
    domain::{intake::Question, organisation::Slug},
    http::pages::{
        layout::Frame,
        places::Part,
        reply::{PageResult, Told, page},
    },
    operations::{
        App,
        letter_draft::letter_draft,
        list_teams::list_teams,
        summarise_organisation::{OrganisationSummary, summarise_organisation},
    },
    wording::{dutch_pages::number, dutch_provider::answered},
};

const NEWEST: u64 = 5;

#[derive(Template)]
#[template(path = "pages/provider/home.html")]
struct HomePage {
    frame: Frame,
    address: String,
    bundles_waiting: u64,
    open: String,
    redeemed: String,
    expired: String,
    newest: Vec<Row>,
    /// Clients, linked, invited, and those who can be; when the tree of locations has one top.
    whole: Option<[String; 4]>,
    /// A text was begun and not published.
    has_draft: bool,
    /// Not every question of the intake form has an answer: how many do.
    to_answer: Option<String>,
}

/// The first page of a provider.
pub async fn home(app: &App, slug: &Slug, told: Told) -> PageResult {
    let place = Place::find(app, slug.as_str(), Part::Locations, "").await?;
    let OrganisationSummary {
        bundles_waiting,
        newest,
        open_invitations,
        redeemed_invitations,
        expired_invitations,
        answered_questions,
    } = summarise_organisation(app, slug, NEWEST).await?;
    let teams = list_teams(app, slug).await?;
    let mut tops = teams.iter().filter(|team| team.depth == 0);
    let whole = match (tops.next(), tops.next()) {
        (Some(top), None) => Some([top.clients, top.linked, top.invited, top.eligible].map(number)),
        _ => None,
    };
    let overview = letter_draft(app, slug).await?;
    let questions = Question::ALL.len();
    let mut frame = place.frame.saying(told);
    frame.title = place.organisation.name;
    page(&HomePage {
        frame,
        address: format!("/organisaties/{slug}"),
        bundles_waiting,
        whole,
        open: number(open_invitations),
        redeemed: number(redeemed_invitations),
        expired: number(expired_invitations),
        newest: newest
            .iter()
            .map(|listed| Row::new(app, slug.as_str(), listed))
            .collect(),
        has_draft: overview.draft.is_some(),
        to_answer: (answered_questions < questions)
            .then(|| answered(answered_questions, questions)),
    })
}
