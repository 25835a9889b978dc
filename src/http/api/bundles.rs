//! `/bundles`

use axum::{
    http::{HeaderMap, Method},
    response::Response,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    fields::{Binary, Id, IdPath, Limit},
    listing::{ListInput, Listing, paged},
    refusals::{NotPossible, NotThere},
};
use crate::{
    answers::bundle::Bundle,
    domain::organisation::Slug,
    http::{
        attachments::{locked_zip, zip},
        caller::{Caller, ForMembers},
        input::{JsonInput, PathInput},
        problem::Problem,
        service::Service,
    },
    operations::{
        fetch_bundle::{BundleFilter, bundle_page},
        lock_bundle::{BundlePassword, lock_bundle},
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(download))
        .routes(routes!(locked))
}

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BundlesQuery {
    /// Only those of this organisation.
    #[param(inline)]
    organisation: Option<Slug>,
    /// Only those of this batch.
    #[param(inline)]
    batch: Option<Id>,
    /// Lines of the page.
    #[param(inline)]
    limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(inline)]
    after: Option<Id>,
}

paged!(BundlesQuery);

/// List bundles.
///
/// The oldest first, so that whoever asks for what comes `after` the last one they know gets the new ones.
#[utoipa::path(
    get,
    path = "/bundles",
    operation_id = "list_bundles",
    tag = "bundles",
    params(BundlesQuery),
    responses((status = 200, description = "A page of bundles.", body = Listing<Bundle>), NotThere)
)]
async fn list(
    caller: Caller<ForMembers>,
    list: ListInput<BundlesQuery>,
) -> Result<Response, Problem> {
    let filter = BundleFilter {
        organisation: list.wanted.organisation.clone(),
        batch: list.wanted.batch.clone().map(Id::into_string),
    };
    let page = bundle_page(&caller.app, &filter, &list.paging).await?;
    Ok(list.answer(page, |(bundle, team)| Bundle::new(bundle, team)))
}

/// Download a bundle.
///
/// The zip, or one part of it (`Range`), so that a download that broke off can go on. The tag is the sha256 of the zip,
/// in quotes. `HEAD` says how large it is.
#[utoipa::path(
    get,
    path = "/bundles/{id}",
    operation_id = "fetch_bundle",
    tag = "bundles",
    params(
        IdPath,
        ("Range" = Option<String>, Header, description = "One part: `bytes=0-1023`, `bytes=1024-`, `bytes=-1024`"),
        ("If-Range" = Option<String>, Header, description = "The `ETag`: another bundle is sent as a whole"),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of a bundle that is there already"),
    ),
    responses(
        (status = 200, description = "The zip.", body = Binary, content_type = "application/zip",
            headers(
                ("ETag" = String, description = "The sha256 of the zip, in quotes"),
                ("Content-Disposition" = String, description = "The name of the file, in ASCII"),
                ("Accept-Ranges" = String, description = "`bytes`")
            )),
        (status = 206, description = "The part that was asked for.", body = Binary, content_type = "application/zip",
            headers(("Content-Range" = String, description = "`bytes 0-1023/4096`"))),
        (status = 304, description = "It is the one that is there already."),
        (status = 416, description = "The bundle has no such part.", body = Problem,
            content_type = "application/problem+json",
            headers(("Content-Range" = String, description = "`bytes */4096`"))),
        NotThere
    )
)]
async fn download(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(zip(&caller.app, id.as_str(), &method, &headers).await?)
}

// No `Debug`.
/// The password of a bundle.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Lock {
    /// 12 characters at least: letters without accents, digits, spaces and punctuation.
    #[schema(min_length = 12, pattern = "^[ -~]*$")]
    password: String,
}

/// Download a bundle with a password.
///
/// The zip with every file in it encrypted (AES-256), to send to somebody. Nobody keeps the password. It is packed for
/// this download alone, and differs from any other; it cannot be had in parts.
#[utoipa::path(
    post,
    path = "/bundles/{id}/locked",
    operation_id = "lock_bundle",
    tag = "bundles",
    params(IdPath),
    request_body = Lock,
    responses(
        (status = 200, description = "The locked zip.", body = Binary, content_type = "application/zip",
            headers(("Content-Disposition" = String, description = "The name of the file, in ASCII"))),
        NotThere, NotPossible
    )
)]
async fn locked(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
    JsonInput(lock): JsonInput<Lock>,
) -> Result<Response, Problem> {
    let password = BundlePassword::new(&lock.password)?;
    let bundle = lock_bundle(&caller.app, id.as_str(), password).await?;
    Ok(locked_zip(bundle)?)
}
