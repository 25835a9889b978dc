//! Who asks, and whether they may. A handler takes the caller that it is for, so none can forget to look.

use std::marker::PhantomData;

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    access::{SIGN_IN, address::ClientAddress, cookie::session_secret},
    pages::{PageFailure, addresses::encoded, no_such_page, session_ended},
    problem::Problem,
    request::Asker,
    service::Service,
};
use crate::{
    domain::actor::{Actor, Role},
    operations::{
        App, Failure,
        authenticate::{actor_of, working_token},
        session::{actor_in, working_session},
    },
};

/// The roles that a route is for.
pub trait Roles {
    const ROLES: &'static [Role];
}

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident: [$($role:ident),+];)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Roles for $name {
            const ROLES: &'static [Role] = &[$(Role::$role),+];
        }
    )+};
}

roles! {
    /// Nedap support alone.
    ForSupport: [Support];
    /// Support, and a care provider for its own things.
    ForMembers: [Support, Provider];
    /// Who redeems codes.
    ForPortal: [Support, Caren];
    /// Who looks at letters that nobody gets.
    ForPreviews: [Support, Provider, Ci];
}

/// Somebody who may: the app acts as them, so that what is another organisation's does not exist.
pub struct Caller<R> {
    pub app: App,
    for_whom: PhantomData<R>,
}

impl<R: Roles + Send> FromRequestParts<Service> for Caller<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let actor = authenticated(parts, service).await?.ok_or_else(|| {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "not_signed_in",
                "this needs a token that works, or a session that has not ended",
                Some("send the token as `Authorization: Bearer TOKEN`"),
            )
        })?;
        if !R::ROLES.contains(&actor.role) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "not_for_this_role",
                &format!("a token for {} does not open this", actor.role),
                Some("use a token with another role; `brievenbus token create` makes one"),
            ));
        }
        Ok(Self {
            app: service.app.acting_as(actor),
            for_whom: PhantomData,
        })
    }
}

/// Somebody at a page, as [`Caller`] is for scripts: who is not signed in is sent to do so, and comes back. A form that
/// was sent is not: it is told that nothing was saved, and how to send it again.
pub struct Visitor<R> {
    pub app: App,
    for_whom: PhantomData<R>,
}

impl<R: Roles + Send> FromRequestParts<Service> for Visitor<R> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        let actor = authenticated(parts, service)
            .await
            .map_err(|failure| PageFailure(failure).into_response())?
            .ok_or_else(|| match parts.method.is_safe() {
                true => Redirect::to(&sign_in_address(parts)).into_response(),
                false => session_ended(SIGN_IN),
            })?;
        if !R::ROLES.contains(&actor.role) {
            // That there is such a page is not for them to know.
            return Err(PageFailure(no_such_page()).into_response());
        }
        Ok(Self {
            app: service.app.acting_as(actor),
            for_whom: PhantomData,
        })
    }
}

/// Who asks: by the bearer token of the request, or by the session of its cookie. Nobody when there is none that works;
/// whoever sends a token that does not is not taken for who they are in a session.
async fn authenticated(parts: &Parts, service: &Service) -> Result<Option<Actor>, Failure> {
    let address = parts.extensions.get::<ClientAddress>().copied();
    let source = address.map_or_else(|| "unknown".to_owned(), |address| address.ip.to_string());
    let found = if parts.headers.contains_key(header::AUTHORIZATION) {
        let Some(secret) = bearer(parts) else {
            return Ok(None);
        };
        let token = working_token(&service.app, secret).await?;
        if let (None, Some(address)) = (&token, address) {
            service.rates.vain(address.for_limits())?;
        }
        token.map(|token| (actor_of(&token, &source), held_token(&token.id)))
    } else {
        let Some(secret) = session_secret(&parts.headers, &service.app.server) else {
            return Ok(None);
        };
        let session = working_session(&service.app, &secret).await?;
        session.map(|session| {
            let token = session.token.as_deref().map(held_token);
            // The beginning of a hash, which opens nothing, is enough to tell sessions apart.
            let held = token.unwrap_or_else(|| format!("session {:.16}", session.id));
            (actor_in(&session, &source), held)
        })
    };
    let Some((actor, held)) = found else {
        return Ok(None);
    };
    if let Some(asker) = parts.extensions.get::<Asker>() {
        asker.is(held, actor.role);
    }
    service.rates.asking(&actor.user)?;
    Ok(Some(actor))
}

fn held_token(id: &str) -> String {
    format!("token {id}")
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// Where somebody signs in, to come back to the page that they asked for.
fn sign_in_address(parts: &Parts) -> String {
    let path = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |uri| &uri.0)
        .path_and_query()
        .map_or("/", |path| path.as_str());
    if path == "/" {
        return SIGN_IN.to_owned();
    }
    format!("{SIGN_IN}?naar={}", encoded(path))
}
