//! The service under load, measured from outside: `cargo bench --bench service`.
//!
//! First 50 clients poll a batch, its answer for scripts and its page, a second apart, while the workers set letters:
//! prints how long they waited. Then, while they still do, 200 clients download one bundle of some 100 MB at the same
//! time, from a second server without workers and then from the one whose workers are busy: prints the peak resident memory
//! of each. All of it speaks to 127.0.0.1 only.

use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Clients that poll.
const POLLERS: usize = 50;
/// How long they poll.
const POLLING: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(1);
/// Clients that download.
const DOWNLOADS: usize = 200;
/// Tokens that they share.
const TOKENS: usize = 10;
/// Letters in the bundle that they download: with some 23 kB each more than 100 MB.
const LETTERS: usize = 5_000;
/// Clients of the batch that keeps the workers busy.
const BUSY: usize = 120_000;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let home = folder.path();
    for (name, clients, teams, seed) in [("large", LETTERS, 1, 1), ("busy", BUSY, 24, 2)] {
        run(
            home,
            &[
                "sample",
                "--out",
                name,
                "--clients",
                &clients.to_string(),
                "--teams",
                &teams.to_string(),
                "--seed",
                &seed.to_string(),
            ],
        )?;
    }
    // One organisation after the other: both are called the same.
    run(home, &["run", "large", "--out", "bundles"])?;
    let bundle = json(&run(home, &["bundle", "list", "--json"])?)?[0].clone();
    run(home, &["import", "busy"])?;
    let token = run(home, &["token", "create", "--role", "support"])?;
    let token = token.trim().to_owned();
    let server = Server::start(home, &[])?;
    let mut out = std::io::stdout().lock();
    let batch = keep_busy(home)?;
    let waited = poll(&server, &token, &batch)?;
    writeln!(out, "{waited}")?;
    // One token may not ask so much at once.
    let tokens = (0..TOKENS)
        .map(|_| {
            Ok(run(home, &["token", "create", "--role", "support"])?
                .trim()
                .to_owned())
        })
        .collect::<Result<Vec<String>>>()?;
    let door = Server::start(home, &["--workers", "0"])?;
    for (which, server) in [("without workers", &door), ("with busy workers", &server)] {
        let peak = download_at_once(server, &tokens, &bundle)?;
        writeln!(out, "{which}: {peak}")?;
    }
    still_busy(&server, &token, &batch)?;
    run(home, &["batch", "cancel", &batch])?;
    Ok(())
}

/// Submits a batch that keeps the workers busy for longer than all of this takes; its id.
fn keep_busy(home: &Path) -> Result<String> {
    let slug = slug(home)?;
    let submitted = run(
        home,
        &["batch", "submit", "--organisation", &slug, "--json"],
    )?;
    let batch = json(&submitted)?["id"]
        .as_str()
        .ok_or("no batch")?
        .to_owned();
    // Until the presses are at work.
    thread::sleep(Duration::from_secs(3));
    Ok(batch)
}

fn still_busy(server: &Server, token: &str, batch: &str) -> Result<()> {
    let (_, body) = get(&server.address, &format!("/api/v1/batches/{batch}"), token)?;
    let state = json(&body)?["state"].clone();
    if state != "working" {
        return Err(format!("the workers were not busy all the time: the batch is {state}").into());
    }
    Ok(())
}

fn poll(server: &Server, token: &str, batch: &str) -> Result<String> {
    let end = Instant::now() + POLLING;
    let paths = [
        format!("/api/v1/batches/{batch}"),
        format!("/batches/{batch}"),
    ];
    let pollers: Vec<_> = (0..POLLERS)
        .map(|number| {
            let (address, token) = (server.address.clone(), token.to_owned());
            let path = paths[number % paths.len()].clone();
            thread::spawn(move || -> Result<Vec<Duration>> {
                thread::sleep(PAUSE.mul_f64(number as f64 / POLLERS as f64));
                let mut waited = Vec::new();
                while Instant::now() < end {
                    let asked = Instant::now();
                    let (status, _) = get(&address, &path, &token)?;
                    waited.push(asked.elapsed());
                    if status != 200 {
                        return Err(format!("{path} answered {status}").into());
                    }
                    thread::sleep(PAUSE.saturating_sub(asked.elapsed()));
                }
                Ok(waited)
            })
        })
        .collect();
    let mut waited = Vec::new();
    for poller in pollers {
        waited.extend(poller.join().map_err(|_| "a client broke down")??);
    }
    still_busy(server, token, batch)?;
    waited.sort();
    let at = |share: f64| waited[((waited.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    Ok(format!(
        "{POLLERS} clients polled a busy batch {} times: median {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        waited.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    ))
}

/// The slug that the invented organisation of the export has.
fn slug(home: &Path) -> Result<String> {
    let text = fs::read_to_string(home.join("busy/organisation.toml"))?;
    let line = text.lines().find(|line| line.starts_with("slug"));
    let slug = line.and_then(|line| line.split('"').nth(1));
    Ok(slug.ok_or("the sample has no slug")?.to_owned())
}

/// Downloads the bundle with all clients at once, each reading in small pieces, and compares its size.
fn download_at_once(
    server: &Server,
    tokens: &[String],
    bundle: &serde_json::Value,
) -> Result<String> {
    let id = bundle["id"].as_str().ok_or("no bundle")?;
    let bytes = bundle["bytes"].as_u64().ok_or("no size")?;
    let path = format!("/api/v1/bundles/{id}");
    let before = peak_of(server.child.id());
    let started = Instant::now();
    let go = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..DOWNLOADS)
        .map(|number| {
            let token = tokens[number % tokens.len()].clone();
            let address = server.address.clone();
            let (path, go) = (path.clone(), Arc::clone(&go));
            thread::spawn(move || -> Result<u64> {
                let mut stream = ask(&address, &path, &token)?;
                // All of them have an answer that waits before any of them reads on.
                while !go.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(10));
                }
                let mut piece = vec![0; 64 << 10];
                let mut read = 0;
                loop {
                    match stream.read(&mut piece)? {
                        0 => return Ok(read),
                        some => read += some as u64,
                    }
                }
            })
        })
        .collect();
    thread::sleep(Duration::from_secs(3));
    go.store(true, Ordering::Relaxed);
    for client in clients {
        let read = client.join().map_err(|_| "a client broke down")??;
        // The head of the answer counts too.
        if read < bytes || read > bytes + 4_096 {
            return Err(format!("a download had {read} bytes, the bundle has {bytes}").into());
        }
    }
    Ok(format!(
        "{DOWNLOADS} clients downloaded {} MB each at once in {:.0} s: the server's peak memory was {} MB, before that {} MB",
        bytes / 1_000_000,
        started.elapsed().as_secs_f64(),
        peak_of(server.child.id()) / 1024,
        before / 1024
    ))
}

/// The service of the data folder in `home`.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(home: &Path, more: &[&str]) -> Result<Self> {
        let mut child = brievenbus(home)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no output")?).lines();
        let address = loop {
            let line = lines.next().ok_or("the server did not start")??;
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().to_owned();
            }
        };
        // Whoever writes to a pipe that nobody reads stops sooner or later.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(address: &str, path: &str, token: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )?;
    Ok(stream)
}

fn get(address: &str, path: &str, token: &str) -> Result<(u16, String)> {
    let mut answer = String::new();
    ask(address, path, token)?.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
    Ok((status.ok_or("no status")?, body.to_owned()))
}

fn json(text: &str) -> Result<serde_json::Value> {
    Ok(serde_json::from_str(text)?)
}

fn run(home: &Path, arguments: &[&str]) -> Result<String> {
    let output = brievenbus(home).args(arguments).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{arguments:?}: {said}").into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn brievenbus(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brievenbus"));
    command.current_dir(home);
    command
}

/// Peak resident memory in kB, as the kernel counts it: of the server alone, its presses are processes of their own.
fn peak_of(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}
