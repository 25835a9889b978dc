//! The cookies: the one that a session lives in, and the one that bridges a visit to a provider.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::operations::server::ServerSettings;

/// Seconds that signing in with a provider may take.
const SIGN_IN_TIME: u32 = 600;

/// Under the first name a browser takes a cookie over TLS and from this very host alone.
fn name(plain: &'static str, hosted: &'static str, settings: &ServerSettings) -> &'static str {
    if settings.is_secure() { hosted } else { plain }
}

fn of_session(settings: &ServerSettings) -> &'static str {
    name("brievenbus", "__Host-brievenbus", settings)
}

fn of_sign_in(settings: &ServerSettings) -> &'static str {
    name("brievenbus-oidc", "__Host-brievenbus-oidc", settings)
}

/// The secret of the session that the request belongs to.
pub fn session_secret(headers: &HeaderMap, settings: &ServerSettings) -> Option<String> {
    read(headers, of_session(settings))
}

/// `Set-Cookie` for a session that begins; it goes when the browser is closed.
pub fn session_begins(secret: &str, settings: &ServerSettings) -> HeaderValue {
    set_cookie(cookie(of_session(settings), secret, settings))
}

/// `Set-Cookie` for a session that is over.
pub fn session_ends(settings: &ServerSettings) -> HeaderValue {
    removal(of_session(settings), settings)
}

/// What a browser kept of a sign-in with a provider that it began.
pub fn begun_sign_in(headers: &HeaderMap, settings: &ServerSettings) -> Option<String> {
    read(headers, of_sign_in(settings))
}

/// `Set-Cookie` for what a browser keeps until it comes back from the provider.
pub fn sign_in_begins(kept: &str, settings: &ServerSettings) -> HeaderValue {
    let cookie = cookie(of_sign_in(settings), kept, settings);
    header_value(&format!("{cookie}; Max-Age={SIGN_IN_TIME}"))
}

/// `Set-Cookie` for a browser that came back.
pub fn sign_in_ends(settings: &ServerSettings) -> HeaderValue {
    removal(of_sign_in(settings), settings)
}

fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    Some(jar.get(name)?.value().to_owned())
}

fn cookie<'a>(name: &'static str, value: &'a str, settings: &ServerSettings) -> Cookie<'a> {
    Cookie::build((name, value))
        .http_only(true)
        .secure(settings.is_secure())
        .same_site(SameSite::Lax)
        .path("/")
        .build()
}

fn removal(name: &'static str, settings: &ServerSettings) -> HeaderValue {
    let mut cookie = cookie(name, "", settings);
    cookie.make_removal();
    set_cookie(cookie)
}

fn set_cookie(cookie: Cookie<'_>) -> HeaderValue {
    header_value(&cookie.to_string())
}

fn header_value(text: &str) -> HeaderValue {
    // Names and secrets are letters, digits, hyphens and underscores.
    let mut value = HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Puts it in an answer.
pub fn put(headers: &mut HeaderMap, cookie: HeaderValue) {
    headers.append(header::SET_COOKIE, cookie);
}
