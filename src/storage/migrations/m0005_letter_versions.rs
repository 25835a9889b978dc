//! The letters that providers write themselves: their versions, and the logos that they upload.

use sea_orm_migration::{
    prelude::*,
    schema::{
        integer, string, string_null, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(letter_version()).await?;
        manager.create_table(letter_logo()).await?;
        let mut number = Index::create();
        number
            .name("one_letter_version_a_number")
            .table("letter_version")
            .col("organisation")
            .col("number")
            .unique();
        manager.create_index(number).await?;
        // sea-query cannot write a partial index; SQLite and PostgreSQL read the same sentences.
        for (name, state) in [
            ("one_letter_draft", "draft"),
            ("one_letter_published", "published"),
        ] {
            manager
                .get_connection()
                .execute_unprepared(&format!(
                    "CREATE UNIQUE INDEX {name} ON letter_version (organisation) WHERE state = '{state}'"
                ))
                .await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn letter_version() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("letter_version")
        .col(string("id").primary_key())
        .col(string("organisation"))
        .col(integer("number"))
        .col(string("state"))
        .col(string("revision"))
        .col(text_null("setup"))
        .col(string_null("logo_hash"))
        .col(string("author"))
        .col(timestamp_with_time_zone("created_at"))
        .col(string_null("published_by"))
        .col(timestamp_with_time_zone_null("published_at"));
    references(&mut table, "organisation", "organisation", "slug");
    references(&mut table, "logo_hash", "logo", "hash");
    table
}

fn letter_logo() -> TableCreateStatement {
    let mut key = Index::create();
    key.col("organisation").col("hash");
    let mut table = Table::create();
    table
        .table("letter_logo")
        .col(string("organisation"))
        .col(string("hash"))
        .col(string("file_name"))
        .col(string("uploaded_by"))
        .col(timestamp_with_time_zone("uploaded_at"))
        .primary_key(&mut key);
    references(&mut table, "organisation", "organisation", "slug");
    references(&mut table, "hash", "logo", "hash");
    table
}

fn references(
    table: &mut TableCreateStatement,
    column: &'static str,
    to: &'static str,
    to_column: &'static str,
) {
    let mut key = ForeignKey::create();
    key.from_col(column).to(to, to_column);
    table.foreign_key(&mut key);
}
