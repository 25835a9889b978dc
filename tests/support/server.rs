//! What the tests' own servers have in common: they die with the tests, on a port that nobody else is given, in a
//! folder that the next tests clear away when these ones were killed.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{self, Child, Command, ExitStatus, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that was started and not yet waited for. Dropping it kills it.
pub struct Server {
    name: &'static str,
    child: Child,
}

/// A command to start, and whom to give the process.
type Order = (Command, Sender<std::io::Result<Child>>);

/// Starts every server. Linux sends the signal of `setpriv --pdeathsig` when the *thread* that started a process ends,
/// and a test's thread ends long before the tests do; this one never does.
static KEEPER: LazyLock<Sender<Order>> = LazyLock::new(|| {
    let (sender, orders) = mpsc::channel::<Order>();
    thread::spawn(move || {
        for (mut command, reply) in orders {
            // Whoever ordered it may be gone; then nobody needs the process, which its drop does not end but ours does.
            let _ = reply.send(command.spawn());
        }
    });
    sender
});

impl Server {
    /// Starts `program`, as `user` when one is named, so that it gets `on_our_death` when this process ends, however it
    /// does. What it says is added to the file `log`.
    #[track_caller]
    pub fn start(
        name: &'static str,
        (program, arguments): (&Path, &[&str]),
        user: Option<&str>,
        on_our_death: &str,
        log: &Path,
    ) -> Self {
        let mut command = as_user(user);
        let log = File::options().create(true).append(true).open(log).unwrap();
        command
            .args(["--pdeathsig", on_our_death, "--"])
            .arg(program)
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        let (reply, answer) = mpsc::channel();
        KEEPER.send((command, reply)).unwrap();
        let child = answer.recv().unwrap();
        Self {
            name,
            child: child.expect("setpriv, of Debian's util-linux, can be started"),
        }
    }

    /// Waits until `answers`. False when the server ended instead.
    #[track_caller]
    pub fn wait_until(&mut self, answers: impl Fn() -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while !answers() {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(
                Instant::now() < deadline,
                "{} does not answer after {PATIENCE:?}",
                self.name
            );
            thread::sleep(Duration::from_millis(10));
        }
        true
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // It has not been waited for, so the number is still its own, even when it has ended.
        kill_process(pid.unwrap(), signal).unwrap();
    }

    /// Sends it a signal that ends it, and waits for the end.
    #[track_caller]
    pub fn end(mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "{} does not end after {PATIENCE:?}",
                self.name
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing to do about a server that cannot be killed; one that has ended is no error either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `setpriv`, which becomes another user first when one is named. It becomes the program that follows, so that the
/// process is the server itself and not something in front of it.
pub fn as_user(user: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = user {
        command
            .arg(format!("--reuid={user}"))
            .arg(format!("--regid={user}"))
            .arg("--clear-groups");
    }
    command
}

/// A port on which nobody listens, below the ports that Linux gives to connections that are made: a client that tries
/// to reach a server that is down could otherwise be given that very port, and would be connected to itself.
pub fn free_port() -> u16 {
    const FIRST: u32 = 12_000;
    const PORTS: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Tests that run at the same time begin at different places, and none is tried twice by one of them.
    let start = process::id().wrapping_mul(97);
    (0..PORTS)
        .find_map(|_| {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            let port = FIRST + start.wrapping_add(step) % PORTS;
            let port = u16::try_from(port).unwrap();
            TcpListener::bind(("127.0.0.1", port))
                .is_ok()
                .then_some(port)
        })
        .expect("a free port")
}

/// A folder for a server, with our process in its name; those of processes that are no more are cleared away.
pub fn folder(kind: &str) -> TempDir {
    let prefix = format!("brievenbus-{kind}-");
    for entry in fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(&prefix));
        let owner = owner
            .and_then(|rest| rest.split_once('-'))
            .map(|(pid, _)| pid);
        if owner.is_some_and(|pid| !is_alive(pid)) {
            // Other tests may be clearing it away too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    tempfile::Builder::new()
        .prefix(&format!("{prefix}{}-", process::id()))
        .tempdir()
        .unwrap()
}

/// Whether there is a process with this number. One that has ended but that nobody waited for has no command any more.
fn is_alive(pid: &str) -> bool {
    fs::read(Path::new("/proc").join(pid).join("cmdline")).is_ok_and(|command| !command.is_empty())
}
