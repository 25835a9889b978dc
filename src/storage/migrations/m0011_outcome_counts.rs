//! What became of the clients of a team job, in numbers: pages that are watched ask for them each second.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut counts = Table::create();
        counts
            .table("outcome_count")
            .col(string("team_job_id"))
            .col(string("outcome"))
            .col(big_integer("clients"))
            .primary_key(Index::create().col("team_job_id").col("outcome"))
            .foreign_key(
                ForeignKey::create()
                    .from("outcome_count", "team_job_id")
                    .to("team_job", "id"),
            );
        manager.create_table(counts).await?;
        manager
            .get_connection()
            .execute_unprepared(
                "INSERT INTO outcome_count (team_job_id, outcome, clients) \
                 SELECT team_job_id, outcome, COUNT(*) FROM \
                 (SELECT team_job_id, \
                 CASE WHEN letter_number IS NOT NULL THEN 'letter' ELSE reason END AS outcome \
                 FROM team_client) AS decided \
                 WHERE outcome IS NOT NULL GROUP BY team_job_id, outcome",
            )
            .await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
