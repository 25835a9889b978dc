//! What a press process may use. It sets the limits itself, before it reads a byte from anybody.

use std::{fs, io, time::Duration};

use rustix::{
    process::{
        Resource, Rlimit, Signal, getrlimit, nice, set_parent_process_death_signal, setrlimit,
    },
    time::{ClockId, clock_gettime},
};

/// Memory of a process, in MB. 250 letters of a page take about 150.
pub(super) const MEMORY_MB: u64 = 1024;

/// The stack of the thread that sets, in bytes; it is reserved, not used.
pub(super) const STACK: usize = 64 * 1024 * 1024;

/// How far a press stands back when others want the processor too, of 19.
const POLITE: i32 = 10;

/// Seconds of processor time to set so many letters: far more than they ever take, also in a process whose memory the
/// system has put aside and has to fetch back.
pub(super) fn seconds_for(letters: usize) -> u64 {
    8 + letters as u64 / 20
}

/// How long to wait for an answer that was given so many seconds of processor time. On a machine that does many other
/// things at once it may take much longer than those; without any answer at all the process hangs.
pub(super) fn patience(seconds: u64) -> Duration {
    Duration::from_secs(30 + 12 * seconds)
}

/// No files are opened or written from here on and no socket is made, no memory is taken beyond [`MEMORY_MB`], and
/// nothing of it lands on disk when it breaks down.
pub(super) fn confine() -> io::Result<()> {
    // Whoever started it is the only one who wants an answer: it does not outlive them by a moment.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // Letters can wait a moment; somebody who looks at a page on the same machine cannot.
    nice(POLITE)?;
    let data_limit = data_limit();
    // Standard input, output and error stay; there is no number left for another.
    limit(Resource::Nofile, 3)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Data, data_limit)
}

/// Bytes. The allocator takes its first gigabyte at once, as address space that nobody uses yet, and the system counts
/// it: so the limit lies a little above what is taken now, or above [`MEMORY_MB`], whichever is more.
fn data_limit() -> u64 {
    const SLACK: u64 = 128 * 1024 * 1024;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let taken = status
        .lines()
        .find_map(|line| line.strip_prefix("VmData:"))
        .and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes * 1024);
    taken.max(MEMORY_MB * 1024 * 1024) + STACK as u64 + SLACK
}

/// The process is ended by the system when it has used so many seconds of processor time from now on.
pub(super) fn allow_seconds(seconds: u64) -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec;
    let until = u64::try_from(used).unwrap_or(0) + seconds;
    let now = getrlimit(Resource::Cpu);
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(until),
            maximum: now.maximum,
        },
    )?;
    Ok(())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = match getrlimit(resource).maximum {
        Some(already) => most.min(already),
        None => most,
    };
    setrlimit(
        resource,
        Rlimit {
            current: Some(most),
            maximum: Some(most),
        },
    )?;
    Ok(())
}
