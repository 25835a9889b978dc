use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_job_attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_job_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub attempt: i32,
    pub worker: String,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    /// `domain::team_job::AttemptOutcome`; absent while it runs.
    pub outcome: Option<String>,
    /// What went wrong, for scripts.
    pub code: Option<String>,
    /// What went wrong, in a sentence; absent while it runs and when it succeeded.
    pub reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
