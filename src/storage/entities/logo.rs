use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "logo")]
pub struct Model {
    /// SHA-256 of the bytes, hexadecimal: the same logo is kept once.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// `svg`, `png`, `jpg` or `pdf`.
    pub format: String,
    pub bytes: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
