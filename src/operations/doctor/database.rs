//! What a database has to say for itself: whether it works, what time it thinks it is, what waits in the queue.

use std::time::Duration;

use chrono::TimeDelta;

use super::{
    super::{
        Failure, Kind,
        app::{Clock, Settings},
    },
    Fault, Reached, Verdict,
};
use crate::{
    domain::calendar::day_in_amsterdam,
    storage::{
        StorageError,
        inspection::{Inspection, QueueState, Steps},
        locks::LifeLock,
    },
    wording::english::count,
};

/// Clocks that differ by more than this make dates and pauses hard to explain, though nothing goes wrong.
const DIFFERENCE: TimeDelta = TimeDelta::seconds(5);
/// By more than this, letters may get the wrong date and codes expire on the wrong day.
const WRONG: TimeDelta = TimeDelta::minutes(5);
/// Failures of batches older than this are no news.
const NEWS: TimeDelta = TimeDelta::days(30);
/// A worker that is alive beats more often than this.
const BEAT: Duration = Duration::from_secs(5);

const UNREACHABLE: &str = "see that --database-url is right, the server runs and lets this machine and user in, or that the file is a database and may be read";
const UNKNOWN: &str = "mend the database first";

pub async fn database(reached: &Reached, unusable: Option<StorageError>) -> Verdict {
    if let Some(error) = unusable {
        let failure = Failure::from(error);
        return Verdict::wrong(failure.message, failure.hint.unwrap_or_default());
    }
    match reached {
        Reached::Failed(error) => Verdict::wrong(error.to_string(), UNREACHABLE),
        Reached::Nothing => Verdict::warning(
            "there is no database yet",
            "it is made at first use; if there should be one, see that --data-dir or --database-url is right",
        ),
        Reached::Open(inspection) => look_at(inspection).await.unwrap_or_else(|error| {
            // What the database refuses is its owner's to mend; what we did not understand in it is ours.
            let ours = Failure::from(error);
            let verdict = Verdict::wrong(ours.message.clone(), UNREACHABLE);
            match ours.kind {
                Kind::Ours => Verdict {
                    fault: Some(Fault::Program),
                    ..verdict
                },
                _ => verdict,
            }
        }),
    }
}

async fn look_at(inspection: &Inspection) -> Result<Verdict, StorageError> {
    let engine = inspection.engine().await?;
    if let Some(damage) = inspection.damage().await? {
        let line = damage.lines().next().unwrap_or_default();
        return Ok(Verdict::wrong(
            format!("the database file is damaged: {line}"),
            "stop everything that uses it and restore the last backup",
        ));
    }
    let steps = inspection.steps().await?;
    if !steps.unknown.is_empty() {
        let failure = Failure::from(StorageError::Newer(steps.unknown));
        return Ok(Verdict::wrong(
            failure.message,
            failure.hint.unwrap_or_default(),
        ));
    }
    if let Err(error) = inspection.try_to_write().await {
        return Ok(Verdict::wrong(
            format!("it can be read but not written: {error}"),
            "give the user of brievenbus the right to write, see that the disk is not full and that no other program keeps it locked",
        ));
    }
    if steps.done == 0 {
        return Ok(Verdict::ok(format!(
            "{engine} can be written, and is empty: the tables are made at first use"
        )));
    }
    if !steps.missing.is_empty() {
        return Ok(Verdict::warning(
            format!(
                "{engine} can be written; {} still to be taken: {}",
                count(steps.missing.len(), "step is", "steps are"),
                steps.missing.join(", ")
            ),
            "back up; the next start of brievenbus takes them",
        ));
    }
    Ok(journalled(&engine, &steps, inspection.journal().await?))
}

fn journalled(engine: &str, steps: &Steps, journal: Option<String>) -> Verdict {
    let well = format!(
        "{engine} can be written, its tables are up to date ({})",
        count(steps.done, "step", "steps")
    );
    match journal {
        Some(mode) if mode != "wal" => Verdict::warning(
            format!(
                "{engine} keeps its journal as '{mode}', with which readers and writers wait for each other"
            ),
            "the next start of brievenbus sets it to 'wal', which a network disk cannot have: keep the database on a disk of this machine, or use PostgreSQL",
        ),
        _ => Verdict::ok(well),
    }
}

pub async fn clock(reached: &Reached, clock: &Clock) -> Verdict {
    let before = clock();
    let began = std::time::Instant::now();
    let Reached::Open(inspection) = reached else {
        let today = day_in_amsterdam(before);
        return Verdict::ok(format!("it is {today} in Amsterdam"));
    };
    let asked = async {
        let theirs = inspection.clock().await?;
        let elapsed = TimeDelta::from_std(began.elapsed()).unwrap_or_default();
        Ok::<_, StorageError>((theirs, elapsed, inspection.newest_batch().await?))
    };
    let (theirs, elapsed, newest) = match asked.await {
        Ok(answers) => answers,
        Err(error) => {
            return Verdict::warning(
                format!("the clock of the database is not known: {error}"),
                UNKNOWN,
            );
        }
    };
    let now = clock();
    let today = day_in_amsterdam(now);
    // The database answered at some moment in between.
    let difference = theirs - (before + elapsed);
    let seconds = format!("{:.1}", difference.as_seconds_f64().abs());
    let which = if difference < TimeDelta::zero() {
        "behind"
    } else {
        "ahead of"
    };
    let set = "let a time service (chrony, systemd-timesyncd) set the clocks of all machines";
    if let Some(newest) = newest.filter(|newest| *newest > now + WRONG) {
        return Verdict::wrong(
            format!(
                "it is {today} in Amsterdam by this machine, but a batch was submitted on {}",
                day_in_amsterdam(newest)
            ),
            set,
        );
    }
    let apart = format!(
        "it is {today} in Amsterdam; the database's clock is {seconds} seconds {which} this machine's"
    );
    match difference.abs() {
        far if far > WRONG => Verdict::wrong(apart, set),
        some if some > DIFFERENCE => Verdict::warning(apart, set),
        _ => Verdict::ok(apart),
    }
}

pub async fn queue(settings: &Settings, reached: &Reached, clock: &Clock) -> Verdict {
    let Reached::Open(inspection) = reached else {
        return match reached {
            Reached::Failed(_) => Verdict::warning("what waits is not known", UNKNOWN),
            _ => Verdict::ok("nothing waits"),
        };
    };
    let since = clock() - NEWS;
    let asked = async {
        let state = inspection.queue(since).await?;
        let here = LifeLock::living_owners(&settings.data_dir.join("workers")).unwrap_or(0);
        let mut at_work = here > 0 || (state.workers > 0 && state.overdue == 0);
        if state.working > 0 && !at_work {
            // Whoever is busy on another machine shows it by its jobs alone: they beat, or others begin.
            tokio::time::sleep(BEAT).await;
            at_work = inspection.queue(since).await?.signs_of_life != state.signs_of_life;
        }
        Ok::<_, StorageError>((state, at_work))
    };
    match asked.await {
        Ok((state, at_work)) => judge_queue(state, at_work),
        Err(error) => Verdict::warning(format!("what waits is not known: {error}"), UNKNOWN),
    }
}

fn judge_queue(state: QueueState, at_work: bool) -> Verdict {
    let jobs = |number: u64| {
        count(
            usize::try_from(number).unwrap_or(usize::MAX),
            "team waits",
            "teams wait",
        )
    };
    let waiting = state.queued + state.working;
    if !at_work && waiting > 0 {
        return Verdict::warning(
            format!("{} and nobody is at work", jobs(waiting)),
            "start `brievenbus work`, or see why the service that runs it has stopped",
        );
    }
    if state.overdue > 0 {
        return Verdict::warning(
            format!("{} for more than a minute", jobs(state.overdue)),
            "more workers, here or on other machines, make it shorter",
        );
    }
    if state.failed > 0 {
        return Verdict::warning(
            format!(
                "{} failed in the last {} days",
                count(
                    usize::try_from(state.failed).unwrap_or(usize::MAX),
                    "team has",
                    "teams have"
                ),
                NEWS.num_days()
            ),
            "`brievenbus batch list` and `batch show ID` say which and why, `batch retry ID` tries again",
        );
    }
    Verdict::ok(match (state.queued, waiting) {
        (_, 0) => "nothing waits".to_owned(),
        (0, _) => "nothing waits, and there is somebody at work".to_owned(),
        (queued, _) => format!("{}, and there is somebody at work", jobs(queued)),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::Health, *};

    #[test]
    fn who_waits_without_a_worker_is_said_before_anything_else() {
        let state = QueueState {
            queued: 2,
            overdue: 2,
            failed: 1,
            ..QueueState::default()
        };
        let verdict = judge_queue(state, false);
        assert_eq!(verdict.message, "2 teams wait and nobody is at work");
        assert_eq!(verdict.state, Health::Warning);
        assert_eq!(
            judge_queue(state, true).message,
            "2 teams wait for more than a minute"
        );
        let failed = QueueState {
            failed: 1,
            ..QueueState::default()
        };
        assert!(
            judge_queue(failed, false)
                .message
                .starts_with("1 team has failed")
        );
        assert_eq!(judge_queue(QueueState::default(), false).state, Health::Ok);
    }
}
