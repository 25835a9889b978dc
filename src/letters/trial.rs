//! A trial letter to nobody, set before any letter to a client: what all letters share must hold for the plainest
//! letter, or it holds for none.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::invitation::Code;

use super::{
    chunk,
    content::LetterContent,
    edition::Edition,
    error::EditionError,
    press::STACK,
    proof::{Breach, Fault},
};

/// Sets and exports a letter with what `edition` shares.
///
/// A text that is too long is no error here: each client is then left out with that reason.
///
/// # Errors
/// What does not fit, or cannot be set, in terms of what the provider wrote.
pub(super) fn set_trial_letter(edition: &Edition) -> Result<(), EditionError> {
    let steps = (edition.sizes().0 - 1, 0);
    let letter = trial_letter();
    match aside(|| chunk::try_one(edition, &letter, steps)) {
        Some(Ok(Ok(()) | Err(Fault::TooLong(_)))) => Ok(()),
        Some(Ok(Err(fault))) => Err(unfit(edition, fault)),
        failed => {
            // Of all that a provider hands in, only a logo is anything that the typesetter could refuse.
            let bare = edition.without_logo();
            if let Some(bare) = bare
                && matches!(aside(|| chunk::try_one(&bare, &letter, steps)), Some(Ok(_)))
            {
                return Err(EditionError::unreadable_logo());
            }
            let problem = match failed {
                Some(Err(problem)) => problem,
                _ => "the typesetter broke down".to_owned(),
            };
            Err(broken_layout(edition, problem))
        }
    }
}

/// Does `work` on a thread with a stack of its own size, so that how deep a layout or a drawing may go does not
/// depend on who asks. `None` when it panicked: decoders and the typesetter read what others made.
pub(super) fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .stack_size(STACK)
        .build()
        .ok()?;
    catch_unwind(AssertUnwindSafe(|| pool.install(work))).ok()
}

fn unfit(edition: &Edition, fault: Fault) -> EditionError {
    let (what, hint) = match fault {
        Fault::Layout(Breach::SenderTooWide) => (
            "a line of the sender's details (name, address, e-mail or website)",
            "use a shorter e-mail address, website or name in organisation.toml",
        ),
        Fault::Layout(Breach::ReturnLineTooWide) => (
            "the return address",
            "use a shorter street or city in organisation.toml",
        ),
        Fault::Layout(Breach::NearWindow) => (
            "the sender's name and details above the address window",
            "use a shorter name in organisation.toml",
        ),
        Fault::WordTooWide => (
            "a word of the text, wider than the line,",
            "break it up with spaces or hyphens",
        ),
        Fault::Layout(breach) => return broken_layout(edition, breach.sentence().to_owned()),
        Fault::AddressTooLarge | Fault::TooLong(_) => {
            let problem = "a plain address does not lie inside the window";
            return broken_layout(edition, problem.to_owned());
        }
    };
    EditionError::DoesNotFit { what, hint }
}

fn broken_layout(edition: &Edition, problem: String) -> EditionError {
    EditionError::Layout {
        template: edition.template_name().to_owned(),
        problem,
    }
}

/// No client can be invented that is plainer.
#[expect(clippy::expect_used, reason = "ten digits are a code")]
fn trial_letter() -> LetterContent {
    LetterContent {
        addressee: "Mevr. A. Jansen".to_owned(),
        address_lines: vec!["Sesamstraat 1".to_owned(), "1234 AB Enschede".to_owned()],
        salutation: "Geachte Mevr. A. Jansen".to_owned(),
        client_name: "Mevr. A. Jansen".to_owned(),
        code: Code::parse("0123456789").expect("ten digits are a code"),
    }
}
