//! The main job as its user runs it, measured from outside: `cargo bench --bench main_job`.
//!
//! Writes a sample of 10,000 clients in fresh folders, runs `brievenbus run` on it, and prints letters per second, from
//! start to the last bundle in its folder (import, queue, codes, both forms of PDF, zips), and peak resident memory.
//! `-- CLIENTS TEAMS` measures another size.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let clients = numbers.first().copied().unwrap_or(10_000);
    let teams = numbers.get(1).copied().unwrap_or(8);
    let mut out = std::io::stdout().lock();
    for run in 1..=RUNS {
        let line = measure(clients, teams)?;
        std::io::Write::write_fmt(&mut out, format_args!("run {run}: {line}\n"))?;
    }
    Ok(())
}

fn measure(clients: usize, teams: usize) -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let sample = brievenbus(folder.path())
        .args(["sample", "--out", "export", "--clients"])
        .arg(clients.to_string())
        .args(["--teams".to_owned(), teams.to_string()])
        .stdout(Stdio::null())
        .status()?;
    if !sample.success() {
        return Err("the sample could not be written".into());
    }
    let started = Instant::now();
    let answer = fs::File::create(folder.path().join("answer.json"))?;
    let mut job = brievenbus(folder.path())
        .args(["run", "export", "--json"])
        .stdout(answer)
        .spawn()?;
    let peak = peak_memory(&mut job)?;
    let seconds = started.elapsed().as_secs_f64();
    if !job.wait()?.success() {
        return Err("the run failed".into());
    }
    let answer: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("answer.json"))?)?;
    let letters = answer["letters"]
        .as_u64()
        .ok_or("no letters in the answer")?;
    Ok(format!(
        "{letters} letters for {clients} clients in {teams} teams, {seconds:.2} s, {:.0} letters/s, peak memory {} MB",
        letters as f64 / seconds,
        peak / 1024
    ))
}

fn brievenbus(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_brievenbus"));
    command.current_dir(folder);
    command
}

/// Peak resident memory in kB of the program and its press processes together, as the kernel counts it for each; asked
/// for until the program has ended.
fn peak_memory(job: &mut Child) -> Result<u64, Box<dyn Error>> {
    let mut peaks: BTreeMap<u32, u64> = BTreeMap::new();
    while job.try_wait()?.is_none() {
        for process in [vec![job.id()], children_of(job.id())].concat() {
            let peak = peaks.entry(process).or_default();
            *peak = (*peak).max(peak_of(process));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(peaks.values().sum())
}

/// Every thread has the children that it started.
fn children_of(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    threads
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|children| {
            children
                .split_whitespace()
                .filter_map(|child| child.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

fn peak_of(process: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}
