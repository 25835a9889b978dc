//! What a body may also leave open, in the document: `null` is as good as absent. In a query nothing is `null`.

use utoipa::openapi::{Object, ObjectBuilder, OneOfBuilder, Schema, Type};

use super::fields;
use crate::answers::{self, or_null};

pub fn slug() -> Object {
    or_null(answers::slug())
}

pub fn window() -> Object {
    or_null(answers::window())
}

pub fn name_style() -> Object {
    or_null(answers::name_style())
}

pub fn address_style() -> Object {
    or_null(answers::address_style())
}

pub fn order() -> Object {
    or_null(answers::order())
}

pub fn day() -> Object {
    or_null(fields::day())
}

pub fn logo() -> Schema {
    let nothing = ObjectBuilder::new().schema_type(Type::Null);
    Schema::OneOf(
        OneOfBuilder::new()
            .item(answers::letter::logo_choice())
            .item(nothing)
            .build(),
    )
}
