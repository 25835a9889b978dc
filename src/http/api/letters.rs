//! `/organisations/SLUG/letter` and `/organisations/SLUG/logo`: what the editor of a letter needs.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    fields::{Binary, LetterChangesBody, Line},
    listing::Listing,
    organisations::OrganisationPath,
    refusals::{InTheWay, NotPossible, NotThere},
};
use crate::{
    answers::letter::{Letter, LetterDraft, LetterPublished, LetterVersion, Logo},
    domain::{letter_setup::LetterChanges, organisation::Slug},
    http::{
        caller::{Caller, ForMembers},
        input::{JsonInput, PathInput, QueryInput, media_type, whole_body},
        problem::{Problem, letter_not_possible},
        service::Service,
    },
    operations::{
        self,
        letter_draft::letter_draft,
        list_letter_versions::list_letter_versions,
        publish_letter::{Publication, Publish, publish_letter},
        save_letter_draft::{Saving, save_letter_draft},
        upload_logo::{LogoUpload, upload_logo},
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(show, save, discard))
        .routes(routes!(publish))
        .routes(routes!(versions))
        .routes(routes!(restore))
        .routes(routes!(logo))
}

/// Show the letter of an organisation.
///
/// The draft, what batches use now, and what may be made of them.
#[utoipa::path(
    get,
    path = "/organisations/{slug}/letter",
    operation_id = "show_letter",
    tag = "letters",
    params(OrganisationPath),
    responses((status = 200, description = "The letter.", body = Letter), NotThere)
)]
async fn show(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
) -> Result<Json<Letter>, Problem> {
    Ok(Json(letter_draft(&caller.app, &path.slug).await?.into()))
}

/// What is to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftChange {
    /// Of the letter that was changed, as it was shown or saved last.
    #[schema(max_length = 100)]
    revision: String,
    #[schema(value_type = LetterChangesBody)]
    changes: LetterChanges,
}

/// Save the draft of a letter.
///
/// It is kept whether a letter can be made of it yet or not: the answer says what stands in the way. When somebody else
/// has changed it since, nothing is saved.
#[utoipa::path(
    put,
    path = "/organisations/{slug}/letter",
    operation_id = "save_letter_draft",
    tag = "letters",
    params(OrganisationPath),
    request_body = DraftChange,
    responses(
        (status = 200, description = "The draft was saved.", body = LetterDraft),
        NotThere, InTheWay, NotPossible
    )
)]
async fn save(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
    JsonInput(draft): JsonInput<DraftChange>,
) -> Result<Json<LetterDraft>, Problem> {
    let saving =
        save_letter_draft(&caller.app, &path.slug, &draft.changes, &draft.revision).await?;
    match saving {
        Saving::Saved(saved) => Ok(Json(saved.into())),
        Saving::Refused(faults) => Err(letter_not_possible(faults)),
    }
}

/// Which revision.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RevisionQuery {
    /// Of the letter, as it was shown or saved last.
    #[param(inline)]
    revision: Line,
}

/// Discard the draft of a letter.
#[utoipa::path(
    delete,
    path = "/organisations/{slug}/letter",
    operation_id = "discard_letter_draft",
    tag = "letters",
    params(OrganisationPath, RevisionQuery),
    responses((status = 204, description = "There is no draft any more."), NotThere, InTheWay)
)]
async fn discard(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
    QueryInput(query): QueryInput<RevisionQuery>,
) -> Result<StatusCode, Problem> {
    operations::discard_letter_draft::discard_letter_draft(
        &caller.app,
        &path.slug,
        &query.revision.0,
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublishBody {
    /// Of the letter, as it was shown or saved last.
    #[schema(max_length = 100)]
    revision: String,
    #[serde(default)]
    what: PublishWhat,
}

/// What is to be the letter.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum PublishWhat {
    #[default]
    Draft,
    /// What the export says, now and after every import. A draft stays.
    AsInExport,
}

/// Publish a letter.
///
/// It is the letter of every batch that is planned from now on. One that cannot be made, or is too long for everybody,
/// stays a draft.
#[utoipa::path(
    post,
    path = "/organisations/{slug}/letter/publish",
    operation_id = "publish_letter",
    tag = "letters",
    params(OrganisationPath),
    request_body = PublishBody,
    responses(
        (status = 200, description = "It was published.", body = LetterPublished),
        NotThere, InTheWay, NotPossible
    )
)]
async fn publish(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
    JsonInput(body): JsonInput<PublishBody>,
) -> Result<Json<LetterPublished>, Problem> {
    let what = match body.what {
        PublishWhat::Draft => Publish::Draft,
        PublishWhat::AsInExport => Publish::AsInExport,
    };
    match publish_letter(&caller.app, &path.slug, what, &body.revision).await? {
        Publication::Published(published) => Ok(Json(published.into())),
        Publication::Refused { faults, .. } => Err(letter_not_possible(faults)),
    }
}

/// List the versions of a letter.
///
/// All of them on one page, the newest first.
#[utoipa::path(
    get,
    path = "/organisations/{slug}/letter/versions",
    operation_id = "list_letter_versions",
    tag = "letters",
    params(OrganisationPath),
    responses((status = 200, description = "All versions.", body = Listing<LetterVersion>), NotThere)
)]
async fn versions(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<OrganisationPath>,
) -> Result<Json<Listing<LetterVersion>>, Problem> {
    let versions = list_letter_versions(&caller.app, &path.slug).await?;
    let items = versions.into_iter().map(LetterVersion::from).collect();
    Ok(Listing::whole(items))
}

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct VersionPath {
    /// Of the organisation.
    #[param(inline)]
    slug: Slug,
    /// Of the version.
    #[param(minimum = 1)]
    number: u32,
}

/// Which revision it replaces.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreBody {
    /// Of the letter, as it was shown or saved last.
    #[schema(max_length = 100)]
    revision: String,
}

/// Make a draft of an older version.
///
/// It is published by nobody yet.
#[utoipa::path(
    post,
    path = "/organisations/{slug}/letter/versions/{number}/restore",
    operation_id = "restore_letter_version",
    tag = "letters",
    params(VersionPath),
    request_body = RestoreBody,
    responses(
        (status = 200, description = "The draft is what that version is.", body = LetterDraft),
        NotThere, InTheWay, NotPossible
    )
)]
async fn restore(
    caller: Caller<ForMembers>,
    PathInput(path): PathInput<VersionPath>,
    JsonInput(body): JsonInput<RestoreBody>,
) -> Result<Json<LetterDraft>, Problem> {
    let saved = operations::restore_letter_version::restore_letter_version(
        &caller.app,
        &path.slug,
        path.number,
        &body.revision,
    )
    .await?;
    Ok(Json(saved.into()))
}

/// Upload a logo.
///
/// SVG, PNG, JPG or PDF. It is on no letter until it is chosen in the draft.
#[utoipa::path(
    put,
    path = "/organisations/{slug}/logo",
    operation_id = "upload_logo",
    tag = "letters",
    params(OrganisationPath),
    request_body(
        description = "The picture",
        content(
            (Binary = "image/svg+xml"),
            (Binary = "image/png"),
            (Binary = "image/jpeg"),
            (Binary = "application/pdf")
        )
    ),
    responses((status = 200, description = "It is kept.", body = Logo), NotThere, NotPossible)
)]
async fn logo(
    caller: Caller<ForMembers>,
    State(service): State<Service>,
    PathInput(path): PathInput<OrganisationPath>,
    request: Request,
) -> Result<Response, Problem> {
    let name = match media_type(request.headers()).as_deref() {
        Some("image/svg+xml") => "logo.svg",
        Some("image/png") => "logo.png",
        Some("image/jpeg") => "logo.jpg",
        Some("application/pdf") => "logo.pdf",
        _ => {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_a_logo",
                "a logo is an SVG, a PNG, a JPEG or a PDF, and the request says of none that it is",
                Some(
                    "send `Content-Type: image/svg+xml`, `image/png`, `image/jpeg` or `application/pdf`",
                ),
            ));
        }
    };
    let bytes = whole_body(request, &service).await?;
    match upload_logo(&caller.app, &path.slug, name, bytes.to_vec()).await? {
        LogoUpload::Kept(logo) => Ok(Json(Logo::from(logo)).into_response()),
        LogoUpload::Refused(fault) => Err(letter_not_possible(vec![fault])),
    }
}
