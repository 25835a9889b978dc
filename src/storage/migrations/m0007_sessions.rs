//! Sessions of people at the pages, and how often in a row something was tried in vain.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, string, string_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut session = Table::create();
        session
            .table("session")
            .col(string("id").primary_key())
            .col(string("user_label"))
            .col(string("role"))
            .col(string_null("organisation"))
            .col(string_null("token_id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("last_seen_at"))
            .col(timestamp_with_time_zone("ends_at"));
        manager.create_table(session).await?;
        let mut failed_tries = Table::create();
        failed_tries
            .table("failed_tries")
            .col(string("name").primary_key())
            .col(big_integer("in_a_row"))
            .col(timestamp_with_time_zone_null("locked_until"));
        manager.create_table(failed_tries).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
