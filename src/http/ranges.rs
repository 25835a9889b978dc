//! Parts of a file, and answers that need not be sent twice (RFC 9110 §13 and §14).

use std::ops::Range;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::Refusal;
use crate::operations::Failure;

/// The part of a file that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Whole,
    Some(Range<u64>),
    /// Beyond its end.
    Nowhere,
}

/// What the header `Range` asks for of a file of `bytes` with the tag `etag`. Several parts at once, and what cannot be
/// read, is the whole, as a server may answer; so is a part of a file that is not the one that `If-Range` names.
pub fn part(headers: &HeaderMap, bytes: u64, etag: &str) -> Part {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(range) = text(header::RANGE) else {
        return Part::Whole;
    };
    if headers.contains_key(header::IF_RANGE) && text(header::IF_RANGE) != Some(etag) {
        return Part::Whole;
    }
    range
        .strip_prefix("bytes=")
        .and_then(|wanted| one_part(wanted.trim(), bytes))
        .unwrap_or(Part::Whole)
}

fn one_part(wanted: &str, bytes: u64) -> Option<Part> {
    let (first, last) = wanted.split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // Larger than any file is beyond its end.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    if first.is_empty() {
        let last = number(last)?.min(bytes);
        return Some(if last == 0 {
            Part::Nowhere
        } else {
            Part::Some(bytes - last..bytes)
        });
    }
    let first = number(first)?;
    let last = match last {
        "" => u64::MAX,
        last => number(last)?,
    };
    if last < first {
        return None;
    }
    Some(if first >= bytes {
        Part::Nowhere
    } else {
        Part::Some(first..last.saturating_add(1).min(bytes))
    })
}

/// Whether `If-None-Match` has the tag of what would be sent.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// An answer in JSON with its tag, or only that it is as it was.
pub fn unchanged(headers: &HeaderMap, answer: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_vec(answer)
        .map_err(|error| Failure::ours(format!("an answer cannot be written: {error}")))?;
    let etag = format!("\"{}\"", &hex::encode(Sha256::digest(&body))[..32]);
    let tag = HeaderValue::try_from(&etag)
        .map_err(|_| Failure::ours("a tag that cannot be in a header"))?;
    if is_known(headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::ETAG, tag), (header::CONTENT_TYPE, kind)], body).into_response())
}

/// The part that was asked for is beyond the end of the file.
pub fn nowhere(bytes: u64) -> Response {
    let refusal = Refusal {
        status: StatusCode::RANGE_NOT_SATISFIABLE,
        failure: beyond_end(),
    };
    let range = [(header::CONTENT_RANGE, format!("bytes */{bytes}"))];
    (range, refusal.into_problem()).into_response()
}

pub fn beyond_end() -> Failure {
    Failure::input(
        "range_beyond_end",
        "the file has no such part",
        "the header `Content-Range` says how large it is",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: &str, if_range: Option<&str>) -> Part {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        if let Some(tag) = if_range {
            headers.insert(header::IF_RANGE, tag.parse().unwrap());
        }
        part(&headers, 100, "\"x\"")
    }

    #[test]
    fn a_part_is_read_as_the_standard_says() {
        for (range, expected) in [
            ("bytes=0-9", Part::Some(0..10)),
            ("bytes=90-", Part::Some(90..100)),
            ("bytes=90-1000", Part::Some(90..100)),
            ("bytes=-10", Part::Some(90..100)),
            ("bytes=-1000", Part::Some(0..100)),
            ("bytes=0-99999999999999999999999", Part::Some(0..100)),
            ("bytes=100-", Part::Nowhere),
            ("bytes=99999999999999999999999-", Part::Nowhere),
            ("bytes=-0", Part::Nowhere),
            ("bytes=9-0", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("lines=1-2", Part::Whole),
        ] {
            assert_eq!(of(range, None), expected, "{range}");
        }
        assert_eq!(of("bytes=0-9", Some("\"x\"")), Part::Some(0..10));
        assert_eq!(of("bytes=0-9", Some("\"y\"")), Part::Whole);
        assert_eq!(of("bytes=0-9", Some("W/\"x\"")), Part::Whole);
    }

    #[test]
    fn a_tag_is_known_in_any_list() {
        let known = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, text.parse().unwrap());
            is_known(&headers, "\"x\"")
        };
        assert!(known("\"x\"") && known("\"y\", W/\"x\"") && known("*"));
        assert!(!known("\"y\"") && !known("x"));
    }
}
