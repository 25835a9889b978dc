//! Keeps what a batch was asked for as, to tell the same request with the same idempotency key from another one. Absent for
//! batches from before.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut batch = Table::alter();
        batch
            .table("batch")
            .add_column(ColumnDef::new("request").text().null());
        manager.alter_table(batch).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
