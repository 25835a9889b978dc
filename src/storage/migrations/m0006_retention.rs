//! What is kept for how long: when a client was last in an export, when a bundle was removed and why, and who clears
//! away today.

use sea_orm_migration::{
    prelude::*,
    schema::{date, string_null, timestamp_with_time_zone, timestamp_with_time_zone_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("bundle", timestamp_with_time_zone_null("removed_at")),
            ("bundle", string_null("removed_why")),
            ("client", timestamp_with_time_zone_null("last_in_export")),
            ("client", timestamp_with_time_zone_null("anonymised_at")),
        ] {
            let mut alter = Table::alter();
            alter.table(table).add_column(column);
            manager.alter_table(alter).await?;
        }
        // Nobody has written down when the last export with them was: no later than the last one of all.
        manager
            .get_connection()
            .execute_unprepared(
                "UPDATE client SET last_in_export = \
                 (SELECT imported_at FROM organisation WHERE slug = client.organisation)",
            )
            .await?;
        let mut day = Table::create();
        day.table("purge_day")
            .col(date("day").primary_key())
            .col(timestamp_with_time_zone("claimed_at"))
            .col(timestamp_with_time_zone_null("finished_at"));
        manager.create_table(day).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
