//! `/organisaties/SLUG/bundels/ID/download`: the bundle, as it is or with a password.

use axum::{
    Form, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tokio_util::io::ReaderStream;

use super::{Member, Place, bundles::bundle_page, one_of, slug_of};
use crate::{
    http::{
        pages::{
            PageFailure,
            layout::{Faults, PageResult, Part, Told, page_to_mend},
        },
        service::Service,
    },
    operations::{
        Failure,
        browse_bundles::{find_listed_bundle, show_bundle},
        lock_bundle::{BundlePassword, lock_bundle},
        open_bundle::open_bundle,
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
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, PageFailure> {
    let app = &visitor.app;
    // Only of the organisation in the address; another's is none.
    find_listed_bundle(app, &slug_of(&slug)?, &id).await?;
    let bundle = open_bundle(app, &id).await?;
    let bytes = bundle.read(0..bundle.bytes).await?;
    let headers = file_headers(&bundle.file_name, bundle.bytes)?;
    Ok((headers, Body::from_stream(bytes)).into_response())
}

/// Codes are in it: nobody but who asked keeps it.
fn file_headers(file_name: &str, bytes: u64) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    let named = HeaderValue::try_from(format!("attachment; filename=\"{file_name}\""))
        .map_err(|_| Failure::ours("a file name that cannot be in a header"))?;
    headers.insert(header::CONTENT_DISPOSITION, named);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LENGTH, bytes.into());
    Ok(headers)
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
    Path((slug, id)): Path<(String, String)>,
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
            faults.add_failure("password", &one_of(failure, &["weak_password"])?);
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
    let headers = file_headers(&bundle.file_name, bundle.bytes)?;
    let file = tokio::fs::File::from_std(bundle.file);
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}
