//! `/aanmelden` and `/afmelden`.

use askama::Template;
use axum::{
    Extension, Form, Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    SIGN_IN,
    address::ClientAddress,
    cookie,
    oidc::{BACK, Begun, SentBack, not_ours},
};
use crate::{
    http::{
        pages::{
            PageFailure,
            addresses::encoded,
            failure,
            faults::Faults,
            layout::Frame,
            no_such_page,
            reply::{PageResult, Told, done, page, page_with},
        },
        problem::status_of,
        service::Service,
    },
    operations::{
        App, Failure, Kind,
        session::working_session,
        sign_in::{sign_in, sign_in_support},
        sign_out::sign_out,
    },
    wording::dutch_pages::Done,
};

/// Where support begins to sign in with its own provider.
const OIDC: &str = "/aanmelden/oidc";

pub fn routes() -> Router<Service> {
    Router::new()
        .route(SIGN_IN, get(form).post(with_token))
        .route(OIDC, get(begin))
        .route(BACK, get(finish))
        .route("/afmelden", post(leave))
}

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignIn<'a> {
    frame: Frame,
    faults: Faults,
    /// Where they wanted to go.
    to: &'a str,
    /// The provider that support signs in with, and where that begins.
    provider: Option<(&'a str, String)>,
}

/// Where somebody goes when they have signed in.
#[derive(Deserialize)]
struct To {
    #[serde(default)]
    naar: String,
}

#[derive(Deserialize)]
struct Given {
    token: String,
    #[serde(default)]
    naar: String,
}

async fn form(
    State(service): State<Service>,
    told: Told,
    Query(to): Query<To>,
    headers: HeaderMap,
) -> PageResult {
    if signed_in(&service, &headers).await? {
        return Ok(Redirect::to(own_page(&to.naar)).into_response());
    }
    let frame = Frame::for_nobody("Aanmelden").saying(told);
    page(&sign_in_page(&service, frame, Faults::default(), &to.naar))
}

fn sign_in_page<'a>(service: &'a Service, frame: Frame, faults: Faults, to: &'a str) -> SignIn<'a> {
    SignIn {
        frame,
        faults,
        to: own_page(to),
        provider: service.oidc.as_ref().as_ref().map(|oidc| {
            let to = encoded(own_page(to));
            (oidc.label(), format!("{OIDC}?naar={to}"))
        }),
    }
}

/// Only a page of ours: whoever signs in is not sent to wherever somebody wrote in an address.
fn own_page(to: &str) -> &str {
    let elsewhere = !to.starts_with('/')
        || to[1..].starts_with(['/', '\\'])
        || to.starts_with(SIGN_IN)
        || to.contains(char::is_control);
    if elsewhere { "/" } else { to }
}

async fn signed_in(service: &Service, headers: &HeaderMap) -> Result<bool, Failure> {
    let Some(secret) = cookie::session_secret(headers, &service.app.server) else {
        return Ok(false);
    };
    Ok(working_session(&service.app, &secret).await?.is_some())
}

async fn with_token(
    State(service): State<Service>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> PageResult {
    let token = Zeroizing::new(given.token);
    let app = service.app.asked_from(&address.ip.to_string());
    let tried = match service.rates.sign_in(address.for_limits()) {
        Ok(()) => sign_in(&app, &token).await.map_err(counted(&service)),
        Err(failure) => Err(failure),
    };
    match tried {
        Ok((_, secret)) => let_in(&service, &app, &headers, &secret, &given.naar).await,
        Err(failure) => sign_in_again(&service, failure, "token", &given.naar),
    }
}

/// Counts a try that failed by whoever tried, and not by us.
fn counted(service: &Service) -> impl FnOnce(Failure) -> Failure {
    move |failure| match failure.kind {
        Kind::Input => service.rates.sign_in_failed().err().unwrap_or(failure),
        _ => failure,
    }
}

/// The form once more, with what was wrong. What was typed is not put in it again.
fn sign_in_again(service: &Service, failure: Failure, field: &str, to: &str) -> PageResult {
    if failure.kind == Kind::Ours {
        return Err(PageFailure(failure));
    }
    let mut faults = Faults::default();
    faults.add(field, failure::said(&failure));
    let frame = Frame::for_nobody("Aanmelden");
    let mut response = page_with(
        status_of(failure.kind),
        &sign_in_page(service, frame, faults, to),
    )?;
    if let Kind::TooOften(seconds) = failure.kind {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// A session begins, and the one before, of whoever sat here, ends.
async fn let_in(
    service: &Service,
    app: &App,
    headers: &HeaderMap,
    secret: &str,
    to: &str,
) -> PageResult {
    let settings = &service.app.server;
    if let Some(before) = cookie::session_secret(headers, settings) {
        sign_out(app, &before).await?;
    }
    let mut response = Redirect::to(own_page(to)).into_response();
    cookie::put(
        response.headers_mut(),
        cookie::session_begins(secret, settings),
    );
    Ok(response)
}

async fn leave(
    State(service): State<Service>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
) -> PageResult {
    let settings = &service.app.server;
    if let Some(secret) = cookie::session_secret(&headers, settings) {
        let app = service.app.asked_from(&address.ip.to_string());
        sign_out(&app, &secret).await?;
    }
    let mut response = done(SIGN_IN, Done::SignedOut).into_response();
    cookie::put(response.headers_mut(), cookie::session_ends(settings));
    Ok(response)
}

async fn begin(
    State(service): State<Service>,
    Extension(address): Extension<ClientAddress>,
    Query(to): Query<To>,
) -> PageResult {
    let Some(oidc) = service.oidc.as_ref() else {
        return Err(PageFailure(no_such_page()));
    };
    let begun = match service.rates.begin_sign_in(address.for_limits()) {
        Ok(()) => oidc.begin().await,
        Err(failure) => Err(failure),
    };
    match begun {
        Ok((address, begun)) => {
            let kept = format!("{}|{}", begun.to_text(), hex::encode(own_page(&to.naar)));
            let mut response = Redirect::to(&address).into_response();
            cookie::put(
                response.headers_mut(),
                cookie::sign_in_begins(&kept, &service.app.server),
            );
            Ok(response)
        }
        Err(failure) => sign_in_again(&service, failure, "", &to.naar),
    }
}

async fn finish(
    State(service): State<Service>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Query(back): Query<SentBack>,
) -> Response {
    let mut response = came_back(&service, address, &headers, back)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    // Once only, however it ended.
    cookie::put(
        response.headers_mut(),
        cookie::sign_in_ends(&service.app.server),
    );
    response
}

async fn came_back(
    service: &Service,
    address: ClientAddress,
    headers: &HeaderMap,
    back: SentBack,
) -> PageResult {
    let Some(oidc) = service.oidc.as_ref() else {
        return Err(PageFailure(no_such_page()));
    };
    let settings = &service.app.server;
    let app = service.app.asked_from(&address.ip.to_string());
    let kept = cookie::begun_sign_in(headers, settings);
    let (begun, to) = match kept.as_deref().and_then(read_kept) {
        Some(kept) => kept,
        None => return sign_in_again(service, not_ours(), "", ""),
    };
    let tried = async {
        service.rates.sign_in(address.for_limits())?;
        let email = oidc.finish(&app, begun, back).await;
        sign_in_support(&app, &email.map_err(counted(service))?).await
    };
    match tried.await {
        Ok((_, secret)) => let_in(service, &app, headers, &secret, &to).await,
        Err(failure) => sign_in_again(service, failure, "", &to),
    }
}

fn read_kept(text: &str) -> Option<(Begun, String)> {
    let (begun, to) = text.split_once('|')?;
    let to = String::from_utf8(hex::decode(to).ok()?).ok()?;
    Some((Begun::parse(begun)?, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_or_in_a_circle() {
        assert_eq!(own_page("/batches/01KB?x=1"), "/batches/01KB?x=1");
        for to in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/aanmelden?naar=/x",
            "/x\r\ny",
        ] {
            assert_eq!(own_page(to), "/", "{to}");
        }
    }
}
