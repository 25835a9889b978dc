//! `/batches/ID/events`: how far a batch is, as it goes. However many follow a batch, one looks at the database.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use axum::response::{
    IntoResponse, Response,
    sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, Ref, RefOr, Schema, Type},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{fields::IdPath, refusals::NotThere};
use crate::{
    answers::batch::BatchProgress,
    http::{
        caller::{Caller, ForMembers},
        input::PathInput,
        limits::too_busy,
        problem::{Problem, Refusal},
        service::Service,
    },
    operations::{
        App, Failure, Kind,
        running::Stopping,
        show_batch::{find_batch, progress},
    },
};

/// How often a batch that somebody follows is looked at.
const LOOK: Duration = Duration::from_millis(300);
/// How often a connection on which nothing happens is used, so that nobody in between closes it.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long somebody may follow: afterwards they connect again, and are asked again who they are.
const LONGEST: Duration = Duration::from_secs(3_600);
/// Connections that follow at a time, whatever they follow: each holds memory for as long as it is there.
const MOST: usize = 1_000;
/// How long somebody whose connection broke off waits before they connect again.
const RECONNECT: Duration = Duration::from_secs(3);

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// Follow a batch.
///
/// Server-sent events: `progress` with the progress as JSON, at once and whenever it changes, and `end`, once, with the
/// last of it, when every team has ended. A connection that breaks off may be made again at any time: the first event
/// says all there is to know.
#[utoipa::path(
    get,
    path = "/batches/{id}/events",
    operation_id = "follow_batch",
    tag = "batches",
    params(IdPath),
    responses(
        (status = 200, description = "Events, each as described here.", body = BatchEvent,
            content_type = "text/event-stream"),
        NotThere
    )
)]
async fn follow(
    caller: Caller<ForMembers>,
    axum::extract::State(service): axum::extract::State<Service>,
    PathInput(IdPath { id }): PathInput<IdPath>,
) -> Result<Response, Problem> {
    let id = id.as_str();
    find_batch(&caller.app, id).await?;
    let first = BatchProgress::new(id, progress(&caller.app, id).await?);
    let place = service.followers.place()?;
    let seen = service
        .followers
        .of(&service.app, &service.closing, id, first);
    let closing = service.closing.clone();
    let events = events(seen)
        .map(move |event| {
            // Free again when the stream is dropped.
            let _held = &place;
            Ok::<_, Infallible>(event)
        })
        .take_until(async move {
            tokio::select! {
                () = closing.raised() => {}
                () = tokio::time::sleep(LONGEST) => {}
            }
        });
    let heartbeat = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(events).keep_alive(heartbeat).into_response())
}

/// What somebody who follows a batch is sent at a time, in the document: one server-sent event.
struct BatchEvent;

impl PartialSchema for BatchEvent {
    fn schema() -> RefOr<Schema> {
        let event = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("`end` is the last one."))
            .enum_values(Some(["progress", "end"]));
        let data = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A `BatchProgress` in JSON."))
            .content_media_type("application/json")
            .content_schema(Some(Ref::from_schema_name("BatchProgress")));
        let retry = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some(
                "With the first one: milliseconds to wait before connecting again.",
            ))
            .minimum(Some(0));
        ObjectBuilder::new()
            .property("event", event)
            .required("event")
            .property("data", data)
            .required("data")
            .property("retry", retry)
            .description(Some("One server-sent event."))
            .into()
    }
}

impl ToSchema for BatchEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((BatchProgress::name().into_owned(), BatchProgress::schema()));
        BatchProgress::schemas(schemas);
    }
}

/// What is sent to one who follows.
fn events(seen: watch::Receiver<BatchProgress>) -> impl Stream<Item = Event> + Send + 'static {
    enum Next {
        First(watch::Receiver<BatchProgress>),
        Change(watch::Receiver<BatchProgress>),
        End(BatchProgress),
        Nothing,
    }
    stream::unfold(Next::First(seen), |next| async move {
        let (mut seen, event) = match next {
            Next::First(seen) => (seen, Event::default().retry(RECONNECT)),
            Next::Change(mut seen) => {
                // Nobody looks any more: it is over, or the server is to stop.
                seen.changed().await.ok()?;
                (seen, Event::default())
            }
            Next::End(last) => {
                let end = Event::default().event("end").json_data(&last).ok()?;
                return Some((end, Next::Nothing));
            }
            Next::Nothing => return None,
        };
        let now = seen.borrow_and_update().clone();
        let event = event.event("progress").json_data(&now).ok()?;
        let next = if now.state.is_final() {
            Next::End(now)
        } else {
            Next::Change(seen)
        };
        Some((event, next))
    })
}

type Followed = HashMap<String, Weak<watch::Sender<BatchProgress>>>;

/// The batches that somebody follows, and places for those who do. Cloning shares them.
#[derive(Clone)]
pub struct Followers {
    followed: Arc<Mutex<Followed>>,
    places: Arc<Semaphore>,
}

impl Default for Followers {
    fn default() -> Self {
        Self {
            followed: Arc::default(),
            places: Arc::new(Semaphore::new(MOST)),
        }
    }
}

impl Followers {
    /// A place for somebody who follows, until it is dropped.
    fn place(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| too_busy())
    }

    /// How far a batch is, from now on. Whoever is the first to follow it has somebody look; the others see the same.
    fn of(
        &self,
        app: &Arc<App>,
        closing: &Stopping,
        id: &str,
        first: BatchProgress,
    ) -> watch::Receiver<BatchProgress> {
        let mut followed = self.lock();
        if let Some(looking) = followed.get(id).and_then(Weak::upgrade) {
            return looking.subscribe();
        }
        let (sender, seen) = watch::channel(first);
        let sender = Arc::new(sender);
        followed.insert(id.to_owned(), Arc::downgrade(&sender));
        tokio::spawn(look(
            self.clone(),
            Arc::clone(app),
            closing.clone(),
            id.to_owned(),
            sender,
        ));
        seen
    }

    /// Forgets a batch that nobody follows; answers whether that is so.
    fn forget_if_alone(&self, id: &str, sender: &watch::Sender<BatchProgress>) -> bool {
        let mut followed = self.lock();
        let alone = sender.receiver_count() == 0;
        if alone {
            followed.remove(id);
        }
        alone
    }

    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at a batch until it is over, nobody follows it any more, or the server is to stop.
async fn look(
    followers: Followers,
    app: Arc<App>,
    closing: Stopping,
    id: String,
    sender: Arc<watch::Sender<BatchProgress>>,
) {
    while !sender.borrow().state.is_final() && !closing.is_raised() {
        tokio::time::sleep(LOOK).await;
        if followers.forget_if_alone(&id, &sender) {
            return;
        }
        match progress(&app, &id).await {
            Ok(teams) => {
                let now = BatchProgress::new(&id, teams);
                sender.send_if_modified(|last| {
                    let changed = *last != now;
                    *last = now;
                    changed
                });
            }
            Err(failure) if failure.kind == Kind::TryAgain => {}
            Err(failure) => {
                gave_up(&id, &failure);
                break;
            }
        }
    }
    followers.lock().remove(&id);
}

fn gave_up(id: &str, failure: &Failure) {
    tracing::error!(batch = id, code = failure.code, error = %failure, "batch not followed any more");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_follow_and_no_more() {
        let followers = Followers::default();
        let mut places: Vec<_> = (0..MOST).map(|_| followers.place().ok().unwrap()).collect();
        let refused = followers.clone().place().err().unwrap();
        assert_eq!(
            (refused.status.as_u16(), refused.failure.code),
            (503, "too_busy")
        );
        places.pop();
        assert!(followers.place().is_ok());
    }
}
