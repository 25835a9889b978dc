//! The cookie that a session lives in.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::operations::server::ServerSettings;

/// Its name. Under the first one a browser takes it over TLS and from this very host alone.
fn name(settings: &ServerSettings) -> &'static str {
    if settings.is_secure() {
        "__Host-brievenbus"
    } else {
        "brievenbus"
    }
}

/// The secret of the session that the request belongs to.
pub fn session_secret(headers: &HeaderMap, settings: &ServerSettings) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    Some(jar.get(name(settings))?.value().to_owned())
}

/// `Set-Cookie` for a session that begins; it goes when the browser is closed.
pub fn session_begins(secret: &str, settings: &ServerSettings) -> HeaderValue {
    set_cookie(cookie(secret, settings))
}

/// `Set-Cookie` for a session that is over.
pub fn session_ends(settings: &ServerSettings) -> HeaderValue {
    let mut cookie = cookie("", settings);
    cookie.make_removal();
    set_cookie(cookie)
}

fn cookie<'a>(value: &'a str, settings: &ServerSettings) -> Cookie<'a> {
    Cookie::build((name(settings), value))
        .http_only(true)
        .secure(settings.is_secure())
        .same_site(SameSite::Lax)
        .path("/")
        .build()
}

fn set_cookie(cookie: Cookie<'_>) -> HeaderValue {
    let text = cookie.to_string();
    // Names and secrets are letters, digits, hyphens and underscores.
    let mut value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Puts it in an answer.
pub fn put(headers: &mut HeaderMap, cookie: HeaderValue) {
    headers.append(header::SET_COOKIE, cookie);
}
