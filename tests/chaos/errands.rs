//! Commands that have to succeed in the end: run again until they do, as a person or a script would.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::home::{Home, Running};

/// After how long it is tried again.
const PAUSE: Duration = Duration::from_millis(250);

pub struct Errand {
    arguments: Vec<String>,
    running: Option<Running>,
    start_at: Instant,
    /// When the first process is to be killed.
    kill_at: Option<Instant>,
    pub kills: usize,
    pub state: State,
}

pub enum State {
    Underway,
    Done(Value),
    /// Called wrong by the program, with its words.
    Refused(String),
}

impl Errand {
    pub fn new(arguments: Vec<String>, kill_after: Option<Duration>) -> Self {
        Self {
            arguments,
            running: None,
            start_at: Instant::now(),
            kill_at: kill_after.map(|after| Instant::now() + after),
            kills: 0,
            state: State::Underway,
        }
    }

    pub fn is_underway(&self) -> bool {
        matches!(self.state, State::Underway)
    }

    /// Does what is to be done at this moment.
    pub fn advance(&mut self, home: &Home) {
        if !self.is_underway() {
            return;
        }
        let now = Instant::now();
        let Some(running) = &mut self.running else {
            if now >= self.start_at {
                let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
                self.running = Some(home.start(&arguments));
            }
            return;
        };
        if let Some(answer) = running.poll() {
            self.running = None;
            self.kill_at = None;
            self.start_at = now + PAUSE;
            match answer.exit {
                Some(0) => {
                    self.state = match answer.json() {
                        Ok(json) => State::Done(json),
                        Err(error) => State::Refused(error),
                    }
                }
                // The request was wrong, and another time it would be as wrong.
                Some(1) => self.state = State::Refused(answer.complaint()),
                _ => {}
            }
        } else if self.kill_at.is_some_and(|at| now >= at) {
            running.kill();
            self.running = None;
            self.kill_at = None;
            self.kills += 1;
        }
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        if let Some(running) = &mut self.running {
            running.kill();
        }
    }
}
