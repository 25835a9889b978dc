use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "batch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation: String,
    /// The organisation as it was when the batch was planned: every team gets the same letter.
    pub organisation_record: String,
    pub logo_hash: Option<String>,
    /// `domain::batch::BatchOptions` as JSON.
    pub options: String,
    /// Fingerprint of the export, the teams and the options: equal means the very same work.
    pub fingerprint: String,
    pub idempotency_key: Option<String>,
    /// `domain::batch::BatchRequest` as JSON; absent for batches from before it was kept.
    pub request: Option<String>,
    /// Submitted by `run`, which also writes the bundles into a folder: the data folder that it ran with.
    pub run_home: Option<String>,
    /// The higher, the sooner.
    pub priority: i32,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
