use sea_orm::entity::prelude::*;

/// Where the audit log begins and ends; one row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_head")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The oldest line that is kept.
    pub first_seq: i64,
    /// The hash of the line before that.
    pub first_previous: String,
    pub last_seq: i64,
    pub last_hash: String,
    /// The MAC of all of the above.
    pub mac: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
