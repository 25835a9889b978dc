use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation: String,
    /// From 1 within the organisation.
    pub number: i32,
    /// `draft`, `published` or `superseded`.
    pub state: String,
    /// New at every change.
    pub revision: String,
    /// `domain::letter_setup::LetterSetup` as JSON; absent: as the export has it.
    pub setup: Option<String>,
    /// Of an uploaded logo that the setup names.
    pub logo_hash: Option<String>,
    /// Who saved it last.
    pub author: String,
    pub created_at: DateTimeUtc,
    pub published_by: Option<String>,
    pub published_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
