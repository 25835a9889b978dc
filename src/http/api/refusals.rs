//! How operations say no, for the document.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{
        ContentBuilder, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, ParameterIn},
    },
};

/// There is no such thing, or it is another organisation's.
pub struct NotThere;
/// It cannot be done in the state that things are in.
pub struct InTheWay;
/// What was asked for cannot be.
pub struct NotPossible;

impl IntoResponses for NotThere {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        one(
            "404",
            "There is no such thing, or it is another organisation's.",
        )
    }
}

impl IntoResponses for InTheWay {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        one("409", "It cannot be done in the state that things are in.")
    }
}

impl IntoResponses for NotPossible {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        one("422", "What was asked for cannot be.")
    }
}

fn one(status: &str, description: &str) -> BTreeMap<String, RefOr<Response>> {
    BTreeMap::from([(status.to_owned(), RefOr::T(problem(description)))])
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build()
}

/// What every operation may say, whatever it does: added to all of them here, so that none forgets it.
pub fn add_common(document: &mut Document) {
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            add_to(operation);
        }
    }
}

fn add_to(operation: &mut Operation) {
    let mut more = vec![
        (
            "429",
            "Too much was asked in a short time; `Retry-After` says when to ask again.",
        ),
        ("500", "Our fault, and written down on our side."),
        (
            "503",
            "Busy, or it took too long (the body that was sent, too), or something that is needed is away; \
             `Retry-After` says when to ask again.",
        ),
    ];
    let open = operation.security.as_ref().is_some_and(Vec::is_empty);
    if !open {
        more.push(("401", "No token or session that works."));
        more.push(("403", "A token or session of another role."));
    }
    let in_query = operation.parameters.as_ref().is_some_and(|parameters| {
        parameters.iter().any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.parameter_in != ParameterIn::Path,
            RefOr::Ref(_) => true,
        })
    });
    if in_query || operation.request_body.is_some() {
        more.push(("400", "The request cannot be read."));
    }
    if operation.request_body.is_some() {
        more.push(("413", "The body is too large."));
        more.push(("415", "The body is of another kind than this takes."));
        more.push(("422", "What was asked for cannot be."));
    }
    let there = &mut operation.responses.responses;
    for (status, description) in more {
        if !there.contains_key(status) {
            there.insert(status.to_owned(), RefOr::T(problem(description)));
        }
    }
}
