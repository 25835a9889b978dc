//! What has to hold for bundles, the letters in them, and the store that they lie in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, panic,
    path::Path,
};

use brievenbus::{domain::invitation::Code, storage::vault::Vault};
use serde_json::Value;

use crate::{
    bundle::Bundle,
    checks::{Check, cells},
    redeem::Letter,
    stored,
};

impl Check<'_> {
    /// Every job that is done has one bundle, which is whole, the same wherever it is looked at, and holds the outcome
    /// of every client. Answers with the letters in all of them.
    pub fn bundles(&mut self) -> Result<Vec<Letter>, String> {
        let sql =
            "SELECT id, team_job_id, batch_id, file_name, store_key, bytes, sha256 FROM bundle";
        let rows = self.rows.texts(sql)?;
        let listed = self.home.ask(&["bundle", "list"])?;
        let listed: Vec<Value> = listed.as_array().cloned().unwrap_or_default();
        let stored = stored::keys(self.home);
        if rows.len() != self.jobs.len() || listed.len() != rows.len() {
            self.violated(format!(
                "{} jobs, {} bundles, {} of them listed",
                self.jobs.len(),
                rows.len(),
                listed.len()
            ));
        }
        let mut letters = Vec::new();
        for row in rows {
            let [id, job, batch, file_name, key, bytes, hash] = cells(row);
            let said = listed.iter().find(|bundle| bundle["id"] == id.as_str());
            let agrees = said.is_some_and(|said| {
                said["batch"] == batch.as_str()
                    && said["file_name"] == file_name.as_str()
                    && said["bytes"].as_u64() == bytes.parse().ok()
                    && said["sha256"] == hash.as_str()
            });
            if !agrees {
                self.violated(format!(
                    "bundle list says {said:?} of bundle {id}, {bytes} {hash}"
                ));
            }
            if !stored.contains(&key) {
                self.violated(format!("bundle {id} is not in the store: {key}"));
            }
            let folder = format!("fetched/{id}");
            let fetched = self.home.run(&["bundle", "fetch", &id, "--out", &folder]);
            if fetched.exit != Some(0) {
                self.violated(fetched.complaint());
                continue;
            }
            let path = self.home.folder().join(&folder).join(&file_name);
            match caught(|| open(&path)) {
                Ok((bundle, codes)) => {
                    if bundle.sha256 != hash {
                        self.violated(format!("bundle {id} was fetched as {}", bundle.sha256));
                    }
                    self.compare(&job, &bundle);
                    letters.extend(codes.into_iter().map(|(client, code)| Letter {
                        job: job.clone(),
                        client,
                        code,
                    }));
                }
                Err(panic) => self.violated(format!("bundle {id}: {panic}")),
            }
        }
        Ok(letters)
    }

    /// The overview has a line for every client that was planned, with the outcome that the database has.
    fn compare(&mut self, id: &str, bundle: &Bundle) {
        let outcomes = bundle.overview.iter().map(|row| {
            let outcome = if row.is_letter() {
                Ok(row.number.parse().unwrap_or(0))
            } else {
                Err(row.reason.clone())
            };
            (row.client.clone(), outcome)
        });
        let outcomes: BTreeMap<String, Result<u64, String>> = outcomes.collect();
        match self.jobs.get(id) {
            Some(job) if job.clients == outcomes && bundle.team() == job.team => {}
            _ => self.violated(format!(
                "the overview of job {id} is not what the database says: {outcomes:?}"
            )),
        }
    }

    /// A client has at most one open invitation, and it is the one of a letter; a letter's code is the one of its
    /// invitation.
    pub fn invitations(&mut self, letters: &[Letter]) -> Result<(), String> {
        let sql = "SELECT organisation, client_id FROM invitation WHERE state = 'open' \
                   GROUP BY organisation, client_id HAVING count(*) > 1";
        for row in self.rows.texts(sql)? {
            self.violated(format!("{row:?} has more than one open invitation"));
        }
        let key = self.home.data().join("key");
        let vault = Vault::open(&key).map_err(|error| error.to_string())?;
        let mut printed: BTreeMap<String, &Letter> = BTreeMap::new();
        for letter in letters {
            let code = Code::parse(&letter.code).expect("ten digits");
            if printed.insert(vault.hash(&code), letter).is_some() {
                self.violated(format!("client {} has another's code too", letter.client));
            }
        }
        let sql = "SELECT code_hash, client_id, team_job_id, state FROM invitation";
        let (mut valid, mut known) = (BTreeSet::new(), 0);
        for row in self.rows.texts(sql)? {
            let [hash, client, job, state] = cells(row);
            match printed.get(&hash) {
                Some(letter) => {
                    known += 1;
                    if (&letter.client, &letter.job) != (&client, &job) {
                        self.violated(format!(
                            "client {} has client {client}'s code",
                            letter.client
                        ));
                    }
                    if state == "open" && !valid.insert(client.clone()) {
                        self.violated(format!("client {client} has two letters with valid codes"));
                    }
                }
                None if state == "open" => {
                    self.violated(format!(
                        "client {client} has an open invitation of job {job} and no letter"
                    ));
                }
                None => {}
            }
        }
        if known != printed.len() {
            let unknown = printed.len() - known;
            self.violated(format!(
                "{unknown} letters have a code that the database does not know"
            ));
        }
        Ok(())
    }

    /// After `purge` the store holds the bundles that the database knows and nothing else, and no file of a letter is
    /// left in the data folder.
    pub fn store(&mut self) -> Result<(), String> {
        self.home.ask(&["purge"])?;
        let known = self
            .rows
            .texts("SELECT store_key FROM bundle WHERE removed_at IS NULL")?;
        let known: BTreeSet<String> = known.into_iter().flatten().collect();
        let stored = stored::keys(self.home);
        if stored != known {
            let left: Vec<&String> = stored.difference(&known).collect();
            let lost: Vec<&String> = known.difference(&stored).collect();
            self.violated(format!(
                "after purge {left:?} are left over and {lost:?} are lost"
            ));
        }
        let spool = stored::files_below(&self.home.data().join("spool"));
        if !spool.is_empty() {
            self.violated(format!("after purge the spool holds {spool:?}"));
        }
        Ok(())
    }
}

fn open(path: &Path) -> (Bundle, BTreeMap<String, String>) {
    let bundle = Bundle::open(path);
    bundle.assert_whole();
    let codes = bundle.codes();
    fs::remove_file(path).unwrap();
    (bundle, codes)
}

/// What an assertion said that does not hold.
fn caught<T>(look: impl FnOnce() -> T + panic::UnwindSafe) -> Result<T, String> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(look);
    panic::set_hook(hook);
    result.map_err(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let words = || {
            payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
        };
        text.or_else(words).unwrap_or_default()
    })
}
