//! Files to save or to print, for scripts and for people alike. Nothing is said of keeping them: codes are in them, and
//! what says nothing is kept by nobody ([`super::headers`]).

use std::{convert::Infallible, ops::Range};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{TryStreamExt, stream};
use tokio_util::io::ReaderStream;

use super::{
    ranges::{Part, is_known, nowhere, part},
    request::request_id,
};
use crate::operations::{
    App, Failure,
    fetch_bundle::{StoredBundle, bundle_to_look_at},
    lock_bundle::LockedBundle,
    open_bundle::open_bundle,
    render_letter::{letter_to_look_at, render_letter},
};

/// Bytes of a file that are read at a time.
const PORTION: usize = 64 << 10;

/// A bundle as the request wants it: whole, a part so that a download that broke off goes on, or only what it is.
/// Whoever only looks took nothing out.
pub async fn zip(
    app: &App,
    id: &str,
    method: &Method,
    asked: &HeaderMap,
) -> Result<Response, Failure> {
    let bundle = bundle_to_look_at(app, id).await?;
    let etag = format!("\"{}\"", bundle.sha256);
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, in_a_header(&etag)?);
    if is_known(asked, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let wanted = match *method {
        // Only what is fetched can be fetched in parts.
        Method::GET => part(asked, bundle.bytes, &etag),
        _ => Part::Whole,
    };
    let (status, range) = match wanted {
        Part::Nowhere => return Ok(nowhere(bundle.bytes)),
        Part::Whole => (StatusCode::OK, 0..bundle.bytes),
        Part::Some(range) => {
            let place = format!("bytes {}-{}/{}", range.start, range.end - 1, bundle.bytes);
            headers.insert(header::CONTENT_RANGE, in_a_header(&place)?);
            (StatusCode::PARTIAL_CONTENT, range)
        }
    };
    headers.extend(zip_headers(&bundle.file_name, range.end - range.start)?);
    let body = match *method {
        Method::HEAD => Body::empty(),
        _ => body(app, &bundle, range).await?,
    };
    Ok((status, headers, body).into_response())
}

/// After the headers there is no way to say what went wrong but to break off, so the log says it.
async fn body(app: &App, bundle: &StoredBundle, range: Range<u64>) -> Result<Body, Failure> {
    let bytes = open_bundle(app, &bundle.id).await?.read(range).await?;
    let (id, request) = (bundle.id.clone(), request_id());
    let said = bytes.inspect_err(move |failure| {
        tracing::error!(
            bundle = id,
            request,
            code = failure.code,
            error = %failure,
            "download broke off"
        );
    });
    Ok(Body::from_stream(said))
}

/// A bundle that only its password opens.
pub fn locked_zip(bundle: LockedBundle) -> Result<Response, Failure> {
    let headers = zip_headers(&bundle.file_name, bundle.bytes)?;
    let file = tokio::fs::File::from_std(bundle.file);
    let portions = ReaderStream::with_capacity(file, PORTION);
    Ok((headers, Body::from_stream(portions)).into_response())
}

/// The letter of an open invitation. `disposition`: whether it is shown or saved. Whoever only looks prints nothing.
pub async fn letter(
    app: &App,
    id: &str,
    method: &Method,
    disposition: HeaderValue,
) -> Result<Response, Failure> {
    let pdf = match *method {
        Method::HEAD => {
            letter_to_look_at(app, id).await?;
            // How large it is, is known when it is set.
            Body::from_stream(stream::empty::<Result<Bytes, Infallible>>())
        }
        _ => Body::from(render_letter(app, id).await?),
    };
    let kind = HeaderValue::from_static("application/pdf");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, pdf).into_response())
}

/// A picture of a page.
pub fn png(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "image/png")], bytes).into_response()
}

fn zip_headers(file_name: &str, bytes: u64) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_DISPOSITION, attachment(file_name)?);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    headers.insert(header::CONTENT_LENGTH, bytes.into());
    Ok(headers)
}

/// A file to save under its own name, which is ASCII and has no quotes.
pub fn attachment(file_name: &str) -> Result<HeaderValue, Failure> {
    in_a_header(&format!("attachment; filename=\"{file_name}\""))
}

fn in_a_header(text: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::try_from(text).map_err(|_| Failure::ours("a word that cannot be in a header"))
}
