//! The presses: child processes of this program, one per core, that compile layouts.
//!
//! A layout is code, and neither typst nor a decoder of pictures can be told to stop: so they run in a process that
//! has a deadline, little memory, no files and no network, and that can be killed. A press thread in this process has
//! one such child each ([`Operator`]), starts it when there is work, and starts another when it ended.
//!
//! Only the letter workshop prints with presses; `main.rs` hands the program to [`serve`] when it is such a child.

mod crash;
mod frames;
mod limits;
mod messages;
mod operator;
mod process;
mod serve;

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError, mpsc::channel},
    thread::{self, JoinHandle},
};

use sha2::{Digest, Sha256};

use super::{
    error::{EditionError, PressError},
    logo::{self, Artwork},
};
use crate::domain::organisation::Logo;

pub use crash::Crash;
pub(super) use operator::{Operator, Trouble};
pub use serve::serve;

/// How a press process is started: a program and its arguments, which make it call [`serve`].
#[derive(Debug, Clone)]
pub struct PressProgram {
    pub program: PathBuf,
    pub arguments: Vec<String>,
}

/// The first argument that makes this program a press process.
pub const PRESS_COMMAND: &str = "press";

impl PressProgram {
    /// The program that is running now, also when its file was replaced meanwhile (by an upgrade, say): the system
    /// keeps it for as long as it runs.
    pub fn this() -> Self {
        Self::at("/proc/self/exe")
    }

    /// A brievenbus program at `program`.
    pub fn at(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: vec![PRESS_COMMAND.to_owned()],
        }
    }
}

type Job = Box<dyn FnOnce(&mut Operator) + Send>;

/// Sets letters: start one for the process, with as many presses as there are cores, and share it. Processes start when
/// there is work for them. Dropping it ends them when they are done with what they have.
pub struct Press {
    jobs: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
    /// Logos that are ready, by the hash of their file, the newest last: every team of a batch has the same.
    artworks: Mutex<VecDeque<([u8; 32], Artwork)>>,
}

/// Logos that are kept ready; each takes at most 2 MB.
const ARTWORKS: usize = 8;

impl Press {
    /// Makes ready for `presses` processes (at least one).
    ///
    /// # Errors
    /// [`PressError::Start`] when the system gives no thread.
    pub fn start(program: &PressProgram, presses: usize) -> Result<Self, PressError> {
        let jobs = Arc::new(Queue::default());
        let threads = (1..=presses.max(1))
            .map(|number| {
                let queue = Arc::clone(&jobs);
                let mut operator = Operator::new(program.clone());
                thread::Builder::new()
                    .name(format!("press-{number}"))
                    .spawn(move || work(&queue, &mut operator))
                    .map_err(|error| PressError::Start(error.to_string()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            jobs,
            threads,
            artworks: Mutex::default(),
        })
    }

    /// Checks a logo and makes it ready to be set, once for all letters.
    pub(super) fn artwork(&self, logo: &Logo) -> Result<Artwork, EditionError> {
        let hash: [u8; 32] = Sha256::new_with_prefix(logo.format.as_str())
            .chain_update(&logo.bytes)
            .finalize()
            .into();
        let known = || self.artworks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, artwork)) = known().iter().find(|(known, _)| *known == hash) {
            return Ok(artwork.clone());
        }
        let logo = logo.clone();
        let artwork = self.ask(move |operator| logo::prepare(&logo, operator))??;
        let mut known = known();
        if known.len() == ARTWORKS {
            known.pop_front();
        }
        known.push_back((hash, artwork.clone()));
        Ok(artwork)
    }

    /// How many chunks are set at the same time.
    pub(super) fn presses(&self) -> usize {
        self.threads.len()
    }

    /// Puts a job in the queue. A job that panics takes nothing with it but its own answer.
    pub(super) fn submit(&self, job: impl FnOnce(&mut Operator) + Send + 'static) {
        self.jobs.put(|lanes| &mut lanes.long, Box::new(job));
    }

    /// Does a short job, before all that were submitted, and waits for its answer.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Operator) -> T + Send + 'static,
    ) -> Result<T, PressError> {
        let (answer, answers) = channel();
        let job = move |operator: &mut Operator| {
            // Whoever asked waits for it below.
            let _ = answer.send(job(operator));
        };
        self.jobs.put(|lanes| &mut lanes.short, Box::new(job));
        answers.recv().map_err(|_| PressError::Stopped)
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        self.jobs.close();
        for thread in self.threads.drain(..) {
            // A press thread catches every panic of its jobs, so there is nothing to learn from joining.
            let _ = thread.join();
        }
    }
}

/// What waits for a press. Somebody looks at the answer of a short job; a long one is a chunk of a team's letters, and
/// many of them stand in line.
#[derive(Default)]
struct Queue {
    lanes: Mutex<Lanes>,
    changed: Condvar,
}

#[derive(Default)]
struct Lanes {
    short: VecDeque<Job>,
    long: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    fn put(&self, lane: impl FnOnce(&mut Lanes) -> &mut VecDeque<Job>, job: Job) {
        lane(&mut self.lanes.lock().unwrap_or_else(PoisonError::into_inner)).push_back(job);
        self.changed.notify_one();
    }

    /// Nothing is put in any more.
    fn close(&self) {
        self.lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.changed.notify_all();
    }

    /// Waits for the next job; `None` when the queue is closed and empty.
    fn take(&self) -> Option<Job> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let next = lanes.short.pop_front();
            if let Some(job) = next.or_else(|| lanes.long.pop_front()) {
                return Some(job);
            }
            if lanes.closed {
                return None;
            }
            lanes = self
                .changed
                .wait(lanes)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The life of a press thread: take jobs until the press is dropped.
fn work(queue: &Queue, operator: &mut Operator) {
    while let Some(job) = queue.take() {
        if catch_unwind(AssertUnwindSafe(|| job(operator))).is_err() {
            // The process may be in the middle of an answer that nobody will read.
            operator.dismiss();
        }
    }
}
