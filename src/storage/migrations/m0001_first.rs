//! All tables. Foreign keys cascade nowhere: nothing of a client disappears because something else does.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_pk_auto, binary, binary_null, boolean, date, date_null, integer,
        integer_null, string, string_null, string_uniq, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in export_tables().into_iter().chain(batch_tables()) {
            manager.create_table(table).await?;
        }
        for index in indices() {
            manager.create_index(index).await?;
        }
        // sea-query cannot write a partial index; SQLite and PostgreSQL read the same sentence.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX one_open_invitation_a_client \
                 ON invitation (organisation, client_id) WHERE state = 'open'",
            )
            .await?;
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn table(
    name: &'static str,
    columns: Vec<ColumnDef>,
    key: &[&'static str],
) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name);
    for mut column in columns {
        table.col(&mut column);
    }
    if !key.is_empty() {
        let mut primary = Index::create();
        for column in key {
            primary.col(*column);
        }
        table.primary_key(&mut primary);
    }
    table
}

fn references(
    mut table: TableCreateStatement,
    columns: &[&'static str],
    to: &'static str,
    to_columns: &[&'static str],
) -> TableCreateStatement {
    let mut key = ForeignKey::create();
    for (column, to_column) in columns.iter().zip(to_columns) {
        key.from_col(*column).to(to, *to_column);
    }
    table.foreign_key(&mut key);
    table
}

fn export_tables() -> Vec<TableCreateStatement> {
    let logo = table(
        "logo",
        vec![string("hash"), string("format"), binary("bytes")],
        &["hash"],
    );
    let organisation = table(
        "organisation",
        vec![
            string("slug"),
            text("record"),
            string_null("logo_hash"),
            string("export"),
            timestamp_with_time_zone("imported_at"),
        ],
        &["slug"],
    );
    let location = table(
        "location",
        vec![
            string("organisation"),
            string("location_id"),
            integer("position"),
            text("record"),
        ],
        &["organisation", "location_id"],
    );
    let client = table(
        "client",
        vec![
            string("organisation"),
            string("client_id"),
            boolean("in_export"),
            text("record"),
        ],
        &["organisation", "client_id"],
    );
    let assignment = table(
        "assignment",
        vec![
            big_pk_auto("id"),
            string("organisation"),
            string("client_id"),
            string("location_id"),
            boolean("main"),
            date_null("begin_date"),
            date_null("end_date"),
        ],
        &[],
    );
    let of_client = |table| {
        let pair = &["organisation", "client_id"];
        references(table, pair, "client", pair)
    };
    vec![
        logo,
        references(organisation, &["logo_hash"], "logo", &["hash"]),
        references(location, &["organisation"], "organisation", &["slug"]),
        references(client, &["organisation"], "organisation", &["slug"]),
        of_client(assignment),
    ]
}

fn batch_tables() -> Vec<TableCreateStatement> {
    vec![
        batch(),
        team_job(),
        team_job_attempt(),
        team_client(),
        invitation(),
        bundle(),
        table("vault_mark", vec![string("mark")], &["mark"]),
    ]
}

fn batch() -> TableCreateStatement {
    let batch = table(
        "batch",
        vec![
            string("id"),
            string("organisation"),
            text("organisation_record"),
            string_null("logo_hash"),
            text("options"),
            string("fingerprint"),
            string_null("idempotency_key"),
            string_null("run_home"),
            integer("priority"),
            timestamp_with_time_zone("created_at"),
        ],
        &["id"],
    );
    let batch = references(batch, &["organisation"], "organisation", &["slug"]);
    references(batch, &["logo_hash"], "logo", &["hash"])
}

fn team_job() -> TableCreateStatement {
    let team_job = table(
        "team_job",
        vec![
            string("id"),
            string("batch_id"),
            integer("position"),
            string("team_id"),
            string("team_name"),
            string("letter_name"),
            string("state"),
            integer("expected"),
            integer("made"),
            integer("attempt"),
            integer("tries"),
            boolean("cancel_requested"),
            big_integer("beat"),
        ],
        &["id"],
    );
    references(team_job, &["batch_id"], "batch", &["id"])
}

fn team_job_attempt() -> TableCreateStatement {
    let attempt = table(
        "team_job_attempt",
        vec![
            string("team_job_id"),
            integer("attempt"),
            string("worker"),
            timestamp_with_time_zone("started_at"),
            timestamp_with_time_zone_null("ended_at"),
            string_null("outcome"),
            string_null("code"),
            text_null("reason"),
        ],
        &["team_job_id", "attempt"],
    );
    references(attempt, &["team_job_id"], "team_job", &["id"])
}

fn team_client() -> TableCreateStatement {
    let team_client = table(
        "team_client",
        vec![
            string("team_job_id"),
            string("client_id"),
            string_null("written_by"),
            integer_null("letter_number"),
            string_null("reason"),
            text_null("detail"),
        ],
        &["team_job_id", "client_id"],
    );
    references(team_client, &["team_job_id"], "team_job", &["id"])
}

fn invitation() -> TableCreateStatement {
    let invitation = table(
        "invitation",
        vec![
            string("id"),
            string("organisation"),
            string("client_id"),
            string("team_job_id"),
            string("state"),
            boolean("withdrawn"),
            string_uniq("code_hash"),
            binary_null("sealed_code"),
            text_null("words"),
            string_null("reissue_of"),
            date("letter_date"),
            date("valid_until"),
            timestamp_with_time_zone("issued_at"),
            timestamp_with_time_zone_null("closed_at"),
        ],
        &["id"],
    );
    let pair = &["organisation", "client_id"];
    let invitation = references(invitation, pair, "client", pair);
    references(invitation, &["team_job_id"], "team_job", &["id"])
}

fn bundle() -> TableCreateStatement {
    let bundle = table(
        "bundle",
        vec![
            string("id"),
            string_uniq("team_job_id"),
            string("batch_id"),
            string("file_name"),
            string("store_key"),
            big_integer("bytes"),
            string("sha256"),
            timestamp_with_time_zone("created_at"),
            timestamp_with_time_zone_null("collected_at"),
        ],
        &["id"],
    );
    references(bundle, &["team_job_id"], "team_job", &["id"])
}

fn indices() -> Vec<IndexCreateStatement> {
    let index = |name: &str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create();
        index.name(name).table(table);
        for column in columns {
            index.col(*column);
        }
        index
    };
    let mut once = index(
        "one_batch_an_idempotency_key",
        "batch",
        &["organisation", "idempotency_key"],
    );
    once.unique();
    vec![
        once,
        index(
            "assignment_of_client",
            "assignment",
            &["organisation", "client_id"],
        ),
        index("team_job_of_batch", "team_job", &["batch_id"]),
        index("team_job_in_state", "team_job", &["state"]),
        index(
            "invitation_of_client",
            "invitation",
            &["organisation", "client_id"],
        ),
        index("invitation_of_team_job", "invitation", &["team_job_id"]),
        index("bundle_of_batch", "bundle", &["batch_id"]),
    ]
}
