//! The press threads.
//!
//! Typst and its PDF export use rayon inside. In one shared pool a letter is set on the stack of another, which
//! costs latency and in the end the stack; so each press thread is a rayon pool of one, with a large stack.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};

use super::error::PressError;

/// The stack of a press thread, in bytes; it is reserved, not used.
pub(super) const STACK: usize = 64 * 1024 * 1024;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that set letters: start one press for the process, with as many threads as there are cores, and share it.
/// Dropping it stops them when they are done with what they have.
pub struct Press {
    /// `None` only while the press is dropped.
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Press {
    /// Starts a press of `threads` threads (at least one).
    ///
    /// # Errors
    /// [`PressError::Start`] when the system gives no thread.
    pub fn start(threads: usize) -> Result<Self, PressError> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let mut press = Self {
            jobs: Some(jobs),
            threads: Vec::new(),
        };
        for number in 1..=threads.max(1) {
            let (ready, started) = channel();
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new()
                .name(format!("press-{number}"))
                .stack_size(STACK)
                .spawn(move || work(&queue, &ready))
                .map_err(|error| PressError::Start(error.to_string()))?;
            press.threads.push(thread);
            started.recv().map_err(|_| PressError::Stopped)??;
        }
        Ok(press)
    }

    /// How many chunks are set at the same time.
    pub(super) fn threads(&self) -> usize {
        self.threads.len()
    }

    /// Puts a job in the queue. A job that panics takes nothing with it but its own answer.
    pub(super) fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<(), PressError> {
        let jobs = self.jobs.as_ref().ok_or(PressError::Stopped)?;
        jobs.send(Box::new(job)).map_err(|_| PressError::Stopped)
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A press thread catches every panic of its jobs, so there is nothing to learn from joining.
            let _ = thread.join();
        }
    }
}

/// The life of a press thread: make this thread a pool of its own, then take jobs until the press is dropped.
fn work(queue: &Mutex<Receiver<Job>>, ready: &Sender<Result<(), PressError>>) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build();
    let started = match &pool {
        Ok(_) => Ok(()),
        Err(error) => Err(PressError::Start(error.to_string())),
    };
    let failed = started.is_err();
    if ready.send(started).is_err() || failed {
        return;
    }
    loop {
        // The lock is held while waiting, so one idle thread waits for jobs and the others for it.
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever waits for a job's answer sees to it that a panic is one; here it only must not end the thread.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_a_job_and_not_its_thread() {
        let press = Press::start(1).unwrap();
        let (answer, answers) = channel::<()>();
        press
            .submit(move || {
                let _answer = answer;
                panic!("on purpose, to see that the thread goes on");
            })
            .unwrap();
        assert!(answers.recv().is_err());
        let (answer, answers) = channel();
        press
            .submit(move || answer.send(rayon::current_num_threads()).unwrap())
            .unwrap();
        assert_eq!(answers.recv(), Ok(1));
    }

    #[test]
    fn a_press_has_at_least_one_thread_and_ends_when_dropped() {
        let press = Press::start(0).unwrap();
        assert_eq!(press.threads(), 1);
        drop(press);
    }
}
