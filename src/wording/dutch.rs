//! Dutch, for the overview in a bundle: why somebody got no letter, and what to do about it.

use crate::domain::{
    calendar::long_date,
    client::{LinkStatus, Problem, ProblemKind},
    eligibility::{Detail, LeftOut, Reason},
    invitation::InvitationState,
    organisation::AddressWindow,
};

/// `uitkomst` of a client who got a letter.
pub const LETTER: &str = "brief";
/// `uitkomst` of a client who did not.
pub const NO_LETTER: &str = "geen brief";

/// Beside a letter that goes to a contact.
pub fn to_contact(addressee: &str) -> String {
    format!("De brief is gericht aan de contactpersoon: {addressee}.")
}

/// Why a client got no letter and what the reader can do, in one or two sentences without names or codes.
pub fn explanation(left_out: &LeftOut) -> String {
    match left_out.reason {
        Reason::NotInExport => {
            "Staat niet (meer) in de export uit Ons. Controleer of de cliënt nog in zorg is en maak zo nodig een nieuwe export."
                .into()
        }
        Reason::Deceased => "De cliënt is overleden. Er gaat geen brief uit.".into(),
        Reason::NotInCare => {
            "Geen locatietoewijzing op de datum van de brief. Leg de toewijzing vast in Ons als de cliënt in zorg is."
                .into()
        }
        Reason::Linked => "Is al gekoppeld aan Caren. U hoeft niets te doen.".into(),
        Reason::InvitedElsewhere => invited_elsewhere(&left_out.detail),
        Reason::OpenInvitation => open_invitation(&left_out.detail),
        Reason::InvitedBefore => invited_before(&left_out.detail),
        Reason::StatusUnknown => {
            "Het is onbekend of de cliënt al gekoppeld is aan Caren. Vraag Nedap de batch te draaien met onbekende statussen erbij als u toch een brief wilt."
                .into()
        }
        Reason::Secret => {
            "Het adres is geheim; daarom is er geen brief gemaakt. Overleg met de cliënt.".into()
        }
        Reason::OtherTeam => other_team(&left_out.detail),
        Reason::Incomplete => incomplete(&left_out.detail),
        Reason::DoesNotFit => does_not_fit(&left_out.detail),
        Reason::MissingGlyph => missing_glyph(&left_out.detail),
    }
}

/// The status of a client, as Caren names it.
pub fn caren_status(status: LinkStatus) -> String {
    match status {
        LinkStatus::Linked => "Actieve koppeling".to_owned(),
        LinkStatus::NotLinked => "Niet gekoppeld".to_owned(),
        LinkStatus::Invited { days_left: 1 } => "Uitnodiging is nog 1 dag geldig".to_owned(),
        LinkStatus::Invited { days_left } => {
            format!("Uitnodiging is nog {days_left} dagen geldig")
        }
        LinkStatus::Unknown => "Onbekend".to_owned(),
    }
}

fn invited_elsewhere(detail: &Detail) -> String {
    let until = match detail {
        Detail::DaysLeft(1) => " Die is nog 1 dag geldig.".to_owned(),
        Detail::DaysLeft(days) => format!(" Die is nog {days} dagen geldig."),
        _ => String::new(),
    };
    format!("Heeft volgens Ons al een openstaande uitnodiging.{until}")
}

fn open_invitation(detail: &Detail) -> String {
    let until = match detail {
        Detail::ValidUntil(date) => format!(", geldig tot en met {}", long_date(*date)),
        _ => String::new(),
    };
    format!(
        "Heeft al een openstaande uitnodiging{until}. Is de brief kwijt? Vraag dan een nieuwe aan."
    )
}

fn invited_before(detail: &Detail) -> String {
    let how = match detail {
        Detail::Ended(InvitationState::Expired) => {
            "; die uitnodiging is verlopen. Vraag Nedap om een batch met verlopen uitnodigingen erbij."
        }
        Detail::Ended(InvitationState::Cancelled) => {
            "; die uitnodiging is ingetrokken. Vraag Nedap om een batch met ingetrokken uitnodigingen erbij."
        }
        Detail::Ended(InvitationState::Redeemed) => "; die uitnodiging is gebruikt.",
        _ => ".",
    };
    format!("Is eerder uitgenodigd{how}")
}

fn other_team(detail: &Detail) -> String {
    match detail {
        Detail::Team(name) => format!("Krijgt de brief via een ander team van deze batch: {name}."),
        _ => "Krijgt de brief via een ander team van deze batch.".into(),
    }
}

fn incomplete(detail: &Detail) -> String {
    let Detail::Problems(problems) = detail else {
        return "Gegevens ontbreken. Vul de informatie aan in Ons.".into();
    };
    let list: Vec<String> = problems.iter().map(problem).collect();
    format!(
        "Niet genoeg gegevens voor een brief: {}. Vul de informatie aan in Ons en maak een nieuwe export.",
        list.join(", ")
    )
}

fn does_not_fit(detail: &Detail) -> String {
    match detail {
        Detail::LinesTooLong(1) => {
            "De brief is 1 regel te lang voor één A4. Maak de tekst korter.".into()
        }
        Detail::LinesTooLong(lines) => {
            format!("De brief is {lines} regels te lang voor één A4. Maak de tekst korter.")
        }
        Detail::WordTooWide => {
            "Een naam zonder spaties is te lang voor één regel van de brief. Gebruik in Ons een kortere schrijfwijze."
                .into()
        }
        Detail::CannotBeSet => {
            "De opmaak van de brief loopt vast op de gegevens van deze cliënt. Laat de opmaak nakijken.".into()
        }
        _ => {
            "Naam of adres is te groot voor het venster van de envelop. Gebruik in Ons een kortere schrijfwijze.".into()
        }
    }
}

fn missing_glyph(detail: &Detail) -> String {
    match detail {
        Detail::Characters(characters) => {
            let list: Vec<String> = characters.iter().map(char::to_string).collect();
            format!(
                "Naam of adres bevat een teken dat niet gedrukt kan worden: {}. Schrijf het in Ons in het Latijnse schrift.",
                list.join(" ")
            )
        }
        _ => "Naam of adres bevat een teken dat niet gedrukt kan worden.".into(),
    }
}

fn problem(problem: &Problem) -> String {
    let (of_contact, field) = match problem.field.strip_prefix("contact.") {
        Some(field) => (" van de contactpersoon", field),
        None => ("", problem.field.as_str()),
    };
    let what = match problem.kind {
        ProblemKind::Missing => "ontbreekt",
        ProblemKind::NotADate => "is geen geldige datum",
        ProblemKind::NotANumber => "is geen geldig nummer",
        ProblemKind::NotAPostcode => "klopt niet",
        ProblemKind::UnknownValue => "heeft een onbekende waarde",
        ProblemKind::ForbiddenCharacter => "bevat een verboden teken",
        ProblemKind::LostCharacter => "bevat een vraagteken in plaats van een letter",
        ProblemKind::TooLong => "is te lang",
        ProblemKind::Duplicate => "komt vaker voor, met verschillende gegevens",
    };
    if field == "receives_letter" && problem.kind == ProblemKind::Duplicate {
        return "meer dan één contactpersoon ontvangt de brief".to_owned();
    }
    format!("{}{of_contact} {what}", field_name(field))
}

/// What the field is called in Ons.
pub fn field_name(field: &str) -> &str {
    match field {
        "identification_no" => "cliëntnummer",
        "gender" => "geslacht",
        "initials" => "voorletters",
        "given_name" => "voornaam",
        "birth_name_prefix" => "voorvoegsel geboortenaam",
        "birth_name" => "geboortenaam",
        "partner_name_prefix" => "voorvoegsel partnernaam",
        "partner_name" => "partnernaam",
        "preferred_name_type" => "naamgebruik",
        "date_of_birth" => "geboortedatum",
        "death_date" => "overlijdensdatum",
        "secret_client" => "geheime cliënt",
        "language" => "taal",
        "street" => "straat",
        "home_number" => "huisnummer",
        "home_number_extension" => "huisnummertoevoeging",
        "po_box_number" => "postbusnummer",
        "zipcode" => "postcode",
        "city" => "woonplaats",
        "country" => "land",
        "caren_status" => "Carenstatus",
        "role" => "rol",
        "location_id" => "locatie",
        "begin_date" => "begindatum van de toewijzing",
        "end_date" => "einddatum van de toewijzing",
        "receives_letter" => "ontvangt brief",
        other => other,
    }
}

/// How a letter may look: `venster links, met logo`.
pub fn look(window: AddressWindow, with_logo: bool, extras: bool) -> String {
    let side = match window {
        AddressWindow::Left => "links",
        AddressWindow::Right => "rechts",
    };
    let rest = match (with_logo, extras) {
        (_, true) => "met logo, KIX, QR en vouwstreepjes",
        (true, false) => "met logo",
        (false, false) => "zonder logo",
    };
    format!("venster {side}, {rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every column that can have a problem has a name in Ons; a script's name in a Dutch sentence helps nobody.
    #[test]
    fn every_field_has_a_dutch_name() {
        for field in [
            "identification_no",
            "gender",
            "initials",
            "given_name",
            "birth_name_prefix",
            "birth_name",
            "partner_name_prefix",
            "partner_name",
            "preferred_name_type",
            "date_of_birth",
            "death_date",
            "secret_client",
            "language",
            "street",
            "home_number",
            "home_number_extension",
            "po_box_number",
            "zipcode",
            "city",
            "country",
            "caren_status",
            "location_id",
            "begin_date",
            "end_date",
            "receives_letter",
            "role",
        ] {
            let name = field_name(field);
            assert!(
                !name.contains('_') && name != "zipcode" && name != "city",
                "{field}"
            );
            assert_ne!(name, field);
        }
    }

    #[test]
    fn every_reason_says_something_of_its_own_in_a_whole_sentence() {
        let mut said = std::collections::BTreeSet::new();
        for reason in Reason::ALL {
            let text = explanation(&reason.into());
            assert!(text.ends_with('.') && !text.contains('_'), "{text}");
            assert!(
                text.chars().next().is_some_and(char::is_uppercase),
                "{text}"
            );
            assert!(said.insert(text.clone()), "said twice: {text}");
        }
    }

    #[test]
    fn an_incomplete_client_is_told_each_field() {
        let left_out = LeftOut::new(
            Reason::Incomplete,
            Detail::Problems(vec![
                Problem::new("zipcode", ProblemKind::Missing),
                Problem::new("contact.home_number", ProblemKind::NotANumber),
            ]),
        );
        assert_eq!(
            explanation(&left_out),
            "Niet genoeg gegevens voor een brief: postcode ontbreekt, huisnummer van de contactpersoon is geen geldig nummer. \
             Vul de informatie aan in Ons en maak een nieuwe export."
        );
    }
}
