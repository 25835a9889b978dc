//! The worker processes of a trial: started, killed, stopped, and replaced.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Child,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    faults,
    home::Home,
    plan::{BlowKind, Plan},
};

/// A worker that was asked to stop has 20 seconds; the machine may be slow.
const GRACE: Duration = Duration::from_secs(25);

/// When one ended by itself, such as for want of a database, another is started after this time.
const PAUSE: Duration = Duration::from_millis(300);

/// More than this many times a worker does not end by itself in a trial.
const MOST_BEGINNINGS: usize = 300;

pub struct Workers<'a> {
    home: &'a Home<'a>,
    plan: &'a Plan,
    places: Vec<Place>,
    /// Asked to stop, and until when.
    leaving: Vec<(Child, Instant, String)>,
    started: usize,
    pub kills: usize,
    pub stops: usize,
    pub violations: Vec<String>,
}

/// Where there is always a worker, or about to be.
struct Place {
    /// How many jobs it takes at a time.
    jobs: u64,
    worker: Option<(Child, String)>,
    start_at: Instant,
}

impl<'a> Workers<'a> {
    pub fn start(home: &'a Home<'a>, plan: &'a Plan) -> Self {
        let place = |&jobs: &u64| Place {
            jobs,
            worker: None,
            start_at: Instant::now(),
        };
        let mut workers = Self {
            home,
            plan,
            places: plan.workers.iter().map(place).collect(),
            leaving: Vec::new(),
            started: 0,
            kills: 0,
            stops: 0,
            violations: Vec::new(),
        };
        workers.tend();
        workers
    }

    /// Fills the places of those who ended, and sees to it that who is to stop does.
    pub fn tend(&mut self) {
        for at in 0..self.places.len() {
            let place = &mut self.places[at];
            if let Some((child, _)) = &mut place.worker
                && child.try_wait().unwrap().is_some()
            {
                place.worker = None;
                place.start_at = Instant::now() + PAUSE;
            }
            if place.worker.is_none() && place.start_at <= Instant::now() {
                self.begin(at);
            }
        }
        let violations = &mut self.violations;
        self.leaving.retain_mut(|(child, until, name)| {
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            if Instant::now() > *until {
                violations.push(format!("{name} still runs {GRACE:?} after SIGTERM"));
                child.kill().unwrap();
                child.wait().unwrap();
                return false;
            }
            true
        });
    }

    pub fn strike(&mut self, worker: u64, kind: BlowKind) {
        let at = usize::try_from(worker).unwrap() % self.places.len();
        let place = &mut self.places[at];
        if let Some((mut child, name)) = place.worker.take() {
            match kind {
                BlowKind::Kill => {
                    self.kills += 1;
                    child.kill().unwrap();
                    child.wait().unwrap();
                }
                BlowKind::Stop => {
                    self.stops += 1;
                    terminate(&child);
                    self.leaving.push((child, Instant::now() + GRACE, name));
                }
            }
            self.begin(at);
        }
    }

    /// Stops all of them, and answers when they are gone with what was wrong with any.
    pub fn dismiss(mut self) -> Vec<String> {
        for place in &mut self.places {
            if let Some((child, name)) = place.worker.take() {
                terminate(&child);
                self.leaving.push((child, Instant::now() + GRACE, name));
            }
        }
        self.places.clear();
        while !self.leaving.is_empty() {
            self.tend();
            std::thread::sleep(Duration::from_millis(5));
        }
        if self.started > MOST_BEGINNINGS {
            self.violations
                .push(format!("workers had to be started {} times", self.started));
        }
        self.complaints();
        std::mem::take(&mut self.violations)
    }

    /// Whatever goes wrong, nobody reads of a panic.
    fn complaints(&mut self) {
        for number in 1..=self.started {
            let log = self.log(number);
            let said = fs::read_to_string(&log).unwrap_or_default();
            if let Some(line) = said.lines().find(|line| line.contains("panicked at")) {
                self.violations
                    .push(format!("{}: {line}", log.file_name().unwrap().display()));
            }
        }
    }

    fn begin(&mut self, at: usize) {
        self.started += 1;
        let number = self.started;
        let log = File::create(self.log(number)).unwrap();
        let jobs = self.places[at].jobs.to_string();
        let mut command = self
            .home
            .command(&["work", "--workers", &jobs], &self.data(number));
        command.stdout(log.try_clone().unwrap()).stderr(log);
        if let Some(seconds) = self.clock(number) {
            command
                .env("LD_PRELOAD", faults::fake_clock().unwrap())
                .env("FAKETIME", format!("{seconds:+}"))
                // Only the clock on the wall jumps.
                .env("DONT_FAKE_MONOTONIC", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let child = command.spawn().unwrap();
        self.places[at].worker = Some((child, format!("worker {number}")));
    }

    /// The data folder of a worker: the one that all share, or one that has only the key in common with it.
    fn data(&self, number: usize) -> String {
        if !self.plan.apart {
            return "data".to_owned();
        }
        let name = format!("data-{number}");
        let folder = self.home.folder().join(&name);
        fs::create_dir_all(&folder).unwrap();
        fs::copy(self.home.data().join("key"), folder.join("key")).unwrap();
        name
    }

    fn clock(&self, number: usize) -> Option<i64> {
        let clocks = &self.plan.clocks;
        let seconds = *clocks.get(number.checked_rem(clocks.len())?)?;
        (seconds != 0).then_some(seconds)
    }

    fn log(&self, number: usize) -> PathBuf {
        let name = format!("worker-{number:03}.log");
        self.home.folder().join("said").join(name)
    }
}

impl Drop for Workers<'_> {
    fn drop(&mut self) {
        let places = self
            .places
            .iter_mut()
            .filter_map(|place| place.worker.take());
        let leaving = self.leaving.drain(..).map(|(child, _, name)| (child, name));
        for (mut child, _) in places.chain(leaving) {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn terminate(child: &Child) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // It has not been waited for, so the number is still its own, even when it has ended.
    kill_process(pid.unwrap(), Signal::TERM).unwrap();
}
