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
    /// Its name in the tree of locations.
    pub team_name: String,
    /// Its name in a letter.
    pub letter_name: String,
    /// `domain::team_job::TeamJobState`.
    pub state: String,
    /// Letters that the current attempt expects to make.
    pub expected: i32,
    /// Letters that the current attempt has made so far.
    pub made: i32,
    /// The number of the last attempt that started: a worker that still holds an older one may write nothing.
    pub attempt: i32,
    /// Attempts that count as tries since the job was last put on the queue by a person.
    pub tries: i32,
    /// Somebody wants it cancelled; whoever works on it does so.
    pub cancel_requested: bool,
    /// Goes up for as long as the current attempt lives.
    pub beat: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
