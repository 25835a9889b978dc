//! Lists, all in one way: `items`, and `next` when there are more, which the header `Link` has too.

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::{
    http::{input::QueryInput, problem::Problem, service::Service},
    operations::paging::{Page, Paging},
};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    items: Vec<T>,
    /// Where the next page begins, for the parameter `after`; absent on the last page.
    next: Option<String>,
}

impl<T> Listing<T> {
    /// A list on one page.
    pub fn whole(items: Vec<T>) -> Json<Self> {
        Json(Self { items, next: None })
    }
}

/// A query that also says which page of a list is wanted.
pub trait Paged: DeserializeOwned {
    fn take_paging(&mut self) -> Paging;
}

/// For queries with `limit` and `after`.
macro_rules! paged {
    ($query:ty) => {
        impl $crate::http::api::listing::Paged for $query {
            fn take_paging(&mut self) -> $crate::operations::paging::Paging {
                $crate::http::api::fields::paging(self.after.take(), self.limit)
            }
        }
    };
}
pub(super) use paged;

/// A list that is asked for: what of it, and which page.
pub struct ListInput<Q> {
    pub wanted: Q,
    pub paging: Paging,
    /// For the link to the next page.
    address: Uri,
}

impl<Q: Paged> FromRequestParts<Service> for ListInput<Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let QueryInput(mut wanted) = QueryInput::<Q>::from_request_parts(parts, service).await?;
        let original = parts.extensions.get::<OriginalUri>();
        Ok(Self {
            paging: wanted.take_paging(),
            address: original.map_or_else(|| parts.uri.clone(), |uri| uri.0.clone()),
            wanted,
        })
    }
}

impl<Q> ListInput<Q> {
    pub fn answer<T, U: Serialize>(&self, page: Page<T>, shape: impl FnMut(T) -> U) -> Response {
        listing(page.map(shape), &self.address)
    }
}

/// The page as an answer. `address`: the one that was asked for.
fn listing<T: Serialize>(page: Page<T>, address: &Uri) -> Response {
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
