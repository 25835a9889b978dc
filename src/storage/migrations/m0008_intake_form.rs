//! The intake form of Caren, one record an organisation.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, string, text, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut form = Table::create();
        form.table("intake_form")
            .col(string("organisation").primary_key())
            .col(text("record"))
            .col(integer("revision"))
            .col(string("saved_by"))
            .col(timestamp_with_time_zone("saved_at"));
        manager.create_table(form).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
