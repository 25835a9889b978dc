//! What happens to every request, whatever it asks: it gets a number, is held to its limits, is refused when another
//! site made it, is answered whatever breaks down, and leaves a line in the log.
//!
//! The log says which route was asked, never the address itself: there may be an id in it, or what somebody searched.

use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use tokio::time::timeout;
use tracing::Instrument;

use super::{
    access::{SIGN_IN, address::ClientAddress, cookie::session_secret, origin},
    headers,
    limits::{Allowance, too_large, too_slow},
    metrics,
    problem::{Refusal, unknown_address},
    ranges,
    service::Service,
};
use crate::{domain::actor::Role, operations::Failure};

tokio::task_local! {
    static REQUEST: String;
}

/// The number of the request that is being answered, as the log names it.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok()
}

/// Who asks, as soon as that is known: by what they hold, since a user may be the address of a person.
#[derive(Clone, Default)]
pub struct Asker(Arc<OnceLock<(String, Role)>>);

impl Asker {
    /// `by`: `token 01KB…`, or `session 9f86d081…`.
    pub fn is(&self, by: String, role: Role) {
        // Told once: nobody becomes somebody else within a request.
        let _ = self.0.set((by, role));
    }
}

/// Everything else happens inside of this.
pub async fn around(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = ulid::Ulid::generate().to_string();
    let asker = Asker::default();
    let asked = Asked::of(&request);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |peer| peer.0);
    let settings = &service.app.server;
    let address = ClientAddress::of(peer, request.headers(), &settings.trusted_proxies);
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(asker.clone());

    let span = tracing::info_span!("request", id);
    let answer = answer(&service, &asked, request, next);
    let mut response = REQUEST.scope(id.clone(), answer).instrument(span).await;
    headers::put(response.headers_mut(), settings.is_secure());
    if let Ok(id) = HeaderValue::from_str(&id) {
        let name = HeaderName::from_static("x-request-id");
        response.headers_mut().insert(name, id);
    }
    asked.write_down(&id, &asker, response.status(), started.elapsed());
    response
}

/// What was asked, in words that we chose ourselves.
struct Asked {
    method: &'static str,
    /// The template of the route.
    route: String,
    for_whom: ForWhom,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ForWhom {
    Scripts,
    People,
    /// Whoever looks after the server: plain text.
    Machines,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map_or("unknown", MatchedPath::as_str).to_owned();
        let path = request.uri().path();
        let for_whom = if path == "/api" || path.starts_with("/api/") {
            ForWhom::Scripts
        } else if matches!(route.as_str(), "/healthz" | "/readyz" | "/metrics") {
            ForWhom::Machines
        } else {
            ForWhom::People
        };
        Self {
            method: method_name(request.method()),
            route,
            for_whom,
        }
    }

    fn refused(&self, refusal: Refusal) -> Response {
        match self.for_whom {
            ForWhom::People => refusal.into_page(),
            _ => refusal.into_problem().into_response(),
        }
    }

    fn write_down(&self, id: &str, asker: &Asker, status: StatusCode, took: Duration) {
        metrics::request_answered(self.method, &self.route, status, took);
        let (by, role) = match asker.0.get() {
            Some((by, role)) => (by.as_str(), role.as_str()),
            None => ("-", "-"),
        };
        tracing::info!(
            request = id,
            method = self.method,
            route = self.route,
            status = status.as_u16(),
            ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            by,
            role,
            "answered"
        );
    }
}

/// Anything may be sent as a method.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

async fn answer(service: &Service, asked: &Asked, mut request: Request, next: Next) -> Response {
    let allowance = Allowance::of(&asked.route, &service.app.server);
    let place = match asked.for_whom {
        // Whether we live is to be seen when we are busy above all.
        ForWhom::Machines => Ok(None),
        _ => service.places.take().map(Some),
    };
    let may = place.and_then(|place| {
        refuse_other_sites(service, asked, &request)?;
        allowance.hold(&mut request)?;
        Ok(place)
    });
    let place = match may {
        Ok(place) => place,
        Err(refusal) => return asked.refused(refusal),
    };
    let answering = AssertUnwindSafe(next.run(request)).catch_unwind();
    let response = match timeout(allowance.time, answering).await {
        Ok(Ok(response)) => in_our_words(asked, response),
        // The hook for panics has said where.
        Ok(Err(_)) => asked.refused(Failure::ours("something broke down while answering").into()),
        Err(_) => asked.refused(too_slow()),
    };
    drop(place);
    response
}

/// A request that changes something in somebody's name, which the browser adds by itself, is to come from our own pages;
/// and so is signing in, or somebody could be made to work under another's name.
fn refuse_other_sites(service: &Service, asked: &Asked, request: &Request) -> Result<(), Refusal> {
    let settings = &service.app.server;
    let headers = request.headers();
    let by_cookie =
        !headers.contains_key(header::AUTHORIZATION) && session_secret(headers, settings).is_some();
    let matters = by_cookie || asked.route == SIGN_IN;
    if matters && !origin::is_ours(request.method(), headers, settings) {
        return Err(Refusal {
            status: StatusCode::FORBIDDEN,
            failure: Failure::input(
                "cross_site",
                "this request came from another site",
                "start again at our own page; scripts send a token as `Authorization: Bearer TOKEN`",
            ),
        });
    }
    Ok(())
}

/// What the router and its extractors refuse by themselves, said as we say everything.
fn in_our_words(asked: &Asked, response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.map_or(&b""[..], HeaderValue::as_bytes);
    let said = match asked.for_whom {
        ForWhom::Scripts => kind.starts_with(b"application/problem+json"),
        ForWhom::People => kind.starts_with(b"text/html"),
        ForWhom::Machines => true,
    };
    if said || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let failure = match status {
        StatusCode::NOT_FOUND => unknown_address(),
        StatusCode::METHOD_NOT_ALLOWED => Failure::input(
            "method_not_allowed",
            "this address is not asked in this way",
            "the header `Allow` says in which",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => too_large().failure,
        StatusCode::RANGE_NOT_SATISFIABLE => ranges::beyond_end(),
        _ if status.is_server_error() => Failure::ours("this cannot be answered"),
        _ => Failure::input(
            "request_unreadable",
            "the request is not as described",
            "/api/v1/openapi.json describes every request",
        ),
    };
    let mut ours = asked.refused(Refusal { status, failure });
    for name in [header::ALLOW, header::CONTENT_RANGE] {
        if let Some(value) = response.headers().get(&name) {
            ours.headers_mut().insert(name, value.clone());
        }
    }
    ours
}
