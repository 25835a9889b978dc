//! Lists, all in one way: `items`, and `next` when there are more, which the header `Link` has too.

use axum::{
    Json,
    http::{HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::operations::paging::Page;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    items: Vec<T>,
    /// Where the next page begins, for the parameter `after`; absent on the last page.
    next: Option<String>,
}

/// The page as an answer. `address`: the one that was asked for.
pub fn listing<T: Serialize>(page: Page<T>, address: &Uri) -> Response {
    let link = page.next.as_deref().and_then(|next| link(address, next));
    let mut answer = Json(Listing {
        items: page.items,
        next: page.next,
    })
    .into_response();
    if let Some(link) = link {
        answer.headers_mut().insert(header::LINK, link);
    }
    answer
}

/// The same address with another `after`. What a page ends with is an id or a number, so nothing needs to be escaped.
fn link(address: &Uri, next: &str) -> Option<HeaderValue> {
    let others = address
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("after"));
    let query: Vec<&str> = others.collect();
    let separator = if query.is_empty() { "" } else { "&" };
    let link = format!(
        "<{}?{}{separator}after={next}>; rel=\"next\"",
        address.path(),
        query.join("&")
    );
    HeaderValue::try_from(link).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_is_the_same_address_from_another_line_on() {
        let link = |address: &str| {
            let link = link(&address.parse().unwrap(), "B").unwrap();
            link.to_str().unwrap().to_owned()
        };
        assert_eq!(link("/a"), "</a?after=B>; rel=\"next\"");
        assert_eq!(
            link("/a?limit=2&after=A&state=open"),
            "</a?limit=2&state=open&after=B>; rel=\"next\""
        );
    }
}
