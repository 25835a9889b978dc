use sea_orm::entity::prelude::*;

/// A day on which somebody clears away, or has done so.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "purge_day")]
pub struct Model {
    /// The day in Amsterdam.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub claimed_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
