//! The style sheet, the script and the pictures of the pages, out of the binary. Their address has a hash of what is in
//! them, so a browser keeps them for ever and still gets the new ones with a new version.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use super::{PageFailure, no_such_page};
use crate::http::service::Service;

/// A year: as long as is long enough.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub struct Asset {
    /// `/assets/style-1f2e3d4c5b6a.css`
    pub address: String,
    kind: &'static str,
    content: &'static str,
}

pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "style",
        "css",
        "text/css; charset=utf-8",
        include_str!("../assets/style.css"),
    )
});

pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "app",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/app.js"),
    )
});

/// Keeps what was typed into a form that could not be saved.
pub static KEEP_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "keep",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/keep.js"),
    )
});

pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "brievenbus",
        "svg",
        "image/svg+xml",
        include_str!("../assets/icon.svg"),
    )
});

/// Of the editor of a letter alone.
pub static LETTER_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "letter",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../assets/letter.js"),
    )
});

/// The look of the provider's own pages.
pub static PROVIDER_STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "provider",
        "css",
        "text/css; charset=utf-8",
        include_str!("../assets/provider.css"),
    )
});

/// An envelope with its window on the left.
pub static WINDOW_LEFT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "window-left",
        "svg",
        "image/svg+xml",
        include_str!("../assets/window-left.svg"),
    )
});

/// An envelope with its window on the right.
pub static WINDOW_RIGHT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "window-right",
        "svg",
        "image/svg+xml",
        include_str!("../assets/window-right.svg"),
    )
});

impl Asset {
    fn new(name: &str, extension: &str, kind: &'static str, content: &'static str) -> Self {
        let hash = hex::encode(Sha256::digest(content.as_bytes()));
        Self {
            address: format!("/assets/{name}-{}.{extension}", &hash[..12]),
            kind,
            content,
        }
    }
}

const ASSETS: [&LazyLock<Asset>; 8] = [
    &STYLE,
    &SCRIPT,
    &KEEP_SCRIPT,
    &ICON,
    &LETTER_SCRIPT,
    &PROVIDER_STYLE,
    &WINDOW_LEFT,
    &WINDOW_RIGHT,
];

pub fn routes() -> Router<Service> {
    Router::new().route("/assets/{file}", get(asset))
}

async fn asset(Path(file): Path<String>) -> Result<Response, PageFailure> {
    let address = format!("/assets/{file}");
    let asset = ASSETS
        .into_iter()
        .find(|asset| asset.address == address)
        .ok_or_else(no_such_page)?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, FOR_EVER),
    ];
    Ok((headers, asset.content).into_response())
}
