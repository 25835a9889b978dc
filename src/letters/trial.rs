//! A trial letter to nobody, set before any letter to a client: what all letters share must hold for the plainest
//! letter, or it holds for none.

use std::sync::Arc;

use crate::domain::invitation::Code;

use super::{
    content::{LetterContent, LetterWords},
    error::{EditionError, ORGANISATION},
    plate::Plate,
    press::{Press, Trouble},
    typesetter::{Breach, Complaint, Fault},
};

/// Has a press set and export a letter with what `plate` has.
///
/// `template` is its name, and `text` the file that the text came from. A text that is too long is no error here: each client is then left out with that reason.
///
/// # Errors
/// What does not fit, or cannot be set, in terms of what the provider wrote.
pub(super) fn set_trial_letter(
    plate: &Arc<Plate>,
    (template, text): (&str, &str),
    press: &Press,
) -> Result<(), EditionError> {
    let trouble = match try_on(plate, press)? {
        Ok(None | Some(Fault::TooLong(_))) => return Ok(()),
        Ok(Some(fault)) => return Err(unfit(template, text, fault)),
        Err(trouble) => trouble,
    };
    let complaint = trouble.complaint()?;
    // Of all that a provider hands in but the layout, only a logo is anything that the typesetter could refuse. What is
    // wrong with the standard is how the layout sets it, without alternative text perhaps.
    if !complaint.is_about_a_standard()
        && let Some(bare) = plate.without_logo()
        && matches!(try_on(&Arc::new(bare), press)?, Ok(_))
    {
        return Err(super::logo::LogoFault::unreadable().into());
    }
    Err(EditionError::Layout {
        template: template.to_owned(),
        complaint,
    })
}

fn try_on(
    plate: &Arc<Plate>,
    press: &Press,
) -> Result<Result<Option<Fault>, Trouble>, EditionError> {
    let steps = (plate.sizes().0 - 1, 0);
    let plate = Arc::clone(plate);
    Ok(press.ask(move |operator| operator.try_one(&plate, &trial_letter(), steps))?)
}

fn unfit(template: &str, text: &str, fault: Fault) -> EditionError {
    let (file, what, hint) = match fault {
        Fault::Layout(Breach::SenderTooWide) => (
            ORGANISATION,
            "a line of the sender's details (name, address, e-mail or website)",
            "use a shorter e-mail address, website or name in organisation.toml",
        ),
        Fault::Layout(Breach::ReturnLineTooWide) => (
            ORGANISATION,
            "the return address",
            "use a shorter street or city in organisation.toml",
        ),
        Fault::WordTooWide => (
            text,
            "a word of the text, wider than the line,",
            "break it up with spaces or hyphens",
        ),
        Fault::Layout(breach) => return layout(template, Complaint::of_breach(breach)),
        Fault::AddressTooLarge | Fault::TooLong(_) => {
            let complaint = Complaint::new(
                "a plain address does not lie inside the window",
                "the window is x 35-105 mm (left) or 109-175 mm (right), y 55-85 mm",
            );
            return layout(template, complaint);
        }
    };
    EditionError::DoesNotFit {
        file: file.to_owned(),
        what,
        hint,
    }
}

fn layout(template: &str, complaint: Complaint) -> EditionError {
    EditionError::Layout {
        template: template.to_owned(),
        complaint,
    }
}

/// No client can be invented that is plainer.
#[expect(clippy::expect_used, reason = "ten digits are a code")]
fn trial_letter() -> LetterContent {
    LetterContent {
        words: LetterWords {
            addressee: "Mevr. A. Jansen".to_owned(),
            address_lines: vec!["Sesamstraat 1".to_owned(), "1234 AB Enschede".to_owned()],
            salutation: "Geachte Mevr. A. Jansen".to_owned(),
            client_name: "Mevr. A. Jansen".to_owned(),
            kix: None,
        },
        code: Code::parse("0123456789").expect("ten digits are a code"),
    }
}
