//! `/batches`

use std::collections::BTreeSet;

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    batch_events,
    fields::{self, Day, Id, IdPath, Limit, Line},
    key::IdempotencyKey,
    listing::{ListInput, Listing, paged},
    optional,
    refusals::{InTheWay, NotPossible, NotThere},
};
use crate::{
    answers::{
        self,
        batch::{Batch, BatchForecast, BatchInList},
    },
    domain::{
        batch::{BatchRequest, Priority},
        eligibility::Again,
        organisation::{AddressWindow, LetterOrder, Slug},
    },
    http::{
        caller::{Caller, ForMembers},
        input::{JsonInput, PathInput},
        problem::Problem,
        ranges::unchanged,
        service::Service,
    },
    operations::{
        self, App, Failure,
        dry_run::dry_run,
        list_batches::batch_page,
        show_batch::show_batch,
        submit_batch::{Submission, new_batch_id, prepare_batch, submitted_before},
    },
};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, submit))
        .routes(routes!(show))
        .routes(routes!(cancel))
        .routes(routes!(retry))
        .merge(batch_events::routes())
}

/// What is asked for. What is left out is as the organisation prefers it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBatch {
    #[schema(schema_with = answers::slug)]
    organisation: Slug,
    /// Ids or names of teams; none: every location that clients are assigned to directly.
    #[serde(default)]
    #[schema(schema_with = fields::teams)]
    teams: Vec<Line>,
    #[schema(schema_with = optional::window)]
    address_window: Option<AddressWindow>,
    with_logo: Option<bool>,
    /// The order of the letters in a bundle.
    #[schema(schema_with = optional::order)]
    order: Option<LetterOrder>,
    /// The date on the letters, and the day on which clients are judged; today when it is left out.
    #[schema(schema_with = optional::day)]
    letter_date: Option<Day>,
    /// The last day on which the codes work.
    #[schema(schema_with = optional::day)]
    valid_until: Option<Day>,
    /// Clients who were invited before are written again when that invitation ended like this.
    #[serde(default)]
    #[schema(schema_with = fields::again)]
    again: BTreeSet<Again>,
    /// Clients of whom nobody knows whether they are linked are written too.
    #[serde(default)]
    accept_unknown: bool,
    /// Which batch goes first when workers have to choose.
    #[serde(default)]
    priority: BatchPriority,
    /// Say what would become of it, and change nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Which batch goes first when workers have to choose.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum BatchPriority {
    Low,
    #[default]
    Normal,
    High,
}

impl NewBatch {
    fn request(self) -> BatchRequest {
        BatchRequest {
            teams: self.teams.into_iter().map(|team| team.0).collect(),
            address_window: self.address_window,
            with_logo: self.with_logo,
            letter_date: self.letter_date.map(|day| day.0),
            valid_until: self.valid_until.map(|day| day.0),
            again: self.again,
            accept_unknown: self.accept_unknown,
            order: self.order,
            priority: match self.priority {
                BatchPriority::Low => Priority::Low,
                BatchPriority::Normal => Priority::Normal,
                BatchPriority::High => Priority::High,
            },
        }
    }
}

/// A batch that is there now, or what one would come to.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the document says that an answer is one of these")]
enum Submitted {
    Batch(Batch),
    Forecast(BatchForecast),
}

/// Submit a batch.
///
/// Letters for the clients of the teams who were never invited. The work is queued; follow it with the address in
/// `Location`. The same request with the same `Idempotency-Key` again, for the same organisation, answers with the first
/// batch and 200; another request with it is refused with 409. The priority is no part of what is the same. With `dry_run`
/// nothing is saved or issued: the answer has the counts, the letters that are not possible, and how many of the letters
/// are to clients who are also in a batch under way.
#[utoipa::path(
    post,
    path = "/batches",
    operation_id = "submit_batch",
    tag = "batches",
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "1 to 200 printable ASCII characters; the same again means the same batch, for another request it is refused",
        min_length = 1, max_length = 200, pattern = "^[!-~]([ -~]*[!-~])?$"
    )),
    request_body = NewBatch,
    responses(
        (status = 201, description = "The batch is queued.", body = Batch,
            headers(("Location" = String, description = "Where the batch is"))),
        (status = 200, description = "The batch that was submitted first with this key, or a dry run.", body = Submitted),
        NotThere, InTheWay, NotPossible
    )
)]
async fn submit(
    caller: Caller<ForMembers>,
    IdempotencyKey(key): IdempotencyKey,
    JsonInput(new): JsonInput<NewBatch>,
) -> Result<Response, Problem> {
    let app = &caller.app;
    if new.teams.len() > fields::MOST_TEAMS {
        return Err(Failure::input(
            "too_many_teams",
            format!("a batch is for {} teams at most", fields::MOST_TEAMS),
            "submit several batches, or name no team for all of them",
        )
        .into());
    }
    let (slug, only_tried) = (new.organisation.clone(), new.dry_run);
    let request = new.request();
    let key = key.filter(|_| !only_tried);
    if let Some(id) = submitted_before(app, &slug, &request, key.as_deref()).await? {
        return Ok(Json(Batch::from(show_batch(app, &id).await?)).into_response());
    }
    let prepared = prepare_batch(app, &slug, &request).await?;
    if only_tried {
        let forecast = dry_run(app, &prepared).await?;
        return Ok(Json(BatchForecast::from(forecast)).into_response());
    }
    let new_id = new_batch_id();
    let submission = Submission {
        id: &new_id,
        run_home: None,
        idempotency_key: key.as_deref(),
    };
    let id = operations::submit_batch::submit_batch(app, &prepared, &submission).await?;
    let batch = Json(Batch::from(show_batch(app, &id).await?));
    if id != new_id {
        return Ok(batch.into_response());
    }
    let location = [(header::LOCATION, format!("/api/v1/batches/{id}"))];
    Ok((StatusCode::CREATED, location, batch).into_response())
}

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BatchesQuery {
    /// Only those of this organisation.
    #[param(inline)]
    organisation: Option<Slug>,
    /// Lines of the page.
    #[param(inline)]
    limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(inline)]
    after: Option<Id>,
}

paged!(BatchesQuery);

/// List batches.
///
/// The newest first.
#[utoipa::path(
    get,
    path = "/batches",
    operation_id = "list_batches",
    tag = "batches",
    params(BatchesQuery),
    responses((status = 200, description = "A page of batches.", body = Listing<BatchInList>), NotThere)
)]
async fn list(
    caller: Caller<ForMembers>,
    list: ListInput<BatchesQuery>,
) -> Result<Response, Problem> {
    let organisation = list.wanted.organisation.as_ref();
    let page = batch_page(&caller.app, organisation, &list.paging).await?;
    Ok(list.answer(page, BatchInList::from))
}

/// Show a batch.
///
/// How far its teams are and what became of their clients. Ask again with `If-None-Match` for as long as it is not
/// over, or follow `/batches/{id}/events`.
#[utoipa::path(
    get,
    path = "/batches/{id}",
    operation_id = "show_batch",
    tag = "batches",
    params(
        IdPath,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer before"),
    ),
    responses(
        (status = 200, description = "The batch.", body = Batch,
            headers(("ETag" = String, description = "Changes with the answer"))),
        (status = 304, description = "It is as it was."),
        NotThere
    )
)]
async fn show(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let batch = show_batch(&caller.app, id.as_str()).await?;
    Ok(unchanged(&headers, &Batch::from(batch))?)
}

/// Cancel a batch.
///
/// Teams that wait are cancelled at once, teams that are being worked on within seconds. Teams whose bundle is there
/// keep it, and their codes work.
#[utoipa::path(
    post,
    path = "/batches/{id}/cancel",
    operation_id = "cancel_batch",
    tag = "batches",
    params(IdPath),
    responses((status = 200, description = "The batch as it is now.", body = Batch), NotThere, InTheWay)
)]
async fn cancel(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
) -> Result<Json<Batch>, Problem> {
    operations::cancel_batch::cancel_batch(&caller.app, id.as_str()).await?;
    shown(&caller.app, id.as_str()).await
}

/// Try a batch again.
///
/// Its teams that have failed are put on the queue again.
#[utoipa::path(
    post,
    path = "/batches/{id}/retry",
    operation_id = "retry_batch",
    tag = "batches",
    params(IdPath),
    responses((status = 200, description = "The batch as it is now.", body = Batch), NotThere, InTheWay)
)]
async fn retry(
    caller: Caller<ForMembers>,
    PathInput(IdPath { id }): PathInput<IdPath>,
) -> Result<Json<Batch>, Problem> {
    operations::retry_batch::retry_batch(&caller.app, id.as_str()).await?;
    shown(&caller.app, id.as_str()).await
}

async fn shown(app: &App, id: &str) -> Result<Json<Batch>, Problem> {
    Ok(Json(show_batch(app, id).await?.into()))
}
