//! Bundles as a care provider looks through them: what there is to download, and who got no letter and why.

use chrono::{NaiveDate, TimeDelta};

use super::{
    App, Failure,
    record_access::{or_refused, record_access},
    submit_batch::organisation,
};
use crate::{
    domain::{
        audit::{Access, Action},
        calendar::day_in_amsterdam,
        client::ClientId,
        eligibility::LeftOut,
        organisation::Slug,
    },
    letters::LETTERS_PER_PRINT,
    storage::outcomes::Outcome,
};

pub use crate::storage::bundle_lists::ListedBundle;

/// Bundles, a page of them.
#[derive(Debug, Clone)]
pub struct BundlePage {
    /// On all pages.
    pub total: u64,
    pub bundles: Vec<ListedBundle>,
}

/// A bundle, and what is inside.
#[derive(Debug, Clone)]
pub struct BundleDetails {
    pub listed: ListedBundle,
    /// Names of the files to print in one go.
    pub prints: Vec<String>,
    /// Everybody without a letter, by reason and then by number.
    pub left_out: Vec<(ClientId, LeftOut)>,
}

/// Bundles of an organisation, newest first; `page` from 1.
pub async fn browse_bundles(
    app: &App,
    slug: &Slug,
    page: u64,
    on_a_page: u64,
) -> Result<BundlePage, Failure> {
    organisation(app, slug).await?;
    let skip = page.saturating_sub(1).saturating_mul(on_a_page);
    let (total, bundles) = app.db.newest_bundles(slug, skip, on_a_page).await?;
    Ok(BundlePage { total, bundles })
}

/// One bundle of an organisation, in numbers.
pub async fn find_listed_bundle(app: &App, slug: &Slug, id: &str) -> Result<ListedBundle, Failure> {
    organisation(app, slug).await?;
    app.db.listed_bundle(slug, id).await?.ok_or_else(|| {
        Failure::not_found(
            "unknown_bundle",
            format!("there is no bundle '{id}'"),
            "`brievenbus bundle list` lists them all",
        )
    })
}

/// One bundle. Whoever looks at it sees the numbers of its clients, so that is written down.
pub async fn show_bundle(app: &App, slug: &Slug, id: &str) -> Result<BundleDetails, Failure> {
    let access = Access::done(Action::ClientsListed)
        .of(slug)
        .with("bundle", id);
    let listed = or_refused(app, &access, find_listed_bundle(app, slug, id)).await?;
    let outcomes = app.db.outcomes(&listed.bundle.team_job).await?;
    let mut left_out: Vec<(ClientId, LeftOut)> = outcomes
        .into_iter()
        .filter_map(|(client, outcome)| match outcome {
            Outcome::LeftOut(left_out) => Some((client, left_out)),
            Outcome::Letter(_) => None,
        })
        .collect();
    left_out.sort_by(|a, b| (a.1.reason, &a.0).cmp(&(b.1.reason, &b.0)));
    let access = access.to_clients(left_out.iter().map(|(client, _)| client.clone()));
    record_access(app, access).await?;
    Ok(BundleDetails {
        prints: prints(listed.letters),
        left_out,
        listed,
    })
}

/// Teams that the batches of an organisation were for, by name: id and name.
pub async fn written_teams(app: &App, slug: &Slug) -> Result<Vec<(String, String)>, Failure> {
    organisation(app, slug).await?;
    Ok(app.db.written_teams(slug).await?)
}

/// The last day on which a bundle can be downloaded.
pub fn kept_until(app: &App, bundle: &ListedBundle) -> NaiveDate {
    let kept = TimeDelta::days(app.retention.bundle_days.into());
    day_in_amsterdam(bundle.bundle.created_at + kept)
}

/// As `pack_bundle` names them.
fn prints(letters: u64) -> Vec<String> {
    let most = LETTERS_PER_PRINT as u64;
    match letters {
        0 => Vec::new(),
        letters if letters <= most => vec!["brieven.pdf".to_owned()],
        letters => (1..=letters.div_ceil(most))
            .map(|number| format!("brieven-{number:03}.pdf"))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::prints;

    #[test]
    fn prints_are_named_as_in_the_bundle() {
        assert_eq!(prints(0), Vec::<String>::new());
        assert_eq!(prints(250), ["brieven.pdf"]);
        assert_eq!(prints(251), ["brieven-001.pdf", "brieven-002.pdf"]);
    }
}
