use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outcome_count")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_job_id: String,
    /// `letter`, or `domain::eligibility::Reason`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub outcome: String,
    /// Clients of the team job with this outcome.
    pub clients: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
