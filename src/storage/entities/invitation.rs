use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub organisation: String,
    pub client_id: String,
    pub team_job_id: String,
    /// `domain::invitation::InvitationState`.
    pub state: String,
    /// Cancelled before its letter could leave the house: the client was never invited by it.
    pub withdrawn: bool,
    /// HMAC-SHA256 of the code, hexadecimal; unique for ever, so no code is used twice.
    #[sea_orm(unique)]
    pub code_hash: String,
    /// The code, sealed; wiped when the invitation closes.
    pub sealed_code: Option<Vec<u8>>,
    pub valid_until: Date,
    pub issued_at: DateTimeUtc,
    pub closed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
