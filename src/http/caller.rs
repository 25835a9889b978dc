//! Who asks, and whether they may. A handler takes the caller that it is for, so none can forget to look.

use std::{marker::PhantomData, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    pages::{PageFailure, no_such_page},
    problem::Problem,
    service::Service,
};
use crate::{
    domain::actor::{Actor, Role},
    operations::{
        App, Failure,
        authenticate::{actor_of, working_token},
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
                "this needs a token that works",
                Some("send it as `Authorization: Bearer TOKEN`"),
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

/// Somebody at a page, as [`Caller`] is for scripts: who is not signed in is sent to do so, and comes back.
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
            .ok_or_else(|| Redirect::to("/aanmelden").into_response())?;
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

/// Who asks, by the bearer token of the request; nobody when there is none that works.
async fn authenticated(parts: &Parts, service: &Service) -> Result<Option<Actor>, Failure> {
    let Some(secret) = bearer(parts) else {
        return Ok(None);
    };
    let token = working_token(&service.app, secret).await?;
    Ok(token.map(|token| actor_of(&token, &source(parts))))
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// The address that the request came from.
fn source(parts: &Parts) -> String {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string())
}
