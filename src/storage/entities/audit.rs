use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// From 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// To the microsecond, which both databases keep.
    pub at: DateTimeUtc,
    /// `domain::audit::Action`.
    pub action: String,
    /// `done`, or `refused:` and the code of the failure.
    pub outcome: String,
    /// `domain::actor::Actor`'s user.
    pub actor: String,
    pub role: String,
    pub source: String,
    pub organisation: Option<String>,
    /// Client numbers, a JSON array.
    pub clients: String,
    pub object: Option<String>,
    /// The hash of the line before.
    pub previous_hash: String,
    /// The MAC of all of the above.
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
