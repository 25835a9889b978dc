use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_client")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_job_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: String,
    /// Name of the team of the same batch that writes this client instead.
    pub written_by: Option<String>,
    /// Number of the letter in the bundle, from 1; absent for a client who is left out or not yet decided.
    pub letter_number: Option<i32>,
    /// `domain::eligibility::Reason`; absent for a letter or not yet decided.
    pub reason: Option<String>,
    /// `domain::eligibility::Detail` as JSON.
    pub detail: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::team_job::Entity",
        from = "Column::TeamJobId",
        to = "super::team_job::Column::Id"
    )]
    TeamJob,
}

impl Related<super::team_job::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::TeamJob.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
