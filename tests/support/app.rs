//! The program inside this process, with a clock that the test holds.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use brievenbus::{
    domain::{batch::BatchRequest, organisation::Slug},
    letters::{Press, PressProgram},
    operations::{
        App,
        app::{Settings, system_codes},
        import_export::{import_export, read_export},
        purge::Retention,
        run_team_job::run_team_job,
        submit_batch::{Submission, prepare_batch, submit_batch},
        switches::Switches,
    },
    storage::new_id,
};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::{
    database::{Kind, Rows},
    export::Export,
};

/// A data folder, a database of its own, and a clock that stands still until it is moved.
pub struct House {
    pub app: App,
    home: TempDir,
    database_url: Option<String>,
    clock: Arc<Mutex<DateTime<Utc>>>,
}

impl House {
    pub async fn open(kind: Kind) -> Self {
        let home = tempfile::tempdir().unwrap();
        let database_url = tokio::task::spawn_blocking(move || kind.fresh())
            .await
            .unwrap();
        let now = "2026-11-21T09:00:00Z".parse().unwrap();
        let clock = Arc::new(Mutex::new(now));
        let app = open(home.path(), database_url.as_deref(), &clock).await;
        Self {
            app,
            home,
            database_url,
            clock,
        }
    }

    /// Another process on the same data folder, with the same clock.
    pub async fn beside(&self) -> App {
        open(self.home.path(), self.database_url.as_deref(), &self.clock).await
    }

    pub fn path(&self) -> &Path {
        self.home.path()
    }

    pub fn store(&self) -> PathBuf {
        self.home.path().join("data/bundles")
    }

    /// Time goes by.
    pub fn wait(&self, time: TimeDelta) {
        *self.clock.lock().unwrap() += time;
    }

    pub async fn take_in(&self, export: &Export) {
        let folder = export.write(self.home.path(), "export");
        let export = read_export(folder).await.unwrap();
        import_export(&self.app, &export).await.unwrap();
    }

    /// Submits a batch and works on it; its id.
    pub async fn invite(&self, request: &BatchRequest) -> String {
        let slug = Slug::try_from("zorg".to_owned()).unwrap();
        let prepared = prepare_batch(&self.app, &slug, request).await.unwrap();
        let id = new_id();
        let submission = Submission {
            id: &id,
            run_home: Some(&self.app.home),
            ..Submission::default()
        };
        submit_batch(&self.app, &prepared, &submission)
            .await
            .unwrap();
        for team in self.app.db.team_statuses(&id).await.unwrap() {
            run_team_job(&self.app, &team.team_job, "test")
                .await
                .unwrap();
        }
        id
    }

    /// Asks the database in SQL, from a runtime of its own.
    pub async fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let rows = Rows::at(self.database_url.as_deref(), &self.home.path().join("data"));
        let sql = sql.to_owned();
        tokio::task::spawn_blocking(move || rows.query(&sql))
            .await
            .unwrap()
    }
}

async fn open(home: &Path, database_url: Option<&str>, clock: &Arc<Mutex<DateTime<Utc>>>) -> App {
    let settings = Settings {
        data_dir: home.join("data"),
        database_url: database_url.map(str::to_owned),
        store: None,
        store_access: BTreeMap::new(),
        threads: 1,
        job_deadline: Duration::from_secs(600),
        server: brievenbus::operations::server::ServerSettings::default(),
        retention: Retention::default(),
        switches: Switches::default(),
    };
    let program = PressProgram::at(env!("CARGO_BIN_EXE_brievenbus"));
    let press = Arc::new(Press::start(&program, 1).unwrap());
    let clock = Arc::clone(clock);
    let clock = Arc::new(move || *clock.lock().unwrap());
    App::open(&settings, press, clock, system_codes())
        .await
        .unwrap()
}
