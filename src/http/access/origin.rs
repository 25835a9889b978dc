//! Refuses what another site made a browser ask: a browser sends its cookies along whoever wrote the page.
//!
//! Browsers say where a request comes from, in `Sec-Fetch-Site` or `Origin`; a request that says neither comes from no
//! browser that we know, and is refused.

use axum::http::{HeaderMap, Method, Uri, header};

use crate::operations::server::ServerSettings;

/// Whether a request may change something in the name of whoever its cookie stands for.
pub fn is_ours(method: &Method, headers: &HeaderMap, settings: &ServerSettings) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        // `none`: the person did it, in the address bar.
        (Some(site), _) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        (None, Some(_)) => {
            let origin = text("origin").unwrap_or_default();
            match &settings.public_url {
                Some(url) => same_origin(origin, url),
                None => {
                    text("host").is_some_and(|host| same_origin(origin, &format!("http://{host}")))
                }
            }
        }
        (None, None) => false,
    }
}

fn same_origin(one: &str, other: &str) -> bool {
    matches!((origin(one), origin(other)), (Some(one), Some(other)) if one == other)
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> Option<(String, String, u16)> {
    let uri: Uri = url.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let port = uri.port_u16();
    let port = port.unwrap_or(if scheme == "https" { 443 } else { 80 });
    Some((scheme, uri.host()?.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(public_url: Option<&str>, headers: &[(&'static str, &str)]) -> bool {
        let settings = ServerSettings {
            public_url: public_url.map(str::to_owned),
            ..ServerSettings::default()
        };
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    header::HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect();
        is_ours(&Method::POST, &headers, &settings)
    }

    #[test]
    fn what_another_site_made_a_browser_ask_is_refused() {
        let ours = Some("https://brieven.example");
        assert!(asked(ours, &[("sec-fetch-site", "same-origin")]));
        assert!(asked(None, &[("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site", "", "Same-Origin, none"] {
            let origin = ("origin", "https://brieven.example");
            assert!(!asked(ours, &[("sec-fetch-site", site), origin]), "{site}");
        }
        assert!(asked(ours, &[("origin", "https://brieven.example")]));
        assert!(asked(ours, &[("origin", "https://brieven.example:443")]));
        for origin in [
            "http://brieven.example",
            "https://brieven.example:8443",
            "https://brieven.example.evil.example",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!asked(ours, &[("origin", origin)]), "{origin}");
        }
        assert!(!asked(ours, &[]));
    }

    #[test]
    fn without_a_public_address_the_host_that_was_asked_counts() {
        let host = ("host", "127.0.0.1:8080");
        assert!(asked(None, &[host, ("origin", "http://127.0.0.1:8080")]));
        assert!(!asked(None, &[host, ("origin", "http://127.0.0.1:8081")]));
        assert!(!asked(None, &[("origin", "http://127.0.0.1:8080")]));
    }

    #[test]
    fn looking_is_always_allowed() {
        let settings = ServerSettings::default();
        assert!(is_ours(&Method::GET, &HeaderMap::new(), &settings));
    }
}
