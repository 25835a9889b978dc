//! `/organisaties/SLUG/bundels`: what there is to download.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query},
    response::IntoResponse,
    routing::get,
};
use serde::Deserialize;

use super::{Member, Place};
use crate::{
    domain::{
        calendar::{day_in_amsterdam, long_date},
        client::ClientId,
        eligibility::LeftOut,
    },
    http::{
        pages::{
            addresses::SlugAndId,
            faults::Faults,
            layout::Frame,
            pager::{Pager, page_number},
            places::Part,
            reply::{PageResult, Told, page},
        },
        service::Service,
    },
    operations::{
        App,
        browse_bundles::{BundleDetails, ListedBundle, browse_bundles, kept_until, show_bundle},
        fetch_bundle::Removal,
    },
    wording::{
        dutch::explanation,
        dutch_pages::{count, moment, number, reason, size},
        dutch_provider::unnamed,
    },
};

const ON_A_PAGE: u64 = 25;
/// Clients without a letter that a page names; who wants them all has the overview in the bundle.
const MOST_NAMED: usize = 500;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/organisaties/{slug}/bundels", get(list))
        .route("/organisaties/{slug}/bundels/{id}", get(details))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    pagina: String,
}

#[derive(Template)]
#[template(path = "pages/provider/bundles.html")]
struct BundlesPage {
    frame: Frame,
    rows: Vec<Row>,
    pager: Pager,
}

/// A bundle as its line or its page shows it.
pub(super) struct Row {
    pub address: String,
    pub team: String,
    pub letter_date: String,
    pub valid_until: String,
    pub letters: u64,
    /// `12 brieven`
    pub letters_text: String,
    pub left_out: u64,
    /// `3 cliënten zonder brief`
    pub left_out_text: String,
    /// By reason, `Al gekoppeld aan Caren`, 3.
    pub reasons: Vec<(&'static str, String)>,
    pub size: String,
    pub made: String,
    pub kept_until: String,
    /// When it was downloaded first.
    pub collected: Option<String>,
    /// It is not in the store any more, and why.
    pub removed: Option<String>,
}

impl Row {
    pub fn new(app: &App, slug: &str, listed: &ListedBundle) -> Self {
        let left_out = listed.left_out.values().sum();
        Self {
            address: format!("/organisaties/{slug}/bundels/{}", listed.bundle.id),
            team: listed.team_name.clone(),
            letter_date: long_date(listed.letter_date),
            valid_until: long_date(listed.valid_until),
            letters: listed.letters,
            letters_text: count_of(listed.letters, "brief", "brieven"),
            left_out,
            left_out_text: count_of(left_out, "cliënt zonder brief", "cliënten zonder brief"),
            reasons: listed
                .left_out
                .iter()
                .map(|(left_out, clients)| (reason(*left_out), number(*clients)))
                .collect(),
            size: size(listed.bundle.bytes),
            made: moment(listed.bundle.created_at),
            kept_until: long_date(kept_until(app, listed)),
            collected: listed.collected_at.map(moment),
            removed: listed.bundle.removed.map(|removed| {
                let why = match removed.why {
                    Removal::Kept => "de bewaartijd was om",
                    Removal::Closed => "geen van de codes werkte nog",
                };
                let day = long_date(day_in_amsterdam(removed.at));
                format!("Verwijderd op {day}: {why}.")
            }),
        }
    }
}

fn count_of(n: u64, one: &str, more: &str) -> String {
    count(usize::try_from(n).unwrap_or(usize::MAX), one, more)
}

async fn list(
    visitor: Member,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    told: Told,
) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Bundles, "Bundels").await?;
    let asked = page_number(&asked.pagina);
    let found = browse_bundles(app, &place.slug, asked, ON_A_PAGE).await?;
    let address = format!("/organisaties/{}/bundels?pagina=", place.slug);
    let pager = Pager::new(asked, ON_A_PAGE, found.total, address);
    if let Some(last) = pager.last_instead_of(asked) {
        return Ok(last.into_response());
    }
    page(&BundlesPage {
        frame: place.frame.saying(told),
        rows: found
            .bundles
            .iter()
            .map(|listed| Row::new(app, place.slug.as_str(), listed))
            .collect(),
        pager,
    })
}

#[derive(Template)]
#[template(path = "pages/provider/bundle.html")]
pub(super) struct BundlePage {
    frame: Frame,
    row: Row,
    prints: Vec<String>,
    groups: Vec<Group>,
    invitations: String,
    /// Of the password.
    pub faults: Faults,
    /// Clients without a letter who are not named here.
    unnamed: Option<String>,
}

/// Clients without a letter for the same reason.
struct Group {
    reason: &'static str,
    /// As many as there are, those who are not named too.
    number: String,
    clients: Vec<(String, String)>,
}

async fn details(visitor: Member, SlugAndId(slug, id): SlugAndId, told: Told) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Bundles, "").await?;
    let found = show_bundle(app, &place.slug, &id).await?;
    page(&bundle_page(app, place, &found, told))
}

pub(super) fn bundle_page(
    app: &App,
    place: Place,
    found: &BundleDetails,
    told: Told,
) -> BundlePage {
    let row = Row::new(app, place.slug.as_str(), &found.listed);
    let mut frame = place
        .frame
        .below("Bundels", Part::Bundles.address(&place.slug))
        .saying(told);
    frame.title = format!("{}, {}", row.team, row.letter_date);
    BundlePage {
        frame,
        prints: found.prints.clone(),
        groups: groups(&found.left_out),
        invitations: Part::Invitations.address(&place.slug),
        faults: Faults::default(),
        unnamed: match found.left_out.len().saturating_sub(MOST_NAMED) {
            0 => None,
            more => Some(unnamed(more)),
        },
        row,
    }
}

/// `left_out` stands in the order of the reasons.
fn groups(left_out: &[(ClientId, LeftOut)]) -> Vec<Group> {
    let mut named = MOST_NAMED;
    left_out
        .chunk_by(|(_, one), (_, next)| one.reason == next.reason)
        .filter_map(|clients| {
            let (_, first) = clients.first()?;
            let shown = clients.len().min(named);
            named -= shown;
            let lines = clients.iter().take(shown);
            (shown > 0).then(|| Group {
                reason: reason(first.reason),
                number: number(clients.len()),
                clients: lines
                    .map(|(client, left_out)| (client.to_string(), explanation(left_out)))
                    .collect(),
            })
        })
        .collect()
}
