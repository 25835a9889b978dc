//! What a form or an address brings, field by field: a name may be there several times, and nothing has to be.

use std::str::FromStr;

use super::PageFailure;
use crate::{http::service::Service, operations::Failure};
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};

/// The fields of a form that was sent.
pub struct Sent(pub Fields);

/// The fields behind the question mark.
pub struct Asked(pub Fields);

/// No value has control characters but the ends of lines and tabs: a database may refuse them, and nobody types them.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    pub fn from_pairs(mut pairs: Vec<(String, String)>) -> Self {
        for (_, value) in &mut pairs {
            value.retain(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
        }
        Self(pairs)
    }

    /// The value without spaces around it; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Every value, but for empty ones.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, value)| key == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    }

    /// A box that was ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    pub fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }
}

impl FromRequest<Service> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        match Form::<Vec<(String, String)>>::from_request(request, service).await {
            Ok(Form(fields)) => Ok(Self(Fields::from_pairs(fields))),
            Err(refused) => Err(unreadable(refused.status().as_u16())),
        }
    }
}

impl FromRequestParts<Service> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Response> {
        match Query::<Vec<(String, String)>>::from_request_parts(parts, service).await {
            Ok(Query(fields)) => Ok(Self(Fields::from_pairs(fields))),
            Err(refused) => Err(unreadable(refused.status().as_u16())),
        }
    }
}

fn unreadable(status: u16) -> Response {
    let (code, message) = match status {
        413 => ("body_too_large", "what was sent is too large"),
        _ => ("form_unreadable", "what was sent cannot be read"),
    };
    PageFailure(Failure::input(code, message, "send the form again")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_its_order_and_what_is_empty_is_not_there() {
        let pairs = [("team", "2"), ("team", ""), ("team", " 1 ")];
        let fields = Fields::from_pairs(
            pairs
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .to_vec(),
        );
        assert_eq!(fields.all("team"), ["2", "1"]);
        assert_eq!(fields.text("niets"), "");
        assert!(!fields.is_ticked("niets"));
    }

    #[test]
    fn what_no_database_takes_is_left_out() {
        let typed = "Wijkteam\0 Noord\r\n\u{7}en Zuid".to_owned();
        let fields = Fields::from_pairs(vec![("naam".to_owned(), typed)]);
        assert_eq!(fields.text("naam"), "Wijkteam Noord\r\nen Zuid");
    }
}
