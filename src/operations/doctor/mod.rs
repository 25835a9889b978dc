//! `doctor`: whether everything that letters need is there and in order, and what to do about what is not.
//!
//! Every check looks for itself: one that fails or hangs keeps none of the others from being done. None changes anything
//! that lasts, which is why this does not open an [`App`](super::App): that would make what is missing.

mod database;
mod files;
mod letters;

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures::FutureExt;
use serde::Serialize;

use super::app::{Clock, Settings};
pub use crate::storage::database::without_password;
use crate::{
    letters::{Press, PressProgram},
    storage::{StorageError, database::Address, inspection::Inspection},
    wording::english::count,
};

/// How long a check may take that asks a disk, a database or a store.
const LIMIT: Duration = Duration::from_secs(15);
/// How long setting some letters may take, on a machine that has much else to do.
const LIMIT_FOR_LETTERS: Duration = Duration::from_secs(120);

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    Ok,
    /// It works, but somebody should look at it.
    Warning,
    /// Letters will not be made, or not all of them.
    Problem,
}

/// Who can mend a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// Whoever set this up: a setting, a permission, a disk, a server.
    Setup,
    /// Whoever makes brievenbus.
    Program,
}

/// What one check found.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Stable, for scripts: `database`.
    pub check: &'static str,
    pub state: Health,
    /// One sentence without a full stop.
    pub message: String,
    pub hint: Option<String>,
    /// Of a problem only.
    pub fault: Option<Fault>,
    pub milliseconds: u64,
}

/// A setting as it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// As in the configuration file: `data-dir`.
    pub name: String,
    /// Never a password. `None`: nothing is set, and what that means is the default.
    pub value: Option<String>,
    pub from: Origin,
}

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Flag,
    Environment,
    File,
    Default,
}

/// What is set, as far as `doctor` is to judge it.
#[derive(Debug, Clone, Default)]
pub struct SettingsInUse {
    pub settings: Vec<Setting>,
    /// Variables of the environment that look like settings and are none.
    pub unknown: Vec<String>,
}

/// Everything that was found.
#[derive(Debug, Serialize)]
pub struct Examination {
    pub state: Health,
    pub checks: Vec<Finding>,
    pub settings: Vec<Setting>,
}

/// What a check has to say.
struct Verdict {
    state: Health,
    message: String,
    hint: Option<String>,
    fault: Option<Fault>,
}

impl Verdict {
    fn ok(message: impl Into<String>) -> Self {
        Self {
            state: Health::Ok,
            message: message.into(),
            hint: None,
            fault: None,
        }
    }

    fn warning(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            state: Health::Warning,
            hint: Some(hint.into()),
            ..Self::ok(message)
        }
    }

    /// Something that is set or set up in a way that does not work.
    fn wrong(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            state: Health::Problem,
            fault: Some(Fault::Setup),
            ..Self::warning(message, hint)
        }
    }

    /// Something of the program's own that does not work.
    fn broken(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            fault: Some(Fault::Program),
            ..Self::wrong(message, hint)
        }
    }
}

/// Where the database is, if it could be reached.
pub(super) enum Reached {
    Open(Inspection),
    /// There is none yet.
    Nothing,
    Failed(StorageError),
}

/// Looks at everything at the same time and tells it in a fixed order.
pub async fn examine(settings: &Settings, in_use: SettingsInUse, clock: &Clock) -> Examination {
    let started = Instant::now();
    let address = Address::read(settings.database_url.as_deref(), &settings.data_dir);
    let reached = match &address {
        Ok(address) => reach(address).await,
        Err(_) => Reached::Nothing,
    };
    let unusable = address.err();
    // One press each for the two checks that set letters.
    let press = Press::start(&PressProgram::this(), 2).map(std::sync::Arc::new);
    let checks = tokio::join!(
        check("settings", LIMIT, async { judge_settings(&in_use) }),
        check("data-folder", LIMIT, files::data_folder(settings)),
        check("disk", LIMIT, files::disk(settings)),
        check("database", LIMIT, database::database(&reached, unusable)),
        check("key", LIMIT, files::key(settings, &reached)),
        check("store", LIMIT, files::store(settings, &reached)),
        check("clock", LIMIT, database::clock(&reached, clock)),
        check("queue", LIMIT, database::queue(settings, &reached, clock)),
        check("fonts", LIMIT, letters::fonts()),
        check(
            "presses",
            LIMIT_FOR_LETTERS,
            letters::presses(settings, &press)
        ),
        check("templates", LIMIT_FOR_LETTERS, letters::templates(&press)),
    );
    let mut checks: Vec<Finding> = <[Finding; 11]>::from(checks).into();
    if let Some(first) = checks.iter_mut().find(|found| found.check == "database") {
        // Reaching it was part of it.
        first.milliseconds = first.milliseconds.max(milliseconds(started).min(15_000));
    }
    if let Reached::Open(inspection) = reached {
        inspection.close().await;
    }
    Examination {
        state: checks
            .iter()
            .map(|found| found.state)
            .max()
            .unwrap_or(Health::Ok),
        checks,
        settings: in_use.settings,
    }
}

async fn reach(address: &Address) -> Reached {
    match tokio::time::timeout(LIMIT, Inspection::begin(address)).await {
        Ok(Ok(Some(inspection))) => Reached::Open(inspection),
        Ok(Ok(None)) => Reached::Nothing,
        Ok(Err(error)) => Reached::Failed(error),
        Err(_) => Reached::Failed(StorageError::Unexpected(format!(
            "no answer within {} seconds",
            LIMIT.as_secs()
        ))),
    }
}

/// One check, which may fail, hang or break down.
async fn check(
    name: &'static str,
    limit: Duration,
    look: impl Future<Output = Verdict>,
) -> Finding {
    let started = Instant::now();
    let looked = tokio::time::timeout(limit, AssertUnwindSafe(look).catch_unwind()).await;
    let verdict = match looked {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(_)) => broke_down(),
        Err(_) => Verdict::wrong(
            format!("there was no answer within {} seconds", limit.as_secs()),
            "see whether the disk, the network and the servers behind it answer at all",
        ),
    };
    Finding {
        check: name,
        state: verdict.state,
        message: verdict.message,
        hint: verdict.hint,
        fault: verdict.fault,
        milliseconds: milliseconds(started),
    }
}

/// Work that blocks, away from the checks that wait.
async fn apart(look: impl FnOnce() -> Verdict + Send + 'static) -> Verdict {
    tokio::task::spawn_blocking(look)
        .await
        .unwrap_or_else(|_| broke_down())
}

fn broke_down() -> Verdict {
    Verdict::broken(
        "the check broke down",
        "run it again with -v and show the output to whoever looks after brievenbus",
    )
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn judge_settings(in_use: &SettingsInUse) -> Verdict {
    if let Some(first) = in_use.unknown.first() {
        return Verdict::warning(
            format!(
                "{} is in the environment and is no setting",
                in_use.unknown.join(", ")
            ),
            format!("see whether {first} is spelled right; nothing reads it as it is"),
        );
    }
    let from = |origin| in_use.settings.iter().filter(|s| s.from == origin).count();
    let defaults = from(Origin::Default);
    let set = in_use.settings.len() - defaults;
    Verdict::ok(format!(
        "{} set, {defaults} left at the default",
        count(set, "setting is", "settings are")
    ))
}
