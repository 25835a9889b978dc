use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    #[sea_orm(unique)]
    pub team_job_id: String,
    pub batch_id: String,
    pub file_name: String,
    /// Key in the store.
    pub store_key: String,
    pub bytes: i64,
    pub sha256: String,
    pub created_at: DateTimeUtc,
    /// When somebody first took it out of the store.
    pub collected_at: Option<DateTimeUtc>,
    /// When it was removed from the store.
    pub removed_at: Option<DateTimeUtc>,
    /// `storage::bundles::Removal`.
    pub removed_why: Option<String>,
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
