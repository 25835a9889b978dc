//! Trial letters to nobody, set before any letter to a client: what all letters share must hold for the plainest
//! letters, or it holds for none.

use std::sync::Arc;

use crate::domain::{invitation::Code, letter_fault::Tight};

use super::{
    content::{LetterContent, LetterWords},
    error::{EditionError, ORGANISATION},
    plate::Plate,
    press::{Press, Trouble},
    typesetter::{Breach, Complaint, Fault},
};

/// Has a press set and export letters with what `plate` has, and answers how many lines the text is too long for the
/// plainest of clients at the smallest size: nobody would get a letter.
///
/// `template` is its name, and `text` the file that the text came from.
///
/// # Errors
/// What does not fit, or cannot be set, in terms of what the provider wrote.
pub(super) fn set_trial_letters(
    plate: &Arc<Plate>,
    (template, text): (&str, &str),
    with_kix: bool,
    press: &Press,
) -> Result<Option<u32>, EditionError> {
    let trouble = match try_on(plate, with_kix, press)? {
        Ok(None) => return Ok(None),
        Ok(Some(Fault::TooLong(lines))) => return Ok(Some(lines)),
        Ok(Some(fault)) => return Err(unfit(template, text, fault)),
        Err(trouble) => trouble,
    };
    Err(layout(template, refused(plate, trouble, with_kix, press)?))
}

/// What the layout is to be told about letters that could not be set with `plate`.
///
/// # Errors
/// When it is not the layout that is at fault.
pub(super) fn refused(
    plate: &Plate,
    trouble: Trouble,
    with_kix: bool,
    press: &Press,
) -> Result<Complaint, EditionError> {
    let refused = matches!(trouble, Trouble::Complaint(_));
    let complaint = trouble.complaint()?;
    // Of all that a provider hands in but the layout, only a logo is anything that the typesetter could refuse. What it
    // refuses in a line of the layout is how that sets the logo, without alternative text perhaps.
    if refused
        && complaint.place.is_none()
        && let Some(bare) = plate.without_logo()
        && try_on(&Arc::new(bare), with_kix, press)?.is_ok()
    {
        return Err(super::logo::LogoFault::unreadable().into());
    }
    Ok(complaint)
}

fn try_on(
    plate: &Arc<Plate>,
    with_kix: bool,
    press: &Press,
) -> Result<Result<Option<Fault>, Trouble>, EditionError> {
    let steps = (plate.sizes().0 - 1, 0);
    let plate = Arc::clone(plate);
    Ok(press.ask(move |operator| operator.try_all(&plate, &trial_letters(with_kix), steps))?)
}

/// What of the provider's has too little room, or the layout's rule that is broken.
pub(super) fn unfit(template: &str, text: &str, fault: Fault) -> EditionError {
    let (file, kind, what, hint) = match fault {
        Fault::Layout(Breach::SenderTooWide) => (
            ORGANISATION,
            Tight::Sender,
            "a line of the sender's details (name, address, e-mail or website)",
            "use a shorter e-mail address, website or name in organisation.toml",
        ),
        Fault::Layout(Breach::ReturnLineTooWide) => (
            ORGANISATION,
            Tight::ReturnLine,
            "the return address",
            "use a shorter street or city in organisation.toml",
        ),
        Fault::WordTooWide => (
            text,
            Tight::Word,
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
        kind,
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

/// No clients can be invented that are plainer. They differ in everything, so that a layout which mixes letters up shows
/// it: the second goes to a contact and may have a barcode.
#[expect(clippy::expect_used, reason = "ten digits are a code")]
fn trial_letters(with_kix: bool) -> Vec<LetterContent> {
    let letter = |[addressee, street, place, client]: [&str; 4], kix: Option<&str>, code: &str| {
        LetterContent {
            words: LetterWords {
                addressee: addressee.to_owned(),
                address_lines: vec![street.to_owned(), place.to_owned()],
                salutation: format!("Geachte {addressee}"),
                client_name: client.to_owned(),
                kix: kix.map(str::to_owned),
            },
            code: Code::parse(code).expect("ten digits are a code"),
        }
    };
    let jansen = [
        "Mevr. A. Jansen",
        "Sesamstraat 1",
        "1234 AB Enschede",
        "Mevr. A. Jansen",
    ];
    let smit = ["Dhr. B. Smit", "Postbus 12", "4321 BA Ons", "Mevr. C. Vos"];
    let bos = ["D. Bos", "Laan 3", "2500 GG Hoorn", "D. Bos"];
    vec![
        letter(jansen, None, "6071359428"),
        letter(smit, with_kix.then_some("4321BA12"), "5550004449"),
        letter(bos, None, "8887776660"),
    ]
}
