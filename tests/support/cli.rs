//! The program, run as a person runs it, in a folder of its own.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    bundle::Bundle,
    database::{Kind, Rows},
};

/// A fresh folder with room for a data folder (`data`) and an output folder (`out`).
pub struct Cli {
    home: TempDir,
    database_url: Option<String>,
    more: Vec<(String, String)>,
}

/// How a command ended and what it said.
pub struct Answer {
    /// `None` when a signal ended it.
    pub exit: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Cli {
    pub fn new() -> Self {
        Self::on(Kind::Sqlite)
    }

    /// With a fresh database of this kind.
    pub fn on(kind: Kind) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            database_url: kind.fresh(),
            more: Vec::new(),
        }
    }

    /// With the database at this address.
    #[must_use]
    pub fn with_database(mut self, url: &str) -> Self {
        self.database_url = Some(url.to_owned());
        self
    }

    /// With this in the environment of every command.
    #[must_use]
    pub fn with(mut self, environment: &[(String, String)]) -> Self {
        self.more.extend_from_slice(environment);
        self
    }

    /// What is in the environment of every command, besides the folder and the database.
    pub fn environment(&self) -> &[(String, String)] {
        &self.more
    }

    pub fn database_url(&self) -> Option<&str> {
        self.database_url.as_deref()
    }

    pub fn rows(&self) -> Rows {
        Rows::at(self.database_url(), &self.data_dir())
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.home().join("data")
    }

    pub fn out(&self) -> PathBuf {
        self.home().join("out")
    }

    /// The command with these arguments, in this folder, with an empty environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brievenbus"));
        command
            .current_dir(self.home())
            .env_clear()
            .envs(self.more.iter().map(|(name, value)| (name, value)))
            .envs(
                self.database_url
                    .iter()
                    .map(|url| ("BRIEVENBUS_DATABASE_URL", url)),
            )
            .stdin(Stdio::null())
            .env("BRIEVENBUS_DATA_DIR", "data")
            .args(arguments);
        command
    }

    /// Runs it to the end, however that is.
    pub fn try_run(&self, arguments: &[&str]) -> Answer {
        answer(&mut self.command(arguments))
    }

    /// Runs it and insists that it ends well.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> Answer {
        let answer = self.try_run(arguments);
        assert_eq!(answer.exit, Some(0), "{arguments:?}: {}", answer.stderr);
        answer
    }

    /// `run FOLDER … --out out --json`, and its answer.
    #[track_caller]
    pub fn run(&self, folder: &str, more: &[&str]) -> Value {
        let arguments = [&["run", folder, "--out", "out", "--json"], more].concat();
        self.ok(&arguments).json()
    }

    /// Starts the command and lets it go on; what it says goes to files called after `name`.
    pub fn start(&self, name: &str, arguments: &[&str]) -> Child {
        let file = |kind: &str| File::create(self.home().join(format!("{name}.{kind}"))).unwrap();
        self.command(arguments)
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap()
    }

    /// Waits for a command that was started under `name`.
    pub fn wait(&self, name: &str, mut child: Child) -> Answer {
        let status = child.wait().unwrap();
        let said =
            |kind: &str| fs::read_to_string(self.home().join(format!("{name}.{kind}"))).unwrap();
        Answer {
            exit: status.code(),
            stdout: said("stdout"),
            stderr: said("stderr"),
        }
    }

    /// Fetches every bundle of the store into the output folder; answers with what `bundle list` says of them.
    #[track_caller]
    pub fn fetch_all(&self) -> Value {
        let listed = self.ok(&["bundle", "list", "--json"]).json();
        for bundle in listed.as_array().unwrap() {
            let id = bundle["id"].as_str().unwrap();
            self.ok(&["bundle", "fetch", id, "--out", "out"]);
        }
        listed
    }

    /// All bundles in the output folder; anything else in there is a failure.
    #[track_caller]
    pub fn bundles(&self) -> Vec<Bundle> {
        let files = super::files_below(&self.out());
        files
            .iter()
            .map(|file| {
                let name = file.file_name().unwrap().to_str().unwrap();
                let visible = name.ends_with(".zip") && !name.starts_with('.');
                assert!(visible, "{name} is no bundle");
                assert_eq!(file.parent().unwrap(), self.out(), "{name} lies too deep");
                Bundle::open(file)
            })
            .collect()
    }
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in {}", self.stdout))
    }
}

pub fn answer(command: &mut Command) -> Answer {
    let output = command.output().unwrap();
    Answer {
        exit: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
