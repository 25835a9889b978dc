use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub batch_id: String,
    /// Place of the team in the request.
    pub position: i32,
    pub team_id: String,
    pub team_name: String,
    /// `domain::batch::TeamJobState`.
    pub state: String,
    /// Letters that the current attempt expects to make.
    pub expected: i32,
    /// Letters that the current attempt has made so far.
    pub made: i32,
    /// The number of the last attempt that started: a worker that still holds an older one may write nothing.
    pub attempt: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
