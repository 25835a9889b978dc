//! Where a trial takes place: its folder, its database, its store, and the program as it is run there.

use std::{
    cell::Cell,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    bucket::Bucket,
    mounts,
    plan::{Database, Plan, Store},
    postgres::Postgres,
    rows::Rows,
    server,
    trial::Suite,
};

/// How long a command may take when nothing is in its way.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Home<'a> {
    program: &'a Path,
    folder: PathBuf,
    postgres: Option<&'a Postgres>,
    database_url: Option<String>,
    bucket: Option<Bucket>,
    /// Given with `--store`; otherwise the store is in the data folder.
    store: Option<String>,
    /// The data folder is a mount.
    mounted: bool,
    commands: Cell<usize>,
}

/// A command that is running.
pub struct Running {
    child: Child,
    /// What it says is in this file, with `.stdout` and `.stderr` behind it.
    says: PathBuf,
    pub what: String,
}

/// How a command ended and what it said.
pub struct Answer {
    /// `None` when a signal ended it.
    pub exit: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub what: String,
}

impl<'a> Home<'a> {
    pub fn make(plan: &Plan, suite: &'a Suite) -> Self {
        let name = format!("{}-{}", plan.database.name(), plan.seed);
        let folder = suite.folder.join(name);
        let data = folder.join("data");
        fs::create_dir_all(&data).unwrap();
        fs::create_dir_all(folder.join("said")).unwrap();
        let fault = plan.fault.as_ref().map(|planned| planned.fault);
        if let Some(fault) = fault {
            fault.prepare(&data);
        }
        let bucket = (plan.store == Store::Bucket).then(Bucket::start);
        let postgres = suite
            .postgres
            .filter(|_| plan.database == Database::Postgres);
        let store = match &bucket {
            Some(bucket) => Some(bucket.store()),
            // One that all can reach.
            None if plan.apart => Some(format!("file:{}", folder.join("store").display())),
            None => None,
        };
        Self {
            program: &suite.program,
            database_url: postgres.map(Postgres::fresh_database),
            postgres,
            bucket,
            store,
            mounted: fault == Some(crate::faults::Fault::DiskFull),
            commands: Cell::new(0),
            folder,
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The data folder, of all commands and of the workers that share it.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn postgres(&self) -> &Postgres {
        self.postgres.expect("a fault of PostgreSQL, on PostgreSQL")
    }

    pub fn bucket(&self) -> &Bucket {
        self.bucket.as_ref().expect("a fault of S3, on S3")
    }

    pub fn has_bucket(&self) -> bool {
        self.bucket.is_some()
    }

    /// The folder that is the store, when no bucket is.
    pub fn store_folder(&self) -> PathBuf {
        if self.store.is_some() {
            self.folder.join("store")
        } else {
            self.data().join("bundles")
        }
    }

    pub fn rows(&self) -> Rows {
        match &self.database_url {
            Some(url) => Rows::of_postgres(url),
            None => Rows::of_sqlite(&self.data().join("brievenbus.sqlite")),
        }
    }

    /// The command with these arguments, on this data folder (a name), with an environment that holds only what the
    /// store asks for. It ends when we do.
    pub fn command(&self, arguments: &[&str], data: &str) -> Command {
        let mut command = server::as_user(None);
        command
            .args(["--pdeathsig", "KILL", "--"])
            .arg(self.program)
            .args(arguments)
            .args(["--data-dir", data])
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null());
        if let Some(url) = &self.database_url {
            command.args(["--database-url", url]);
        }
        if let Some(store) = &self.store {
            command.args(["--store", store]);
        }
        if let Some(bucket) = &self.bucket {
            command.envs(bucket.environment());
        }
        command
    }

    /// Starts a command that answers in JSON.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let number = self.commands.get() + 1;
        self.commands.set(number);
        let says = self
            .folder
            .join("said")
            .join(format!("{number:04}-{}", arguments[0]));
        let file = |kind: &str| File::create(says.with_extension(kind)).unwrap();
        let child = self
            .command(&[arguments, &["--json"]].concat(), "data")
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        Running {
            child,
            says,
            what: arguments.join(" "),
        }
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        self.start(arguments).wait()
    }

    /// Runs a command that has to end well, and answers with its JSON.
    pub fn ask(&self, arguments: &[&str]) -> Result<Value, String> {
        self.run(arguments).json()
    }

    /// Moves everything to where nobody clears it away, with the database, and answers with the folder.
    pub fn keep(&self) -> PathBuf {
        if let (Some(postgres), Some(url)) = (self.postgres, &self.database_url) {
            fs::write(self.folder.join("database.sql"), postgres.dump(url)).unwrap();
        }
        for (key, bytes) in self.bucket.iter().flat_map(Bucket::objects) {
            let path = self.folder.join("bucket").join(key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let name = self.folder.file_name().unwrap().to_str().unwrap();
        let kept = tempfile::Builder::new()
            .prefix(&format!("brievenbus-kept-{name}-"))
            .tempdir()
            .unwrap()
            .keep();
        // Copied: a mount cannot be moved.
        let copied = Command::new("cp")
            .arg("-a")
            .arg(self.folder.join("."))
            .arg(&kept)
            .status();
        assert!(copied.unwrap().success(), "cp to {}", kept.display());
        kept
    }
}

impl Drop for Home<'_> {
    fn drop(&mut self) {
        if self.mounted {
            mounts::unmount(&self.data());
        }
        if let (Some(postgres), Some(url)) = (self.postgres, &self.database_url) {
            postgres.remove_database(url);
        }
        // What cannot be removed now goes with the folder of the suite.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Running {
    /// How it ended, when it has.
    pub fn poll(&mut self) -> Option<Answer> {
        let status = self.child.try_wait().unwrap()?;
        Some(Answer {
            exit: status.code(),
            stdout: fs::read_to_string(self.says.with_extension("stdout")).unwrap(),
            stderr: fs::read_to_string(self.says.with_extension("stderr")).unwrap(),
            what: self.what.clone(),
        })
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    pub fn wait(mut self) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.poll() {
                return answer;
            }
            if Instant::now() > deadline {
                self.kill();
                let mut answer = self.poll().expect("it was killed");
                answer.stderr = format!("still running after {PATIENCE:?}");
                return answer;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Answer {
    pub fn json(&self) -> Result<Value, String> {
        if self.exit != Some(0) {
            return Err(self.complaint());
        }
        serde_json::from_str(&self.stdout)
            .map_err(|error| format!("{}: {error} in {:?}", self.what, self.stdout))
    }

    pub fn complaint(&self) -> String {
        let stderr = self.stderr.trim();
        format!("`{}` ended with {:?}: {stderr}", self.what, self.exit)
    }
}
