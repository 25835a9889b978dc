//! The audit log. Its lines are added and never changed, which the database itself refuses; only those from before the
//! first line that the head names may be removed.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, string, string_null, text, timestamp_with_time_zone},
    sea_orm::DbBackend,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in [
            (
                "audit_of_client",
                "audit_client",
                &["client_id", "organisation", "seq"][..],
            ),
            ("audit_at", "audit", &["at"][..]),
            ("audit_of_actor", "audit", &["actor", "seq"][..]),
        ] {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        let guards = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES,
            _ => SQLITE,
        };
        for guard in guards {
            manager.get_connection().execute_unprepared(guard).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

fn tables() -> [TableCreateStatement; 3] {
    let table = |name: &'static str, columns: Vec<ColumnDef>, key: &[&'static str]| {
        let mut table = Table::create();
        table.table(name);
        for mut column in columns {
            table.col(&mut column);
        }
        let mut primary = Index::create();
        for column in key {
            primary.col(*column);
        }
        table.primary_key(&mut primary);
        table
    };
    [
        table(
            "audit",
            vec![
                big_integer("seq"),
                timestamp_with_time_zone("at"),
                string("action"),
                string("outcome"),
                string("actor"),
                string("role"),
                string("source"),
                string_null("organisation"),
                text("clients"),
                string_null("object"),
                string("previous_hash"),
                string("hash"),
            ],
            &["seq"],
        ),
        table(
            "audit_client",
            vec![
                big_integer("seq"),
                string("client_id"),
                string("organisation"),
            ],
            &["seq", "client_id"],
        ),
        table(
            "audit_head",
            vec![
                integer("id"),
                big_integer("first_seq"),
                string("first_previous"),
                big_integer("last_seq"),
                string("last_hash"),
                string("mac"),
            ],
            &["id"],
        ),
    ]
}

/// `INSERT OR REPLACE` removes without asking the triggers of removal, so a line that is there is refused before.
const SQLITE: &[&str] = &[
    "CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit \
     BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END",
    "CREATE TRIGGER audit_client_keeps BEFORE UPDATE ON audit_client \
     BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END",
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit \
     WHEN OLD.seq >= COALESCE((SELECT first_seq FROM audit_head), 0) \
     BEGIN SELECT RAISE(ABORT, 'a line of the audit log is kept'); END",
    "CREATE TRIGGER audit_client_stays BEFORE DELETE ON audit_client \
     WHEN OLD.seq >= COALESCE((SELECT first_seq FROM audit_head), 0) \
     BEGIN SELECT RAISE(ABORT, 'a line of the audit log is kept'); END",
    "CREATE TRIGGER audit_is_new BEFORE INSERT ON audit \
     WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) \
     BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END",
    "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head \
     BEGIN SELECT RAISE(ABORT, 'the head of the audit log is kept'); END",
    "CREATE TRIGGER audit_head_is_new BEFORE INSERT ON audit_head \
     WHEN EXISTS (SELECT 1 FROM audit_head) \
     BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head \
     WHEN NEW.first_seq < OLD.first_seq OR NEW.last_seq < OLD.last_seq OR NEW.id <> OLD.id \
     BEGIN SELECT RAISE(ABORT, 'the head of the audit log goes on, never back'); END",
];

const POSTGRES: &[&str] = &[
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     RAISE EXCEPTION 'the audit log is never changed'; END $$",
    "CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF OLD.seq >= COALESCE((SELECT first_seq FROM audit_head), 0) THEN \
     RAISE EXCEPTION 'a line of the audit log is kept'; END IF; RETURN OLD; END $$",
    "CREATE FUNCTION audit_go_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
     IF NEW.first_seq < OLD.first_seq OR NEW.last_seq < OLD.last_seq OR NEW.id <> OLD.id THEN \
     RAISE EXCEPTION 'the head of the audit log goes on, never back'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_client_keeps BEFORE UPDATE ON audit_client \
     FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keep()",
    "CREATE TRIGGER audit_client_stays BEFORE DELETE ON audit_client \
     FOR EACH ROW EXECUTE FUNCTION audit_keep()",
    "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head \
     FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_goes_on BEFORE UPDATE ON audit_head \
     FOR EACH ROW EXECUTE FUNCTION audit_go_on()",
    "CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_client_is_not_emptied BEFORE TRUNCATE ON audit_client \
     EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_is_not_emptied BEFORE TRUNCATE ON audit_head \
     EXECUTE FUNCTION audit_refuse()",
];
