//! The steps that bring a database to today's shape, oldest first. They run at every start, under a lock.

use sea_orm_migration::prelude::*;

mod m0001_first;
mod m0002_access;
mod m0003_audit;
mod m0004_sealed;
mod m0005_letter_versions;
mod m0006_retention;
mod m0007_sessions;
mod m0008_intake_form;
mod m0009_bundle_lines;
mod m0010_outcomes;
mod m0011_outcome_counts;
mod m0012_batch_requests;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_access::Migration),
            Box::new(m0003_audit::Migration),
            Box::new(m0004_sealed::Migration),
            Box::new(m0005_letter_versions::Migration),
            Box::new(m0006_retention::Migration),
            Box::new(m0007_sessions::Migration),
            Box::new(m0008_intake_form::Migration),
            Box::new(m0009_bundle_lines::Migration),
            Box::new(m0010_outcomes::Migration),
            Box::new(m0011_outcome_counts::Migration),
            Box::new(m0012_batch_requests::Migration),
        ]
    }
}
