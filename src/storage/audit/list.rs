//! Reading the log: by client, by user, by time.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::SelectStatement,
};

use super::{AuditLine, NAMES_A_BUNDLES_CLIENTS};
use crate::{
    domain::{audit::Action, organisation::Slug},
    storage::{
        Database, StorageError,
        entities::{
            audit::{self, Column},
            audit_client,
        },
    },
};

/// The clients of a line that names none.
const NOBODY: &str = "[]";

/// Which lines to list; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub organisation: Option<Slug>,
    /// The number of a client, of any organisation when none is named.
    pub client: Option<String>,
    /// The id of a bundle: who is in it, and what became of it.
    pub bundle: Option<String>,
    pub user: Option<String>,
    pub action: Option<Action>,
    /// From this time on.
    pub since: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
}

impl Database {
    /// The `most` lines that come after line `after`, oldest first.
    pub async fn audit_lines(
        &self,
        filter: &AuditFilter,
        after: u64,
        most: u64,
    ) -> Result<Vec<AuditLine>, StorageError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let rows = wanted(filter)
            .filter(Column::Seq.gt(after))
            .order_by_asc(Column::Seq)
            .limit(most)
            .all(self.connection())
            .await?;
        Ok(rows.into_iter().map(AuditLine::from).collect())
    }

    /// The `most` lines that come before line `before`, newest first.
    pub async fn newest_audit_lines(
        &self,
        filter: &AuditFilter,
        before: u64,
        most: u64,
    ) -> Result<Vec<AuditLine>, StorageError> {
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        let rows = wanted(filter)
            .filter(Column::Seq.lt(before))
            .order_by_desc(Column::Seq)
            .limit(most)
            .all(self.connection())
            .await?;
        Ok(rows.into_iter().map(AuditLine::from).collect())
    }
}

/// The lines that a filter lets through.
fn wanted(filter: &AuditFilter) -> Select<audit::Entity> {
    let mut wanted = audit::Entity::find();
    if let Some(organisation) = &filter.organisation {
        wanted = wanted.filter(Column::Organisation.eq(organisation.as_str()));
    }
    if let Some(client) = &filter.client {
        wanted = wanted.filter(
            Condition::any()
                .add(Column::Seq.in_subquery(lines_naming(client)))
                .add(
                    Condition::all()
                        .add(Column::Clients.eq(NOBODY))
                        .add(Column::Object.in_subquery(bundles_with(client))),
                ),
        );
    }
    if let Some(bundle) = &filter.bundle {
        wanted = wanted.filter(Column::Object.eq(format!("bundle {bundle}")));
    }
    if let Some(user) = &filter.user {
        wanted = wanted.filter(Column::Actor.eq(user));
    }
    if let Some(action) = filter.action {
        wanted = wanted.filter(Column::Action.eq(action.code()));
    }
    if let Some(since) = filter.since {
        wanted = wanted.filter(Column::At.gte(since));
    }
    if let Some(until) = filter.until {
        wanted = wanted.filter(Column::At.lt(until));
    }
    wanted
}

fn lines_naming(client: &str) -> SelectStatement {
    audit_client::Entity::find()
        .select_only()
        .column(audit_client::Column::Seq)
        .filter(audit_client::Column::ClientId.eq(client))
        .into_query()
}

/// The bundles that the client is in: of what was done with one later, only the bundle is written down.
fn bundles_with(client: &str) -> SelectStatement {
    audit::Entity::find()
        .select_only()
        .column(Column::Object)
        .filter(Column::Action.is_in(NAMES_A_BUNDLES_CLIENTS.map(Action::code)))
        .filter(Column::Object.is_not_null())
        .filter(Column::Seq.in_subquery(lines_naming(client)))
        .into_query()
}
