use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// SHA-256 of the cookie's secret, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `domain::actor::Actor::user`.
    pub user_label: String,
    /// `domain::actor::Role`.
    pub role: String,
    pub organisation: Option<String>,
    /// The token that it was begun with; none when the person signed in elsewhere.
    pub token_id: Option<String>,
    pub created_at: DateTimeUtc,
    /// A little behind, as long as the person is at work.
    pub last_seen_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
