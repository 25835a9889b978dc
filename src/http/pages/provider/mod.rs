//! The pages that a care provider works with; support may open them too.
//!
//! | part | does |
//! |---|---|
//! | `home` | what there is to do, for who comes in |
//! | `bundles` | bundles to download, what is inside, and who got no letter |
//! | `downloads` | a bundle as it is, or with a password |
//! | `invitations` | letters once more, cancelling and replacing |
//! | `letter` | the text of the letter, with a picture of it |
//! | `picture` | pictures of a letter, what is wrong with it, and how full its sheet is |
//! | `letter_changes` | what is different between two letters |
//! | `publish` | makes a draft the letter |
//! | `versions` | earlier letters |
//! | `preferences` | how letters look, and the logo |
//! | `intake` | the choices for Caren |

mod bundles;
mod downloads;
mod home;
mod intake;
mod invitations;
mod letter;
mod letter_changes;
mod picture;
mod preferences;
mod publish;
mod versions;

use axum::Router;

pub use self::home::home;
use super::{PageFailure, layout::Frame, places::Part};
use crate::{
    domain::organisation::{Organisation, Slug},
    http::{
        caller::{ForMembers, Visitor},
        service::Service,
    },
    operations::{App, Failure, submit_batch::organisation},
};

/// Support, and the provider itself.
type Member = Visitor<ForMembers>;

pub fn routes() -> Router<Service> {
    Router::new()
        .merge(bundles::routes())
        .merge(downloads::routes())
        .merge(invitations::routes())
        .merge(letter::routes())
        .merge(publish::routes())
        .merge(versions::routes())
        .merge(preferences::routes())
        .merge(intake::routes())
}

/// The organisation that a page is about, and what is around the page.
struct Place {
    slug: Slug,
    organisation: Organisation,
    frame: Frame,
    /// Who looks at it, as [`crate::domain::actor::Actor::user`].
    reader: String,
}

impl Place {
    /// The page `title` of the organisation whose slug stands in the address.
    async fn find(app: &App, slug: &str, part: Part, title: &str) -> Result<Self, Failure> {
        let slug = slug_of(slug)?;
        let stored = organisation(app, &slug).await?;
        let frame = Frame::of(app, title).within(app, &slug, &stored.organisation.name, part);
        Ok(Self {
            slug,
            organisation: stored.organisation,
            frame,
            reader: app.actor.user.clone(),
        })
    }
}

/// What can be no organisation is one that is not there.
pub fn slug_of(text: &str) -> Result<Slug, Failure> {
    Slug::try_from(text.to_owned()).map_err(|_| {
        Failure::not_found(
            "unknown_organisation",
            "there is no such organisation",
            "start again at the first page",
        )
    })
}

/// Line ends as a text file has them: a browser sends CRLF.
fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A failure that is one of `codes` is for the page to say; another is the page.
fn one_of(failure: Failure, codes: &[&str]) -> Result<Failure, PageFailure> {
    match codes.contains(&failure.code) {
        true => Ok(failure),
        false => Err(failure.into()),
    }
}
