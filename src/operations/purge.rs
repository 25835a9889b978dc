//! `purge`: clears away what nobody will ask for any more, and what was kept for as long as it may be.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Months, TimeDelta, Utc};

use super::{App, Failure, record_access::record_access, run_team_job::attempt_of_key};
use crate::domain::{
    audit::{Access, Action},
    team_job::TeamJobState,
};

/// How long a worker has not been seen when the queue may forget it.
const WORKER_AGE: TimeDelta = TimeDelta::days(1);
/// How long a task has ended when the queue may forget it.
const TASK_AGE: TimeDelta = TimeDelta::days(30);

/// How long what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// A bundle, from when it was made. It goes sooner when none of its codes works any more.
    pub bundle_days: u32,
    /// Who a client is, from the last export with them, once there is one without them.
    pub anonymise_after_days: u32,
    /// A line of the audit log (NEN 7513 asks for five years at least).
    pub audit_years: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            bundle_days: 30,
            anonymise_after_days: 365,
            audit_years: 5,
        }
    }
}

impl Retention {
    /// Refuses what makes no sense, and what the law does not allow.
    pub fn check(self) -> Result<Self, Failure> {
        let settings = [
            (
                "bundle-days",
                self.bundle_days,
                1,
                3_650,
                "a number of days",
            ),
            (
                "anonymise-after-days",
                self.anonymise_after_days,
                1,
                3_650,
                "a number of days",
            ),
            (
                "audit-years",
                self.audit_years,
                5,
                100,
                "a number of years: NEN 7513 asks for five at least",
            ),
        ];
        for (name, value, least, most, what) in settings {
            if !(least..=most).contains(&value) {
                return Err(Failure::input(
                    "retention",
                    format!("{name} is {value}, which is not between {least} and {most}"),
                    format!("write {what}, or leave it out"),
                ));
            }
        }
        // Letters with names and addresses are in it.
        if self.bundle_days > self.anonymise_after_days {
            return Err(Failure::input(
                "retention",
                format!(
                    "bundle-days is {}, and anonymise-after-days only {}: a bundle would know who a client is after the database has forgotten",
                    self.bundle_days, self.anonymise_after_days
                ),
                "choose bundle-days no larger than anonymise-after-days",
            ));
        }
        Ok(self)
    }

    fn bundles_made_by(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.bundle_days.into())
    }

    fn clients_gone_since(self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.anonymise_after_days.into())
    }

    fn lines_before(self, now: DateTime<Utc>) -> DateTime<Utc> {
        let months = Months::new(self.audit_years.saturating_mul(12));
        // A calendar without that day has no line from before it.
        now.checked_sub_months(months)
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

/// What was cleared away, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Bundles that were kept long enough, or none of whose codes works any more.
    pub bundles: usize,
    /// Files in the store that no bundle is: whole or half ones of attempts that came to nothing.
    pub files: usize,
    /// What both took in the store.
    pub bytes: u64,
    /// Invitations that had expired: their codes and the words of their letters are wiped.
    pub expired: u64,
    /// Clients of whom only their number is left.
    pub clients: u64,
    /// Lines of the audit log.
    pub audit: u64,
    /// Tasks that the queue remembered.
    pub tasks: u64,
    /// Workers that the queue remembered.
    pub workers: u64,
}

/// Clears away. What an attempt that is under way has stored stays, and so does everything that is not ours. Any number
/// of processes may do this at the same time: each thing is cleared away, and counted, by one.
pub async fn purge(app: &App) -> Result<Purged, Failure> {
    record_access(app, Access::done(Action::Purged)).await?;
    clear(app, true).await
}

/// What [`purge`] would clear away at this moment; clears away nothing.
pub async fn forecast_purge(app: &App) -> Result<Purged, Failure> {
    clear(app, false).await
}

async fn clear(app: &App, for_real: bool) -> Result<Purged, Failure> {
    // The store first: what is put there after this look is not touched, whatever the database says of it.
    let contents = app.shelf.contents().await?;
    let (db, now, today) = (&app.db, app.now(), app.today());
    let expired = match for_real {
        true => db.close_expired(today, now).await?,
        false => db.count_expired(today).await?,
    };
    let mut purged = Purged {
        expired,
        ..Purged::default()
    };
    let outlived = clear_bundles(app, &contents, for_real, &mut purged).await?;
    clear_orphans(app, contents, &outlived, for_real, &mut purged).await?;
    let gone = app.retention.clients_gone_since(now);
    for slug in db.organisations().await? {
        purged.clients += match for_real {
            true => {
                db.anonymise_clients(&slug, gone, today, &app.scribe())
                    .await?
            }
            false => db.count_long_gone(&slug, gone, today).await?,
        };
    }
    // Tasks before the workers that had them.
    (purged.tasks, purged.workers) = match for_real {
        true => (
            db.forget_tasks(TASK_AGE).await?,
            db.forget_workers(WORKER_AGE).await?,
        ),
        false => (
            db.count_forgotten_tasks(TASK_AGE).await?,
            db.count_forgotten_workers(WORKER_AGE).await?,
        ),
    };
    let before = app.retention.lines_before(now);
    purged.audit = db.trim_audit(&app.scribe(), before, !for_real).await?;
    Ok(purged)
}

/// Removes the bundles whose time has come; answers with their places in the store.
async fn clear_bundles(
    app: &App,
    contents: &[(String, u64)],
    for_real: bool,
    purged: &mut Purged,
) -> Result<HashSet<String>, Failure> {
    // Sealed, a bundle takes more than it has bytes; one that was lost takes nothing.
    let sizes: HashMap<&str, u64> = contents
        .iter()
        .map(|(key, bytes)| (key.as_str(), *bytes))
        .collect();
    let made_by = app.retention.bundles_made_by(app.now());
    let mut keys = HashSet::new();
    for outlived in app.db.outlived_bundles(made_by, app.today()).await? {
        let bundle = &outlived.bundle;
        keys.insert(bundle.store_key.clone());
        if for_real {
            if !app.db.remove_bundle(&outlived, &app.scribe()).await? {
                continue;
            }
            // What a crash leaves here belongs to no bundle any more, and goes next time.
            app.shelf.remove(&bundle.store_key).await?;
        }
        purged.bundles += 1;
        purged.bytes += sizes.get(bundle.store_key.as_str()).copied().unwrap_or(0);
    }
    Ok(keys)
}

/// Removes what attempts of our own have left in the store and no bundle is. `outlived`: places of bundles that were
/// counted already.
async fn clear_orphans(
    app: &App,
    contents: Vec<(String, u64)>,
    outlived: &HashSet<String>,
    for_real: bool,
    purged: &mut Purged,
) -> Result<(), Failure> {
    let attempts: HashMap<String, (TeamJobState, u32)> = app
        .db
        .job_attempts()
        .await?
        .into_iter()
        .map(|(job, state, attempt)| (job, (state, attempt)))
        .collect();
    let known: HashSet<String> = app
        .db
        .all_bundles(None)
        .await?
        .into_iter()
        .filter(|(bundle, _)| bundle.removed.is_none())
        .map(|(bundle, _)| bundle.store_key)
        .collect();
    for (key, bytes) in contents {
        // A place of an attempt of ours, or it is somebody else's and none of our business.
        let Some((job, number)) = attempt_of_key(&key) else {
            continue;
        };
        let Some((state, attempt)) = attempts.get(job) else {
            continue;
        };
        let under_way = *state == TeamJobState::Working && *attempt == number;
        if known.contains(&key) || outlived.contains(&key) || under_way {
            continue;
        }
        if for_real {
            app.shelf.remove(&key).await?;
        }
        purged.files += 1;
        purged.bytes += bytes;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_is_kept_for_five_years_at_least() {
        assert!(Retention::default().check().is_ok());
        let too_short = Retention {
            audit_years: 4,
            ..Retention::default()
        };
        assert_eq!(too_short.check().unwrap_err().code, "retention");
        let bundles = |bundle_days| Retention {
            bundle_days,
            ..Retention::default()
        };
        assert!(bundles(365).check().is_ok());
        assert_eq!(bundles(366).check().unwrap_err().code, "retention");
        let now: DateTime<Utc> = "2028-02-29T12:00:00Z".parse().unwrap();
        let before = Retention::default().lines_before(now);
        assert_eq!(before.to_rfc3339(), "2023-02-28T12:00:00+00:00");
    }
}
