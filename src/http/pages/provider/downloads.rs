//! `/organisaties/SLUG/bundels/ID/download`: the bundle, as it is or with a password.

use axum::{
    Form, Router,
    http::{HeaderMap, Method},
    response::Response,
    routing::get,
};
use serde::Deserialize;

use super::{Member, Place, bundles::bundle_page, one_of, slug_of};
use crate::{
    http::{
        attachments::{locked_zip, zip},
        pages::{
            PageFailure,
            addresses::SlugAndId,
            faults::Faults,
            places::Part,
            reply::{PageResult, Told, page_to_mend},
        },
        service::Service,
    },
    operations::{
        browse_bundles::{find_listed_bundle, show_bundle},
        lock_bundle::{BundlePassword, lock_bundle},
    },
};

pub(super) fn routes() -> Router<Service> {
    Router::new().route(
        "/organisaties/{slug}/bundels/{id}/download",
        get(whole).post(locked),
    )
}

async fn whole(
    visitor: Member,
    SlugAndId(slug, id): SlugAndId,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, PageFailure> {
    let app = &visitor.app;
    // Only of the organisation in the address; another's is none.
    find_listed_bundle(app, &slug_of(&slug)?, &id).await?;
    Ok(zip(app, &id, &method, &headers).await?)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

async fn locked(
    visitor: Member,
    SlugAndId(slug, id): SlugAndId,
    Form(asked): Form<Asked>,
) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Bundles, "").await?;
    find_listed_bundle(app, &place.slug, &id).await?;
    let mut faults = Faults::default();
    let password = match BundlePassword::new(&asked.password) {
        Ok(password) if asked.password == asked.again => Some(password),
        Ok(_) => {
            faults.add("again", "De twee wachtwoorden zijn niet hetzelfde.");
            None
        }
        Err(failure) => {
            let codes = ["weak_password", "password_characters"];
            faults.add_failure("password", &one_of(failure, &codes)?);
            None
        }
    };
    let Some(password) = password else {
        let found = show_bundle(app, &place.slug, &id).await?;
        let mut shown = bundle_page(app, place, &found, Told::default());
        shown.faults = faults;
        return page_to_mend(&shown);
    };
    let bundle = lock_bundle(app, &id, password).await?;
    Ok(locked_zip(bundle)?)
}
