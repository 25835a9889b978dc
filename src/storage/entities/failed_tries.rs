use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "failed_tries")]
pub struct Model {
    /// What is tried: `redeem`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Failures since the last success.
    pub in_a_row: i64,
    pub locked_until: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
