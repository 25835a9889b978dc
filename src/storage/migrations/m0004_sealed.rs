//! Generations of the key, of which one seals; the words of a letter are sealed too. Words that were kept in the open are
//! dropped with their column.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let generation = Table::create()
            .table("key_generation")
            .col(ColumnDef::new("mark").string().not_null().primary_key())
            .col(ColumnDef::new("number").integer().not_null())
            .col(ColumnDef::new("seals").boolean().not_null())
            .col(
                ColumnDef::new("since")
                    .timestamp_with_time_zone()
                    .not_null(),
            )
            .to_owned();
        manager.create_table(generation).await?;
        for sentence in [
            "CREATE UNIQUE INDEX one_key_seals ON key_generation (seals) WHERE seals",
            "INSERT INTO key_generation (mark, number, seals, since) \
             SELECT mark, 1, TRUE, CURRENT_TIMESTAMP FROM vault_mark",
            "DROP TABLE vault_mark",
        ] {
            manager
                .get_connection()
                .execute_unprepared(sentence)
                .await?;
        }
        // SQLite changes one column at a time.
        let sealed = Table::alter()
            .table("invitation")
            .add_column(ColumnDef::new("sealed_words").binary().null())
            .to_owned();
        manager.alter_table(sealed).await?;
        let plain = Table::alter()
            .table("invitation")
            .drop_column("words")
            .to_owned();
        manager.alter_table(plain).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
