//! `/previews`

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    fields::{Binary, ClientNumber, LetterChangesBody},
    optional,
    refusals::{InTheWay, NotPossible, NotThere},
};
use crate::{
    answers::letter::LetterPicture,
    domain::{actor::Role, letter_setup::LetterChanges, organisation::Slug},
    http::{
        attachments,
        caller::{Caller, ForPreviews},
        input::JsonInput,
        problem::{Problem, letter_not_possible},
        service::Service,
    },
    operations::preview_letter::{PREVIEW_DPI, Preview, PreviewLetter, Whom, preview_letter},
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(preview))
}

/// What somebody wants to see.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPreview {
    /// Whose letter; absent: an invented organisation's.
    #[schema(schema_with = optional::slug)]
    organisation: Option<Slug>,
    /// To the draft; without one, to what batches use now.
    #[serde(default)]
    #[schema(value_type = LetterChangesBody)]
    changes: LetterChanges,
    #[serde(default)]
    whom: PreviewWhom,
    #[serde(default = "dpi")]
    #[schema(minimum = 40, maximum = 200)]
    dpi: u16,
}

fn dpi() -> u16 {
    PREVIEW_DPI
}

/// To whom it is addressed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PreviewWhom {
    /// An invented client with a short name and address.
    #[default]
    Plain,
    /// An invented client with a name and an address as long as they come.
    Longest,
    /// A client of the organisation, by number: whoever looks at it sees their data.
    Client(ClientNumber),
}

/// Look at a letter that nobody gets.
///
/// As a picture (PNG), or, when the request accepts `application/json` and not `image/png`, as an object with the
/// picture and how the letter fits on its sheet. A pipeline with a token for `ci` sees invented clients only. When no
/// letter can be made, `faults` says why.
#[utoipa::path(
    post,
    path = "/previews",
    operation_id = "preview_letter",
    tag = "letters",
    request_body = NewPreview,
    responses(
        (status = 200, description = "The letter.", content(
            (Binary = "image/png"),
            (LetterPicture = "application/json")
        )),
        NotThere, InTheWay, NotPossible
    )
)]
async fn preview(
    caller: Caller<ForPreviews>,
    headers: HeaderMap,
    JsonInput(new): JsonInput<NewPreview>,
) -> Result<Response, Problem> {
    let whom = match new.whom {
        PreviewWhom::Plain => Whom::Plain,
        PreviewWhom::Longest => Whom::Longest,
        PreviewWhom::Client(_) if caller.app.actor.role == Role::Ci => {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "not_for_this_role",
                "a token for ci shows letters to invented clients only",
                Some("leave `whom` out, or use a token with another role"),
            ));
        }
        PreviewWhom::Client(number) => Whom::Client(number.0),
    };
    let request = PreviewLetter {
        organisation: new.organisation,
        changes: new.changes,
        whom,
        dpi: new.dpi,
    };
    let drawn = match preview_letter(&caller.app, &request).await? {
        Preview::Drawn(drawn) => *drawn,
        Preview::Faults(faults) => return Err(letter_not_possible(faults)),
    };
    if wants_json(&headers) {
        let png = STANDARD.encode(&drawn.png);
        return Ok(Json(LetterPicture::new(drawn, png)).into_response());
    }
    Ok(attachments::png(drawn.png))
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accepted.contains("application/json") && !accepted.contains("image/png")
}
