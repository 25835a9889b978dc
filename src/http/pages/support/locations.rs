//! `/organisaties/SLUG`: the tree of locations, and where the clients of each stand.

use askama::Template;
use axum::{Router, routing::get};

use crate::{
    domain::{actor::Role, intake::Question, organisation::Slug},
    http::{
        caller::{ForMembers, Visitor},
        pages::{
            PageFailure,
            addresses::SlugInPath,
            fields::Asked,
            layout::Frame,
            places::Part,
            provider::home,
            reply::{PageResult, Told, page},
        },
        service::Service,
    },
    operations::{
        intake_form::show_intake,
        list_teams::{TeamLine, list_teams},
        submit_batch::organisation,
    },
    wording::dutch_pages::{moment, number, unit},
};

/// Trees with so many locations or fewer are shown with everything unfolded.
const SMALL: usize = 60;

pub fn routes() -> Router<Service> {
    Router::new()
        .route("/organisaties/{slug}", get(first_page))
        .route("/organisaties/{slug}/locaties", get(locations))
}

#[derive(Template)]
#[template(path = "pages/support/locations.html")]
struct Locations {
    frame: Frame,
    slug: Slug,
    imported: String,
    /// Of the questions of the intake form for Caren.
    answered: usize,
    questions: usize,
    /// Support chooses teams here for a new batch.
    chooses: bool,
    branches: Vec<Branch>,
    /// The figures of the whole, when the tree has one top.
    whole: Option<Figures>,
}

/// A location on its line of the tree.
pub struct Branch {
    pub id: String,
    pub name: String,
    pub figures: Figures,
    pub chosen: bool,
    /// Others are below it.
    pub parent: bool,
    pub open: bool,
    /// Branches that end behind this one.
    pub closes: usize,
}

#[derive(Clone)]
pub struct Figures {
    pub clients: usize,
    pub linked: usize,
    pub invited: usize,
    pub eligible: usize,
}

impl Figures {
    fn of(line: &TeamLine) -> Self {
        Self {
            clients: line.clients,
            linked: line.linked,
            invited: line.invited,
            eligible: line.eligible,
        }
    }

    /// Each with what it counts, in the order of the columns.
    fn columns(&self) -> [(String, &'static str, bool); 4] {
        [
            (self.clients, unit(self.clients, "cliënt", "cliënten")),
            (self.linked, "gekoppeld"),
            (self.invited, "uitgenodigd"),
            (self.eligible, "uit te nodigen"),
        ]
        .map(|(n, unit)| (number(n), unit, n == 0))
    }
}

/// A provider begins with what there is to do, support with the tree.
async fn first_page(
    visitor: Visitor<ForMembers>,
    slug: SlugInPath,
    asked: Asked,
    told: Told,
) -> PageResult {
    match visitor.app.actor.role {
        Role::Provider => home(&visitor.app, &slug.0, told).await,
        _ => locations(visitor, slug, asked, told).await,
    }
}

async fn locations(
    visitor: Visitor<ForMembers>,
    SlugInPath(slug): SlugInPath,
    Asked(asked): Asked,
    told: Told,
) -> PageResult {
    let app = visitor.app;
    let stored = organisation(&app, &slug).await.map_err(PageFailure::from)?;
    let lines = list_teams(&app, &slug).await.map_err(PageFailure::from)?;
    let tops = lines.iter().filter(|line| line.depth == 0).count();
    let whole = lines.first().filter(|_| tops == 1).map(Figures::of);
    let name = &stored.organisation.name;
    let part = match app.actor.role {
        Role::Provider => Part::Tree,
        _ => Part::Locations,
    };
    let intake = show_intake(&app, &slug).await.map_err(PageFailure::from)?;
    page(&Locations {
        frame: Frame::of(&app, "Locatiegram")
            .within(&app, &slug, name, part)
            .saying(told),
        answered: Question::ALL.len() - intake.form.open_questions(),
        questions: Question::ALL.len(),
        imported: moment(stored.imported_at),
        chooses: app.actor.role == Role::Support,
        branches: branches(lines, &asked.all("team")),
        whole,
        slug,
    })
}

/// The lines as a tree that can be written from top to bottom.
fn branches(lines: Vec<TeamLine>, chosen: &[String]) -> Vec<Branch> {
    let depths: Vec<usize> = lines.iter().map(|line| line.depth).collect();
    let small = lines.len() <= SMALL;
    lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let next = depths.get(at + 1).copied().unwrap_or(0);
            Branch {
                figures: Figures::of(&line),
                chosen: chosen.contains(&line.id),
                parent: next > line.depth,
                open: small || line.depth < 2,
                closes: line.depth.saturating_sub(next),
                id: line.id,
                name: line.name,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_closes_those_that_end_with_it() {
        let line = |depth| TeamLine {
            id: String::new(),
            name: String::new(),
            depth,
            clients: 0,
            linked: 0,
            not_linked: 0,
            invited: 0,
            unknown: 0,
            eligible: 0,
        };
        let tree = branches([0, 1, 2, 2, 1, 0].map(line).to_vec(), &[]);
        let shape: Vec<_> = tree
            .iter()
            .map(|branch| (branch.parent, branch.closes))
            .collect();
        assert_eq!(
            shape,
            [
                (true, 0),
                (true, 0),
                (false, 0),
                (false, 1),
                (false, 1),
                (false, 0)
            ]
        );
    }
}
