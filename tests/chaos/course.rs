//! The course of a trial: batches come in, workers are struck, something breaks and is mended, until all is done.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    checks::Answered,
    errands::{Errand, State},
    exports::{self, Export},
    faults::{Fault, Ongoing},
    home::Home,
    plan::{Batch, Manner, Plan},
    trial::Outcome,
    workers::Workers,
};

/// What never takes this long has stopped for good.
const DEADLINE: Duration = Duration::from_secs(180);

/// Between two steps of the course.
const STEP: Duration = Duration::from_millis(4);

/// Between two looks at the states of the jobs.
const LOOK: Duration = Duration::from_millis(60);

pub struct Course<'a> {
    plan: &'a Plan,
    home: &'a Home<'a>,
    export: &'a Export,
    began: Instant,
    workers: Workers<'a>,
    blows: usize,
    /// The batches that were submitted so far, with the processes that do it.
    submissions: Vec<(&'a Batch, Vec<Errand>)>,
    waiting: Vec<&'a Batch>,
    fault: Progress,
    reimport: Option<Errand>,
    retry: Option<Errand>,
    retries: usize,
    looked: Instant,
    violations: Vec<String>,
}

enum Progress {
    Ahead,
    On(Ongoing, Instant),
    Over,
}

impl<'a> Course<'a> {
    pub fn begin(plan: &'a Plan, home: &'a Home<'a>, export: &'a Export) -> Self {
        Self {
            plan,
            home,
            export,
            began: Instant::now(),
            workers: Workers::start(home, plan),
            blows: 0,
            submissions: Vec::new(),
            waiting: plan.batches.iter().collect(),
            fault: Progress::Ahead,
            reimport: None,
            retry: None,
            retries: 0,
            looked: Instant::now(),
            violations: Vec::new(),
        }
    }

    /// Goes on until every job of every batch has come to its end, and it was a good one.
    pub fn run(&mut self) -> Result<(), String> {
        while !self.is_over() {
            if self.began.elapsed() > DEADLINE {
                return Err(self.unfinished());
            }
            self.workers.tend();
            self.submit();
            self.strike();
            self.break_and_mend();
            let home = self.home;
            for errand in self.errands_mut() {
                errand.advance(home);
            }
            if let Some(retry) = &mut self.retry {
                retry.advance(home);
            }
            self.hear();
            thread::sleep(STEP);
        }
        Ok(())
    }

    fn submit(&mut self) {
        let elapsed = self.began.elapsed();
        let (due, waiting) = self
            .waiting
            .drain(..)
            .partition(|batch| batch.at <= elapsed);
        self.waiting = waiting;
        let due: Vec<&Batch> = due;
        for batch in due {
            let arguments = self.request(batch);
            let kill_after = match batch.manner {
                Manner::KilledFirst(after) => Some(after),
                Manner::Once | Manner::Twice => None,
            };
            let mut errands = vec![Errand::new(arguments.clone(), kill_after)];
            if matches!(batch.manner, Manner::Twice) {
                errands.push(Errand::new(arguments, None));
            }
            self.submissions.push((batch, errands));
        }
    }

    fn request(&self, batch: &Batch) -> Vec<String> {
        let mut arguments: Vec<String> = ["batch", "submit", "--organisation"]
            .map(str::to_owned)
            .into();
        arguments.push(self.export.organisation.clone());
        let teams: Vec<&String> = self.export.teams.keys().collect();
        for &number in &batch.teams {
            if let Some(team) = teams.get(usize::try_from(number).unwrap()) {
                arguments.extend(["--team".to_owned(), (*team).clone()]);
            }
        }
        if let Some(key) = &batch.key {
            arguments.extend(["--idempotency-key".to_owned(), key.clone()]);
        }
        arguments.extend(["--letter-date".to_owned(), exports::day(batch.days)]);
        arguments
    }

    fn strike(&mut self) {
        while let Some(blow) = self.plan.blows.get(self.blows)
            && blow.at <= self.began.elapsed()
        {
            self.blows += 1;
            self.workers.strike(blow.worker, blow.kind);
        }
    }

    fn break_and_mend(&mut self) {
        let Some(planned) = &self.plan.fault else {
            self.fault = Progress::Over;
            return;
        };
        match &self.fault {
            Progress::Ahead if planned.at <= self.began.elapsed() => {
                let Some(ongoing) = planned.fault.begin(self.home, planned.seed) else {
                    return;
                };
                self.fault = Progress::On(ongoing, Instant::now() + planned.lasts);
                if planned.fault == Fault::Reimport {
                    let folder = self.home.folder();
                    let (from, to) = (folder.join("export"), folder.join("export-2"));
                    exports::write_changed(&from, &to, planned.seed);
                    let arguments = ["import", "export-2"].map(str::to_owned).into();
                    self.reimport = Some(Errand::new(arguments, None));
                }
            }
            Progress::On(_, until) if *until <= Instant::now() => self.end_fault(),
            _ => {}
        }
    }

    fn end_fault(&mut self) {
        if let Progress::On(ongoing, _) = std::mem::replace(&mut self.fault, Progress::Over) {
            ongoing.end(self.home);
        }
    }

    /// What the commands answered: nothing that is asked here is wrong.
    fn hear(&mut self) {
        let mut refused = Vec::new();
        for errand in self.errands_mut() {
            if let State::Refused(words) = &mut errand.state {
                refused.push(std::mem::take(words));
                errand.state = State::Done(Value::Null);
            }
        }
        self.violations.extend(refused);
        // Another may have been quicker, so a retry may be refused.
        if self
            .retry
            .as_ref()
            .is_some_and(|retry| !retry.is_underway())
        {
            self.retry = None;
        }
    }

    fn is_over(&mut self) -> bool {
        let busy = !self.waiting.is_empty()
            || !matches!(self.fault, Progress::Over)
            || self.retry.is_some()
            || self.errands_mut().any(|errand| errand.is_underway());
        if self.looked.elapsed() < LOOK || busy {
            return false;
        }
        self.looked = Instant::now();
        let states = "SELECT batch_id, state FROM team_job WHERE state NOT IN ('done', 'cancelled') \
                      ORDER BY batch_id";
        // While it does not answer nothing is over.
        let Ok(open) = self.home.rows().texts(states) else {
            return false;
        };
        if let Some(row) = open.iter().find(|row| row[1] == "failed")
            && open.iter().all(|row| row[1] == "failed")
        {
            self.retries += 1;
            let arguments = ["batch", "retry", &row[0]].map(str::to_owned).into();
            self.retry = Some(Errand::new(arguments, None));
        }
        open.is_empty()
    }

    fn errands_mut(&mut self) -> impl Iterator<Item = &mut Errand> {
        let submissions = self.submissions.iter_mut();
        submissions
            .flat_map(|(_, errands)| errands)
            .chain(&mut self.reimport)
    }

    /// The batches that were answered to each idempotency key.
    pub fn keys(&self) -> Answered {
        let mut keys = Answered::new();
        for (batch, errands) in &self.submissions {
            let Some(key) = &batch.key else { continue };
            let ids = keys.entry(key.clone()).or_default();
            ids.extend(errands.iter().filter_map(|errand| match &errand.state {
                State::Done(answer) => Some(answer["id"].as_str()?.to_owned()),
                _ => None,
            }));
        }
        keys
    }

    /// Ends what is still going on, and counts. Whatever was broken is whole again for who looks at it.
    pub fn close(mut self, outcome: &mut Outcome) {
        self.end_fault();
        let errands = self.submissions.iter().flat_map(|(_, errands)| errands);
        let submitting: usize = errands.map(|errand| errand.kills).sum();
        outcome.kills = self.workers.kills + submitting;
        outcome.stops = self.workers.stops;
        outcome.retries = self.retries;
        outcome.violations.append(&mut self.violations);
        outcome.violations.extend(self.workers.dismiss());
    }

    fn unfinished(&mut self) -> String {
        self.end_fault();
        let rows = self.home.rows();
        let ask = |sql| {
            rows.texts(sql)
                .map_or_else(|error| error, |rows| format!("{rows:?}"))
        };
        let jobs = ask("SELECT id, state, attempt FROM team_job WHERE state <> 'done'");
        let attempts = ask(
            "SELECT a.team_job_id, a.attempt, a.worker, a.started_at, a.ended_at, a.outcome, a.reason \
             FROM team_job_attempt a JOIN team_job j ON j.id = a.team_job_id WHERE j.state <> 'done'",
        );
        let underway = self
            .errands_mut()
            .filter(|errand| errand.is_underway())
            .count();
        format!(
            "not at its end after {DEADLINE:?}: {underway} commands still fail; jobs {jobs}; attempts {attempts}"
        )
    }
}
