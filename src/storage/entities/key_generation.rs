use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "key_generation")]
pub struct Model {
    /// What a generation of the key makes of a fixed sentence, hexadecimal: tells it from others, and nothing of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mark: String,
    /// From 1.
    pub number: i32,
    /// It seals; one of them does.
    pub seals: bool,
    /// When it began to.
    pub since: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
