//! Bundles as files to save, for scripts and for people alike.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use tokio_util::io::ReaderStream;

use crate::operations::{Failure, lock_bundle::LockedBundle};

/// A bundle that only its password opens.
pub fn locked_zip(bundle: LockedBundle) -> Result<Response, Failure> {
    let headers = zip_headers(&bundle.file_name, bundle.bytes)?;
    let file = tokio::fs::File::from_std(bundle.file);
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

/// Of a zip that is sent as a whole. Codes are in it: nobody but who asked keeps it.
pub fn zip_headers(file_name: &str, bytes: u64) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_DISPOSITION, attachment(file_name)?);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_LENGTH, bytes.into());
    Ok(headers)
}

/// A file to save under its own name, which is ASCII and has no quotes.
pub fn attachment(file_name: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::try_from(format!("attachment; filename=\"{file_name}\""))
        .map_err(|_| Failure::ours("a file name that cannot be in a header"))
}
