//! A PostgreSQL of the tests' own: Debian's programs, in a temporary folder, on the loopback only.
//!
//! It forgets nothing when it is stopped or killed, and everything when the tests end.

use std::{
    fs,
    os::unix::fs::chown,
    path::PathBuf,
    process::Command,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustix::process::{Signal, geteuid};
use tempfile::TempDir;

use super::server::{self, Server};

/// Whom PostgreSQL runs as when we are root, which it refuses to do.
const USER: &str = "postgres";

pub struct Postgres {
    /// The folder with `postgres`, `initdb` and the like.
    programs: PathBuf,
    port: u16,
    /// `None` while it is stopped.
    running: Mutex<Option<Server>>,
    databases: AtomicUsize,
    /// Last, because fields are dropped in order, and the server has to be gone before its folder.
    folder: TempDir,
}

/// The one for all tests that only want a database. It dies with the tests, not before.
pub fn shared() -> &'static Postgres {
    static SHARED: LazyLock<Postgres> = LazyLock::new(Postgres::start);
    &SHARED
}

impl Postgres {
    /// A new, empty server, which answers.
    pub fn start() -> Self {
        let programs = programs();
        let folder = server::folder("postgres");
        if let Some(user) = user() {
            let (uid, gid) = (id_of("-u", user), id_of("-g", user));
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let new = server::as_user(user())
            .arg(programs.join("initdb"))
            .args(["--locale=C", "--encoding=UTF8", "--auth=trust", "--no-sync"])
            .args(["-U", "postgres", "-D"])
            .arg(folder.path().join("data"))
            .current_dir("/")
            .output()
            .expect("setpriv, of Debian's util-linux, can be started");
        assert!(
            new.status.success(),
            "initdb (its user has to be able to enter {}): {}",
            folder.path().display(),
            String::from_utf8_lossy(&new.stderr)
        );
        let mut postgres = Self {
            programs,
            port: server::free_port(),
            running: Mutex::new(None),
            databases: AtomicUsize::new(0),
            folder,
        };
        // Somebody may have taken the port in the meantime.
        for _ in 0..5 {
            if postgres.try_start() {
                return postgres;
            }
            postgres.port = server::free_port();
        }
        panic!("PostgreSQL does not start: {}", postgres.log());
    }

    /// The address of a database, whether it is there or not.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database that nobody else has, and answers with its address.
    #[track_caller]
    pub fn fresh_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("letters_{number}");
        let port = self.port.to_string();
        let made = self
            .client("createdb")
            .args(["-p", &port, "-T", "template0", &name])
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "createdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        self.url(&name)
    }

    /// Removes a database, whoever is still connected to it.
    #[track_caller]
    pub fn remove_database(&self, url: &str) {
        let (address, name) = url.rsplit_once('/').unwrap();
        let maintenance = format!("--maintenance-db={address}/postgres");
        let removed = Command::new(self.programs.join("dropdb"))
            .args([&maintenance, "--force", name])
            .output()
            .unwrap();
        assert!(
            removed.status.success(),
            "dropdb: {}",
            String::from_utf8_lossy(&removed.stderr)
        );
    }

    /// All that is in a database, as SQL.
    pub fn dump(&self, url: &str) -> Vec<u8> {
        let dump = Command::new(self.programs.join("pg_dump"))
            .arg(url)
            .output();
        dump.unwrap().stdout
    }

    /// Stops it: every connection is broken off, what is committed stays. Nothing happens when it is not running.
    #[track_caller]
    pub fn stop(&self) {
        self.end(Signal::INT);
    }

    /// Breaks it off without a word, as a crash would: the next start has to recover.
    #[track_caller]
    pub fn kill(&self) {
        self.end(Signal::QUIT);
    }

    /// Starts it on the same port with the same data, and returns when it answers. Nothing happens when it is running.
    #[track_caller]
    pub fn start_again(&self) {
        assert!(
            self.try_start(),
            "PostgreSQL does not start again: {}",
            self.log()
        );
    }

    fn end(&self, signal: Signal) {
        let server = self.running.lock().unwrap().take();
        if let Some(server) = server {
            server.end(signal);
        }
    }

    fn try_start(&self) -> bool {
        let mut running = self.running.lock().unwrap();
        if running.is_some() {
            return true;
        }
        let folder = self.folder.path().to_str().unwrap();
        let data = format!("{folder}/data");
        let port = self.port.to_string();
        let arguments = [
            ["-D", &data],
            ["-p", &port],
            ["-k", folder],
            ["-c", "listen_addresses=127.0.0.1"],
            ["-c", "max_connections=200"],
            // In its folder, so that nothing is left in the machine's shared memory.
            ["-c", "dynamic_shared_memory_type=mmap"],
            // The machine does not lose its power during the tests.
            ["-c", "fsync=off"],
        ];
        // On SIGQUIT it ends its children and gives back its shared memory, which it could not on SIGKILL.
        let mut server = Server::start(
            "PostgreSQL",
            (&self.programs.join("postgres"), &arguments.concat()),
            user(),
            "QUIT",
            &self.folder.path().join("log"),
        );
        let answers = server.wait_until(|| {
            let ready = self
                .client("pg_isready")
                .args(["-q", "-p", &port])
                .status()
                .unwrap();
            ready.success()
        });
        if answers {
            *running = Some(server);
        }
        answers
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command
            .env_clear()
            .args(["-h", "127.0.0.1", "-U", "postgres"]);
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A server that was killed outright would leave processes that still write into the folder.
        let running = self.running.get_mut();
        if let Some(server) = running.ok().and_then(Option::take) {
            server.end(Signal::QUIT);
        }
    }
}

/// The newest that Debian has installed.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    versions
        .flatten()
        .filter_map(|version| {
            let number: u32 = version.file_name().to_str()?.parse().ok()?;
            let programs = version.path().join("bin");
            programs
                .join("initdb")
                .exists()
                .then_some((number, programs))
        })
        .max()
        .map(|(_, programs)| programs)
        .expect("PostgreSQL is not installed: tests/run installs it, from Debian's postgresql")
}

fn user() -> Option<&'static str> {
    geteuid().is_root().then_some(USER)
}

fn id_of(which: &str, user: &str) -> u32 {
    let output = Command::new("id").args([which, user]).output().unwrap();
    let number = String::from_utf8(output.stdout).unwrap();
    number
        .trim()
        .parse()
        .unwrap_or_else(|_| panic!("no user {user}: Debian's postgresql makes one"))
}
