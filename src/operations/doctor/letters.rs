//! Whether letters can be made: the typeface, the presses, the templates that ship with the program.

use std::{fs, sync::Arc};

use super::{
    super::{
        app::Settings,
        specimens::{Look, Sender},
    },
    Verdict, apart,
};
use crate::{
    domain::organisation::AddressWindow,
    letters::{Edition, EditionError, Press, PressError, Template, TemplateFault, typeface_gaps},
    wording::english::count,
};

/// What a press takes at most of the memory of the machine, in MB, when letters are as they should be.
const PRESS_MB: u64 = 250;

const NOT_OURS: &str =
    "this program is not as it was made: install it again, and report it if that does not help";

pub async fn fonts() -> Verdict {
    apart(|| match typeface_gaps().as_slice() {
        [] => Verdict::ok(
            "the typeface in the program has Latin with all European signs, Greek and Cyrillic",
        ),
        gaps => Verdict::broken(
            format!(
                "the typeface in the program lacks {}, U+{:04X} for one",
                count(gaps.len(), "character", "characters"),
                u32::from(gaps[0])
            ),
            NOT_OURS,
        ),
    })
    .await
}

type Started = Result<Arc<Press>, PressError>;

pub async fn presses(settings: &Settings, press: &Started) -> Verdict {
    let press = match started(press) {
        Ok(press) => press,
        Err(verdict) => return verdict,
    };
    let presses = settings.threads as u64;
    apart(move || {
        let sender = Sender::invented();
        let plain = Look {
            window: AddressWindow::Right,
            with_logo: true,
            extras: false,
        };
        let name = Template::shipped_names()[0];
        if let Err(error) = set_trial_letters(name, &sender, plain, &press) {
            return unset(name, error);
        }
        let needed = presses * PRESS_MB;
        let trial = format!(
            "a trial letter was set; {}",
            count(
                usize::try_from(presses).unwrap_or(usize::MAX),
                "press",
                "presses"
            )
        );
        match available_mb() {
            Some(available) if available < needed => Verdict::warning(
                format!("{trial} may take {needed} MB of memory and {available} MB is available"),
                "set fewer with --workers, or give the machine more memory",
            ),
            _ => Verdict::ok(format!("{trial} may take {needed} MB of memory")),
        }
    })
    .await
}

pub async fn templates(press: &Started) -> Verdict {
    let press = match started(press) {
        Ok(press) => press,
        Err(verdict) => return verdict,
    };
    apart(move || {
        let sender = Sender::invented();
        let mut looks = 0;
        for name in Template::shipped_names() {
            for look in sender.looks() {
                if let Err(error) = set_trial_letters(name, &sender, look, &press) {
                    return unset(name, error);
                }
                looks += 1;
            }
        }
        Verdict::ok(format!(
            "{} can be set, in {looks} looks",
            Template::shipped_names().join(" and ")
        ))
    })
    .await
}

fn started(press: &Started) -> Result<Arc<Press>, Verdict> {
    press.as_ref().map(Arc::clone).map_err(|error| {
        Verdict::wrong(
            error.to_string(),
            "see that the machine has memory and processes left",
        )
    })
}

/// An edition sets letters to nobody and proves them before it exists.
fn set_trial_letters(
    name: &str,
    sender: &Sender,
    look: Look,
    press: &Press,
) -> Result<(), EditionError> {
    let organisation = sender.in_look(look);
    let template = Template::shipped(name)?;
    let edition = Edition::of_template(template, sender.spec(&organisation, look), press)?;
    match edition.too_long() {
        None => Ok(()),
        Some((file, _)) => Err(EditionError::Template {
            name: name.to_owned(),
            fault: TemplateFault {
                file: file.to_owned(),
                place: None,
                problem: "the standard text does not fit on one A4".to_owned(),
                hint: NOT_OURS.to_owned(),
            },
        }),
    }
}

fn unset(name: &str, error: EditionError) -> Verdict {
    match error {
        EditionError::Press(PressError::Start(reason)) => Verdict::wrong(
            format!("no press can be started: {reason}"),
            "see that the machine has memory and processes left, and that the service may start processes (no noexec, no seccomp without @process)",
        ),
        error => Verdict::broken(format!("{name} cannot be set: {error}"), NOT_OURS),
    }
}

/// What the system says it could give, in MB; it does not say so everywhere.
fn available_mb() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024)
}
