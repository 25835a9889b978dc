//! Tokens: who may ask for what over the network.

use sea_orm_migration::{
    prelude::*,
    schema::{
        string, string_null, string_uniq, timestamp_with_time_zone, timestamp_with_time_zone_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut token = Table::create();
        token
            .table("access_token")
            .col(string("id").primary_key())
            .col(string("label"))
            .col(string("role"))
            .col(string_null("organisation"))
            .col(string_uniq("secret_hash"))
            .col(string("created_by"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("expires_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .col(timestamp_with_time_zone_null("revoked_at"));
        manager.create_table(token).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
