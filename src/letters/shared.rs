//! What all letters of an edition share, gathered from the organisation, the team and the dates.

use crate::domain::{calendar::long_date, letter_fault::Printed, organisation::AddressWindow};

use super::{
    content::{
        EditionData, LogoData, QrData, ReturnData, SenderData, fill, missing_glyphs, texts_of,
    },
    edition::EditionSpec,
    error::{EditionError, ORGANISATION},
    fonts,
    logo::Artwork,
    placeholder::Placeholder,
    refusal::place,
    text::LetterText,
    typography,
};

/// Everything of an edition but its files, in the characters that are printed. `file` and `source` are where the
/// text came from.
///
/// # Errors
/// A placeholder without a value, or a character that the font does not have.
pub(super) fn shared_data(
    spec: &EditionSpec<'_>,
    letter_text: &LetterText,
    (file, source): (&str, &str),
    artwork: Option<&Artwork>,
) -> Result<EditionData, EditionError> {
    let organisation = spec.organisation;
    let name = typography::value(&organisation.name);
    let street = typography::value(&organisation.address.street_line());
    let place = typography::value(&format!(
        "{} {}",
        organisation.address.postcode, organisation.address.city
    ));
    let contact = [
        &organisation.telephone,
        &organisation.email,
        &organisation.website,
    ];
    let contact = contact
        .into_iter()
        .flatten()
        .map(|line| typography::value(line));
    let data = EditionData {
        window: match spec.window {
            AddressWindow::Left => "left".to_owned(),
            AddressWindow::Right => "right".to_owned(),
        },
        fold_marks: organisation.letter.fold_marks,
        qr: organisation.letter.qr.then(|| QrData {
            alt: format!(
                "QR-code naar {}",
                typography::value(&organisation.letter.portal_url)
            ),
        }),
        logo: artwork.map(|artwork| LogoData {
            format: artwork.format.clone(),
            width: artwork.width,
            alt: format!("Logo van {name}"),
        }),
        return_line: return_line(spec.window, &name, &street, &place),
        sender: SenderData {
            name,
            address: vec![street, place],
            contact: contact.filter(|line| !line.is_empty()).collect(),
        },
        date_line: format!(
            "{}, {}",
            typography::value(&organisation.address.city),
            long_date(spec.letter_date)
        ),
        valid_until: long_date(spec.valid_until),
        portal_url: typography::value(&organisation.letter.portal_url),
        blocks: fill(letter_text, &|placeholder| {
            shared_value(spec, file, placeholder)
        })?,
    };
    check_glyphs(&data, file, source)?;
    Ok(data)
}

/// The printed value of a placeholder that is the same on all letters.
fn shared_value(
    spec: &EditionSpec<'_>,
    file: &str,
    placeholder: Placeholder,
) -> Result<String, EditionError> {
    let organisation = spec.organisation;
    let (value, key) = match placeholder {
        Placeholder::Telephone => (organisation.telephone.clone(), "telephone"),
        Placeholder::Email => (organisation.email.clone(), "email"),
        Placeholder::Website => (organisation.website.clone(), "website"),
        Placeholder::PortalUrl => (Some(organisation.letter.portal_url.clone()), "portal_url"),
        Placeholder::CareProviderName => (Some(organisation.name.clone()), "name"),
        Placeholder::TeamName => (Some(spec.team_name.to_owned()), "name of the team"),
        Placeholder::LetterDate => (Some(long_date(spec.letter_date)), "letter date"),
        Placeholder::ValidUntil => (Some(long_date(spec.valid_until)), "valid until"),
        // A letter's own; `fill` never asks for them here.
        Placeholder::AddresseeName
        | Placeholder::Salutation
        | Placeholder::ClientName
        | Placeholder::Code => (None, ""),
    };
    let printed = value
        .map(|value| typography::value(&value))
        .unwrap_or_default();
    if printed.is_empty() {
        return Err(EditionError::MissingValue {
            file: file.to_owned(),
            placeholder: placeholder.name(),
            key,
        });
    }
    Ok(printed)
}

/// The return address on one line of at most the window's width: in full, or without the name, which the
/// letterhead has anyway.
fn return_line(window: AddressWindow, name: &str, street: &str, place: &str) -> ReturnData {
    // The block in `layout.typ`, in points: 69 mm on the left, 65 mm on the right.
    let width = match window {
        AddressWindow::Left => 195.0,
        AddressWindow::Right => 184.0,
    };
    let full = format!("{name} · {street} · {place}");
    let short = format!("{street} · {place}");
    let fits = |(line, size): &(&String, f64)| fonts::width(line, *size) <= width;
    let (line, size) = [(&full, 7.0), (&full, 6.5), (&short, 7.0)]
        .into_iter()
        .find(fits)
        .unwrap_or((&short, 6.5));
    ReturnData {
        line: line.clone(),
        size,
    }
}

fn check_glyphs(data: &EditionData, file: &str, source: &str) -> Result<(), EditionError> {
    let sender = &data.sender;
    let sender = std::iter::once(&sender.name)
        .chain(&sender.address)
        .chain(&sender.contact)
        .chain([&data.date_line]);
    let places: [(&str, Printed, &str, Vec<char>); 3] = [
        (
            ORGANISATION,
            Printed::Sender,
            "the sender's details",
            missing_glyphs(sender.map(String::as_str)),
        ),
        (
            file,
            Printed::Text,
            "the text",
            missing_glyphs(texts_of(&data.blocks)),
        ),
        (
            ORGANISATION,
            Printed::PortalUrl,
            "the address of the portal",
            missing_glyphs([data.portal_url.as_str()].into_iter()),
        ),
    ];
    match places.into_iter().find(|(.., missing)| !missing.is_empty()) {
        Some((place_file, whose, what, characters)) => Err(EditionError::MissingGlyph {
            place: source
                .find(|c| characters.contains(&c))
                .filter(|_| place_file == file)
                .map(|at| place(source, at)),
            file: place_file.to_owned(),
            whose,
            what,
            characters,
        }),
        None => Ok(()),
    }
}
