//! `/organisations/SLUG/imports`

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
};
use futures::StreamExt;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    fields::Binary,
    organisations::OrganisationPath,
    refusals::{NotPossible, NotThere},
};
use crate::{
    answers::import::{Import, KeptLetter},
    http::{
        caller::{Caller, ForMembers},
        input::{BROKEN_OFF, PathInput, broken_off, media_type, too_large, unreadable_body},
        parcels,
        problem::Problem,
        service::Service,
    },
    operations::{
        Failure,
        receive_export::{Arrival, Received, TOO_LARGE},
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(import))
}

/// Take an export in.
///
/// All or nothing: a zip of the folder of the export, or its files one by one (`multipart/form-data`, each in a field
/// `files` with its name in the folder as its file name). Only what belongs to an export is read. The slug in its `organisation.toml` is to
/// be the one in the address. A client who is no longer in the export is kept and gets no letters.
#[utoipa::path(
    post,
    path = "/organisations/{slug}/imports",
    operation_id = "import_export",
    tag = "organisations",
    params(OrganisationPath),
    request_body(
        description = "The export",
        content(
            (Binary = "application/zip"),
            (ExportFiles = "multipart/form-data")
        )
    ),
    responses(
        (status = 200, description = "It was taken in: what there is to know about it.", body = Import),
        NotThere, NotPossible
    )
)]
async fn import(
    caller: Caller<ForMembers>,
    State(service): State<Service>,
    PathInput(path): PathInput<OrganisationPath>,
    request: Request,
) -> Result<Json<Import>, Problem> {
    let arrival = Arrival::of(&caller.app, &path.slug)?;
    let received = match media_type(request.headers()).as_deref() {
        Some("application/zip" | "application/x-zip-compressed") => zip(arrival, request).await,
        Some("multipart/form-data") => files(arrival, request, &service).await,
        _ => {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_an_export",
                "an export is sent as a zip, or as the files of a form",
                Some("send `Content-Type: application/zip` or `multipart/form-data`"),
            ));
        }
    };
    let received = received.map_err(refused)?;
    Ok(Json(Import {
        organisation: received.organisation,
        report: received.report,
        note: received.note,
        kept_letter: received.kept_letter.map(KeptLetter::from),
    }))
}

/// The files of an export, each with the name that it has in its folder.
#[derive(utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the document says what a form holds")]
struct ExportFiles {
    /// `organisation.toml`, `locations.csv`, `clients.csv`, `location_assignments.csv`, and what else there is.
    #[schema(min_items = 1, max_items = 50)]
    files: Vec<Binary>,
}

async fn zip(mut arrival: Arrival<'_>, request: Request) -> Result<Received, Failure> {
    arrival.begin("")?;
    let mut pieces = request.into_body().into_data_stream();
    while let Some(piece) = pieces.next().await {
        arrival.write(&piece.map_err(|_| broken_off())?).await?;
    }
    arrival.take_in_zip().await
}

async fn files(
    mut arrival: Arrival<'_>,
    request: Request,
    service: &Service,
) -> Result<Received, Failure> {
    let mut form = parcels::form(request, service).await?;
    while let Some(field) = parcels::next(&mut form).await? {
        if field.name() != Some("files") {
            return Err(Failure::input(
                "not_an_export",
                "the form has a field that is none of the files of an export",
                "send every file in a field of its own with the name `files`",
            ));
        }
        // A place for a file where none was chosen says nothing.
        let name = field.file_name().unwrap_or_default().to_owned();
        if !name.is_empty() {
            arrival.begin(&name)?;
            parcels::pour(field, &mut arrival).await?;
        }
    }
    arrival.take_in_files().await
}

/// What is wrong with the body itself, whatever is in it, is said as of every other.
fn refused(failure: Failure) -> Problem {
    match failure.code {
        TOO_LARGE => too_large(),
        BROKEN_OFF => unreadable_body(failure),
        _ => failure.into(),
    }
}
