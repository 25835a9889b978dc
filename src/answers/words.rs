//! The words that occur in several objects, for the document: ids, states and reasons.

use utoipa::openapi::{
    Array, ArrayBuilder, Object, ObjectBuilder, Type,
    schema::{AdditionalProperties, Schema, SchemaType},
};

use crate::domain::{
    actor::Role,
    client::ClientId,
    eligibility::Reason,
    invitation::InvitationState,
    team_job::{AttemptOutcome, TeamJobState},
};

/// An id of ours.
pub fn id() -> Object {
    text("An id: 26 capitals and digits, in the order in which they were given out.")
        .pattern(Some("^[0-9A-Z]{26}$"))
        .build()
}

/// The short name of an organisation.
pub fn slug() -> Object {
    text("The short name of an organisation: lower-case letters, digits and hyphens.")
        .pattern(Some("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"))
        .min_length(Some(1))
        .max_length(Some(40))
        .build()
}

/// The number of a client.
pub fn client_number() -> Object {
    text("The number of a client, `identificationNo` in Ons.")
        .pattern(Some("^[0-9A-Za-z._-]+$"))
        .min_length(Some(1))
        .max_length(Some(ClientId::MAX_CHARS))
        .build()
}

/// SHA-256 in hexadecimal digits.
pub fn digest() -> Object {
    text("SHA-256 in hexadecimal digits.")
        .pattern(Some("^[0-9a-f]{64}$"))
        .build()
}

pub fn team_state() -> Object {
    one_of(
        "`queued` waits for a worker, `working` is being made; `done`, `failed` and `cancelled` have ended.",
        TeamJobState::ALL.map(TeamJobState::as_str),
    )
}

pub fn invitation_state() -> Object {
    one_of(
        "Today: the code of an `open` one works; `redeemed`, `expired`, `cancelled` and `replaced` do not come back.",
        InvitationState::ALL.map(InvitationState::as_str),
    )
}

pub fn attempt_outcome() -> Object {
    or_null(one_of(
        "How it ended; `null` while it runs.",
        AttemptOutcome::ALL.map(AttemptOutcome::as_str),
    ))
}

pub fn reason() -> Object {
    one_of(
        "Why a client got no letter: the first reason that holds.",
        Reason::ALL.map(Reason::code),
    )
}

pub fn role() -> Object {
    one_of(
        "`support` sees everything, `provider` its own organisation; `caren` redeems codes; `ci` looks at previews.",
        Role::OF_TOKENS.map(Role::as_str),
    )
}

/// How many clients were left out for each reason that occurred.
pub fn left_out() -> Object {
    let count = || {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
    };
    let mut reasons = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "Clients who got no letter, by reason; a reason of nobody is absent.",
        ))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    for reason in Reason::ALL {
        reasons = reasons.property(reason.code(), count());
    }
    reasons.build()
}

/// The side of the window of the envelope.
pub fn window() -> Object {
    one_of("The side of the window of the envelope.", ["left", "right"])
}

pub fn name_style() -> Object {
    one_of(
        "How names are written: as Ons does, or by the rules of the register.",
        ["ons", "brp"],
    )
}

pub fn address_style() -> Object {
    one_of("How postcode and city are written.", ["ons", "postnl"])
}

pub fn order() -> Object {
    one_of(
        "The order of the letters in a bundle.",
        ["name", "address", "client-id"],
    )
}

pub fn version_state() -> Object {
    one_of(
        "`draft` is being written, `published` is what batches use, `superseded` was.",
        ["draft", "published", "superseded"],
    )
}

pub fn client_numbers() -> Array {
    ArrayBuilder::new().items(client_number()).build()
}

/// The same, or `null`.
pub fn or_null(mut schema: Object) -> Object {
    if let SchemaType::Type(kind) = &schema.schema_type {
        schema.schema_type = SchemaType::from_iter([kind.clone(), Type::Null]);
    }
    if let Some(values) = &mut schema.enum_values {
        values.push(serde_json::Value::Null);
    }
    schema
}

fn one_of<const N: usize>(description: &str, values: [&'static str; N]) -> Object {
    text(description).enum_values(Some(values)).build()
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
}
