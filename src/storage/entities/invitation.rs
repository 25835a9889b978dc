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
    /// HMAC-SHA256 of the code, hexadecimal, under the key that sealed when the invitation closed, or seals now; unique for
    /// ever, so no code is used twice.
    #[sea_orm(unique)]
    pub code_hash: String,
    /// The code, sealed; wiped when the invitation closes.
    pub sealed_code: Option<Vec<u8>>,
    /// The words of the letter, as its maker wrote them down, sealed, so that it can be printed again as it was; wiped when
    /// the invitation closes.
    pub sealed_words: Option<Vec<u8>>,
    /// The invitation that this one was issued in place of, by a person; it is in no bundle.
    pub reissue_of: Option<String>,
    /// The date on the letter.
    pub letter_date: Date,
    pub valid_until: Date,
    pub issued_at: DateTimeUtc,
    pub closed_at: Option<DateTimeUtc>,
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
